package dev.reranker;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Values of maps that may hold any type, read as one of them. */
final class Values {

  private Values() {}

  /**
   * A value as its type; empty for null.
   *
   * @param what the value's name, for the message
   * @throws IllegalArgumentException if the value is of another type
   */
  static <T> Optional<T> as(String what, @Nullable Object value, Class<T> type) {
    if (value != null && !type.isInstance(value)) {
      throw new IllegalArgumentException(
          "%s is a %s, not a %s".formatted(what, value.getClass().getName(), type.getName()));
    }
    return Optional.ofNullable(value).map(type::cast);
  }
}

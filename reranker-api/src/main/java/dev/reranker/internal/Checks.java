package dev.reranker.internal;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/** Checks of arguments that several modules make, so that their messages agree. */
public final class Checks {

  private Checks() {}

  /**
   * A query that is there.
   *
   * @param query what the user typed
   * @return the query
   * @throws IllegalArgumentException if it is blank
   */
  public static String query(String query) {
    Objects.requireNonNull(query, "query");
    if (query.isBlank()) {
      throw new IllegalArgumentException(
          "the query is blank: give at least one word to search for");
    }
    return query;
  }

  /**
   * The arguments of a retrieval.
   *
   * @param query what the user typed
   * @param k how many candidates at most
   * @throws IllegalArgumentException if the query is blank or {@code k} is below 1
   */
  public static void retrieval(String query, int k) {
    query(query);
    if (k < 1) {
      throw new IllegalArgumentException("k is " + k + "; ask for at least 1 candidate");
    }
  }

  /**
   * A count.
   *
   * @param what its name
   * @param value the count
   * @return the count
   * @throws IllegalArgumentException if it is below 1
   */
  public static int atLeastOne(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(what + " is " + value + "; it is at least 1");
    }
    return value;
  }

  /**
   * A span of time.
   *
   * @param what its name
   * @param time the span
   * @return the span
   * @throws IllegalArgumentException if it is zero or negative
   */
  public static Duration positive(String what, Duration time) {
    if (time.isNegative() || time.isZero()) {
      throw new IllegalArgumentException(what + " is " + time + "; it is longer than zero");
    }
    return time;
  }

  /**
   * A copy of a caller's list, read once, in order, by the calling thread: what the list does
   * afterwards, and on which thread it must be read, is the caller's own affair.
   *
   * @param <T> the elements
   * @param items the caller's list
   * @param what what an element is, for the message, for example {@code "passage"}
   * @return the copy, unmodifiable
   * @throws NullPointerException if the list or an element is null; the message says which
   */
  public static <T> List<T> copyOf(Collection<? extends T> items, String what) {
    Object[] copy = items.toArray();
    for (int i = 0; i < copy.length; i++) {
      if (copy[i] == null) {
        throw new NullPointerException(what + " " + i + " of " + copy.length + " is null");
      }
    }
    @SuppressWarnings("unchecked") // what the collection gave is its elements
    List<T> list = (List<T>) List.of(copy);
    return list;
  }

  /**
   * Whether a failure says that the caller made a mistake. Their subclasses (a number that cannot
   * be parsed, a future that was cancelled) are a stage's own.
   *
   * @param failure what a stage threw
   * @return true for an {@link IllegalArgumentException} or {@link IllegalStateException} itself
   */
  public static boolean isMistake(Throwable failure) {
    return failure.getClass() == IllegalArgumentException.class
        || failure.getClass() == IllegalStateException.class;
  }
}

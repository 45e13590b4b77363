package dev.reranker.internal;

import java.time.Duration;
import java.util.Collection;
import java.util.Objects;

/** Checks of arguments that several stages have in common. */
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
   * Things none of which is null.
   *
   * @param what what one of them is called
   * @param things the things
   * @throws NullPointerException if one is null; the message says which
   */
  public static void noNull(String what, Collection<?> things) {
    int position = 0;
    for (Object thing : things) {
      if (thing == null) {
        throw new NullPointerException(
            "%s %d of %d is null".formatted(what, position, things.size()));
      }
      position++;
    }
  }
}

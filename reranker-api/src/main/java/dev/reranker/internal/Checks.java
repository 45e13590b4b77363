package dev.reranker.internal;

import java.util.Collection;
import java.util.List;

/** Checks of arguments that several modules make, so that their messages agree. */
public final class Checks {

  private Checks() {}

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
}

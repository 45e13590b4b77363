package dev.reranker;

import dev.reranker.error.CancelledException;
import dev.reranker.error.DeadlineException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one call carries to every stage besides its query: until when, whether it is still wanted,
 * what may be found, whatever else the application's own stages want to know, and who listens.
 *
 * {@snippet :
 * SearchContext context = SearchContext.create().withDeadline(Deadline.after(Duration.ofMillis(300)));
 * // on another thread, when the user has left: context.cancel();
 * SearchResult result = pipeline.search(SearchRequest.of("how do whales sleep").withContext(context));
 * }
 *
 * <p>A context belongs to one call. The {@code with…} methods give changed copies, which are
 * cancelled together with the original. Safe for any thread.
 */
public final class SearchContext {

  private final Cancellation cancellation;
  private final Deadline deadline;
  private final @Nullable Object filter;
  private final Map<String, Object> attributes;
  private final SearchListener listener;

  private SearchContext(
      Cancellation cancellation,
      Deadline deadline,
      @Nullable Object filter,
      Map<String, Object> attributes,
      SearchListener listener) {
    this.cancellation = cancellation;
    this.deadline = deadline;
    this.filter = filter;
    this.attributes = attributes;
    this.listener = listener;
  }

  /** Whether the call is cancelled, and who wants to know; shared by copies. */
  private static final class Cancellation {

    private final Map<Object, Runnable> actions = new LinkedHashMap<>();
    private volatile boolean cancelled;

    void cancel() {
      List<Runnable> waiting;
      synchronized (this) {
        cancelled = true;
        waiting = List.copyOf(actions.values());
        actions.clear();
      }
      waiting.forEach(Runnable::run);
    }

    synchronized boolean add(Object key, Runnable action) {
      if (!cancelled) {
        actions.put(key, action);
      }
      return !cancelled;
    }

    synchronized void remove(Object key) {
      actions.remove(key);
    }
  }

  /**
   * A context without a deadline, filter, attributes or listener.
   *
   * @return a new context
   */
  public static SearchContext create() {
    return new SearchContext(new Cancellation(), Deadline.never(), null, Map.of(), Listeners.NONE);
  }

  /**
   * This context with a deadline; one that it has already stays in force where it passes earlier.
   *
   * @param deadline when it passes, stages stop
   * @return the changed copy
   */
  public SearchContext withDeadline(Deadline deadline) {
    Deadline earlier = this.deadline.earlier(Objects.requireNonNull(deadline, "deadline"));
    return new SearchContext(cancellation, earlier, filter, attributes, listener);
  }

  /**
   * This context with a filter: what hits must also match, for this call alone, a tenant's
   * documents for example. Which type it has depends on the retriever: those of reranker-lucene
   * take a Lucene {@code Query}. A retriever that cannot apply a filter, or not this type of it,
   * refuses the call; it never searches without.
   *
   * @param filter the filter, in place of one that the context has already
   * @return the changed copy
   */
  public SearchContext withFilter(Object filter) {
    Objects.requireNonNull(filter, "filter");
    return new SearchContext(cancellation, deadline, filter, attributes, listener);
  }

  /**
   * This context with one more attribute: a value for stages that know its name, such as the
   * application's own. Others do not look at it.
   *
   * @param name the attribute's name
   * @param value its value, in place of one that the context has already
   * @return the changed copy
   */
  public SearchContext withAttribute(String name, Object value) {
    var more = new HashMap<>(attributes);
    more.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
    return new SearchContext(cancellation, deadline, filter, Map.copyOf(more), listener);
  }

  /**
   * This context with a listener.
   *
   * @param listener hears what the stages do, in place of one that the context has already
   * @return the changed copy
   */
  public SearchContext withListener(SearchListener listener) {
    Objects.requireNonNull(listener, "listener");
    return new SearchContext(cancellation, deadline, filter, attributes, listener);
  }

  /**
   * By when the answer is wanted.
   *
   * @return the deadline; {@link Deadline#never()} where there is none
   */
  public Deadline deadline() {
    return deadline;
  }

  /**
   * What hits must also match.
   *
   * @return the filter; empty where there is none
   */
  public Optional<Object> filter() {
    return Optional.ofNullable(filter);
  }

  /**
   * The value of an attribute.
   *
   * @param name the attribute's name
   * @param type what its value is
   * @param <T> what its value is
   * @return the value; empty where the call has no such attribute
   * @throws IllegalArgumentException if the value is of another type; the message names both
   */
  public <T> Optional<T> attribute(String name, Class<T> type) {
    return Values.as("attribute '" + name + "'", attributes.get(name), type);
  }

  /**
   * Who hears what the stages do.
   *
   * @return the listener; one that does nothing where none was given
   */
  public SearchListener listener() {
    return listener;
  }

  /**
   * Says that the answer is no longer wanted: stages stop at their next look and the call ends with
   * a {@link CancelledException}. A second call does nothing.
   */
  public void cancel() {
    cancellation.cancel();
  }

  /**
   * Whether the answer is no longer wanted.
   *
   * @return true after {@link #cancel()} of this context or a copy of it
   */
  public boolean cancelled() {
    return cancellation.cancelled;
  }

  /**
   * Has something done when the call is cancelled: a wait ended, a native run stopped. Done at once
   * where it is cancelled already; otherwise on the thread that cancels.
   *
   * @param action what is done, once at most; must not throw
   * @return takes the action back; to be run when the work that it would stop has ended
   */
  public Runnable onCancel(Runnable action) {
    var key = new Object();
    if (!cancellation.add(key, action)) {
      action.run();
    }
    return () -> cancellation.remove(key);
  }

  /**
   * For stages to call between two pieces of work.
   *
   * @throws CancelledException if the call is cancelled
   * @throws DeadlineException if its deadline has passed
   */
  public void check() {
    checkWanted();
    if (deadline.expired()) {
      throw new DeadlineException(
          "the deadline of the call has passed: give it more time, or ask for less");
    }
  }

  /** {@link #check()} without the deadline. */
  void checkWanted() {
    if (cancelled()) {
      throw new CancelledException("the call was cancelled by its context");
    }
  }
}

package dev.reranker;

import dev.reranker.error.CancelledException;
import dev.reranker.error.DeadlineException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one call carries to every stage besides its query: its deadline, whether it is still wanted,
 * its filter, attributes for the application's own stages, and its listener.
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

  private static final Logger LOG = LoggerFactory.getLogger(SearchContext.class);

  private final Cancellation cancellation;
  private final Deadline deadline;
  private final @Nullable Object filter;
  private final Map<String, Object> attributes;
  private final SearchListener listener;
  private final Watch watch;

  /** What a stage did with its context: whether it read the filter, and whom it asked in turn. */
  private record Watch(AtomicBoolean filterRead, List<StageReport> parts) {
    static Watch begin() {
      return new Watch(new AtomicBoolean(), new CopyOnWriteArrayList<>());
    }
  }

  private SearchContext(
      Cancellation cancellation,
      Deadline deadline,
      @Nullable Object filter,
      Map<String, Object> attributes,
      SearchListener listener,
      Watch watch) {
    this.cancellation = cancellation;
    this.deadline = deadline;
    this.filter = filter;
    this.attributes = attributes;
    this.listener = listener;
    this.watch = watch;
  }

  /** What is done at a cancellation: once, and never after it was taken back. */
  private static final class Action {

    private @Nullable Runnable action;

    Action(Runnable action) {
      this.action = action;
    }

    synchronized void run() {
      if (action == null) {
        return;
      }
      try {
        action.run();
      } catch (RuntimeException e) {
        LOG.warn("what was to be done at a cancellation failed", e);
      } finally {
        action = null;
      }
    }

    synchronized void takeBack() {
      action = null;
    }
  }

  /** Whether the call is cancelled, and who wants to know; shared by copies. */
  private static final class Cancellation {

    private final Set<Action> actions = new LinkedHashSet<>();
    private volatile boolean cancelled;

    void cancel() {
      List<Action> waiting;
      synchronized (this) {
        cancelled = true;
        waiting = List.copyOf(actions);
        actions.clear();
      }
      waiting.forEach(Action::run);
    }

    synchronized boolean add(Action action) {
      return !cancelled && actions.add(action);
    }

    synchronized void remove(Action action) {
      actions.remove(action);
    }
  }

  /**
   * A context without a deadline, filter, attributes or listener.
   *
   * @return a new context
   */
  public static SearchContext create() {
    return new SearchContext(
        new Cancellation(), Deadline.never(), null, Map.of(), Listeners.NONE, Watch.begin());
  }

  /**
   * This context with a deadline; one that it has already stays in force where it passes earlier.
   *
   * @param deadline when it passes, stages stop
   * @return the changed copy
   */
  public SearchContext withDeadline(Deadline deadline) {
    Deadline earlier = this.deadline.earlier(Objects.requireNonNull(deadline, "deadline"));
    return new SearchContext(cancellation, earlier, filter, attributes, listener, watch);
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
    return new SearchContext(cancellation, deadline, filter, attributes, listener, watch);
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
    return new SearchContext(cancellation, deadline, filter, Map.copyOf(more), listener, watch);
  }

  /**
   * This context with a listener.
   *
   * @param listener hears what the stages do, in place of one that the context has already
   * @return the changed copy
   */
  public SearchContext withListener(SearchListener listener) {
    Objects.requireNonNull(listener, "listener");
    return new SearchContext(cancellation, deadline, filter, attributes, listener, watch);
  }

  /**
   * This context with a cancellation of its own, for a stage that asks another one and may have to
   * leave it behind: {@link #cancel()} of the copy does not cancel this context, nor the other way
   * round. To cancel the copy with this one, {@linkplain #onCancel register} that.
   *
   * @return the changed copy, cancelled if this one is
   */
  public SearchContext withOwnCancellation() {
    var own = new Cancellation();
    if (cancelled()) {
      own.cancel();
    }
    return new SearchContext(own, deadline, filter, attributes, listener, watch);
  }

  /** This context for one stage, to see what it does with it. */
  SearchContext watched() {
    return new SearchContext(cancellation, deadline, filter, attributes, listener, Watch.begin());
  }

  /** Whether there is a filter that nobody asked for since {@link #watched()}. */
  boolean ignoresFilter() {
    return filter != null && !watch.filterRead().get();
  }

  /** Says what a retriever did that the stage asked in turn. */
  void addPart(StageReport part) {
    watch.parts().add(part);
  }

  /** What those did that the stage asked in turn, since {@link #watched()}. */
  List<StageReport> parts() {
    return List.copyOf(watch.parts());
  }

  /** Whether the call carries more than a deadline. */
  boolean carriesMore() {
    return filter != null || !attributes.isEmpty() || !listener.equals(Listeners.NONE);
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
    watch.filterRead().set(true);
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
   * Registers an action to run when the call is cancelled: to end a wait, to stop a native run.
   * Runs at once if the call is cancelled already, otherwise on the thread that cancels it.
   *
   * @param action what to do, once at most; quick. What it throws is logged and ignored
   * @return deregisters the action; run it when the work that the action would stop has ended. Once
   *     it has returned the action does not run any more: it waits for one that is running
   */
  public Runnable onCancel(Runnable action) {
    var once = new Action(action);
    if (!cancellation.add(once)) {
      once.run();
    }
    return () -> {
      cancellation.remove(once);
      once.takeBack();
    };
  }

  /**
   * For stages to call between two pieces of work.
   *
   * @throws CancelledException if the call is cancelled
   * @throws DeadlineException if its deadline has passed
   */
  public void check() {
    checkCancelled();
    if (deadline.expired()) {
      throw new DeadlineException(
          "the deadline of the call has passed: give it more time, or ask for less");
    }
  }

  /**
   * For stages that have something to answer with at the deadline: {@link #check()} without it.
   *
   * @throws CancelledException if the call is cancelled
   */
  public void checkCancelled() {
    if (cancelled()) {
      throw new CancelledException("the call was cancelled by its context");
    }
  }
}

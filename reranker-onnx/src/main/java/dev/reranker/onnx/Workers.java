package dev.reranker.onnx;

import dev.reranker.InferenceException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The threads of one model: a fixed number, whatever the number of callers. Urgent tasks
 * (tokenizing, short) come before the others; among equals those of the earlier request come first,
 * so that requests finish in the order they came.
 */
final class Workers implements AutoCloseable {

  private final ThreadPoolExecutor pool;
  private final AtomicLong requests = new AtomicLong();

  Workers(String name, int threads) {
    var count = new AtomicLong();
    pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            1,
            TimeUnit.MINUTES,
            new PriorityBlockingQueue<>(),
            task -> {
              var thread = new Thread(task, "reranker-" + name + "-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
  }

  /** Marks the beginning of a request; its number orders its tasks among those of others. */
  long begin() {
    return requests.incrementAndGet();
  }

  /**
   * Runs tasks and waits for all. When one fails, or the waiting thread is interrupted, those that
   * have not started are dropped and those that run are waited for.
   *
   * @throws InferenceException if the thread is interrupted, which it then still is
   */
  void run(long request, boolean urgent, List<Runnable> tasks) {
    var started = new ArrayList<Task>(tasks.size());
    for (int i = 0; i < tasks.size(); i++) {
      var task = new Task(tasks.get(i), urgent, request, i);
      started.add(task);
      pool.execute(task);
    }
    boolean interrupted = false;
    Throwable failure = null;
    for (Task task : started) {
      boolean done = false;
      while (!done) {
        try {
          task.get();
          done = true;
        } catch (InterruptedException e) {
          interrupted = true;
          drop(started);
        } catch (CancellationException e) {
          done = true;
        } catch (ExecutionException e) {
          done = true;
          if (failure == null) {
            failure = e.getCause();
            drop(started);
          }
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
      throw new InferenceException("the thread was interrupted while it waited for the model");
    }
    rethrow(failure);
  }

  /** Takes what still waits out of the queue; what runs is left to finish. */
  private void drop(List<Task> tasks) {
    for (Task task : tasks) {
      if (pool.remove(task)) {
        task.cancel(false);
      }
    }
  }

  private static void rethrow(@org.jspecify.annotations.Nullable Throwable failure) {
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }

  /** Call only when no request is under way. */
  @Override
  public void close() {
    pool.shutdown();
  }

  private static final class Task extends FutureTask<Void> implements Comparable<Task> {

    private final boolean urgent;
    private final long request;
    private final int index;

    Task(Runnable action, boolean urgent, long request, int index) {
      super(action, null);
      this.urgent = urgent;
      this.request = request;
      this.index = index;
    }

    @Override
    public int compareTo(Task other) {
      if (urgent != other.urgent) {
        return urgent ? -1 : 1;
      }
      return request != other.request
          ? Long.compare(request, other.request)
          : Integer.compare(index, other.index);
    }
  }
}

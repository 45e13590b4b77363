package dev.reranker.lucene;

import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/** Lets calls through until it is shut; shutting waits for those inside. */
final class CallGate {

  private final String name;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean shut;

  CallGate(String name) {
    this.name = name;
  }

  <T> T call(Supplier<T> work) {
    lock.readLock().lock();
    try {
      if (shut) {
        throw new IllegalStateException(name + " is closed");
      }
      return work.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  void run(Runnable work) {
    call(
        () -> {
          work.run();
          return true;
        });
  }

  /** Waits for the calls in flight, runs the release and refuses further calls; once only. */
  void shut(Runnable release) {
    if (lock.getReadHoldCount() > 0) {
      throw new IllegalStateException(
          "close was called from within a call of " + name + ": close it after that call returned");
    }
    lock.writeLock().lock();
    try {
      if (!shut) {
        shut = true;
        release.run();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}

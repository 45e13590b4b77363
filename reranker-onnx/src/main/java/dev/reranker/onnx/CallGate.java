package dev.reranker.onnx;

import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/** Lets calls in until it is closed; closing waits for those inside. */
final class CallGate {

  private final String name;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  CallGate(String name) {
    this.name = name;
  }

  /**
   * Runs a call.
   *
   * @throws IllegalStateException if the gate is closed
   */
  <T> T call(Supplier<T> call) {
    lock.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("'" + name + "' is closed: build a new one");
      }
      return call.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Waits for the calls inside, then runs {@code release}, once. */
  void close(Runnable release) {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        release.run();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}

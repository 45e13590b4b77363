package dev.reranker.internal;

import java.util.concurrent.ThreadFactory;

/**
 * Threads that the library starts for itself.
 *
 * <p>They outlive the call that started them, so they keep nothing of its thread: neither its
 * inheritable thread-locals nor its context class loader, which in a container is that of an
 * application that may be gone before them. They are daemons.
 */
public final class OwnedThreads {

  private OwnedThreads() {}

  /**
   * Makes such threads.
   *
   * @param prefix what their names begin with
   * @param first the number of the first, behind the prefix
   * @param owner whose class loader they have
   * @return the factory
   */
  public static ThreadFactory factory(String prefix, int first, Class<?> owner) {
    ThreadFactory bare =
        Thread.ofPlatform()
            .daemon()
            .inheritInheritableThreadLocals(false)
            .name(prefix, first)
            .factory();
    return work -> {
      Thread thread = bare.newThread(work);
      thread.setContextClassLoader(owner.getClassLoader());
      return thread;
    };
  }
}

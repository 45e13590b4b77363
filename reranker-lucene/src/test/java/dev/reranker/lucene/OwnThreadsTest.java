package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import org.junit.jupiter.api.Test;

class OwnThreadsTest {

  @Test
  void nothingOfTheCallersThreadIsKept() throws IOException {
    Thread caller = Thread.currentThread();
    ClassLoader before = caller.getContextClassLoader();
    var local = new InheritableThreadLocal<String>();
    try (var threads = new OwnThreads();
        var application = new URLClassLoader(new URL[0])) {
      local.set("the caller's");
      caller.setContextClassLoader(application);
      assertThat(threads.call(() -> String.valueOf(local.get()))).isEqualTo("null");
      assertThat(threads.<ClassLoader>call(() -> Thread.currentThread().getContextClassLoader()))
          .isSameAs(OwnThreads.class.getClassLoader());
    } finally {
      local.remove();
      caller.setContextClassLoader(before);
    }
  }
}

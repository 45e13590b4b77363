package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.reranker.testkit.ChildJvm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Proxy;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * No Java code opens a URL, on any system; what native code does, {@link QuietNativesTest} sees. In
 * JVMs of their own, since a URL handler is set once and for all.
 */
class NoUrlOpenedTest {

  private static final Set<String> PROTOCOLS = Set.of("http", "https", "ftp");

  @Test
  void loadingAndRunningOpensNoUrl() {
    assertThat(ChildJvm.of(Quiet.class).run().strip()).isEqualTo("scored");
  }

  @Test
  void theRecorderHearsWhatDjlDoesWhenNobodyTellsItToBeOffline() {
    assertThat(ChildJvm.of(Loud.class).flags("-DRUST_FLAVOR=cpu").run())
        .contains("asked for http://169.254.169.254/");
  }

  /** Prints and refuses every attempt. */
  private static void record() {
    URL.setURLStreamHandlerFactory(
        protocol -> PROTOCOLS.contains(protocol) ? new Recorder() : null);
  }

  static final class Quiet {
    public static void main(String[] arguments) {
      record();
      try (var reranker = OnnxReranker.builder().build();
          var embedder = TestModels.embedder()) {
        reranker.score("whale", List.of("ocean"));
        embedder.embedQuery("whale");
      }
      System.out.println("scored");
    }
  }

  static final class Loud {
    public static void main(String[] arguments) throws IOException {
      record();
      var json = new ByteArrayInputStream(TinyModel.tokenizer());
      HuggingFaceTokenizer.newInstance(json, Map.of()).close();
    }
  }

  private static final class Recorder extends URLStreamHandler {
    @Override
    protected URLConnection openConnection(URL url) throws IOException {
      System.out.println("asked for " + url);
      throw new IOException("no network in this test");
    }

    @Override
    protected URLConnection openConnection(URL url, Proxy proxy) throws IOException {
      return openConnection(url);
    }
  }
}

package dev.reranker.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.onnx.OnnxEmbedder;
import dev.reranker.onnx.OnnxMultiVectorEmbedder;
import dev.reranker.onnx.OnnxReranker;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;

/** Compiles and runs what documentation shows, with the variables of {@link Given}. */
final class Snippets implements AutoCloseable {

  private final OnnxReranker reranker = OnnxReranker.builder().build();
  private final OnnxEmbedder embedder =
      OnnxEmbedder.builder().model(Given.MINILM).maxLength(256).build();
  private final OnnxMultiVectorEmbedder tokenEmbedder =
      OnnxMultiVectorEmbedder.builder().model(Given.MINILM).maxLength(256).build();

  /** Fails with the compiler's messages if the snippet does not compile. */
  static void compile(String snippet, Path folder) throws IOException {
    Path source = folder.resolve("Snippet.java");
    Files.writeString(
        source,
        """
        import dev.reranker.*;
        import dev.reranker.cache.*;
        import dev.reranker.depth.*;
        import dev.reranker.error.*;
        import dev.reranker.eval.*;
        import dev.reranker.examples.metrics.*;
        import dev.reranker.lucene.*;
        import dev.reranker.onnx.*;
        import dev.reranker.onnx.hub.*;
        import dev.reranker.passage.*;
        import dev.reranker.prepared.*;
        import dev.reranker.resilience.*;
        import java.nio.file.Files;
        import java.nio.file.Path;
        import java.time.Duration;
        import java.util.*;
        import java.util.concurrent.TimeUnit;
        import org.apache.lucene.index.*;
        import org.apache.lucene.queryparser.classic.*;
        import org.apache.lucene.search.*;
        import org.apache.lucene.util.QueryBuilder;

        public class Snippet extends dev.reranker.examples.Given {
          public Snippet(
              OnnxReranker reranker,
              OnnxEmbedder embedder,
              OnnxMultiVectorEmbedder tokenEmbedder,
              Path folder)
              throws Exception {
            super(reranker, embedder, tokenEmbedder, folder);
          }

          public void run() throws Exception {
        %s
          }
        }
        """
            .formatted(snippet));
    var messages = new StringWriter();
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options =
          List.of("-d", folder.toString(), "-cp", System.getProperty("java.class.path"));
      boolean compiled =
          compiler
              .getTask(messages, files, null, options, null, files.getJavaFileObjects(source))
              .call();
      assertThat(compiled).as(messages.toString()).isTrue();
    }
  }

  /** Runs what was compiled into the folder. */
  void run(Path folder) throws Exception {
    try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      Class<?> type = loader.loadClass("Snippet");
      try (var snippet =
          (Given)
              type.getConstructor(
                      OnnxReranker.class,
                      OnnxEmbedder.class,
                      OnnxMultiVectorEmbedder.class,
                      Path.class)
                  .newInstance(reranker, embedder, tokenEmbedder, folder)) {
        type.getMethod("run").invoke(snippet);
      }
    }
  }

  @Override
  public void close() {
    reranker.close();
    embedder.close();
    tokenEmbedder.close();
  }
}

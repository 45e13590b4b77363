package dev.reranker.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.Document;
import dev.reranker.onnx.ModelSource;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every Java snippet of README compiles and runs as it stands there. */
class ReadmeTest {

  private static final Path README = Path.of("..", "README.md");
  private static final Pattern SNIPPET = Pattern.compile("(?s)```java\\n(.*?)```");

  private static final List<Document> DOCUMENTS =
      List.of(
          Document.of("fruit", "Apples are rich in fibre and keep for weeks in a cool cellar."),
          Document.of("phone", "The phone's battery lasts a day of heavy use."),
          Document.of("whales", "Whales rest one half of the brain at a time."));

  static Stream<String> snippets() throws IOException {
    var snippets = new ArrayList<String>();
    var matcher = SNIPPET.matcher(Files.readString(README));
    while (matcher.find()) {
      snippets.add(matcher.group(1));
    }
    assertThat(snippets).hasSizeGreaterThanOrEqualTo(3);
    return snippets.stream();
  }

  @ParameterizedTest
  @MethodSource("snippets")
  void compilesAndRuns(String body, @TempDir Path folder) throws Exception {
    Path source = folder.resolve("Snippet.java");
    Files.writeString(
        source,
        """
        import dev.reranker.*;
        import dev.reranker.lucene.*;
        import dev.reranker.onnx.*;
        import java.nio.file.Path;
        import java.util.List;

        public class Snippet {
          public static void run(
              List<Document> documents, List<String> passages,
              ModelSource embedderModel, ModelSource rerankerModel, Path path) throws Exception {
        %s
          }
        }
        """
            .formatted(body));
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
    try (var loader = new URLClassLoader(new java.net.URL[] {folder.toUri().toURL()})) {
      loader
          .loadClass("Snippet")
          .getMethod(
              "run", List.class, List.class, ModelSource.class, ModelSource.class, Path.class)
          .invoke(
              null,
              DOCUMENTS,
              DOCUMENTS.stream().map(Document::text).toList(),
              ModelSource.resources("all-minilm-l6-v2.onnx", "all-minilm-l6-v2-tokenizer.json"),
              ModelSource.classpath("dev/reranker/models/minilm-l6"),
              folder.resolve("index"));
    }
  }
}

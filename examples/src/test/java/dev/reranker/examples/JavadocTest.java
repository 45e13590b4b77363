package dev.reranker.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every snippet of the Javadoc compiles as it stands there; those of reranker-lucene run, too. The
 * others need files of the user's.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JavadocTest {

  private static final Pattern START = Pattern.compile("\\{@snippet :\\n");

  /** A snippet and the class that shows it. */
  record Snippet(String shownBy, String code) {
    @Override
    public String toString() {
      return shownBy;
    }
  }

  @AutoClose private final Snippets snippets = new Snippets();

  static List<Snippet> snippetsToCompile() throws IOException {
    List<Snippet> found = new ArrayList<>(snippetsOf("reranker-api"));
    found.addAll(snippetsOf("reranker-onnx"));
    return found;
  }

  static List<Snippet> snippetsToRun() throws IOException {
    return snippetsOf("reranker-lucene");
  }

  private static List<Snippet> snippetsOf(String module) throws IOException {
    List<Snippet> found = new ArrayList<>();
    try (var files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
        String name = file.getFileName().toString().replace(".java", "");
        String source = Files.readString(file);
        START
            .matcher(source)
            .results()
            .forEach(start -> found.add(new Snippet(name, code(source, start.end()))));
      }
    }
    return found;
  }

  /** Up to the brace that closes the tag, without the comment's stars. */
  private static String code(String source, int start) {
    int end = start;
    for (int depth = 1; depth > 0; end++) {
      char c = source.charAt(end);
      depth += c == '{' ? 1 : c == '}' ? -1 : 0;
    }
    return source.substring(start, end - 1).replaceAll("(?m)^ *\\* ?", "");
  }

  @ParameterizedTest
  @MethodSource("snippetsToCompile")
  void compiles(Snippet snippet, @TempDir Path folder) throws Exception {
    Snippets.compile(snippet.code(), folder);
  }

  @ParameterizedTest
  @MethodSource("snippetsToRun")
  void compilesAndRuns(Snippet snippet, @TempDir Path folder) throws Exception {
    Snippets.compile(snippet.code(), folder);
    snippets.run(folder);
  }

  @Test
  void eachUseOfLuceneIsShown() throws IOException {
    assertThat(snippetsToRun())
        .extracting(Snippet::shownBy)
        .contains(
            "CrossEncoderRescorer",
            "PassageSource",
            "LuceneIndex",
            "LuceneRetriever",
            "VectorFormat",
            "package-info");
  }
}

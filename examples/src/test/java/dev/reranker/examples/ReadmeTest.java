package dev.reranker.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every Java snippet of README compiles and runs as it stands there. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReadmeTest {

  private static final Path README = Path.of("..", "README.md");
  private static final Pattern SNIPPET = Pattern.compile("(?s)```java\\n(.*?)```");

  @AutoClose private final Snippets snippets = new Snippets();

  static List<String> snippets() throws IOException {
    List<String> found =
        SNIPPET
            .matcher(Files.readString(README))
            .results()
            .map((MatchResult match) -> match.group(1))
            .toList();
    assertThat(found).hasSizeGreaterThanOrEqualTo(8);
    return found;
  }

  @ParameterizedTest
  @MethodSource("snippets")
  void compilesAndRuns(String snippet, @TempDir Path folder) throws Exception {
    Snippets.compile(snippet, folder);
    snippets.run(folder);
  }
}

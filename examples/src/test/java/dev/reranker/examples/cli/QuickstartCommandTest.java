package dev.reranker.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.examples.quickstart.SourcesJar;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartCommandTest {

  private static final Path JAR =
      SourcesJar.of(
          "a/Lock.java",
          """
          package a;
          /** Thrown when the write lock is held by another process that has the index open. */
          public class Lock {}
          """,
          "a/Searcher.java",
          """
          package a;
          /** Searches an index. Completely thread safe: several threads may search at once. */
          public class Searcher {
            /** Finds the best documents and sorts them by a field, numeric or not. */
            public void search(String query, Sort sort) {}
          }
          """);

  @Test
  void threeQuestionsAreAnsweredWithoutATerminal(@TempDir Path folder) {
    String[] args = {
      "quickstart", "--sources", JAR.toString(), "--index", folder.resolve("index").toString()
    };
    Cli first = Cli.run(args);
    assertThat(first.exit()).as(first.err()).isZero();
    assertThat(first.err()).contains("first use", "indexing: 3 of 3");
    assertThat(first.out().lines().filter(line -> line.startsWith("Question: "))).hasSize(3);
    assertThat(first.out())
        .contains("First stage (rrf)", "Reranked (late-l6)", "rrf: 3 candidates")
        .contains("joined with the first stage's order (--combine prior, its default)")
        .contains("3 passages scored, 3 of them prepared")
        .containsPattern("passages prepared in the index +\\d+\\.\\d ms\\R")
        .containsPattern("their texts, read now +\\d+\\.\\d ms\\R")
        .containsPattern("\\n  1 +-?\\d+\\.\\d{3,4}  Lock +was \\d\\R")
        .doesNotContain("Your question");
    assertThat(first.out().lines()).allMatch(line -> line.length() <= 80);

    Cli second = Cli.run(args);
    assertThat(second.exit()).isZero();
    assertThat(second.err()).isEmpty();
  }

  @Test
  void aMissingJarIsNamed() {
    Cli cli = Cli.run("quickstart", "--sources", "absent.jar");
    assertThat(cli.exit()).isEqualTo(1);
    assertThat(cli.err()).contains("absent.jar", "mvn");
  }

  @Test
  void whatIsNoJarIsNamed(@TempDir Path folder) throws Exception {
    Cli dir = Cli.run("quickstart", "--sources", folder.toString());
    assertThat(dir.exit()).isEqualTo(1);
    assertThat(dir.err()).contains(folder + ": is a folder; a sources jar is needed");
    Path text = Files.writeString(folder.resolve("text.jar"), "no jar");
    Cli cli =
        Cli.run(
            "quickstart",
            "--retriever",
            "bm25",
            "--sources",
            text.toString(),
            "--index",
            folder.resolve("index").toString());
    assertThat(cli.exit()).isEqualTo(1);
    assertThat(cli.err()).contains("text.jar: not a jar: ");
  }
}

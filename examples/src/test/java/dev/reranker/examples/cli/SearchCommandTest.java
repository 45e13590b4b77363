package dev.reranker.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SearchCommandTest {

  private static final String CORPUS =
      """
      {"_id": "size", "title": "Size", "text": "Blue whales are the largest animals. How do whales get so big?"}
      {"_id": "apnea", "text": "Sleep apnea is a disorder in which breathing stops and starts."}
      {"_id": "sleep", "title": "Rest", "text": "Whales sleep with one half of the brain at a time."}
      """;

  @TempDir private Path folder;
  private Path corpus;

  @BeforeEach
  void writeCorpus() throws IOException {
    corpus = Files.writeString(folder.resolve("corpus.jsonl"), CORPUS);
  }

  private Cli search(String... options) {
    String[] args = new String[options.length + 5];
    args[0] = "search";
    args[1] = "--corpus";
    args[2] = corpus.toString();
    args[3] = "--index";
    args[4] = folder.resolve("index").toString();
    System.arraycopy(options, 0, args, 5, options.length);
    return Cli.run(args);
  }

  @Test
  void vectorsAndWordsThenTheReranker() {
    Cli cli = search("--top", "2", "how do whales sleep");
    assertThat(cli.exit()).as(cli.err()).isZero();
    assertThat(cli.out().lines())
        .hasSize(2)
        .first()
        .asString()
        .matches("1\t-?\\d+\\.\\d{4}\tsleep\tRest");
    assertThat(cli.err())
        .contains("rrf: 3 candidates", "late-l6: 3 passages scored, 3 of them prepared")
        .containsOnlyOnce("(--combine prior, its default)");
  }

  @Test
  void whatTheModelSaysCanReplaceTheOrderBefore() {
    Cli cli = search("--combine", "replace", "how do whales sleep");
    assertThat(cli.exit()).as(cli.err()).isZero();
    assertThat(cli.out().lines())
        .as("probabilities")
        .allMatch(line -> line.matches("\\d\t[01]\\.\\d{4}\t.*"));
    assertThat(cli.err())
        .containsOnlyOnce("its score replaces the first stage's order (--combine replace)");
  }

  /** It prepares passages and does not embed them. */
  @Test
  void aColbertsPassagesAreInTheIndexToo() throws Exception {
    String model =
        Path.of(SearchCommandTest.class.getResource("/families/colbert").toURI()).toString();
    for (String retriever : List.of("bm25", "hybrid")) {
      Cli cli = search("--model", model, "--retriever", retriever, "whales sleep");
      assertThat(cli.exit()).as(cli.err()).isZero();
      assertThat(cli.err())
          .containsPattern("colbert: (\\d) passages scored, \\1 of them prepared")
          .contains("its score replaces the first stage's order (--combine replace, its default)");
    }
  }

  @Test
  void oneIndexServesAllRetrieversOfOneModel() {
    assertThat(search("--retriever", "bm25", "apnea").err()).contains("indexing: 3 of 3");
    assertThat(search("--retriever", "knn", "--no-rerank", "apnea").err())
        .doesNotContain("indexing");
    assertThat(search("apnea").err()).doesNotContain("indexing");
  }

  @Test
  void anotherEmbeddingModelGivesTheVectorsAlone() {
    Cli cli = search("--embedder", "all-MiniLM-L6-v2", "--retriever", "knn", "whales");
    assertThat(cli.exit()).as(cli.err()).isZero();
    assertThat(cli.err()).contains("indexing: 3 of 3", "3 of them prepared");
    assertThat(search("--retriever", "knn", "whales").err())
        .as("another model's vectors")
        .contains("indexing: 3 of 3");
  }

  @Test
  void wordsAloneNeedNoModel() {
    Cli cli = search("--retriever", "bm25", "--no-rerank", "apnea");
    assertThat(cli.exit()).as(cli.err()).isZero();
    assertThat(cli.out())
        .matches("1\t\\d+\\.\\d{4}\tapnea\tSleep apnea is a disorder in which breathing .*\\R");
  }

  @Test
  void theQueryMayBeSeveralArguments() {
    Cli cli = search("--retriever", "bm25", "--no-rerank", "breathing", "stops");
    assertThat(cli.out()).contains("\tapnea\t");
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s", "-- %s"})
  void aQueryThatBeginsWithAnAtSignIsNoFile(String form) throws Exception {
    Path options = Files.writeString(folder.resolve("options"), "--no-such-option apnea");
    List<String> args = new ArrayList<>(List.of("--retriever", "bm25", "--no-rerank"));
    args.addAll(List.of(form.formatted("@" + options).split(" ")));
    Cli cli = search(args.toArray(String[]::new));
    assertThat(cli.exit()).as(cli.err()).isZero();
    assertThat(cli.out()).doesNotContain("apnea");
    assertThat(search("--retriever", "bm25", "--no-rerank", "@whales").out()).contains("\tsleep\t");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "${sys:user.name} whales",
        "\"whales",
        "'whales'",
        "whales\nand\tapnea",
        "whales AND (apnea",
        "text: whales^2",
        "%n whales %s",
        "whales\\",
        "*whales?"
      })
  void aQueryIsNeverSyntax(String query) {
    Cli cli = search("--retriever", "bm25", "--no-rerank", query);
    assertThat(cli.exit()).as(cli.err()).isZero();
    assertThat(cli.out()).contains("\tsleep\t");
  }

  @Test
  void aQueryThatBeginsWithAHyphenComesBehindTwo() {
    assertWrongUsage(
        search("--retriever", "bm25", "--no-rerank", "-x whales"),
        "if what begins with a hyphen belongs to the query, write -- before the query");
    assertThat(search("--retriever", "bm25", "--no-rerank", "--", "-x", "whales", "--help").out())
        .contains("\tsleep\t");
  }

  @Test
  void aQueryTooLongForTheRerankerKeepsTheFirstStagesOrder() {
    Cli cli = search("--retriever", "bm25", "whales " + "sleep ".repeat(700));
    assertThat(cli.exit()).as(cli.err()).isZero();
    assertThat(cli.out()).contains("\tsleep\t");
    assertThat(cli.err())
        .contains("query has 701 tokens", "keeps the order of the first stage")
        .doesNotContain("late-l6: ");
  }

  @Test
  void anIndexIsKeptUntilTheCorpusChanges() throws Exception {
    assertThat(search("--retriever", "bm25", "--no-rerank", "apnea").err()).contains("indexing");
    assertThat(search("--retriever", "bm25", "--no-rerank", "apnea").err())
        .doesNotContain("indexing");
    Files.writeString(corpus, "{\"_id\": \"new\", \"text\": \"Apnea again.\"}");
    assertThat(search("--retriever", "bm25", "--no-rerank", "apnea").out()).contains("\tnew\t");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\t", "\\n", "\\r", "\\u001b", "\\u0085", "\\u2028"})
  void anIdThatWouldBreakALineOfResultsIsNamed(String escape) throws Exception {
    Files.writeString(
        corpus,
        "{\"_id\": \"ok id\", \"text\": \"a\"}\n{\"_id\": \"b%sc\", \"text\": \"b\"}\n"
            .formatted(escape));
    assertFailed(
        search("--retriever", "bm25", "--no-rerank", "b"),
        "corpus.jsonl:2: the id 'b\\u",
        "has a tab, a line break or another control character");
    assertThat(folder.resolve("index")).doesNotExist();
  }

  @Test
  void nothingFoundPrintsNothing() {
    Cli cli = search("--retriever", "bm25", "--no-rerank", "zebra");
    assertThat(cli.exit()).isZero();
    assertThat(cli.out()).isEmpty();
  }

  @Test
  void wrongUsageIsOneLineAndExitCode2() {
    assertWrongUsage(search(" "), "the query is blank");
    assertWrongUsage(search("--top", "5", "--depth", "3", "q"), "--top is 5", "raise --depth");
    assertWrongUsage(search("--depth", "0", "q"), "'0' is not a whole number from 1 on");
    assertWrongUsage(search("--retriever", "magic", "q"), "[KNN, BM25, HYBRID]", "'magic'");
    assertWrongUsage(search("--combine", "magic", "q"), "[REPLACE, PRIOR]", "'magic'");
    assertWrongUsage(
        search("--combine", "prior", "--no-rerank", "q"), "--no-rerank leaves the reranker out");
    assertWrongUsage(search(), "QUERY");
    assertWrongUsage(Cli.run("search", "q"), "--corpus");
  }

  private static void assertWrongUsage(Cli cli, String... message) {
    assertThat(cli.exit()).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err()).contains(message).contains("(usage: rerank search --help)");
    assertThat(cli.err().lines()).hasSize(1);
  }

  @Test
  void failuresAreOneLineAndExitCode1() throws Exception {
    assertFailed(
        Cli.run("search", "--corpus", folder.resolve("absent").toString(), "q"),
        "absent: no such file or folder");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertFailed(search("--model", empty.toString(), "q"), empty.toString());
    assertFailed(search("--embedder", empty.toString(), "--no-rerank", "q"), empty.toString());
    assertFailed(search("--model", folder.resolve("nowhere").toString(), "q"), "nowhere");
    Files.writeString(corpus, "{\"_id\": \"a\"}");
    assertFailed(search("q"), "corpus.jsonl:1: \"text\" or \"contents\" is missing");
  }

  private static void assertFailed(Cli cli, String... message) {
    assertThat(cli.exit()).isEqualTo(1);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err()).startsWith("rerank search: ").contains(message);
    assertThat(cli.err().lines()).hasSize(1);
  }

  @Test
  void aStackTraceComesWithVerbose() {
    Cli cli = Cli.run("search", "--corpus", "absent", "--verbose", "q");
    assertThat(cli.exit()).isEqualTo(1);
    assertThat(cli.err()).contains("NoSuchFileException", "\tat dev.reranker");
  }
}

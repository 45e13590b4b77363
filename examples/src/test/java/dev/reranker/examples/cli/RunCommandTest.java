package dev.reranker.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code run}, and {@code eval} of what it wrote. */
class RunCommandTest {

  @TempDir private Path folder;
  private Path queries;
  private Path out;

  @BeforeEach
  void writeFiles() throws IOException {
    Files.writeString(
        folder.resolve("corpus.jsonl"),
        """
        {"_id": "size", "text": "Blue whales are the largest animals. How do whales get so big?"}
        {"_id": "apnea", "text": "Sleep apnea is a disorder in which breathing stops and starts."}
        {"_id": "sleep", "text": "Whales sleep with one half of the brain at a time."}
        """);
    queries =
        Files.writeString(
            folder.resolve("queries.jsonl"),
            """
            {"_id": "q1", "text": "how do whales sleep"}
            {"_id": "q2", "text": "what is apnea"}
            """);
    Files.writeString(
        folder.resolve("qrels.tsv"), "query-id\tcorpus-id\tscore\nq1\tsleep\t1\nq2\tapnea\t1\n");
    out = folder.resolve("out.run");
  }

  private Cli run(String... options) {
    return Cli.run(args(options));
  }

  private String[] args(String... options) {
    var args =
        new ArrayList<>(
            List.of(
                "run",
                "--corpus",
                folder.resolve("corpus.jsonl").toString(),
                "--queries",
                queries.toString(),
                "--out",
                out.toString(),
                "--index",
                folder.resolve("index").toString()));
    args.addAll(List.of(options));
    return args.toArray(String[]::new);
  }

  /** Standard error that ends the command when this comes. */
  private static PrintWriter endingAt(String text, StringWriter err) {
    return new PrintWriter(
        new FilterWriter(err) {
          private boolean ended;

          @Override
          public void flush() throws IOException {
            super.flush();
            if (!ended && err.toString().contains(text)) {
              ended = true;
              throw new IllegalStateException("ended by the test");
            }
          }
        });
  }

  @Test
  void aRunThatWasStoppedIsGoneOnWith() throws Exception {
    Files.writeString(
        queries,
        "{\"_id\": \"none\", \"text\": \"zebra\"}\n{\"_id\": \"q3\", \"text\": \"whales\"}\n",
        StandardOpenOption.APPEND);
    assertThat(run("--retriever", "bm25").exit()).isZero();
    List<String> whole = Files.readAllLines(out);
    Files.writeString(out, "old");

    var err = new StringWriter();
    int exit =
        Cli.run(
            new PrintWriter(new StringWriter()),
            endingAt("searching: 2 of 4", err),
            args("--retriever", "bm25"));
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString())
        .contains("2 of 4 queries are answered and kept in " + out, "--resume");
    assertThat(out).hasContent("old");

    assertThat(run("--retriever", "bm25", "--depth", "2", "--resume").err())
        .contains("was begun with another corpus, other queries, models or settings");
    Cli resumed = run("--retriever", "bm25", "--resume");
    assertThat(resumed.exit()).as(resumed.err()).isZero();
    assertThat(resumed.err()).contains("going on with", ": 1 of 4 queries are answered");
    assertThat(Files.readAllLines(out)).isEqualTo(whole);
    assertThat(folder).isDirectoryNotContaining("glob:**.part");

    Cli again = run("--retriever", "bm25", "--resume");
    assertThat(again.exit()).isZero();
    assertThat(again.err()).contains("nothing of this run is there to go on with");
  }

  @Test
  void aRunGoesToStandardOutputToo() {
    out = Path.of("-");
    Cli cli = run("--retriever", "bm25", "--no-rerank");
    assertThat(cli.exit()).as(cli.err()).isZero();
    assertThat(cli.out().lines()).isNotEmpty().allMatch(line -> line.matches("q\\d Q0 .* bm25"));
    assertThat(Path.of("-")).doesNotExist();
  }

  @Test
  void whatCannotBeGoneOnWithIsKnownBeforeTheWork() throws Exception {
    out = Path.of("-");
    Files.delete(queries);
    Cli cli = run("--retriever", "bm25", "--no-rerank", "--resume");
    assertThat(cli.exit()).isEqualTo(2);
    assertThat(cli.err())
        .contains("--resume needs a file to go on with; --out - is none", "(usage: rerank run");
    assertThat(folder.resolve("index")).doesNotExist();
  }

  @Test
  void aRerankedRunIsWrittenAndMeasured() throws Exception {
    Cli cli = run("--retriever", "knn", "--depth", "3");
    assertThat(cli.exit()).as(cli.err()).isZero();
    assertThat(cli.out()).isEmpty();
    List<String> lines = Files.readAllLines(out);
    assertThat(lines).hasSize(6);
    assertThat(lines.get(0)).matches("q1 Q0 sleep 1 -?[0-9.E-]+ knn\\+late-l6");
    assertThat(lines.get(3)).startsWith("q2 Q0 apnea 1 ");

    Cli eval =
        Cli.run("eval", "--qrels", folder.resolve("qrels.tsv").toString(), "--run", out.toString());
    assertThat(eval.exit()).as(eval.err()).isZero();
    assertThat(eval.out().lines())
        .containsExactly("nDCG@10\t1.0000", "recall@100\t1.0000", "MRR@10\t1.0000");
  }

  @Test
  void scoresFallInTheOrderOfTheHitsHoweverTheyAreJoined() throws Exception {
    double replaced = firstScore("--combine", "replace");
    double joined = firstScore("--combine", "prior");
    assertThat(joined)
        .as("of the first stage's first: a logit less")
        .isCloseTo(replaced - 1, within(1e-6));
    assertThat(firstScore()).isEqualTo(joined);
    assertThat(run("--retriever", "bm25", "--combine", "magic").err())
        .contains("[REPLACE, PRIOR]", "'magic'");
  }

  /** Of the second query, whose best document is the first stage's best. */
  private double firstScore(String... combine) throws IOException {
    var options = new ArrayList<>(List.of("--retriever", "bm25"));
    options.addAll(List.of(combine));
    Cli cli = run(options.toArray(String[]::new));
    assertThat(cli.exit()).as(cli.err()).isZero();
    String line =
        Files.readAllLines(out).stream()
            .filter(each -> each.startsWith("q2 Q0 apnea 1 "))
            .findFirst()
            .orElseThrow();
    return Double.parseDouble(line.split(" ", -1)[4]);
  }

  @Test
  void aRunOfTheFirstStageAloneHasItsScores() throws Exception {
    Cli cli = run("--retriever", "bm25", "--no-rerank");
    assertThat(cli.exit()).as(cli.err()).isZero();
    assertThat(Files.readAllLines(out))
        .allMatch(line -> line.matches("q\\d Q0 \\w+ \\d \\S+ bm25"));
  }

  @Test
  void badInputLeavesNoFile() throws Exception {
    Files.writeString(queries, "{\"_id\": \"q1\", \"text\": \" \"}");
    assertFailed(run("--no-rerank"), "queries.jsonl:1: \"text\" is blank");
    Files.writeString(
        queries, "{\"_id\": \"q\", \"text\": \"a\"}\n{\"_id\": \"q\", \"text\": \"b\"}");
    assertFailed(run("--no-rerank"), "queries.jsonl:2: the id 'q' was given in line 1 already");
    Files.writeString(queries, "");
    assertFailed(run("--no-rerank"), "queries.jsonl: no queries");
    Files.writeString(queries, "{\"_id\": \"q 1\", \"text\": \"sleep\"}");
    assertFailed(run("--no-rerank"), "queries.jsonl:1: the id 'q 1' has white space");
    assertThat(folder).isDirectoryNotContaining("glob:**.{run,part}");
    assertThat(folder.resolve("index")).as("known before the work").doesNotExist();
  }

  @Test
  void documentsWhoseIdsARunCannotHoldAreKnownBeforeTheWork() throws Exception {
    Files.writeString(folder.resolve("corpus.jsonl"), "{\"_id\": \"my notes\", \"text\": \"a\"}\n");
    assertFailed(run("--no-rerank"), "corpus.jsonl:1: the id 'my notes' has white space");
    assertThat(folder.resolve("index")).doesNotExist();
  }

  @Test
  void aQueryTooLongForTheRerankerKeepsTheFirstStagesOrder() throws Exception {
    Files.writeString(
        queries,
        "{\"_id\": \"long\", \"text\": \"%s\"}\n".formatted("whales ".repeat(700)),
        StandardOpenOption.APPEND);
    Cli cli = run("--retriever", "bm25");
    assertThat(cli.exit()).as(cli.err()).isZero();
    assertThat(cli.err())
        .contains(
            "queries.jsonl:3: query 'long': query has 700 tokens",
            "; it keeps the order of the first stage",
            "1 of 3 queries were too long for the reranker");
    run("--retriever", "bm25", "--no-rerank");
    List<String> reranked = Files.readAllLines(out);
    assertThat(reranked).anyMatch(line -> line.startsWith("long Q0 "));

    Files.delete(out);
    Cli refused = run("--retriever", "bm25", "--refuse-long-queries");
    assertFailed(refused, "queries.jsonl:3: query 'long': query has 700 tokens");
    assertThat(out).doesNotExist();
  }

  @Test
  void aQueryTooLongForTheEmbeddingModelIsSearchedByItsWords() throws Exception {
    Files.writeString(
        queries,
        "{\"_id\": \"long\", \"text\": \"%s\"}\n".formatted("whales ".repeat(600)),
        StandardOpenOption.APPEND);
    Cli cli = run("--retriever", "knn", "--no-rerank");
    assertThat(cli.exit()).as(cli.err()).isZero();
    assertThat(cli.err())
        .contains(
            "queries.jsonl:3: query 'long': query has ",
            "; it is searched by its words alone",
            "1 of 3 queries were too long for the embedding model");
    assertThat(Files.readAllLines(out))
        .filteredOn(line -> line.startsWith("long "))
        .as("apnea has none of its words")
        .hasSize(2);
    Cli refused = run("--retriever", "hybrid", "--no-rerank", "--refuse-long-queries");
    assertFailed(refused, "queries.jsonl:3: query 'long': query has ");
  }

  @Test
  void aPlaceThatCannotBeWrittenIsKnownAtOnce() {
    out = folder.resolve("nowhere/out.run");
    assertFailed(run("--no-rerank"), "nowhere: no such folder");
    assertThat(folder.resolve("index")).doesNotExist();
  }

  private static void assertFailed(Cli cli, String... message) {
    assertThat(cli.exit()).isEqualTo(1);
    assertThat(cli.err()).contains(message);
  }

  @Test
  void evalRefusesARunOfOtherQueries() throws Exception {
    Path other = Files.writeString(folder.resolve("other.run"), "x Q0 sleep 1 1.0 t\n");
    Cli eval =
        Cli.run(
            "eval", "--qrels", folder.resolve("qrels.tsv").toString(), "--run", other.toString());
    assertThat(eval.exit()).isEqualTo(1);
    assertThat(eval.err()).contains("answers none of the queries");
  }

  @Test
  void evalNamesAMalformedLine() throws Exception {
    Path bad = Files.writeString(folder.resolve("bad.run"), "q1 Q0 sleep 1 1.0 t\nq1 sleep\n");
    Cli eval =
        Cli.run("eval", "--qrels", folder.resolve("qrels.tsv").toString(), "--run", bad.toString());
    assertThat(eval.exit()).isEqualTo(1);
    assertThat(eval.err()).contains("bad.run:2: 2 columns");
  }
}

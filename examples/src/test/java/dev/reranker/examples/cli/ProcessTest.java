package dev.reranker.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What only shows in a process of its own: signals, closed files, locales, memory. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class ProcessTest {

  @TempDir private Path folder;
  private String qrels;
  private String run;

  @BeforeEach
  void writeFiles() throws IOException {
    qrels = Files.writeString(folder.resolve("qrels"), "q1 0 d1 1\nq1 0 d2 1\n").toString();
    run = Files.writeString(folder.resolve("i.run"), "q1 Q0 d1 1 12.5 t\n").toString();
  }

  private static ChildProcess rerank(String shell, List<String> options, String... args)
      throws IOException {
    return ChildProcess.start(shell, options, Rerank.class, args);
  }

  /** Searches one document by words, through a shell. */
  private ChildProcess searchForWhales(String shell) throws IOException {
    Path corpus = folder.resolve("c.jsonl");
    Files.writeString(corpus, "{\"_id\": \"a\", \"text\": \"whales\"}\n");
    return rerank(
        shell,
        List.of(),
        "search",
        "--corpus",
        corpus.toString(),
        "--index",
        folder.resolve("index").toString(),
        "--retriever",
        "bm25",
        "--no-rerank",
        "whales");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDiskBehindStandardOutputIsAFailure() throws Exception {
    assumeTrue(Files.exists(Path.of("/dev/full")), "/dev/full");
    var eval = rerank("exec \"$@\" > /dev/full", List.of(), "eval", "--qrels", qrels, "--run", run);
    assertThat(eval.exit()).isEqualTo(1);
    assertThat(eval.err()).startsWith("rerank eval: standard output: ").hasLineCount(1);
    var help = rerank("exec \"$@\" > /dev/full", List.of(), "--help");
    assertThat(help.exit()).isEqualTo(1);
    assertThat(help.err()).startsWith("rerank: standard output: ");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDiskBehindAnswersIsAFailure() throws Exception {
    assumeTrue(Files.exists(Path.of("/dev/full")), "/dev/full");
    Path lines = folder.resolve("in.jsonl");
    Files.writeString(lines, "{\"query\": \"whales\", \"passages\": [\"a\"]}\n".repeat(2));
    var score = rerank("exec \"$@\" > /dev/full < '" + lines + "'", List.of(), "score");
    assertThat(score.exit()).isEqualTo(1);
    assertThat(score.err()).startsWith("rerank score: standard output: ").hasLineCount(1);
    var search = searchForWhales("exec \"$@\" > /dev/full");
    assertThat(search.exit()).isEqualTo(1);
    assertThat(search.err()).contains("rerank search: standard output: ");
  }

  @Test
  void aReaderThatIsGoneEndsScoringQuietly() throws Exception {
    byte[] line =
        "{\"query\": \"how do whales sleep\", \"passages\": [\"a\"]}\n"
            .getBytes(StandardCharsets.UTF_8);
    var score = rerank("exec \"$@\"", List.of(), "score");
    OutputStream in = score.process().getOutputStream();
    in.write(line);
    in.flush();
    assertThat((char) score.process().getInputStream().read()).isEqualTo('{');
    score.process().getInputStream().close();
    // Not closed: nothing but the missing reader ends it.
    in.write(line);
    in.flush();
    assertThat(score.exit()).isEqualTo(141);
    assertThat(score.err()).isEmpty();
  }

  @Test
  void closedStandardInputIsNamed() throws Exception {
    var score = rerank("exec \"$@\" <&-", List.of(), "score");
    assertThat(score.exit()).isEqualTo(1);
    assertThat(score.err()).startsWith("rerank score: ").containsAnyOf("is closed", "stdin");
  }

  @Test
  void noHomeIsNeeded() throws Exception {
    var search = searchForWhales("unset HOME; exec \"$@\"");
    assertThat(search.exit()).as(search.err()).isZero();
    assertThat(search.out()).contains("\ta\twhales");
  }

  @Test
  void tooLittleMemoryNamesTheWayOut() throws Exception {
    Path big = folder.resolve("big.qrels");
    Files.writeString(big, "q1 0 d1 ".repeat(8_000_000));
    var eval =
        rerank("exec \"$@\"", List.of("-Xmx24m"), "eval", "--qrels", big.toString(), "--run", run);
    assertThat(eval.exit()).isEqualTo(1);
    assertThat(eval.err())
        .startsWith("rerank: out of memory")
        .contains("RERANK_JAVA_OPTS=-Xmx8g")
        .hasLineCount(1);
  }

  @Test
  void aRunOfHalfAMillionLinesNeedsLittleMemory() throws Exception {
    Path big = folder.resolve("big.run");
    try (var out = new PrintWriter(Files.newBufferedWriter(big))) {
      for (int query = 1; query <= 500; query++) {
        for (int rank = 1; rank <= 1000; rank++) {
          out.print("q" + query + " Q0 document" + (query * rank % 4999) + "-" + rank % 2);
          out.print(" " + rank + " " + (1001 - rank) + ".5 t\n");
        }
      }
    }
    var eval =
        rerank(
            "exec \"$@\"", List.of("-Xmx48m"), "eval", "--qrels", qrels, "--run", big.toString());
    assertThat(eval.err()).isEmpty();
    assertThat(eval.exit()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Duser.language=tr -Duser.country=TR",
        "-Duser.language=ar -Duser.country=EG",
        "-Dfile.encoding=ISO-8859-1 -Dstdout.encoding=ISO-8859-1"
      })
  void outputAndMessagesAreTheSameEverywhere(String options) throws Exception {
    List<String> each = List.of(options.split(" "));
    var eval = rerank("exec \"$@\"", each, "eval", "--qrels", qrels, "--run", run);
    assertThat(eval.out().lines())
        .containsExactly("nDCG@10\t0.6131", "recall@100\t0.5000", "MRR@10\t1.0000");
    assertThat(eval.exit()).isZero();
    String bad = Files.writeString(folder.resolve("bad"), "q1 0 d1 1\nq1 d1\n").toString();
    var failed = rerank("exec \"$@\"", each, "eval", "--qrels", bad, "--run", run);
    assertThat(failed.err()).contains("bad:2: 2 columns");
  }

  @Test
  void inThisProcessTooAFailureToPrintEndsTheCommand() {
    var err = new StringWriter();
    int exit =
        Cli.run(
            dev.reranker.examples.cli.output.StandardOutput.printer(
                "standard output",
                new OutputStream() {
                  @Override
                  public void write(int b) throws IOException {
                    throw new IOException("No space left on device");
                  }
                },
                StandardCharsets.UTF_8,
                false),
            new PrintWriter(err),
            "eval",
            "--qrels",
            qrels,
            "--run",
            run);
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString().strip())
        .isEqualTo("rerank eval: standard output: No space left on device");
  }
}

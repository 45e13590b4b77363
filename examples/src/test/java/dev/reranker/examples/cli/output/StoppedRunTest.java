package dev.reranker.examples.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.examples.cli.ChildProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What stays of a run whose process is stopped, killed or out of room. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class StoppedRunTest {

  private static final String ANSWER = "q%d Q0 document 1 1.0 tag\nq%d Q0 other 2 0.5 tag\n";

  @TempDir private Path folder;

  /** Writes two answers and waits, or writes until it fails. */
  static final class Writer {

    private Writer() {}

    public static void main(String[] args) throws IOException {
      var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
      RunTarget target =
          RunTarget.at(args[0], new PrintWriter(System.out, true, StandardCharsets.UTF_8), false);
      int answers = Integer.parseInt(args[1]);
      try (var run = target.begin("0123456789abcdef01234567", answers + 1, false, err)) {
        for (int i = 1; i <= answers; i++) {
          run.write(ANSWER.formatted(i, i));
        }
        System.out.println("ready");
        System.in.read();
        run.complete();
      } catch (IOException e) {
        err.println(e.getMessage());
        System.exit(1);
      }
    }
  }

  private Path part() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".part")).findFirst().orElseThrow();
    }
  }

  private ChildProcess write(String shell, int answers) throws IOException {
    return ChildProcess.start(
        shell,
        List.of("-XX:-UsePerfData"),
        Writer.class,
        folder.resolve("my.run").toString(),
        String.valueOf(answers));
  }

  private static void awaitReady(ChildProcess child) throws IOException {
    BufferedReader out = child.process().inputReader(StandardCharsets.UTF_8);
    assertThat(out.readLine()).isEqualTo("ready");
  }

  @Test
  void aSignalKeepsWhatWasAnsweredAndSaysWhere() throws Exception {
    var child = write("exec \"$@\"", 2);
    awaitReady(child);
    assertThat(child.process().toHandle().destroy()).isTrue();
    assertThat(child.exit()).isEqualTo(143);
    assertThat(folder.resolve("my.run")).doesNotExist();
    assertThat(part()).hasContent(ANSWER.formatted(1, 1) + ANSWER.formatted(2, 2));
    assertThat(child.err())
        .contains("2 of 3 queries are answered and kept in " + part())
        .contains("--resume");
  }

  @Test
  void aKilledProcessLeavesWhatItAnswered() throws Exception {
    var child = write("exec \"$@\"", 2);
    awaitReady(child);
    assertThat(child.process().toHandle().destroyForcibly()).isTrue();
    child.exit();
    assertThat(part()).hasContent(ANSWER.formatted(1, 1) + ANSWER.formatted(2, 2));
  }

  @Test
  void aDiskThatIsFullKeepsWholeAnswers() throws Exception {
    // No file may grow above one block of 512 or 1024 bytes.
    var child = write("ulimit -f 1; exec \"$@\"", 100);
    assertThat(child.exit()).isEqualTo(1);
    String kept = Files.readString(part());
    assertThat(kept).endsWith("other 2 0.5 tag\n").hasSizeLessThanOrEqualTo(1024);
    int answers = kept.split("\n").length / 2;
    assertThat(child.err())
        .contains(answers + " of 101 queries are answered and kept in " + part(), part() + ": ");
  }
}

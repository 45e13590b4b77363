package dev.reranker.examples.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StandardOutputTest {

  private static OutputStream failing(String message) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException(message);
      }
    };
  }

  @Test
  void whatIsPrintedIsWrittenLineByLine() {
    var bytes = new ByteArrayOutputStream();
    var out = StandardOutput.printer("out", bytes, StandardCharsets.UTF_8, false);
    out.println("caf\u00e9");
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .isEqualTo("caf\u00e9" + System.lineSeparator());
  }

  @Test
  void aFullDiskIsNotSwallowed() {
    var out =
        StandardOutput.printer(
            "standard output", failing("No space left"), StandardCharsets.UTF_8, false);
    assertThatThrownBy(() -> out.println("a"))
        .isInstanceOfSatisfying(
            StandardOutput.Failure.class, e -> assertThat(e.readerGone()).isFalse())
        .hasMessage("standard output: No space left");
  }

  @Test
  void aReaderThatIsGoneIsToldApart() {
    var byMessage =
        StandardOutput.printer("out", failing("Broken pipe"), StandardCharsets.UTF_8, false);
    assertThatThrownBy(() -> byMessage.println("a"))
        .isInstanceOfSatisfying(
            StandardOutput.Failure.class, e -> assertThat(e.readerGone()).isTrue());
    var translated =
        StandardOutput.printer("out", failing("Relais brise"), StandardCharsets.UTF_8, true);
    assertThatThrownBy(translated::println)
        .isInstanceOfSatisfying(
            StandardOutput.Failure.class, e -> assertThat(e.readerGone()).isTrue());
  }
}

package dev.reranker.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reranker.examples.cli.input.JsonLines;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class ScoreCommandTest {

  private static final String WHALES =
      "{\"query\": \"how do whales sleep\", \"passages\": [\"Stocks fell.\","
          + " \"Whales sleep with one half of the brain at a time.\"]}\n";

  @Test
  void eachLineIsAnsweredInTheOrderOfItsPassages() throws Exception {
    Cli cli = Cli.runWithInput(WHALES + "\n{\"query\": \"a\", \"passages\": []}\n", "score");
    assertThat(cli.exit()).as(cli.err()).isZero();
    assertThat(cli.err()).isEmpty();
    List<String> lines = cli.out().lines().toList();
    assertThat(lines).hasSize(2);
    JsonNode answer = JsonLines.JSON.readTree(lines.get(0));
    assertThat(answer.get("logits")).hasSize(2);
    for (int i = 0; i < 2; i++) {
      double logit = answer.get("logits").get(i).asDouble();
      assertThat(answer.get("scores").get(i).asDouble())
          .isCloseTo(1 / (1 + Math.exp(-logit)), org.assertj.core.api.Assertions.within(1e-6));
    }
    assertThat(answer.get("logits").get(1).asDouble())
        .isGreaterThan(answer.get("logits").get(0).asDouble());
    assertThat(lines.get(1)).isEqualTo("{\"logits\":[],\"scores\":[]}");
  }

  @Test
  void theFirstBadLineEndsItAndTheAnswersBeforeStand() {
    Cli cli = Cli.runWithInput(WHALES + "{\"query\": \"a\", \"passages\": [\n" + WHALES, "score");
    assertThat(cli.exit()).isEqualTo(1);
    assertThat(cli.out().lines()).hasSize(1);
    assertThat(cli.err())
        .startsWith("rerank score: stdin:2: not JSON")
        .contains("a line has the form {\"query\"");
    assertThat(cli.err().lines()).hasSize(1);
  }

  @Test
  void whatIsWrongWithALineIsSaid() {
    assertThat(Cli.runWithInput("{\"passages\": []}", "score").err())
        .contains("stdin:1: \"query\" is missing");
    assertThat(Cli.runWithInput("{\"query\": \"a\", \"passages\": \"b\"}", "score").err())
        .contains("stdin:1: \"passages\" is not a list of strings");
    assertThat(Cli.runWithInput("{\"query\": \"a\", \"passages\": [\"b\", 3]}", "score").err())
        .contains("stdin:1: 2 of 2 in \"passages\" is not a string");
    assertThat(Cli.runWithInput("{\"query\": \" \", \"passages\": [\"b\"]}", "score").err())
        .contains("stdin:1: the query is blank");
    String longQuery = "word ".repeat(600);
    assertThat(
            Cli.runWithInput("{\"query\": \"" + longQuery + "\", \"passages\": []}", "score").err())
        .contains("stdin:1: query has");
  }

  @Test
  void inputMayBeCompressedAndBeginWithAByteOrderMark() throws Exception {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(("\ufeff" + WHALES).getBytes(StandardCharsets.UTF_8));
    }
    Cli cli = Cli.runWithInput(packed.toByteArray(), "score");
    assertThat(cli.exit()).as(cli.err()).isZero();
    assertThat(cli.out().lines()).hasSize(1);
  }

  @Test
  void inputThatIsNoTextIsNamed() {
    byte[] latin1 = (WHALES + "{\"query\": \"\u00e9\"}").getBytes(StandardCharsets.ISO_8859_1);
    Cli cli = Cli.runWithInput(latin1, "score");
    assertThat(cli.exit()).isEqualTo(1);
    assertThat(cli.err()).startsWith("rerank score: stdin:2: not UTF-8 text");
    assertThat(cli.out().lines()).hasSize(1);
    Cli nothing = Cli.runWithInput("", "score");
    assertThat(nothing.exit()).isZero();
    assertThat(nothing.out()).isEmpty();
  }
}

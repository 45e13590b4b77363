package dev.reranker.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.StageReport;
import dev.reranker.StageScore;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LayoutTest {

  private static Hit hit(String title, String text, int before, int now) {
    return Hit.of(new Document(title, text, Map.of("title", title)), "knn", before, 0.5)
        .then(StageScore.of("model", now, 1.0 / now, 1.0 / now, false), before - 1);
  }

  private static String compare(List<Hit> hits, int top) {
    List<StageReport> stages =
        List.of(
            StageReport.builder("knn").candidates(2).took(Duration.ofMillis(3)).build(),
            StageReport.builder("model")
                .candidates(2)
                .scored(2, 0)
                .tokens(90, 100)
                .took(Duration.ofMillis(1234))
                .build());
    var text = new StringWriter();
    Layout.compare(hits, stages, top, new PrintWriter(text));
    return text.toString().replace("\r\n", "\n");
  }

  @Test
  void bothOrdersSayWhatMoved() {
    assertThat(
            compare(List.of(hit("Second", "Second: text two", 2, 1), hit("First", "one", 1, 2)), 5))
        .isEqualTo(
            """
            First stage (knn)                                                       reranked
              1  0.5000  First                                                         now 2
                         one
              2  0.5000  Second                                                        now 1
                         text two

            Reranked (model)                                                     first stage
              1  1.0000  Second                                                        was 2
                         text two
              2  0.5000  First                                                         was 1
                         one

            knn: 2 candidates, 3 ms
            model: 2 passages scored, 90 tokens, 10 % padding, 1,234 ms
            """);
  }

  @Test
  void longTextsFitInto80Columns() {
    String whale = "\ud83d\udc0b".repeat(100);
    String shown = compare(List.of(hit(whale, whale + "\n" + whale, 1, 1)), 1);
    assertThat(shown.lines()).allMatch(line -> line.length() <= 80);
    assertThat(shown.codePoints()).noneMatch(c -> c >= 0xd800 && c <= 0xdfff);
  }
}

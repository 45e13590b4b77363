package dev.reranker.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.Candidate;
import dev.reranker.Document;
import dev.reranker.RankedDocument;
import dev.reranker.RerankStats;
import dev.reranker.SearchResult;
import dev.reranker.StageReport;
import dev.reranker.StageScore;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LayoutTest {

  private static RankedDocument hit(String title, String text, int before, int now) {
    Candidate found =
        Candidate.of(new Document(title, text, Map.of("title", title)), "knn", before, 0.5);
    return new RankedDocument(
        found.then(new StageScore("model", now, 1.0 / now)), 1f / now, before - 1, true, false);
  }

  private static String compare(List<RankedDocument> hits, int top) {
    var stats = new RerankStats(2, 0, 0, 90, 100, Duration.ofMillis(12));
    var result =
        new SearchResult(
            "q",
            hits,
            List.of(
                new StageReport("knn", 2, Duration.ofMillis(3), Optional.empty()),
                new StageReport("model", 2, Duration.ofMillis(1234), Optional.of(stats))));
    var text = new StringWriter();
    Layout.compare(result, top, new PrintWriter(text));
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

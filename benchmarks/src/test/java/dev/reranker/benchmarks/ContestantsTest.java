package dev.reranker.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ContestantsTest {

  /** They must do the same work for their times to be compared. */
  @Test
  void allGiveTheSameLogits() throws Exception {
    List<String> passages =
        List.of(
            "Whales sleep with one half of the brain at a time.",
            "The recipe needs two eggs and a cup of flour.",
            "Brain");
    String query = "how do whales sleep";
    var request = new Request(query, passages, new int[] {20, 17, 8});

    DjlContestant.startFirst();
    Map<Entry, float[]> logits = new TreeMap<>();
    try (ModelFiles files = ModelFiles.unpack()) {
      for (Entry entry : Entry.values()) {
        try (Contestant contestant = entry.open(files, request)) {
          logits.put(entry, contestant.score(query, passages));
        }
      }
    }

    float[] expected = Objects.requireNonNull(logits.get(Entry.RERANKER));
    assertThat(expected[0]).isGreaterThan(expected[1]);
    logits.forEach(
        (entry, actual) ->
            assertThat(actual)
                .as("%s: %s", entry, Arrays.toString(actual))
                .containsExactly(expected, within(entry == Entry.PREPARED ? 0.05f : 1e-3f)));
  }
}

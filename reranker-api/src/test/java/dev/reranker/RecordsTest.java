package dev.reranker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordsTest {

  private static final RerankStats STATS = new RerankStats(1, 0, 0, 1, 1, Duration.ZERO);

  @Test
  void documentsCopyTheirMetadata() {
    var metadata = new HashMap<>(java.util.Map.of("title", "A"));
    var document = new Document("a", "text", metadata);
    metadata.put("title", "B");
    assertThat(document.metadata()).containsEntry("title", "A");
  }

  @Test
  void anEmptyIdIsRefused() {
    assertThatThrownBy(() -> Document.of("", "text"))
        .hasMessage("a document's id must not be empty");
  }

  @Test
  void aRankBelowOneAndANaNAreRefused() {
    assertThatThrownBy(() -> new StageScore("s", 0, 1)).hasMessage("rank is 0; ranks start at 1");
    assertThatThrownBy(() -> new StageScore("s", 1, Double.NaN)).hasMessageContaining("NaN");
  }

  @Test
  void candidatesCopyTheirHistory() {
    var history = new ArrayList<>(List.of(new StageScore("one", 1, 1)));
    var candidate = new Candidate(Document.of("a", ""), new StageScore("two", 1, 1), history);
    history.clear();
    assertThat(candidate.earlier()).hasSize(1);
  }

  @Test
  void aNullCandidateIsNamed() {
    assertThatThrownBy(
            () ->
                RerankRequest.of(
                    "q", Arrays.asList(Candidate.of(Document.of("a", ""), "s", 1, 1), null)))
        .hasMessage("candidate 1 of 2 is null");
    assertThatThrownBy(() -> RerankRequest.ofDocuments("q", Arrays.asList((Document) null)))
        .hasMessage("document 0 of 1 is null");
  }

  @Test
  void aNaNLogitIsAnInferenceException() {
    RerankRequest request = RerankRequest.ofTexts("q", List.of("a", "b"));
    assertThatThrownBy(
            () ->
                RerankResult.ranked(
                    request, "m", new float[] {1, Float.NaN}, x -> x, new BitSet(), STATS))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("NaN for candidate 1 of 2 (id '1')");
  }

  @Test
  void logitsMustMatchTheCandidates() {
    assertThatThrownBy(
            () ->
                RerankResult.ranked(
                    RerankRequest.ofTexts("q", List.of("a")),
                    "m",
                    new float[2],
                    x -> x,
                    new BitSet(),
                    STATS))
        .hasMessage("2 logits for 1 candidates");
  }

  @Test
  void saturatedScoresStillRankByLogit() {
    RerankResult result =
        RerankResult.ranked(
            RerankRequest.ofTexts("q", List.of("a", "b")),
            "m",
            new float[] {50, 60},
            x -> 1 / (1 + Math.exp(-x)),
            new BitSet(),
            STATS);
    assertThat(result.documents()).extracting(RankedDocument::index).containsExactly(1, 0);
  }

  @Test
  void paddingIsAShareOfTheComputedTokens() {
    assertThat(new RerankStats(1, 0, 0, 75, 100, Duration.ZERO).paddingRatio()).isEqualTo(0.25);
    assertThat(new RerankStats(0, 0, 0, 0, 0, Duration.ZERO).paddingRatio()).isZero();
  }
}

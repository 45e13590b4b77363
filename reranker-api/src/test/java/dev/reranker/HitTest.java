package dev.reranker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.error.InferenceException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Documents, hits and their trails. */
class HitTest {

  private static final Document A = Document.of("a", "");

  @Test
  void documentsCopyTheirMetadata() {
    var metadata = new HashMap<String, Object>(Map.of("title", "A"));
    var document = new Document("a", "text", metadata);
    metadata.put("title", "B");
    assertThat(document.metadata()).containsEntry("title", "A");
  }

  @Test
  void metadataKeepsItsOrder() {
    var metadata = new java.util.LinkedHashMap<String, Object>();
    List.of("z", "y", "x", "a", "b", "c").forEach(key -> metadata.put(key, key));
    assertThat(new Document("a", "", metadata).metadata().keySet())
        .containsExactly("z", "y", "x", "a", "b", "c");
  }

  @Test
  @SuppressWarnings("NullAway") // null is what it is about
  void metadataWithoutAValueIsNamed() {
    var metadata = new HashMap<String, Object>();
    metadata.put("title", null);
    assertThatThrownBy(() -> new Document("a", "", metadata))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("'title'");
  }

  @Test
  void metadataKeepsItsTypes() {
    var document = new Document("a", "text", Map.of("page", 12, "title", "A"));
    assertThat(document.metadata("page", Integer.class)).contains(12);
    assertThat(document.metadata("author", String.class)).isEmpty();
    assertThatThrownBy(() -> document.metadata("page", String.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "metadata 'page' of document 'a' is a java.lang.Integer, not a java.lang.String");
  }

  @Test
  void anEmptyIdIsRefused() {
    assertThatThrownBy(() -> Document.of("", "text"))
        .hasMessage("a document's id must not be empty");
  }

  @Test
  void aRankBelowOneIsRefused() {
    assertThatThrownBy(() -> Hit.of(A, "s", 0, 1)).hasMessage("rank is 0; ranks start at 1");
  }

  @Test
  void scoresAreFinite() {
    for (double wrong :
        new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      assertThatThrownBy(() -> Hit.of(A, "s", 1, wrong))
          .isInstanceOf(InferenceException.class)
          .hasMessage("the score of stage 's' is " + wrong + "; scores are finite numbers");
      assertThatThrownBy(() -> StageScore.of("s", 1, 0, wrong, false))
          .hasMessageContaining("the raw score of stage 's' is " + wrong);
      assertThatThrownBy(() -> StageScore.unscored("s", 1, wrong))
          .hasMessageContaining("is " + wrong);
    }
  }

  @Test
  void negativeZeroIsZero() {
    assertThat(StageScore.of("s", 1, -0.0)).isEqualTo(StageScore.of("s", 1, 0.0));
    assertThat(Double.compare(StageScore.of("s", 1, 0, -0.0, false).raw().orElseThrow(), 0.0))
        .isZero();
  }

  @Test
  void hitsCopyTheirTrail() {
    var trail = new ArrayList<>(List.of(StageScore.of("one", 1, 1), StageScore.of("two", 1, 1)));
    var hit = Hit.of(A, trail);
    trail.clear();
    assertThat(hit.trail()).hasSize(2);
    assertThat(hit.earlier()).containsExactly(StageScore.of("one", 1, 1));
    assertThat(hit.stage()).isEqualTo("two");
  }

  @Test
  void anEmptyTrailIsRefused() {
    assertThatThrownBy(() -> Hit.of(A, List.of())).hasMessageContaining("trail of document 'a'");
  }

  @Test
  void aFurtherStageLosesNothing() {
    Hit hit =
        Hit.of(A, "bm25", 7, 12.5)
            .then(StageScore.of("small", 2, 0.9, 2.2, true), 6)
            .then(StageScore.unscored("large", 3, 0.9), 1);
    assertThat(hit.trail())
        .containsExactly(
            StageScore.of("bm25", 7, 12.5),
            StageScore.of("small", 2, 0.9, 2.2, true),
            StageScore.unscored("large", 3, 0.9));
    assertThat(hit.scored()).isFalse();
    assertThat(hit.raw()).isEmpty();
    assertThat(hit.index()).isEqualTo(1);
    assertThat(hit.earlier().getLast().truncated()).isTrue();
  }

  @Test
  void aHitReadsWell() {
    Hit hit = Hit.of(A, "bm25", 7, 12.5).then(StageScore.of("small", 2, 0.9, 2.2, true), 6);
    assertThat(hit).hasToString("a [bm25 #7 12.5000, small #2 0.9000 (raw 2.2000) (cut)]");
  }
}

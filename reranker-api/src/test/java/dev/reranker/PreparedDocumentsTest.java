package dev.reranker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.error.InferenceException;
import dev.reranker.prepared.PreparedPassage;
import dev.reranker.testkit.FakeReranker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What was prepared of documents, on their way through retrievers, fusions and rerankers. */
class PreparedDocumentsTest {

  private static final Document PLAIN = new Document("a", "one", Map.of("from", "plain"));
  private static final Document PREPARED = prepared("a", "one");
  private static final Reranker LENGTH = new FakeReranker("length", (q, p) -> p.length());

  /** A document with something prepared that says which document it is. */
  private static Document prepared(String id, String text) {
    return Document.of(id, text)
        .withPrepared(PreparedPassage.of("model of " + id, new byte[] {(byte) text.length()}));
  }

  private static Retriever finding(Document... documents) {
    return (query, k) -> {
      var hits = new ArrayList<Hit>();
      for (Document document : documents) {
        hits.add(Hit.of(document, "found", hits.size() + 1, -hits.size()));
      }
      return hits;
    };
  }

  private static Document fused(Document... one) {
    Fusion.Builder fusion = Fusion.builder();
    for (Document document : one) {
      fusion.retriever(finding(document));
    }
    List<Hit> hits = fusion.build().retrieve("q", 10);
    assertThat(hits).hasSize(1);
    return hits.getFirst().document();
  }

  /** Each carries what was prepared of itself, not of another. */
  private static void assertEachHasItsOwn(List<Hit> hits, int count) {
    assertThat(hits).hasSize(count);
    for (Hit hit : hits) {
      Document document = hit.document();
      assertThat(document.prepared())
          .isEqualTo(prepared(document.id(), document.text()).prepared());
    }
  }

  @Test
  void aFusionKeepsWhatEitherRetrieverBrings() {
    for (Document kept : List.of(fused(PLAIN, PREPARED), fused(PREPARED, PLAIN))) {
      assertThat(kept.prepared()).isEqualTo(PREPARED.prepared());
    }
    assertThat(fused(PLAIN, PLAIN, PREPARED).prepared()).isEqualTo(PREPARED.prepared());
    assertThat(fused(PLAIN, PLAIN).prepared()).isEmpty();
  }

  @Test
  void theRestOfAFusedDocumentIsTheFirstOnes() {
    assertThat(fused(PLAIN, PREPARED)).isEqualTo(PLAIN);
    assertThat(fused(PREPARED, PLAIN)).isEqualTo(PREPARED);
  }

  @Test
  void ofTwoPreparedPassagesAFusionKeepsTheFirst() {
    Document other = PLAIN.withPrepared(PreparedPassage.of("another model", new byte[0]));
    assertThat(fused(other, PREPARED).prepared()).isEqualTo(other.prepared());
    assertThat(fused(PREPARED, other).prepared()).isEqualTo(PREPARED.prepared());
  }

  @Test
  void whatWasPreparedOfAnotherTextIsNotTaken() {
    Document shortened = Document.of("a", "on");
    assertThat(fused(shortened, PREPARED).prepared()).isEmpty();
    assertThat(fused(shortened, PREPARED).text()).isEqualTo("on");
    assertThat(fused(PREPARED, shortened).prepared()).isEqualTo(PREPARED.prepared());
  }

  @Test
  void fusionsOfFusionsKeepItToo() {
    Retriever inner = Fusion.rrf(finding(PLAIN), finding(PREPARED));
    Retriever outer = Fusion.builder().retriever(finding(PLAIN)).retriever(inner).byScore().build();
    assertThat(Retriever.of("renamed", outer).retrieve("q", 1).getFirst().document().prepared())
        .isEqualTo(PREPARED.prepared());
  }

  @Test
  void aCascadeKeepsItForEachRerankerAndTheResult() {
    var seen = new ArrayList<Hit>();
    Reranker looking =
        request -> {
          seen.addAll(request.candidates());
          return LENGTH.rerank(request);
        };
    Pipeline pipeline =
        Pipeline.builder()
            .retrieve(finding(PREPARED, prepared("b", "four"), prepared("c", "")), 10)
            .rerank(LENGTH, 3, ScoreCombiner.weighted(0.5))
            .rerank(Reranker.of("looking", looking), 2)
            .build();
    assertEachHasItsOwn(pipeline.search("q").hits(), 2);
    assertEachHasItsOwn(seen, 3);
  }

  @Test
  void aRerankerThatFailsLosesNothing() {
    Reranker broken =
        request -> {
          throw new InferenceException("broken");
        };
    Pipeline pipeline =
        Pipeline.builder()
            .retrieve(finding(PREPARED, prepared("b", "four")), 10)
            .rerank(broken, 10)
            .build();
    assertEachHasItsOwn(pipeline.search("q").hits(), 2);
  }

  @Test
  void documentsWithoutItStandBesideThoseWithIt() {
    List<Hit> hits =
        LENGTH
            .rerank(RerankRequest.ofDocuments("q", List.of(Document.of("b", "four"), PREPARED)))
            .hits();
    assertThat(hits)
        .extracting(hit -> hit.document().id() + hit.document().prepared().isPresent())
        .containsExactly("bfalse", "atrue");
  }
}

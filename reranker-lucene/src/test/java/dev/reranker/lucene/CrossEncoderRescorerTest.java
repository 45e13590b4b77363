package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reranker.Deadline;
import dev.reranker.RerankResult;
import dev.reranker.Reranker;
import dev.reranker.ScoreCombiner;
import dev.reranker.SearchContext;
import dev.reranker.error.InferenceException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.Explanation;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TotalHits;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CrossEncoderRescorerTest {

  private static final String QUERY = "whales sleep";
  private static final PassageSource TEXT = PassageSource.stored("title", "body");

  private final ByteBuffersDirectory directory = new ByteBuffersDirectory();
  private final OverlapReranker reranker = new OverlapReranker();
  private DirectoryReader reader;
  private IndexSearcher searcher;

  @BeforeEach
  void open() throws IOException {
    try (var writer = new IndexWriter(directory, new IndexWriterConfig(new StandardAnalyzer()))) {
      write(writer, "Fish", "fish swim");
      write(writer, "Whales", "whales sleep");
      writer.addDocument(new Document());
      write(writer, "Long", "whales sleep " + "word ".repeat(12));
    }
    reader = DirectoryReader.open(directory);
    searcher = new IndexSearcher(reader);
  }

  private static void write(IndexWriter writer, String title, String body) throws IOException {
    var document = new Document();
    document.add(new StoredField("title", title));
    document.add(new TextField("body", body, Field.Store.YES));
    writer.addDocument(document);
  }

  @AfterEach
  void close() throws IOException {
    reader.close();
    directory.close();
  }

  private CrossEncoderRescorer rescorer() {
    return CrossEncoderRescorer.withMissingTextLast(reranker, QUERY, TEXT);
  }

  private TopDocs all() throws IOException {
    return searcher.search(MatchAllDocsQuery.INSTANCE, 10);
  }

  private static List<Integer> docs(TopDocs hits) {
    return List.of(hits.scoreDocs).stream().map(hit -> hit.doc).toList();
  }

  @Test
  void missingTextComesLast() throws IOException {
    TopDocs best = rescorer().rescore(searcher, all(), 10);
    assertThat(docs(best)).containsExactly(1, 3, 0, 2);
    assertThat(best.scoreDocs[3].score)
        .isEqualTo(CrossEncoderRescorer.UNSCORED)
        .isFinite()
        .isLessThan(best.scoreDocs[2].score);
  }

  @Test
  void missingTextFailsWhereAskedTo() {
    var failing = CrossEncoderRescorer.withMissingTextFailing(reranker, QUERY, TEXT);
    assertThatThrownBy(() -> failing.rescore(searcher, all(), 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("hit 3 of 4 (doc 2) has no text")
        .hasMessageContaining("withMissingTextLast");
  }

  @Test
  void fieldsAreJoinedInTheOrderGiven() throws IOException {
    assertThat(TEXT.read(reader.storedFields(), 0)).hasValue("Fish\nfish swim");
    assertThat(PassageSource.stored("body", "title").read(reader.storedFields(), 0))
        .hasValue("fish swim\nFish");
    assertThatThrownBy(PassageSource::stored).hasMessageContaining("at least one stored field");
  }

  @Test
  void theApplicationsOwnStoreWillDo() throws IOException {
    var own =
        CrossEncoderRescorer.withMissingTextLast(
            reranker, QUERY, (stored, doc) -> Optional.of(doc == 0 ? QUERY : "other"));
    assertThat(docs(own.rescore(searcher, all(), 1))).containsExactly(0);
  }

  @Test
  void saturatedScoresKeepTheOrderOfTheLogits() throws IOException {
    String query = "a b c d e f g h i j k l m n o p q r s t u v w x y z";
    var own =
        CrossEncoderRescorer.withMissingTextLast(
            reranker, query, (stored, doc) -> Optional.of(query.substring(0, 45 + 2 * doc)));
    TopDocs best = own.rescore(searcher, all(), 10);
    assertThat(best.scoreDocs[0].score).isEqualTo(best.scoreDocs[1].score);
    assertThat(docs(best)).containsExactly(3, 2, 1, 0);
  }

  @Test
  void whatTheRerankerLeftUnscoredComesAfterTheScored() throws IOException {
    Reranker hasty = request -> RerankResult.builder(request, "hasty").score(0, -7).build();
    TopDocs best =
        CrossEncoderRescorer.withMissingTextLast(hasty, QUERY, TEXT).rescore(searcher, all(), 10);
    assertThat(docs(best)).containsExactly(0, 1, 2, 3);
    assertThat(best.scoreDocs[1].score).isEqualTo(CrossEncoderRescorer.UNSCORED);
    assertThat(best.scoreDocs[0].score).isEqualTo(-7);
  }

  @Test
  void wrongArgumentsAreNamed() {
    assertThatThrownBy(() -> rescorer().rescore(searcher, all(), 0))
        .hasMessage("topN is 0; ask for at least 1 hit");
    var foreign =
        new TopDocs(
            new TotalHits(1, TotalHits.Relation.EQUAL_TO), new ScoreDoc[] {new ScoreDoc(4, 1)});
    assertThatThrownBy(() -> rescorer().rescore(searcher, foreign, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "doc 4 is not in this searcher, which has 4: pass the searcher that found the hits");
    assertThatThrownBy(() -> rescorer().explain(searcher, Explanation.match(1, "x"), 4))
        .hasMessageContaining("doc 4 is not in this searcher");
  }

  @Test
  void combiningNeedsFirstPassScores() throws IOException {
    TopDocs sorted = searcher.search(MatchAllDocsQuery.INSTANCE, 10, Sort.INDEXORDER);
    var weighted = rescorer().combining(ScoreCombiner.weighted(0.5));
    assertThatThrownBy(() -> weighted.rescore(searcher, sorted, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("doc 0 has no first-pass score to combine with")
        .hasMessageContaining("populateScores");
    assertThat(docs(rescorer().rescore(searcher, sorted, 10))).containsExactly(1, 3, 0, 2);
    TopDocs unscored = all();
    unscored.scoreDocs[0].score = Float.NEGATIVE_INFINITY;
    assertThatThrownBy(() -> weighted.rescore(searcher, unscored, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("(it is -Infinity)");
  }

  @Test
  void aCombinersNonsenseIsNeverARank() throws IOException {
    TopDocs hits = all();
    var few = rescorer().combining(scored -> new double[scored.size() - 1]);
    assertThatThrownBy(() -> few.rescore(searcher, hits, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the combiner gave 2 scores for 3 documents; it must give one for each");
    var nan = rescorer().combining(scored -> new double[] {1, Double.NaN, 2});
    assertThatThrownBy(() -> nan.rescore(searcher, hits, 10))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("the combiner gave NaN for document 1 of 3");
  }

  @Test
  void anExplanationTellsTheWholeStory() throws IOException {
    Explanation first = searcher.explain(MatchAllDocsQuery.INSTANCE, 3);
    Explanation explained = rescorer().explain(searcher, first, 3);
    float logit = OverlapReranker.logit(QUERY, "Long\nwhales sleep " + "word ".repeat(12));
    assertThat(explained.isMatch()).isTrue();
    assertThat(explained.getValue().doubleValue())
        .isCloseTo(OverlapReranker.sigmoid(logit), within(1e-12));
    assertThat(explained.toString())
        .contains("cross-encoder score, in place of the first-pass score")
        .contains("activation of the logit by 'overlap'")
        .contains((double) logit + " = logit")
        .contains("truncated: the model read only the passage's beginning")
        .contains("1.0 = first-pass score");
    assertThat(rescorer().explain(searcher, first, 1).toString()).contains("truncated: no");
    assertThat(
            rescorer()
                .combining(ScoreCombiner.weighted(0.5))
                .explain(searcher, first, 1)
                .getDescription())
        .contains("before it is combined");
  }

  @Test
  void anExplanationOfMissingTextIsNoMatch() throws IOException {
    Explanation explained = rescorer().explain(searcher, Explanation.match(1, "x"), 2);
    assertThat(explained.isMatch()).isFalse();
    assertThat(explained.getDescription())
        .isEqualTo("no text to read, so not reranked: stands behind all hits that are");
    Explanation refused =
        CrossEncoderRescorer.withMissingTextFailing(new OverlapReranker(), QUERY, TEXT)
            .explain(searcher, Explanation.match(1, "x"), 2);
    assertThat(refused.isMatch()).isFalse();
    assertThat(refused.getDescription())
        .isEqualTo("no text to read: a rescorer withMissingTextFailing refuses it");
  }

  @Test
  void noHitsAreNoHits() throws IOException {
    var none = new TopDocs(new TotalHits(0, TotalHits.Relation.EQUAL_TO), new ScoreDoc[0]);
    assertThat(rescorer().rescore(searcher, none, 10).scoreDocs).isEmpty();
  }

  @Test
  void blankTextIsMissingText() throws IOException {
    var own =
        CrossEncoderRescorer.withMissingTextLast(
            reranker, QUERY, (stored, doc) -> Optional.of(doc == 0 ? " \n" : "other text"));
    TopDocs best = own.rescore(searcher, all(), 10);
    assertThat(docs(best)).containsExactly(1, 2, 3, 0);
    assertThat(best.scoreDocs[3].score).isEqualTo(CrossEncoderRescorer.UNSCORED);
    var failing =
        CrossEncoderRescorer.withMissingTextFailing(reranker, QUERY, (s, doc) -> Optional.of(""));
    assertThatThrownBy(() -> failing.rescore(searcher, all(), 1))
        .hasMessageStartingWith("hit 1 of 4 (doc 0) has no text");
  }

  @Test
  void missingTextKeepsItsFirstPassScoreWhereAskedTo() throws IOException {
    TopDocs hits = all();
    hits.scoreDocs[2].score = 0.5f; // between those of the model
    var keeping = CrossEncoderRescorer.withFallbackToFirstPassScore(reranker, QUERY, TEXT);
    TopDocs best = keeping.rescore(searcher, hits, 10);
    assertThat(docs(best)).containsExactly(1, 3, 2, 0);
    assertThat(best.scoreDocs[2].score).isEqualTo(0.5f);
    Explanation explained = keeping.explain(searcher, Explanation.match(0.5f, "x"), 2);
    assertThat(explained.isMatch()).isTrue();
    assertThat(explained.getValue().floatValue()).isEqualTo(0.5f);
    assertThat(explained.getDescription()).contains("keeps its first-pass score");

    TopDocs sorted = searcher.search(MatchAllDocsQuery.INSTANCE, 10, Sort.INDEXORDER);
    assertThatThrownBy(() -> keeping.rescore(searcher, sorted, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("doc 2 has no first-pass score to combine with or fall back to");
  }

  @Test
  void aFieldThatNoDocumentHasIsNamed() {
    for (String wrong : List.of("bodi", "parts.body")) {
      var mistyped =
          CrossEncoderRescorer.withMissingTextLast(reranker, QUERY, PassageSource.stored(wrong));
      assertThatThrownBy(() -> mistyped.rescore(searcher, all(), 10))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no document has a stored field '" + wrong + "'")
          .hasMessageContaining("[body, title]");
    }
  }

  @Test
  void aFieldThatIsIndexedButNotStoredIsNamed() throws IOException {
    try (var other = new ByteBuffersDirectory()) {
      try (var writer = new IndexWriter(other, new IndexWriterConfig(new StandardAnalyzer()))) {
        var document = new Document();
        document.add(new TextField("body", "whales sleep", Field.Store.NO));
        writer.addDocument(document);
      }
      try (var otherReader = DirectoryReader.open(other)) {
        var own = new IndexSearcher(otherReader);
        TopDocs hits = own.search(MatchAllDocsQuery.INSTANCE, 10);
        assertThatThrownBy(() -> rescorer().rescore(own, hits, 10))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("no document has a stored field 'title' or 'body'");
      }
    }
  }

  /** A search that finds only documents that happen to have no text is no mistake. */
  @Test
  void hitsThatHappenToLackAFieldAreNoError() throws IOException {
    TopDocs only = all();
    var lacking = new TopDocs(only.totalHits, new ScoreDoc[] {only.scoreDocs[2]});
    assertThat(docs(rescorer().rescore(searcher, lacking, 10))).containsExactly(2);
  }

  @Test
  void noHitsAskNoModelButAClosedOneIsReported() {
    var none = new TopDocs(new TotalHits(0, TotalHits.Relation.EQUAL_TO), new ScoreDoc[0]);
    var closed = new OverlapReranker();
    closed.close();
    var own = CrossEncoderRescorer.withMissingTextLast(closed, QUERY, TEXT);
    assertThatThrownBy(() -> own.rescore(searcher, none, 10))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theCallsContextReachesTheReranker() throws IOException {
    var deadline = Deadline.after(Duration.ZERO);
    Reranker late =
        request ->
            request.context().deadline().expired()
                ? RerankResult.builder(request, "late").pastDeadline().build()
                : reranker.rerank(request);
    var own = CrossEncoderRescorer.withMissingTextLast(late, QUERY, TEXT);
    SearchContext context = SearchContext.create().withDeadline(deadline);
    TopDocs best = own.within(context).rescore(searcher, all(), 10);
    assertThat(docs(best)).as("first-pass order").containsExactly(0, 1, 2, 3);
    assertThat(best.scoreDocs).allMatch(hit -> hit.score == CrossEncoderRescorer.UNSCORED);
    assertThat(docs(own.rescore(searcher, all(), 10))).containsExactly(1, 3, 0, 2);
  }

  @Test
  void hugeScoresStayFiniteAndAboveTheUnscored() throws IOException {
    Reranker huge =
        request -> RerankResult.builder(request, "huge").score(0, -1e300).score(1, 1e300).build();
    TopDocs best =
        CrossEncoderRescorer.withMissingTextLast(huge, QUERY, TEXT).rescore(searcher, all(), 10);
    assertThat(docs(best)).containsExactly(1, 0, 2, 3);
    assertThat(best.scoreDocs[0].score).isEqualTo(Float.MAX_VALUE);
    assertThat(best.scoreDocs[1].score).isFinite().isGreaterThan(CrossEncoderRescorer.UNSCORED);
  }

  /** Lists of shards that were reranked by themselves, merged by score as Lucene does. */
  @Test
  void inAMergeOfShardsNoHitThatWasNotReadClimbsOverOneThatWas() throws IOException {
    Reranker two =
        request -> RerankResult.builder(request, "two").score(0, -9).score(1, -8).build();
    var own = CrossEncoderRescorer.withMissingTextLast(two, QUERY, TEXT);
    TopDocs none = new TopDocs(new TotalHits(0, TotalHits.Relation.EQUAL_TO), new ScoreDoc[0]);
    TopDocs merged =
        TopDocs.merge(
            8,
            new TopDocs[] {
              own.rescore(searcher, ofShard(0), 4), none, own.rescore(searcher, ofShard(2), 4)
            });
    assertThat(docs(merged)).containsExactly(1, 1, 0, 0, 2, 3, 2, 3);
    assertThat(merged.scoreDocs[3].score).isEqualTo(-9);
    assertThat(merged.scoreDocs[4].score).isEqualTo(CrossEncoderRescorer.UNSCORED);
  }

  private TopDocs ofShard(int shard) throws IOException {
    TopDocs hits = all();
    for (ScoreDoc hit : hits.scoreDocs) {
      hit.shardIndex = shard;
    }
    return hits;
  }

  @Test
  void replacingNeedsNoFirstPassScores() throws IOException {
    TopDocs sorted = searcher.search(MatchAllDocsQuery.INSTANCE, 10, Sort.INDEXORDER);
    var replaced = rescorer().combining(ScoreCombiner.replace());
    assertThat(docs(replaced.rescore(searcher, sorted, 10))).containsExactly(1, 3, 0, 2);
  }

  @Test
  void textsAreReadInTheOrderInWhichTheyAreStored() throws IOException {
    var read = new ArrayList<Integer>();
    var own =
        CrossEncoderRescorer.withMissingTextLast(
            reranker,
            QUERY,
            (stored, doc) -> {
              read.add(doc);
              return Optional.of("text of " + doc);
            });
    TopDocs hits = all();
    Collections.reverse(Arrays.asList(hits.scoreDocs));
    own.rescore(searcher, hits, 10);
    assertThat(read).containsExactly(0, 1, 2, 3);
  }
}

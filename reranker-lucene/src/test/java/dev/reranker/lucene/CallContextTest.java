package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Deadline;
import dev.reranker.Document;
import dev.reranker.Fusion;
import dev.reranker.Hit;
import dev.reranker.Pipeline;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.SearchContext;
import dev.reranker.SearchRequest;
import dev.reranker.StageReport;
import dev.reranker.error.CancelledException;
import dev.reranker.error.DeadlineException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a call carries to the stages over an index: filter, deadline, cancellation, attributes. */
class CallContextTest {

  private final LuceneIndex index =
      LuceneIndex.builder()
          .inMemory()
          .embedder(new BagEmbedder())
          .tokenEmbedder(new WordsEmbedder())
          .build();

  @BeforeEach
  void fill() {
    index.add(
        IntStream.range(0, 60)
            .mapToObj(
                i ->
                    new Document(
                        "d%02d".formatted(i),
                        "whales sleep " + "again ".repeat(i % 7),
                        Map.of("tenant", i % 2 == 0 ? "a" : "b", "tens", i / 10)))
            .toList());
  }

  @AfterEach
  void close() {
    index.close();
  }

  private static Query term(String key, Object value) {
    return new TermQuery(new Term(key, value.toString()));
  }

  private static SearchContext filtered(Query filter) {
    return SearchContext.create().withFilter(filter);
  }

  @Test
  void aCallsFilterNarrowsTheSearchBeforeIt() {
    for (LuceneRetriever retriever : List.of(index.knn(), index.bm25())) {
      List<Hit> found = retriever.retrieve("whales", 30, filtered(term("tenant", "b")));
      assertThat(found).hasSize(30);
      assertThat(found).allMatch(hit -> "b".equals(hit.document().metadata().get("tenant")));
      assertThat(Texts.ids(found))
          .isEqualTo(Texts.ids(retriever.filter(term("tenant", "b")).retrieve("whales", 30)));
    }
  }

  @Test
  void itAddsToTheViewsFilter() {
    for (LuceneRetriever retriever : List.of(index.knn(), index.bm25())) {
      LuceneRetriever view = retriever.filter(term("tens", 3));
      assertThat(Texts.ids(view.retrieve("whales", 60, filtered(term("tenant", "b")))))
          .containsExactlyInAnyOrder("d31", "d33", "d35", "d37", "d39");
      assertThat(view.retrieve("whales", 60)).as("the view stays").hasSize(10);
    }
  }

  @Test
  void oneThatMatchesNothingFindsNothing() {
    for (LuceneRetriever retriever : List.of(index.knn(), index.bm25())) {
      SearchContext nobody = filtered(term("tenant", "nobody"));
      assertThat(retriever.retrieve("whales", Integer.MAX_VALUE, nobody)).isEmpty();
    }
  }

  @Test
  void onePipelineServesAllTenants() {
    Pipeline pipeline =
        Pipeline.builder().retrieve(Fusion.rrf(index.knn(), index.bm25()), 100).build();
    for (String tenant : List.of("a", "b")) {
      var request = SearchRequest.of("whales").withContext(filtered(term("tenant", tenant)));
      assertThat(pipeline.search(request).hits())
          .hasSize(30)
          .allMatch(hit -> tenant.equals(hit.document().metadata().get("tenant")));
    }
  }

  @Test
  void aFilterOfAnotherTypeIsRefusedByName() {
    assertThatThrownBy(
            () -> index.bm25().retrieve("x", 1, SearchContext.create().withFilter("tenant:a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a filter of java.lang.String; retriever 'bm25' takes an")
        .hasMessageContaining("org.apache.lucene.search.Query");
  }

  @Test
  void aDeadlineThatPassesDuringTheSearchGivesNoPart() throws IOException {
    try (var directory = new ByteBuffersDirectory()) {
      OwnIndex.write(
          directory,
          IntStream.range(0, 5000).mapToObj(i -> Document.of("d" + i, "whales")).toList());
      try (var reader = DirectoryReader.open(directory)) {
        var time = new AtomicLong();
        var over = LuceneRetriever.over(reader).idField("key").text((stored, doc) -> ticked(time));
        var byWords = over.words("body", new StandardAnalyzer()).build();
        assertThat(byWords.retrieve("whales", 3, until(time, 100))).hasSize(3);
        assertThatThrownBy(() -> byWords.retrieve("whales", 300, until(time, 100)))
            .as("while documents are read")
            .isInstanceOf(DeadlineException.class);

        var late =
            over.query(
                    text -> {
                      time.addAndGet(1_000); // parsing took long
                      return MatchAllDocsQuery.INSTANCE;
                    })
                .build();
        assertThatThrownBy(() -> late.retrieve("whales", 3, until(time, 100)))
            .isInstanceOf(DeadlineException.class);
      }
    }
  }

  private static java.util.Optional<String> ticked(AtomicLong time) {
    time.incrementAndGet();
    return java.util.Optional.of("text");
  }

  private static SearchContext until(AtomicLong time, int nanos) {
    Deadline deadline = Deadline.after(Duration.ofNanos(nanos), time::get);
    return SearchContext.create().withDeadline(deadline);
  }

  @Test
  void luceneIsStoppedAtTheDeadlineAndTheApplicationsSearcherIsLeftAlone() throws IOException {
    try (var directory = new ByteBuffersDirectory()) {
      OwnIndex.write(directory, Texts.WHALES);
      try (var reader = DirectoryReader.open(directory)) {
        var own = new IndexSearcher(reader);
        var time = new AtomicLong();
        IndexSearcher limited = LimitedSearcher.of(own, until(time, 100));
        assertThat(limited.search(MatchAllDocsQuery.INSTANCE, 9).scoreDocs).hasSize(6);
        assertThat(limited.timedOut()).isFalse();
        time.set(100);
        assertThat(limited.search(MatchAllDocsQuery.INSTANCE, 9).scoreDocs).isEmpty();
        assertThat(limited.timedOut()).isTrue();
        assertThat(own.getTimeout()).isNull();
        var special = new IndexSearcher(reader) {};
        assertThat(LimitedSearcher.of(special, until(time, 1))).isSameAs(special);
      }
    }
  }

  @Test
  void aCallThatIsCancelledDuringTheSearchIsNotAnswered() throws IOException {
    try (var directory = new ByteBuffersDirectory()) {
      OwnIndex.write(directory, Texts.WHALES);
      try (var reader = DirectoryReader.open(directory)) {
        var own =
            LuceneRetriever.over(reader)
                .idField("key")
                .query(
                    (text, context) -> {
                      context.cancel();
                      return MatchAllDocsQuery.INSTANCE;
                    })
                .build();
        assertThatThrownBy(() -> own.retrieve("whales", 3)).isInstanceOf(CancelledException.class);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void cancellingEndsASearchUnderWay(boolean withDeadline) throws IOException {
    try (var directory = new ByteBuffersDirectory()) {
      OwnIndex.write(
          directory,
          IntStream.range(0, 5000).mapToObj(i -> Document.of("d" + i, "whales")).toList());
      try (var reader = DirectoryReader.open(directory)) {
        SearchContext context = SearchContext.create();
        if (withDeadline) {
          context = context.withDeadline(Deadline.after(Duration.ofDays(1)));
        }
        var cancelling = new CancellingQuery(context, 300);
        var byQuery = LuceneRetriever.over(reader).idField("key").query(text -> cancelling).build();
        SearchContext call = context;
        assertThatThrownBy(() -> byQuery.retrieve("whales", 3, call))
            .isInstanceOf(CancelledException.class);
        assertThat(cancelling.advanced()).isBetween(300, 2000);

        SearchContext other = SearchContext.create();
        var filter = new CancellingQuery(other, 300);
        var byVector =
            LuceneRetriever.over(reader)
                .idField("key")
                .knn("embedding", new BagEmbedder())
                .build()
                .filter(filter);
        assertThatThrownBy(() -> byVector.retrieve("whales", 3000, other))
            .as("all vectors are compared")
            .isInstanceOf(CancelledException.class);
        assertThat(filter.advanced()).isBetween(300, 2000);
      }
    }
  }

  @Test
  void cancellingEndsASearchOfTheLibrarysOwnIndex() {
    try (var own = LuceneIndex.builder().inMemory().build()) {
      own.add(IntStream.range(0, 5000).mapToObj(i -> Document.of("d" + i, "whales")).toList());
      SearchContext context = SearchContext.create();
      var cancelling = new CancellingQuery(context, 300);
      assertThatThrownBy(() -> own.bm25().filter(cancelling).retrieve("whales", 3, context))
          .isInstanceOf(CancelledException.class);
      assertThat(cancelling.advanced()).isBetween(300, 2000);
    }
  }

  @Test
  void aQueryFunctionSeesTheCall() throws IOException {
    try (var directory = new ByteBuffersDirectory()) {
      OwnIndex.write(
          directory,
          List.of(
              new Document("a", "whales", Map.of("lang", "en")),
              new Document("b", "whales", Map.of("lang", "de"))));
      try (var reader = DirectoryReader.open(directory)) {
        var own =
            LuceneRetriever.over(reader)
                .idField("key")
                .query(
                    (text, context) ->
                        term("lang", context.attribute("lang", String.class).orElse("en")))
                .build();
        assertThat(Texts.ids(own.retrieve("x", 9))).containsExactly("a");
        SearchContext german = SearchContext.create().withAttribute("lang", "de");
        assertThat(Texts.ids(own.retrieve("x", 9, german))).containsExactly("b");
      }
    }
  }

  @Test
  void lateInteractionScoresNothingPastTheDeadline() {
    SearchContext late = SearchContext.create().withDeadline(Deadline.after(Duration.ZERO));
    RerankResult result =
        index
            .lateInteraction()
            .rerank(RerankRequest.ofTexts("whales", List.of("x", "y")).withContext(late));
    assertThat(result.hits()).hasSize(2).noneMatch(Hit::scored);
    assertThat(result.report().outcome()).isEqualTo(StageReport.Outcome.DEADLINE);
  }

  @Test
  void lateInteractionScoresWhatTheIndexHasAndEmbedsNothingPastTheDeadline() {
    var time = new AtomicLong();
    var words = new WordsEmbedder();
    var slow =
        new dev.reranker.MultiVectorEmbedder() {
          @Override
          public List<float[]> embedQueryTokens(String query) {
            time.addAndGet(1_000);
            return words.embedQueryTokens(query);
          }

          @Override
          public List<List<float[]>> embedPassageTokens(List<String> passages) {
            return words.embedPassageTokens(passages);
          }

          @Override
          public int dimension() {
            return words.dimension();
          }

          @Override
          public String name() {
            return words.name();
          }

          @Override
          public void close() {}
        };
    try (var own = LuceneIndex.builder().inMemory().tokenEmbedder(slow).build()) {
      own.add(List.of(Document.of("known", "whales sleep")));
      var candidates = List.of(Document.of("unknown", "whales"), Document.of("known", "whales"));
      RerankResult result =
          own.lateInteraction()
              .rerank(
                  RerankRequest.ofDocuments("whales", candidates).withContext(until(time, 100)));
      assertThat(result.hits())
          .extracting(hit -> hit.document().id())
          .containsExactly("known", "unknown");
      assertThat(result.hits()).extracting(Hit::scored).containsExactly(true, false);
      assertThat(result.report().outcome()).isEqualTo(StageReport.Outcome.DEADLINE);
    }
  }
}

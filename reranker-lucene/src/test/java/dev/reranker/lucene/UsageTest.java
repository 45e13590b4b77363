package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.Document;
import dev.reranker.Embedder;
import dev.reranker.Fusion;
import dev.reranker.Pipeline;
import dev.reranker.Reranker;
import dev.reranker.Retriever;
import dev.reranker.SearchResult;
import dev.reranker.passage.MaxP;
import dev.reranker.passage.Passage;
import dev.reranker.passage.PassageSplitter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.Rescorer;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The uses that the Javadoc shows, as a program writes them. */
class UsageTest {

  private final Embedder embedder = new BagEmbedder();

  @TempDir Path path;

  @Test
  void anIndexOfOnesOwn() {
    List<Document> documents = Texts.WHALES;
    try (var reranker = new OverlapReranker();
        var index = LuceneIndex.builder().directory(path).embedder(embedder).build()) {
      index.add(documents);
      Pipeline pipeline =
          Pipeline.builder()
              .retrieve(Fusion.rrf(index.knn(), index.bm25()), 100)
              .rerank(reranker, 10)
              .build();
      SearchResult result = pipeline.search("whales sleep");
      assertThat(result.hits().get(0).document().id()).isEqualTo("a");
      assertThat(result.hits().get(0).earlier())
          .extracting(stage -> stage.stage())
          .containsExactly("knn", "bm25", "rrf");
    }
  }

  @Test
  void weightedHybridSearch() {
    try (var index = LuceneIndex.builder().inMemory().embedder(embedder).build()) {
      index.add(Texts.WHALES);
      Retriever hybrid =
          Fusion.builder()
              .retriever(index.knn(), 0.7)
              .retriever(index.bm25(), 0.3)
              .byScore()
              .build();
      assertThat(Texts.ids(hybrid.retrieve("whales sleep", 2))).containsExactly("a", "e");
    }
  }

  @Test
  void aRescorerInALuceneApplication() throws IOException {
    try (var directory = new ByteBuffersDirectory();
        Reranker reranker = new OverlapReranker()) {
      OwnIndex.write(directory, Texts.WHALES);
      try (var searchers = new SearcherManager(directory, null)) {
        IndexSearcher searcher = searchers.acquire();
        try {
          Query query = new TermQuery(new Term("body", "whales"));
          TopDocs firstPass = searcher.search(query, 100);
          Rescorer rescorer =
              CrossEncoderRescorer.withMissingTextLast(
                  reranker, "whales swim", PassageSource.stored("title", "body"));
          TopDocs best = rescorer.rescore(searcher, firstPass, 10);
          assertThat(best.scoreDocs[0].doc).isEqualTo(1);
        } finally {
          searchers.release(searcher);
        }
      }
    }
  }

  @Test
  void retrieversOverAnApplicationsIndex() throws IOException {
    Map<String, String> texts = Map.of("a", "Whales sleep, says the database.");
    PassageSource database =
        (stored, doc) ->
            Optional.ofNullable(texts.get(stored.document(doc, Set.of("key")).get("key")));
    try (var directory = new ByteBuffersDirectory()) {
      OwnIndex.write(directory, List.of(new Document("a", "whales", Map.of("lang", "en"))));
      try (var searcherManager = new SearcherManager(directory, null)) {
        LuceneRetriever words =
            LuceneRetriever.over(searcherManager)
                .idField("key")
                .text(database)
                .query(text -> new PrefixQuery(new Term("body", text)))
                .build();
        LuceneRetriever english = words.filter(new TermQuery(new Term("lang", "en")));
        LuceneRetriever vectors =
            LuceneRetriever.over(searcherManager)
                .idField("key")
                .text(database)
                .knn("embedding", embedder)
                .build();
        LuceneRetriever anyText =
            LuceneRetriever.over(searcherManager)
                .idField("key")
                .text(database)
                .words("body", new StandardAnalyzer())
                .build();
        for (Retriever retriever : List.of(words, english, vectors, anyText)) {
          assertThat(retriever.retrieve("whales", 1).get(0).document().text())
              .isEqualTo("Whales sleep, says the database.");
        }
      }
    }
  }

  @Test
  void longDocuments() {
    Document document = Document.of("book", "Cats sleep all day. Whales sleep upright. The end.");
    var splitter = PassageSplitter.builder().maxTokens(4).overlap(0).build();
    try (var reranker = MaxP.of(new OverlapReranker());
        var index = LuceneIndex.builder().inMemory().embedder(embedder).build()) {
      index.add(splitter.split(document));
      Pipeline pipeline =
          Pipeline.builder().retrieve(index.knn(), 100).rerank(reranker, 10).build();
      Document best = pipeline.search("Whales upright.").hits().get(0).document();
      Passage passage = Passage.of(best).orElseThrow();
      assertThat(document.text().substring(passage.start(), passage.end()))
          .isEqualTo("Whales sleep upright.");
    }
  }

  @Test
  void quantisedVectorsAndLateInteraction() {
    try (var crossEncoder = new OverlapReranker();
        var index =
            LuceneIndex.builder()
                .inMemory()
                .embedder(embedder)
                .tokenEmbedder(new WordsEmbedder())
                .vectors(VectorFormat.INT8)
                .build()) {
      index.add(Texts.WHALES);
      Pipeline pipeline =
          Pipeline.builder()
              .retrieve(index.knn(), 1000)
              .rerank(index.lateInteraction(), 100)
              .rerank(crossEncoder, 10)
              .build();
      assertThat(pipeline.search("whales swim").hits().get(0).document().id()).isEqualTo("b");
    }
  }
}

package dev.reranker.examples;

import dev.reranker.Embedder;
import dev.reranker.Fusion;
import dev.reranker.Hit;
import dev.reranker.Pipeline;
import dev.reranker.Retriever;
import dev.reranker.lucene.LuceneRetriever;
import dev.reranker.onnx.OnnxReranker;
import java.io.IOException;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;

/** Searches an index of the application's own by words and by vectors, in one language only. */
final class HybridSearch {

  private HybridSearch() {}

  /** Run with {@code --enable-native-access=ALL-UNNAMED}. */
  public static void main(String[] args) throws IOException {
    var analyzer = new EnglishAnalyzer();
    try (var reranker = OnnxReranker.builder().build();
        var directory = new ByteBuffersDirectory()) {
      // One model for both stages; an OnnxEmbedder does as well.
      Embedder embedder = reranker.embedder().orElseThrow();
      index(directory, analyzer, embedder);
      try (var reader = DirectoryReader.open(directory)) {
        var english = new TermQuery(new Term("lang", "en"));
        Retriever words =
            LuceneRetriever.over(reader).words("text", analyzer).build().filter(english);
        Retriever vectors =
            LuceneRetriever.over(reader).knn("embedding", embedder).build().filter(english);
        Pipeline pipeline =
            Pipeline.builder()
                .retrieve(Fusion.rrf(vectors, words), 100)
                .rerank(reranker, 10)
                .build();
        for (Hit hit : pipeline.search("how do whales sleep").hits()) {
          System.out.println(hit.rank() + " " + hit.document().id() + ", before " + hit.earlier());
        }
      }
    }
  }

  private static void index(Directory directory, Analyzer analyzer, Embedder embedder)
      throws IOException {
    try (var writer = new IndexWriter(directory, new IndexWriterConfig(analyzer))) {
      add(writer, embedder, "size", "en", "Blue whales are the largest animals that ever lived.");
      add(writer, embedder, "rest", "en", "Whales sleep with one half of the brain at a time.");
      add(writer, embedder, "schlaf", "de", "Wale schlafen mit einer Hälfte des Gehirns.");
    }
  }

  private static void add(
      IndexWriter writer, Embedder embedder, String id, String lang, String text)
      throws IOException {
    var document = new Document();
    document.add(new StringField("id", id, Field.Store.YES));
    document.add(new StringField("lang", lang, Field.Store.NO));
    document.add(new TextField("text", text, Field.Store.YES));
    float[] vector = embedder.embedPassages(List.of(text)).get(0);
    document.add(
        new KnnFloatVectorField("embedding", vector, VectorSimilarityFunction.DOT_PRODUCT));
    writer.addDocument(document);
  }
}

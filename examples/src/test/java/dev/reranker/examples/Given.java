package dev.reranker.examples;

import dev.reranker.Document;
import dev.reranker.Hit;
import dev.reranker.MultiVectorEmbedder;
import dev.reranker.Pipeline;
import dev.reranker.Reranker;
import dev.reranker.lucene.LuceneIndex;
import dev.reranker.lucene.LuceneRetriever;
import dev.reranker.lucene.PassageSource;
import dev.reranker.onnx.ModelSource;
import dev.reranker.onnx.OnnxEmbedder;
import dev.reranker.onnx.OnnxMultiVectorEmbedder;
import dev.reranker.onnx.OnnxReranker;
import dev.reranker.passage.PassageSplitter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.queryparser.classic.QueryParser;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;

/** What the snippets of README and Javadoc take as given: a snippet is the body of a subclass. */
public class Given implements AutoCloseable {

  /** Where {@link OnnxEmbedder}'s model lies. */
  static final ModelSource MINILM =
      ModelSource.resources("all-minilm-l6-v2.onnx", "all-minilm-l6-v2-tokenizer.json");

  /** A hit of somebody's search engine. */
  public record Row(String id, String text, double score) {}

  /** Somebody's search engine. */
  @FunctionalInterface
  public interface Engine {
    List<Row> search(String query, int k);
  }

  /** What a shop sells. */
  public record Product(String name, String blurb) {}

  /** Somebody's model, which scores one pair. */
  @FunctionalInterface
  public interface PairModel {
    double score(String query, String passage);
  }

  // Texts.
  protected final List<Document> documents =
      List.of(
          Document.of("fruit", "Apples are rich in fibre and keep for weeks in a cool cellar."),
          Document.of("phone", "The phone's battery lasts a day of heavy use."),
          Document.of("whales", "Whales rest one half of the brain at a time."));
  protected final Document document = documents.get(2);
  protected final List<String> passages = documents.stream().map(Document::text).toList();
  protected final Map<String, String> texts =
      documents.stream().collect(Collectors.toMap(Document::id, Document::text));

  protected final List<Product> products =
      List.of(
          new Product("watch", "Shows the time, also at a depth of 200 metres."),
          new Product("kettle", "Boils a litre of water in two minutes."));

  // Models.
  protected final PairModel model = (query, passage) -> passage.contains(query) ? 1 : 0;
  protected final ModelSource embedderModel = MINILM;
  protected final ModelSource rerankerModel = ModelSource.classpath("dev/reranker/models/late-l6");
  protected final OnnxEmbedder embedder;
  protected final MultiVectorEmbedder tokenEmbedder;
  protected final OnnxReranker reranker;
  protected final Reranker crossEncoder;
  protected final Reranker small;
  protected final Reranker large;

  // An application's threads and meters.
  protected final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  protected final MeterRegistry registry = new SimpleMeterRegistry();

  // Places: of an index, and of files in TREC's formats.
  protected final Path path;
  protected final Path qrelsFile;
  protected final Path runFile;

  // An application's own search engine, and its own Lucene index.
  protected final Engine engine = (query, k) -> List.of(new Row("whales", "Whales rest.", 1));
  protected final Analyzer analyzer = new StandardAnalyzer();
  protected final Directory directory = new ByteBuffersDirectory();
  protected final DirectoryReader reader;
  protected final SearcherManager searcherManager;
  protected final IndexSearcher searcher;
  protected final Query query = new TermQuery(new Term("blurb", "whales"));
  protected final TopDocs hits;

  protected final LuceneRetriever.Builder builder;

  // Passages in an index of this library's, and a search over them.
  protected final LuceneIndex index;
  protected final Pipeline pipeline;

  protected Given(
      OnnxReranker reranker,
      OnnxEmbedder embedder,
      OnnxMultiVectorEmbedder tokenEmbedder,
      Path folder)
      throws IOException {
    this.reranker = reranker;
    this.crossEncoder = reranker;
    this.small = reranker;
    this.large = reranker;
    this.embedder = embedder;
    this.tokenEmbedder = tokenEmbedder;
    this.path = folder.resolve("index");
    this.qrelsFile = folder.resolve("qrels.tsv");
    this.runFile = folder.resolve("my.run");
    writeOwnIndex(directory, analyzer, documents, embedder);
    this.reader = DirectoryReader.open(directory);
    this.searcherManager = new SearcherManager(directory, null);
    this.searcher = new IndexSearcher(reader);
    this.hits = searcher.search(query, 100);
    this.index =
        LuceneIndex.builder().inMemory().embedder(embedder).tokenEmbedder(tokenEmbedder).build();
    var splitter = PassageSplitter.builder().build();
    documents.forEach(whole -> index.add(splitter.split(whole)));
    this.builder =
        LuceneRetriever.over(searcherManager)
            .idField("isbn")
            .text(PassageSource.stored("title", "blurb"));
    this.pipeline = Pipeline.builder().retrieve(index.bm25(), 100).rerank(reranker, 10).build();
  }

  /** Somebody's search among one tenant's documents. */
  protected List<Hit> search(String tenant, String query, int k) {
    return index.bm25().retrieve(tenant + " " + query, k);
  }

  /** Somebody's parser for a language. */
  protected QueryParser parser(Optional<Locale> locale) {
    var parser = new QueryParser("blurb", analyzer);
    parser.setLocale(locale.orElse(Locale.ROOT));
    return parser;
  }

  private static void writeOwnIndex(
      Directory directory, Analyzer analyzer, List<Document> documents, OnnxEmbedder embedder)
      throws IOException {
    try (var writer = new IndexWriter(directory, new IndexWriterConfig(analyzer))) {
      for (Document document : documents) {
        float[] vector = embedder.embedPassages(List.of(document.text())).get(0);
        var fields = new org.apache.lucene.document.Document();
        fields.add(new StringField("isbn", document.id(), Field.Store.YES));
        fields.add(new TextField("title", "On " + document.id(), Field.Store.YES));
        fields.add(new TextField("blurb", document.text(), Field.Store.YES));
        fields.add(new StringField("status", "in print", Field.Store.NO));
        fields.add(
            new KnnFloatVectorField("embedding", vector, VectorSimilarityFunction.DOT_PRODUCT));
        writer.addDocument(fields);
      }
    }
  }

  @Override
  public void close() throws IOException {
    index.close();
    searcherManager.close();
    reader.close();
    directory.close();
    executor.close();
  }
}

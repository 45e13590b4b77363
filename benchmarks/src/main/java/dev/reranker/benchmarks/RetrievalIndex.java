package dev.reranker.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.QueryBuilder;

/**
 * A Lucene index of one segment, built once a working folder: text, and vectors in one of two
 * formats, with Lucene's default graph (M 16, beam width 100). Document numbers are positions in
 * {@link RetrievalData}. Searches run on the calling thread.
 */
final class RetrievalIndex implements AutoCloseable {

  /** What {@code recall@10} looks at. */
  private static final int RECALL_AT = 10;

  private static final String TEXT = "text";
  private static final String VECTOR = "vector";

  private final RetrievalData data;
  private final int documents;
  private final Directory directory;
  private final DirectoryReader reader;
  private final IndexSearcher searcher;

  private RetrievalIndex(RetrievalData data, int documents, Directory directory)
      throws IOException {
    this.data = data;
    this.documents = documents;
    this.directory = directory;
    this.reader = DirectoryReader.open(directory);
    this.searcher = new IndexSearcher(reader);
    searcher.setQueryCache(null);
  }

  /** Opens the index, or builds it where the working folder has none. */
  static RetrievalIndex open(int documents, Vectors vectors) throws IOException {
    Path work = RetrievalData.work();
    RetrievalData data = RetrievalData.load(work, documents);
    Path path = work.resolve("index-" + documents + "-" + vectors);
    if (!Files.exists(path)) {
      System.out.println("indexing " + documents + " documents, vectors " + vectors + " …");
      Path part = Files.createTempDirectory(work, "index");
      build(part, data, documents, vectors);
      Files.move(part, path);
    }
    return new RetrievalIndex(data, documents, FSDirectory.open(path));
  }

  private static void build(Path path, RetrievalData data, int documents, Vectors vectors)
      throws IOException {
    var config =
        new IndexWriterConfig(new StandardAnalyzer())
            .setRAMBufferSizeMB(256)
            .setMergePolicy(new LogDocMergePolicy()) // keeps the documents' order
            .setCodec(
                new Lucene104Codec() {
                  @Override
                  public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                    return vectors.format();
                  }
                });
    try (var to = FSDirectory.open(path);
        var writer = new IndexWriter(to, config)) {
      for (int i = 0; i < documents; i++) {
        var document = new Document();
        document.add(new TextField(TEXT, data.text(i), Field.Store.NO));
        document.add(
            new KnnFloatVectorField(VECTOR, data.vector(i), VectorSimilarityFunction.DOT_PRODUCT));
        writer.addDocument(document);
      }
      writer.forceMerge(1);
    }
  }

  /** How many queries there are. */
  int queries() {
    return data.queries().size();
  }

  /** The nearest documents of query {@code i}, by HNSW. */
  TopDocs knn(int i, int k) throws IOException {
    return searcher.search(new KnnFloatVectorQuery(VECTOR, data.queryVectors()[i], k), k);
  }

  /** The best documents of query {@code i}, any of its words. */
  TopDocs bm25(int i, int k) throws IOException {
    Query query =
        new QueryBuilder(new StandardAnalyzer()).createBooleanQuery(TEXT, data.queries().get(i));
    return searcher.search(query, k);
  }

  /** The share of the ten nearest by exact search that {@link #knn} has among its first ten. */
  double recall(int k) throws IOException {
    int found = 0;
    int wanted = 0;
    List<Set<Integer>> exact = data.nearest(documents, RECALL_AT);
    for (int i = 0; i < exact.size(); i++) {
      ScoreDoc[] hits = knn(i, k).scoreDocs;
      for (int rank = 0; rank < Math.min(RECALL_AT, hits.length); rank++) {
        found += exact.get(i).contains(hits[rank].doc) ? 1 : 0;
      }
      wanted += exact.get(i).size();
    }
    return (double) found / wanted;
  }

  @Override
  public void close() throws IOException {
    reader.close();
    directory.close();
  }
}

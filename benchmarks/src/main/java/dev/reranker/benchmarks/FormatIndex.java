package dev.reranker.benchmarks;

import dev.reranker.Document;
import dev.reranker.Embedder;
import dev.reranker.Hit;
import dev.reranker.lucene.LuceneIndex;
import dev.reranker.lucene.VectorFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.store.FSDirectory;

/**
 * A {@link LuceneIndex} in one vector format, as the library writes it: default settings, as many
 * segments as Lucene leaves. Built once a working folder.
 */
final class FormatIndex implements AutoCloseable {

  /** Candidates a search, and what recall looks at. */
  static final int K = 100;

  private static final String VECTOR = "vector";

  private final RetrievalData data;
  private final int documents;
  private final Sizes sizes;
  private final LuceneIndex index;

  private FormatIndex(RetrievalData data, int documents, Path path, VectorFormat format)
      throws IOException {
    this.data = data;
    this.documents = documents;
    this.sizes = Sizes.of(path);
    this.index = open(path, data, format);
  }

  /**
   * What an index takes on disk, in bytes.
   *
   * @param segments how many parts it has
   * @param all all files
   * @param vectors of these full vectors, rounded vectors and graph
   * @param compared of these the vectors that the graph's search compares
   */
  record Sizes(int segments, long all, long vectors, long compared) {

    private static Sizes of(Path path) throws IOException {
      long all = 0;
      try (Stream<Path> files = Files.list(path)) {
        for (Path file : files.toList()) {
          all += Files.size(file);
        }
      }
      long vectors = 0;
      long compared = 0;
      try (var directory = FSDirectory.open(path);
          var reader = DirectoryReader.open(directory)) {
        for (LeafReaderContext leaf : reader.leaves()) {
          // Asked for by kind, since small segments hide their files in one.
          var segment = (CodecReader) leaf.reader();
          Map<String, Long> kinds =
              segment
                  .getVectorReader()
                  .getOffHeapByteSize(segment.getFieldInfos().fieldInfo(VECTOR));
          vectors += kinds.values().stream().mapToLong(Long::longValue).sum();
          compared += kinds.getOrDefault("veq", kinds.getOrDefault("vec", 0L));
        }
        return new Sizes(reader.leaves().size(), all, vectors, compared);
      }
    }
  }

  /** Opens the index, or builds it where the working folder has none. */
  static FormatIndex open(int documents, VectorFormat format) throws IOException {
    Path work = RetrievalData.work();
    RetrievalData data = RetrievalData.load(work, documents);
    Path path = work.resolve("formats-" + documents + "-" + format);
    if (!Files.exists(path)) {
      System.out.println("indexing " + documents + " documents, vectors " + format + " …");
      Path part = Files.createTempDirectory(work, "formats");
      try (LuceneIndex index = open(part, data, format)) {
        index.add(
            () ->
                IntStream.range(0, documents)
                    .mapToObj(i -> Document.of("d" + i, i + " " + data.text(i)))
                    .iterator());
      }
      Files.move(part, path);
    }
    return new FormatIndex(data, documents, path, format);
  }

  private static LuceneIndex open(Path path, RetrievalData data, VectorFormat format) {
    return LuceneIndex.builder()
        .directory(path)
        .embedder(new ReadyVectors(data))
        .vectorField(VECTOR)
        .vectors(format)
        .build();
  }

  Sizes sizes() {
    return sizes;
  }

  /** How many queries there are. */
  int queries() {
    return data.queries().size();
  }

  /** The nearest documents of query {@code i}, by the library's own call. */
  List<Hit> retrieve(int i) {
    return index.knn().retrieve(Integer.toString(i), K);
  }

  /** The share of the {@value #K} nearest by exact search that {@link #retrieve} finds. */
  double recall() {
    int found = 0;
    int wanted = 0;
    List<Set<Integer>> exact = data.nearest(documents, K);
    for (int i = 0; i < exact.size(); i++) {
      Set<Integer> nearest = exact.get(i);
      found +=
          (int)
              retrieve(i).stream()
                  .map(candidate -> Integer.valueOf(candidate.document().id().substring(1)))
                  .filter(nearest::contains)
                  .count();
      wanted += nearest.size();
    }
    return (double) found / wanted;
  }

  @Override
  public void close() {
    index.close();
  }

  /** Knows a document, and a query, by the number that its text begins with. */
  private record ReadyVectors(RetrievalData data) implements Embedder {

    @Override
    public float[] embedQuery(String query) {
      return data.queryVectors()[Integer.parseInt(query)].clone();
    }

    @Override
    public List<float[]> embedPassages(List<String> passages) {
      return passages.stream()
          .map(passage -> data.vector(Integer.parseInt(passage.substring(0, passage.indexOf(' ')))))
          .toList();
    }

    @Override
    public int dimension() {
      return RetrievalData.DIMENSION;
    }

    @Override
    public String name() {
      return "ready vectors";
    }

    @Override
    public void close() {}
  }
}

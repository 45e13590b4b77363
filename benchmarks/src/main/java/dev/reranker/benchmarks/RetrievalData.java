package dev.reranker.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reranker.onnx.ModelSource;
import dev.reranker.onnx.OnnxEmbedder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Texts, queries and their embeddings by all-MiniLM-L6-v2 (first 128 tokens): of SciFact where it
 * lies in the folder of the system property {@code reranker.shared}, otherwise of generated text.
 * Embeddings are kept in the working folder for the next JVM.
 *
 * <p>More documents than texts are had by perturbation: document {@code i} is text {@code i mod n}
 * with the vector {@code v + 0.25 · g}, brought to length 1, where v has length 1 and g is Gaussian
 * with an expected length of 1; the first n are not perturbed.
 */
final class RetrievalData {

  static final int DIMENSION = 384;

  static final String MODEL = "all-minilm-l6-v2.onnx";
  static final String TOKENIZER = "all-minilm-l6-v2-tokenizer.json";

  /** As many as SciFact has. */
  static final int TEXTS = 5183;

  private static final int QUERIES = 100;
  private static final float PERTURBATION = 0.25f;

  private final List<String> texts;
  private final List<String> queries;
  private final float[][] textVectors;
  private final float[][] queryVectors;

  private RetrievalData(
      List<String> texts, List<String> queries, float[][] textVectors, float[][] queryVectors) {
    this.texts = texts;
    this.queries = queries;
    this.textVectors = textVectors;
    this.queryVectors = queryVectors;
  }

  /** The folder for what is made once: that of {@code reranker.benchmarks.work}. */
  static Path work() throws IOException {
    return Files.createDirectories(
        Path.of(System.getProperty("reranker.benchmarks.work", "target/retrieval")));
  }

  /**
   * Reads or makes the data.
   *
   * @param work the working folder
   * @param documents how many documents will be asked for; fewer need fewer texts
   */
  static RetrievalData load(Path work, int documents) throws IOException {
    int texts = Math.min(TEXTS, documents);
    int queries = Math.min(QUERIES, documents);
    Path scifact = scifact();
    boolean real = isReal();
    List<String> passages = texts(texts);
    List<String> claims =
        real ? read(scifact.resolve("queries.jsonl"), queries) : generate(queries);
    String kind = real ? "scifact" : "generated";
    return new RetrievalData(
        passages,
        claims,
        vectors(work.resolve(kind + "-texts-" + texts + ".vectors"), passages),
        vectors(work.resolve(kind + "-queries-" + queries + ".vectors"), claims));
  }

  /**
   * Texts alone.
   *
   * @param count at most {@link #TEXTS}
   */
  static List<String> texts(int count) throws IOException {
    return isReal() ? read(scifact().resolve("corpus.jsonl"), count) : generate(count);
  }

  private static Path scifact() {
    return Path.of(System.getProperty("reranker.shared", ""), "data", "scifact");
  }

  private static boolean isReal() {
    return Files.isReadable(scifact().resolve("corpus.jsonl"));
  }

  private static List<String> read(Path file, int count) throws IOException {
    var mapper = new ObjectMapper();
    List<String> texts = new ArrayList<>(count);
    for (String line : Files.readAllLines(file).subList(0, count)) {
      JsonNode json = mapper.readTree(line);
      texts.add((json.path("title").asText() + " " + json.path("text").asText()).strip());
    }
    return texts;
  }

  private static List<String> generate(int count) {
    var generator = new TextGenerator(count);
    var random = new Random(count);
    return IntStream.range(0, count)
        .mapToObj(i -> generator.text(10 + random.nextInt(100)))
        .toList();
  }

  private static float[][] vectors(Path file, List<String> texts) throws IOException {
    if (!Files.exists(file)) {
      System.out.println("embedding " + texts.size() + " texts …");
      ByteBuffer bytes = ByteBuffer.allocate(texts.size() * DIMENSION * Float.BYTES);
      try (var embedder =
          OnnxEmbedder.builder()
              .model(ModelSource.resources(MODEL, TOKENIZER))
              .maxLength(128)
              .build()) {
        for (float[] vector : embedder.embedPassages(texts)) {
          bytes.asFloatBuffer().put(vector);
          bytes.position(bytes.position() + DIMENSION * Float.BYTES);
        }
      }
      Path part = Files.createTempFile(file.toAbsolutePath().getParent(), "vectors", ".part");
      Files.write(part, bytes.array());
      Files.move(part, file);
    }
    float[][] vectors = new float[texts.size()][DIMENSION];
    var floats = ByteBuffer.wrap(Files.readAllBytes(file)).asFloatBuffer();
    for (float[] vector : vectors) {
      floats.get(vector);
    }
    return vectors;
  }

  List<String> queries() {
    return queries;
  }

  float[][] queryVectors() {
    return queryVectors;
  }

  String text(int document) {
    return texts.get(document % texts.size());
  }

  float[] vector(int document) {
    float[] vector = textVectors[document % texts.size()].clone();
    if (document < texts.size()) {
      return vector;
    }
    var random = new Random(document);
    double squares = 0;
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] += PERTURBATION * (float) (random.nextGaussian() / Math.sqrt(DIMENSION));
      squares += (double) vector[i] * vector[i];
    }
    float scale = (float) (1 / Math.sqrt(squares));
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] *= scale;
    }
    return vector;
  }

  /** For each query its nearest documents, by computing every dot product. */
  List<Set<Integer>> nearest(int documents, int count) {
    record Hit(int document, float score) {}

    List<PriorityQueue<Hit>> best = new ArrayList<>();
    for (int i = 0; i < queryVectors.length; i++) {
      best.add(new PriorityQueue<>(Comparator.comparingDouble(Hit::score)));
    }
    for (int document = 0; document < documents; document++) {
      float[] vector = vector(document);
      for (int i = 0; i < best.size(); i++) {
        float score = 0;
        float[] query = queryVectors[i];
        for (int d = 0; d < vector.length; d++) {
          score += vector[d] * query[d];
        }
        PriorityQueue<Hit> queue = best.get(i);
        queue.add(new Hit(document, score));
        if (queue.size() > count) {
          queue.poll();
        }
      }
    }
    return best.stream()
        .map(queue -> queue.stream().map(Hit::document).collect(Collectors.toSet()))
        .toList();
  }
}

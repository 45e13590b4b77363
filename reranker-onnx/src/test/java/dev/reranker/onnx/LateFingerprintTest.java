package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reranker.Deadline;
import dev.reranker.Document;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.SearchContext;
import dev.reranker.prepared.PreparedPassage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What makes a prepared passage another model's, where all have the same dimensions. */
class LateFingerprintTest {

  private static final String QUERY = "how do whales sleep";
  private static final String TEXT = "one half of the brain at a time";
  private static final String PASSAGE_SIDE = "\"max_length\": 40";
  private static final String QUERY_SIDE = "\"max_length\": 24";
  private static final String MASK_FIRST = "\"starts_with\": \"[MASK]\"";
  private static final String PAD_ELSEWHERE = "\"pad_token_id\": 8";

  private static OnnxReranker reranker;
  private static PreparedPassage prepared;

  @TempDir private Path directory;
  private final AtomicInteger folders = new AtomicInteger();

  @BeforeAll
  static void open() {
    reranker = OnnxReranker.builder().model(TestModels.tinyLate()).build();
    prepared = reranker.prepare(List.of(TEXT)).get(0);
  }

  @AfterAll
  static void close() {
    reranker.close();
  }

  @Test
  void whateverChangesHowAPassageIsReadRefusesWhatWasPrepared() {
    Map<String, OnnxReranker.Builder> others = new LinkedHashMap<>();
    others.put("shorter by the builder", of(copy()).maxLength(38));
    others.put("shorter by the files", of(edit("config.json", PASSAGE_SIDE, "\"max_length\": 39")));
    others.put(
        "other special tokens", of(edit("config.json", "\"starts_with\": \"\"", MASK_FIRST)));
    others.put("other type", of(edit("config.json", "\"token_type\": 1", "\"token_type\": 0")));
    others.put("other words", of(edit("tokenizer.json", "\"whales\"", "\"wholes\"")));
    others.put("other padding", of(edit("config.json", "\"pad_token_id\": 7", PAD_ELSEWHERE)));
    others.put("other encoder", of(flip("encoder.onnx")));

    var seen = new LinkedHashMap<String, String>();
    seen.put(reranker.preparedFingerprint(), "the model itself");
    others.forEach(
        (name, builder) -> {
          try (var other = builder.build()) {
            assertThat(seen.put(other.preparedFingerprint(), name)).as(name).isNull();
            assertThatThrownBy(() -> rerank(other, prepared))
                .as(name)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(
                    "(id 'd')",
                    other.preparedFingerprint(),
                    reranker.preparedFingerprint(),
                    "reencodeForeign(true)");
          }
        });
  }

  @Test
  void whateverElseChangesLeavesItAsItIs() {
    Map<String, OnnxReranker.Builder> same = new LinkedHashMap<>();
    same.put("folder", of(copy()));
    same.put("name", of(copy()).name("another name"));
    same.put("prompt", of(copy()).queryPrompt("what is "));
    same.put("activation", of(copy()).activation(Activation.IDENTITY));
    same.put("format", of(copy()).preparedFormat(PreparedFormat.FLOAT32));
    same.put("settings", of(copy()).threads(1).batchTokens(50).cache(1000).reencodeForeign(true));
    same.put("query", of(edit("config.json", QUERY_SIDE, "\"max_length\": 12")));
    same.put("scorer", of(otherScorer()));
    same.put("graph of both", of(delete("model.onnx")));
    same.forEach(
        (name, builder) -> {
          try (var other = builder.build()) {
            assertThat(other.preparedFingerprint())
                .as(name)
                .isEqualTo(reranker.preparedFingerprint());
            assertThat(rerank(other, prepared).report().prepared()).as(name).isEqualTo(1);
          }
        });
  }

  @Test
  void theRerankersOwnCoversTheScorerAndTheQueryToo() {
    Map<String, OnnxReranker.Builder> others = new LinkedHashMap<>();
    others.put("prompt", of(copy()).queryPrompt("what is "));
    others.put("activation", of(copy()).activation(Activation.IDENTITY));
    others.put("query", of(edit("config.json", QUERY_SIDE, "\"max_length\": 12")));
    others.put("passage", of(edit("config.json", PASSAGE_SIDE, "\"max_length\": 39")));
    others.put("scorer", of(otherScorer()));
    var seen = new LinkedHashMap<String, String>();
    seen.put(reranker.info().fingerprint(), "the model itself");
    seen.put(reranker.preparedFingerprint(), "what it prepares");
    seen.put(reranker.embedder().orElseThrow().fingerprint(), "what it embeds");
    assertThat(seen).hasSize(3);
    others.forEach(
        (name, builder) -> {
          try (var other = builder.build()) {
            assertThat(seen.put(other.info().fingerprint(), name)).as(name).isNull();
          }
        });
    try (var same =
        of(copy()).name("x").threads(1).preparedFormat(PreparedFormat.FLOAT16).build()) {
      assertThat(same.info().fingerprint()).isEqualTo(reranker.info().fingerprint());
    }
  }

  @Test
  void theEmbeddersCoversTheQueryAndNotTheScorer() {
    String own = reranker.embedder().orElseThrow().fingerprint();
    assertThat(embeds(otherScorer(), b -> b)).isEqualTo(own);
    assertThat(embeds(copy(), b -> b.preparedFormat(PreparedFormat.FLOAT32).name("x")))
        .isEqualTo(own);
    assertThat(
            List.of(
                own,
                embeds(copy(), b -> b.queryPrompt("what is ")),
                embeds(edit("config.json", QUERY_SIDE, "\"max_length\": 12"), b -> b),
                embeds(edit("config.json", PASSAGE_SIDE, "\"max_length\": 39"), b -> b),
                embeds(flip("encoder.onnx"), b -> b)))
        .doesNotHaveDuplicates();
  }

  /** The model's threads ask for the time before each step. */
  @Test
  void oneForeignPassageIsRefusedBeforeTheModelRuns() {
    var steps = new AtomicInteger();
    Deadline counting =
        Deadline.after(
            Duration.ofDays(1),
            () -> {
              boolean worker = Thread.currentThread().getName().startsWith("reranker-");
              return worker ? steps.incrementAndGet() : 0;
            });
    SearchContext context = SearchContext.create().withDeadline(counting);
    List<Document> own = List.of(Document.of("own", TEXT).withPrepared(prepared));
    reranker.rerank(RerankRequest.ofDocuments(QUERY, own).withContext(context));
    assertThat(steps.getAndSet(0)).as("steps of a request without foreign ones").isPositive();
    PreparedPassage foreign = PreparedPassage.of("another model's", new byte[9]);
    List<Document> mixed =
        List.of(own.get(0), Document.of("t", TEXT), Document.of("f", TEXT).withPrepared(foreign));
    assertThatThrownBy(
            () -> reranker.rerank(RerankRequest.ofDocuments(QUERY, mixed).withContext(context)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("passage 2 of 3 (id 'f')", "another model's");
    assertThat(steps).hasValue(0);
  }

  @Test
  void whereAskedForEachIsReadAsItMay() {
    PreparedPassage foreign;
    try (var other = of(flip("encoder.onnx")).build()) {
      foreign = other.prepare(List.of(TEXT)).get(0);
    }
    List<Document> documents =
        List.of(
            Document.of("foreign", TEXT).withPrepared(foreign),
            Document.of("own", "").withPrepared(prepared),
            Document.of("text", TEXT),
            Document.of("foreign and empty", "").withPrepared(foreign));
    try (var lenient = of(TestModels.tinyLate()).reencodeForeign(true).build()) {
      RerankResult result = lenient.rerank(RerankRequest.ofDocuments(QUERY, documents));

      float[] expected = lenient.score(QUERY, List.of(TEXT, TEXT, TEXT, ""));
      assertThat(result.report().prepared()).isEqualTo(1);
      assertThat(result.report().scored()).isEqualTo(4);
      result
          .hits()
          .forEach(
              hit ->
                  assertThat(hit.raw().orElseThrow())
                      .as(hit.document().id())
                      .isCloseTo(
                          expected[hit.index()],
                          within(hit.document().id().equals("own") ? 0.1 : 1e-4)));
    }
  }

  private static RerankResult rerank(OnnxReranker reranker, PreparedPassage passage) {
    Document document = Document.of("d", "").withPrepared(passage);
    return reranker.rerank(RerankRequest.ofDocuments(QUERY, List.of(document)));
  }

  private static String embeds(ModelSource model, UnaryOperator<OnnxReranker.Builder> settings) {
    try (var reranker = settings.apply(of(model)).build()) {
      return reranker.embedder().orElseThrow().fingerprint();
    }
  }

  private static OnnxReranker.Builder of(ModelSource model) {
    return OnnxReranker.builder().model(model);
  }

  /** The model in another folder. */
  private ModelSource copy() {
    return change("config.json", file -> {});
  }

  private ModelSource delete(String file) {
    return change(file, Files::delete);
  }

  private ModelSource edit(String file, String old, String with) {
    return change(
        file,
        path -> {
          String text = Files.readString(path);
          assertThat(text).contains(old);
          Files.writeString(path, text.replace(old, with));
        });
  }

  /** With other bytes: a description, the field 6 of the format. */
  private ModelSource otherScorer() {
    return change(
        "scorer.onnx",
        path -> Files.write(path, new byte[] {6 << 3 | 2, 1, 'x'}, StandardOpenOption.APPEND));
  }

  /** With one bit of a weight changed. */
  private ModelSource flip(String file) {
    return change(
        file,
        path -> {
          byte[] bytes = Files.readAllBytes(path);
          bytes[bytes.length / 2] ^= 1;
          Files.write(path, bytes);
        });
  }

  @FunctionalInterface
  private interface Change {
    void apply(Path file) throws IOException;
  }

  private ModelSource change(String file, Change change) {
    Path folder = directory.resolve("m" + folders.incrementAndGet());
    ModelSource model = TestModels.tinyLate(folder).source();
    try {
      change.apply(folder.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return model;
  }
}

package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reranker.Document;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.error.InferenceException;
import dev.reranker.prepared.PreparedPassage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Prepared passages beside texts, those of others, and damaged ones. */
class PreparedPassagesTest {

  private static final String QUERY = "how do whales sleep";

  private static OnnxReranker reranker;

  @TempDir private Path directory;

  @BeforeAll
  static void open() {
    reranker = open(TestModels.tinyLate()).build();
  }

  @AfterAll
  static void close() {
    reranker.close();
  }

  private static OnnxReranker.Builder open(ModelSource model) {
    return OnnxReranker.builder().model(model).preparedFormat(PreparedFormat.FLOAT32);
  }

  @Test
  void amongTextsEachHasItsOwnScoreInAnyOrder() {
    Random random = Seeds.print(PreparedPassagesTest.class);
    var texts = new RandomText(random);
    List<String> passages =
        IntStream.range(0, 40).mapToObj(i -> texts.words(random.nextInt(60))).toList();
    float[] alone = new float[passages.size()];
    for (int i = 0; i < alone.length; i++) {
      alone[i] = reranker.score(QUERY, List.of(passages.get(i)))[0];
    }
    List<PreparedPassage> prepared = reranker.prepare(passages);
    for (int round = 0; round < 20; round++) {
      var documents = new ArrayList<Document>();
      int kept = 0;
      for (int i = 0; i < alone.length; i++) {
        boolean keep = random.nextBoolean();
        kept += keep ? 1 : 0;
        documents.add(
            keep
                ? Document.of("" + i, "").withPrepared(prepared.get(i))
                : Document.of("" + i, passages.get(i)));
      }
      Collections.shuffle(documents, random);

      RerankResult result = rerank(reranker, documents);

      assertThat(result.report().prepared()).isEqualTo(kept);
      assertThat(result.report().scored()).isEqualTo(alone.length);
      assertThat(result.hits())
          .allSatisfy(
              hit ->
                  assertThat(hit.raw().orElseThrow())
                      .isCloseTo(alone[Integer.parseInt(hit.document().id())], within(1e-4)));
    }
  }

  /** What is prepared alone and what is prepared in a batch is the same but for rounding. */
  @ParameterizedTest
  @EnumSource
  void aPassageIsPreparedTheSameWhateverStandsBesideIt(PreparedFormat format) {
    List<String> passages = List.of("", "whales", "how do they rest? ".repeat(30), "sleep sleep");
    try (var preparer = open(TestModels.tinyLate()).preparedFormat(format).build()) {
      List<PreparedPassage> together = preparer.prepare(passages);
      for (int i = 0; i < passages.size(); i++) {
        PreparedPassage alone = preparer.prepare(List.of(passages.get(i))).get(0);
        assertThat(alone.size()).isEqualTo(together.get(i).size());
        assertThat(logit(preparer, alone))
            .isCloseTo(logit(preparer, together.get(i)), within(GoldenRerankerTest.error(format)));
      }
    }
  }

  @Test
  void anotherModelsAreRefusedByNameAndFingerprints() {
    try (var other = OnnxReranker.builder().build()) {
      assertRefused(reranker, other.prepare(List.of("whales")).get(0));
      assertRefused(other, reranker.prepare(List.of("whales")).get(0));
    }
  }

  @Test
  void thoseOfOtherWeightsAreRefusedAndThoseOfARenamedFolderAreNot() throws IOException {
    PreparedPassage prepared = reranker.prepare(List.of("whales")).get(0);
    try (var renamed = open(copy("renamed", 0)).build()) {
      assertThat(renamed.preparedFingerprint()).isEqualTo(reranker.preparedFingerprint());
      assertThat(logit(renamed, prepared)).isEqualTo(logit(reranker, prepared));
    }
    try (var other = open(copy("tiny-late", 1)).build()) {
      assertRefused(other, prepared);
    }
  }

  @Test
  void whereAskedForTheTextIsReadInPlaceOfForeignOnes() {
    PreparedPassage foreign = PreparedPassage.of("another model's", new byte[10]);
    Document document = Document.of("d", "whales rest").withPrepared(foreign);
    try (var lenient = open(TestModels.tinyLate()).reencodeForeign(true).build()) {
      RerankResult result = rerank(lenient, List.of(document));
      assertThat(result.report().prepared()).isZero();
      assertThat(result.hits().get(0).raw().orElseThrow())
          .isCloseTo(reranker.score(QUERY, List.of("whales rest"))[0], within(1e-4));
    }
  }

  @Test
  void damagedOnesAreRefusedWithTheDocument() {
    ByteBuffer content = reranker.prepare(List.of("whales rest")).get(0).content();
    byte[] whole = new byte[content.remaining()];
    content.get(whole);
    for (int length = 0; length < whole.length; length++) {
      assertDamaged(Arrays.copyOf(whole, length));
    }
    assertDamaged(Arrays.copyOf(whole, whole.length + 1));
  }

  @Test
  void moreTokensThanTheModelReadsOfAPassageAreRefused() {
    assertDamaged(
        PreparedContent.write(
            PreparedFormat.INT8, false, new long[41], new float[41 * 16], new float[32]));
  }

  /** A scale, a vector's value and a mean's that nothing but damage makes. */
  @Test
  void numbersThatAreNotFiniteAreRefusedWithTheDocument() {
    for (PreparedFormat format : PreparedFormat.values()) {
      byte[] content =
          PreparedContent.write(format, false, new long[1], new float[16], new float[32]);
      Arrays.fill(content, 18, content.length, (byte) -1);
      assertDamaged(content);
    }
  }

  private static void assertDamaged(byte[] content) {
    PreparedPassage damaged = PreparedPassage.of(reranker.preparedFingerprint(), content);
    Document document = Document.of("damaged one", "").withPrepared(damaged);
    assertThatThrownBy(() -> rerank(reranker, List.of(Document.of("d", "whales"), document)))
        .as("%d bytes", content.length)
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("damaged one");
  }

  @Test
  void anOrdinaryCrossEncoderPreparesNothingAndReadsTheText() {
    ModelSource model = new TinyModel().in(directory);
    PreparedPassage foreign = PreparedPassage.of("another model's", new byte[10]);
    try (var ordinary = OnnxReranker.builder().model(model).build()) {
      assertThatThrownBy(() -> ordinary.prepare(List.of("whales")))
          .isInstanceOf(UnsupportedOperationException.class);
      assertThatThrownBy(ordinary::preparedFingerprint)
          .isInstanceOf(UnsupportedOperationException.class);
      assertThat(ordinary.embedder()).isEmpty();
      RerankResult result =
          rerank(ordinary, List.of(Document.of("d", "whales").withPrepared(foreign)));
      assertThat(result.report().prepared()).isZero();
      assertThat(result.hits().get(0).raw()).hasValue(ordinary.score(QUERY, List.of("whales"))[0]);
    }
  }

  private static void assertRefused(OnnxReranker reranker, PreparedPassage foreign) {
    Document document = Document.of("the foreign one", "whales").withPrepared(foreign);
    assertThatThrownBy(() -> rerank(reranker, List.of(Document.of("d", "whales"), document)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "the foreign one", foreign.fingerprint(), reranker.preparedFingerprint());
  }

  private static RerankResult rerank(OnnxReranker reranker, List<Document> documents) {
    return reranker.rerank(RerankRequest.ofDocuments(QUERY, documents));
  }

  private static double logit(OnnxReranker reranker, PreparedPassage passage) {
    return rerank(reranker, List.of(Document.of("d", "").withPrepared(passage)))
        .hits()
        .get(0)
        .raw()
        .orElseThrow();
  }

  /** The tiny model in a folder of its own, with something added to one weight of its encoder. */
  private ModelSource copy(String name, int added) throws IOException {
    Path folder = directory.resolve(name);
    ModelSource model = TestModels.tinyLate(folder).source();
    byte[] bytes = Files.readAllBytes(folder.resolve("encoder.onnx"));
    bytes[bytes.length / 2] += (byte) added;
    Files.write(folder.resolve("encoder.onnx"), bytes);
    return model;
  }
}

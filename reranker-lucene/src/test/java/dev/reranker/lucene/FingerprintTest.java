package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Document;
import dev.reranker.Embedder;
import dev.reranker.MultiVectorEmbedder;
import dev.reranker.error.RetrievalException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.MMapDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Vectors of two models never mix in one index. */
class FingerprintTest {

  @TempDir Path folder;

  /** A model of a name, which tells it from others, or not, and a fingerprint, which does. */
  private record Model(String name, String fingerprint) implements WrappedEmbedder {

    private static final BagEmbedder BAG = new BagEmbedder();

    @Override
    public Embedder embedder() {
      return BAG;
    }
  }

  private record TokenModel(String name, String fingerprint) implements MultiVectorEmbedder {

    private static final WordsEmbedder WORDS = new WordsEmbedder();

    @Override
    public List<float[]> embedQueryTokens(String query) {
      return WORDS.embedQueryTokens(query);
    }

    @Override
    public List<List<float[]>> embedPassageTokens(List<String> passages) {
      return WORDS.embedPassageTokens(passages);
    }

    @Override
    public int dimension() {
      return WORDS.dimension();
    }

    @Override
    public void close() {}
  }

  private LuceneIndex.Builder with(Embedder embedder) {
    return LuceneIndex.builder().directory(folder).embedder(embedder);
  }

  private LuceneIndex.Builder with(MultiVectorEmbedder embedder) {
    return LuceneIndex.builder().directory(folder).tokenEmbedder(embedder);
  }

  private static LuceneIndex open(LuceneIndex.Builder builder, boolean readOnly) {
    return readOnly ? builder.readOnly().build() : builder.build();
  }

  private static void fill(LuceneIndex.Builder builder) {
    try (var index = builder.build()) {
      index.add(Texts.WHALES);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anotherModelOfTheSameNameAndDimensionIsRefused(boolean readOnly) {
    fill(with(new Model("model", "aaa")));
    assertThatThrownBy(() -> open(with(new Model("model", "bbb")), readOnly))
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("embedder 'model' (dimension 32, fingerprint aaa)")
        .hasMessageContaining("not with embedder 'model' (dimension 32, fingerprint bbb)")
        .hasMessageContaining("Open it with the same embedder, or index again");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theSameModelUnderAnotherNameOpens(boolean readOnly) {
    fill(with(new Model("all-minilm", "aaa")));
    try (var index = open(with(new Model("renamed", "aaa")), readOnly)) {
      assertThat(Texts.ids(index.knn().retrieve("dogs bark", 1))).containsExactly("d");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anotherTokenModelIsRefusedAndARenamedOneOpens(boolean readOnly) {
    fill(with(new TokenModel("colbert", "aaa")));
    assertThatThrownBy(() -> open(with(new TokenModel("colbert", "bbb")), readOnly))
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("token embedder 'colbert' (dimension 16, fingerprint aaa)")
        .hasMessageContaining("token embedder 'colbert' (dimension 16, fingerprint bbb)");
    try (var index = open(with(new TokenModel("renamed", "aaa")), readOnly)) {
      assertThat(index.lateInteraction().rerank("whales", List.of("x")).hits()).hasSize(1);
    }
  }

  /** Makes the index one of the time before fingerprints. */
  private void forgetFingerprints() throws IOException {
    try (var directory = new MMapDirectory(folder);
        var writer = new IndexWriter(directory, new IndexWriterConfig())) {
      Map<String, String> data = new HashMap<>(userData());
      data.keySet().removeIf(key -> key.contains("fingerprint"));
      writer.setLiveCommitData(data.entrySet());
      writer.commit();
    }
  }

  private Map<String, String> userData() throws IOException {
    try (var directory = new MMapDirectory(folder)) {
      return SegmentInfos.readLatestCommit(directory).getUserData();
    }
  }

  @Test
  void anOldIndexOpensByNameAndDimensionAndTakesOnTheFingerprint() throws IOException {
    fill(with(new Model("model", "aaa")).tokenEmbedder(new TokenModel("colbert", "ccc")));
    forgetFingerprints();
    assertThatThrownBy(() -> with(new Model("other", "aaa")).build())
        .isInstanceOf(RetrievalException.class)
        .hasMessageContaining("was made with embedder 'model' (dimension 32), not with");

    try (var reader = with(new Model("model", "bbb")).readOnly().build()) {
      assertThat(reader.knn().retrieve("whales", 3)).hasSize(3);
    }
    assertThat(userData()).doesNotContainKey("reranker.fingerprint");

    try (var index =
        with(new Model("model", "aaa")).tokenEmbedder(new TokenModel("colbert", "ccc")).build()) {
      index.add(List.of(Document.of("new", "whales")));
    }
    assertThat(userData())
        .containsEntry("reranker.fingerprint", "aaa")
        .containsEntry("reranker.token-fingerprint", "ccc");
    assertThatThrownBy(() -> with(new Model("model", "bbb")).build())
        .isInstanceOf(RetrievalException.class);
    with(new Model("renamed", "aaa")).build().close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theDefaultFingerprintCountsAsNone(boolean readOnly) throws IOException {
    fill(
        with(new Model("model", "model/32"))
            .tokenEmbedder(new TokenModel("colbert", "colbert/16")));
    var known = new Model("model", "aaa");
    var knownTokens = new TokenModel("colbert", "ccc");
    assertThatThrownBy(() -> open(with(new Model("other", "other/32")), readOnly))
        .isInstanceOf(RetrievalException.class);
    open(with(new Model("model", "model/32")), readOnly).close();
    try (var index = open(with(known).tokenEmbedder(knownTokens), readOnly)) {
      assertThat(index.knn().retrieve("whales", 3)).hasSize(3);
    }
    if (!readOnly) {
      assertThat(userData())
          .containsEntry("reranker.fingerprint", "aaa")
          .containsEntry("reranker.token-fingerprint", "ccc");
      assertThatThrownBy(() -> with(new Model("model", "bbb")).build())
          .isInstanceOf(RetrievalException.class);
      assertThatThrownBy(() -> with(new Model("model", "model/32")).build())
          .as("one that does not say which it is")
          .isInstanceOf(RetrievalException.class);
    }
  }

  @Test
  void anIndexOfATimeWhenTheDefaultWasKeptOpensToo() {
    DocumentFields fields = new DocumentFields("id", "text", "vector");
    var old = new ModelIdentity("model", 32, "model/32");
    Map<String, String> kept =
        new HashMap<>(new IndexMetadata(old, null, null, fields, 1).toUserData());
    kept.put("reranker.fingerprint", "model/32");
    var now = new IndexMetadata(new ModelIdentity("model", 32, "aaa"), null, null, fields, 1);
    IndexMetadata made = IndexMetadata.fromUserData("index", kept);
    made.checkOpenedWith("index", now);
    assertThat(made.and(now)).isEqualTo(now);
  }

  @Test
  void whatIsTakenOnTrustIsWarnedOf() {
    DocumentFields fields = new DocumentFields("id", "text", "vector");
    var unknown =
        new IndexMetadata(
            new ModelIdentity("model", 32, null),
            new ModelIdentity("colbert", 16, "colbert/16"),
            null,
            fields,
            1);
    var known =
        new IndexMetadata(
            new ModelIdentity("model", 32, "aaa"),
            new ModelIdentity("colbert", 16, "ccc"),
            null,
            fields,
            1);
    assertThat(unknown.adoptions("index 'i'", known))
        .hasSize(2)
        .satisfiesExactly(
            whole -> assertThat(whole).contains("index 'i'", "embedder 'model'", "aaa"),
            tokens -> assertThat(tokens).contains("index 'i'", "token embedder 'colbert'", "ccc"));
    assertThat(known.adoptions("index 'i'", known)).isEmpty();
    assertThat(unknown.adoptions("index 'i'", unknown)).isEmpty();
    assertThat(unknown.adoptions("index 'i'", new IndexMetadata(null, null, null, fields, 1)))
        .isEmpty();
  }

  @Test
  void openedForWordsOnlyAnIndexKeepsTheFingerprintOfItsModel() throws IOException {
    fill(with(new Model("model", "aaa")));
    try (var words = LuceneIndex.builder().directory(folder).build()) {
      words.delete(List.of("a"));
    }
    assertThat(userData()).containsEntry("reranker.fingerprint", "aaa");
  }
}

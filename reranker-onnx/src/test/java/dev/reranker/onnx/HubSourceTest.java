package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.error.ModelLoadException;
import dev.reranker.onnx.hub.HubModel;
import dev.reranker.testkit.StubHub;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models by their names: what is fetched, and what a second start needs. */
class HubSourceTest {

  private static final String ID = "acme/tiny-rr";
  private static final String QUERY = "how do whales sleep";
  private static final List<String> PASSAGES = List.of("the whale sleeps", "trees grow");

  @TempDir private Path cache;
  private final StubHub hub = new StubHub(ID).file("tokenizer.json", TinyModel.tokenizer());

  @AfterEach
  void stop() {
    hub.close();
  }

  private HubModel.Builder model() {
    return HubModel.builder(ID).endpoint(hub.endpoint()).cache(cache);
  }

  private float[] scores(ModelSource source) {
    try (var reranker = OnnxReranker.builder().model(source).build()) {
      assertThat(reranker.name()).isEqualTo(ID);
      return reranker.score(QUERY, PASSAGES);
    }
  }

  private static float[] scoresOf(ModelSource source) {
    try (var reranker = OnnxReranker.builder().model(source).build()) {
      return reranker.score(QUERY, PASSAGES);
    }
  }

  private List<String> fetched() {
    return hub.seen().stream()
        .filter(request -> request.method().equals("GET") && request.path().contains("/resolve/"))
        .map(request -> request.path().replaceAll(".*/resolve/[^/]+/", ""))
        .toList();
  }

  @Test
  void whatIsNeededIsFetchedOnceAndNothingElse(@TempDir Path directory) {
    hub.file("model.onnx", new TinyModel().bytes())
        .file("model_fp16.onnx", new TinyModel().bytes())
        .file("onnx/model_quantized.onnx", new TinyModel().bytes())
        .file("pytorch_model.bin", new byte[10_000])
        .file("README.md", "# tiny")
        .file("config.json", "{\"id2label\":{\"0\":\"LABEL_0\"}}");
    float[] scores = scores(ModelSource.hub(model().build()));
    assertThat(scores).isEqualTo(scoresOf(new TinyModel().in(directory)));
    assertThat(fetched()).containsExactlyInAnyOrder("model.onnx", "tokenizer.json", "config.json");
    hub.forget();
    assertThat(scores(ModelSource.hub(model().build()))).isEqualTo(scores);
    assertThat(hub.seen()).as("a second start asks nobody").isEmpty();
    hub.close();
    assertThat(scores(ModelSource.hub(model().offline(true).build()))).isEqualTo(scores);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"model.onnx_data", "model.onnx.data", "160ea76f.bin", "weights/0.bin", "ß.bin"})
  void weightsComeUnderWhateverNameTheGraphHas(String data) {
    var tiny = new TinyModel().dataFile(data);
    hub.file("onnx/model.onnx", tiny.bytes())
        .file("onnx/" + data, tiny.data())
        .file("onnx/model_fp16.onnx", tiny.bytes())
        .file("onnx/model_fp16.onnx_data", tiny.data());
    assertThat(scores(ModelSource.hub(model().build()))).hasSize(2);
    assertThat(fetched()).filteredOn(file -> file.startsWith("onnx/")).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../outside.bin", "/etc/passwd", "..\\outside.bin", "a/../../x", "C:x"})
  void weightsOutsideAreRefused(String data) {
    hub.file("onnx/model.onnx", new TinyModel().dataFile(data).bytes());
    assertThatThrownBy(() -> scores(ModelSource.hub(model().build())))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining(data);
  }

  @Test
  void weightsThatTheRepositoryLacksAreNamed() {
    hub.file("onnx/model.onnx", new TinyModel().dataFile("model.onnx_data").bytes());
    assertThatThrownBy(() -> scores(ModelSource.hub(model().build())))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("model.onnx_data, which is missing");
  }

  @Test
  void aVariantIsChosenByItsName() {
    hub.file("onnx/model.onnx", new byte[] {1}).file("onnx/model_O3.onnx", new TinyModel().bytes());
    assertThat(scores(ModelSource.hub(model().build()).graph("onnx/model_O3.onnx"))).hasSize(2);
    assertThat(fetched()).doesNotContain("onnx/model.onnx");
  }

  @Test
  void whereOnlyVariantsAreThereTheyAreNamed() {
    hub.file("onnx/model_O3.onnx", new TinyModel().bytes())
        .file("onnx/model_qint8_avx512_vnni.onnx", new TinyModel().bytes());
    assertThatThrownBy(() -> scores(ModelSource.hub(model().build())))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("onnx/model_O3.onnx, onnx/model_qint8_avx512_vnni.onnx are there")
        .hasMessageContaining("ModelSource.hub(..).graph(\"onnx/model_O3.onnx\")");
  }

  @Test
  void aModelWithoutGraphSaysHowToExportIt() {
    hub.file("model.safetensors", new byte[1000]);
    assertThatThrownBy(() -> scores(ModelSource.hub(model().build())))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("has no ONNX file")
        .hasMessageContaining("optimum-cli export onnx --model acme/tiny-rr tiny-rr-onnx");
  }

  @Test
  void offlineAMissingGraphNamesTheFolder() {
    hub.file("model.onnx", new TinyModel().bytes());
    model().build().file("tokenizer.json");
    assertThatThrownBy(() -> scores(ModelSource.hub(model().offline(true).build())))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("offline");
  }

  @Test
  void anEmbedderComesFromThereToo() {
    hub.file("model.onnx", new TinyModel().head(TinyModel.Head.TOKENS).bytes())
        .file(
            "modules.json",
            "[{\"idx\":0,\"name\":\"0\",\"path\":\"\",\"type\":\"sentence_transformers.models.Transformer\"},"
                + "{\"idx\":1,\"name\":\"1\",\"path\":\"1_Pooling\",\"type\":\"sentence_transformers.models.Pooling\"}]")
        .file("1_Pooling/config.json", "{\"pooling_mode_cls_token\":true}");
    try (var embedder = OnnxEmbedder.builder().model(ModelSource.hub(model().build())).build()) {
      assertThat(embedder.embedQuery(QUERY)).hasSize(TinyModel.WIDTH);
    }
    assertThat(fetched()).contains("1_Pooling/config.json");
  }
}

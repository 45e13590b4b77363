package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.error.ModelLoadException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a model's identity depends on, and what it does not. */
class FingerprintTest {

  @TempDir private Path directory;

  @Test
  void theSameModelHasTheSameOneUnderAnyNameAndPath() throws IOException {
    String one = reranker(new TinyModel().in(directory.resolve("a/model")));
    assertThat(one).matches("v1-[0-9a-f]{32}");
    assertThat(reranker(new TinyModel().in(directory.resolve("b/other name")))).isEqualTo(one);
    assertThat(
            reranker(
                ModelSource.files(
                    directory.resolve("a/model/model.onnx"),
                    directory.resolve("a/model/tokenizer.json"))))
        .isEqualTo(one);
    Path moved = directory.resolve("c");
    new TinyModel().in(moved);
    Files.createDirectory(moved.resolve("onnx"));
    Files.move(moved.resolve("model.onnx"), moved.resolve("onnx/x.onnx"));
    assertThat(reranker(ModelSource.directory(moved).graph("onnx/x.onnx"))).isEqualTo(one);
  }

  @Test
  void twoModelsOfTheSameFolderNameAndDimensionDiffer() {
    String one =
        embedder(
            new TinyModel().head(TinyModel.Head.SENTENCE).in(directory.resolve("a/m")), b -> b);
    String two =
        embedder(
            new TinyModel().head(TinyModel.Head.SENTENCE).poison(1).in(directory.resolve("b/m")),
            b -> b);
    assertThat(one).isNotEqualTo(two);
  }

  @Test
  void weightsInAFileOfTheirOwnCount() throws IOException {
    ModelSource source = new TinyModel().dataFile("w").in(directory);
    String before = reranker(source);
    byte[] weights = Files.readAllBytes(directory.resolve("w"));
    weights[weights.length / 2] ^= 1;
    Files.write(directory.resolve("w"), weights);
    assertThat(reranker(source)).isNotEqualTo(before);
  }

  @Test
  void theTokenizerCounts() throws IOException {
    ModelSource source = new TinyModel().in(directory);
    String before = reranker(source);
    Path tokenizer = directory.resolve("tokenizer.json");
    Files.writeString(tokenizer, Files.readString(tokenizer).replace("\"whale\"", "\"whalf\""));
    assertThat(reranker(source)).isNotEqualTo(before);
  }

  @Test
  void whateverChangesVectorsCountsAndNothingElseDoes() {
    ModelSource source = new TinyModel().head(TinyModel.Head.TOKENS).in(directory);
    var seen = new ArrayList<String>();
    seen.add(embedder(source, b -> b));
    seen.add(embedder(source, b -> b.pooling(Pooling.CLS)));
    seen.add(embedder(source, b -> b.normalize(false)));
    seen.add(embedder(source, b -> b.dimension(64)));
    seen.add(embedder(source, b -> b.queryPrompt("a")));
    seen.add(embedder(source, b -> b.passagePrompt("a")));
    seen.add(embedder(source, b -> b.maxLength(100)));
    assertThat(seen).doesNotHaveDuplicates();
    assertThat(
            List.of(
                embedder(source, b -> b.pooling(Pooling.MEAN).normalize(true).dimension(128)),
                embedder(source, b -> b.name("another").threads(1).batchTokens(7).maxLength(512))))
        .containsOnly(seen.get(0));
  }

  @Test
  void whateverChangesScoresCounts() {
    ModelSource source = new TinyModel().head(TinyModel.Head.TWO).in(directory);
    var seen = new ArrayList<String>();
    seen.add(reranker(source, b -> b));
    seen.add(reranker(source, b -> b.activation(Activation.IDENTITY)));
    seen.add(reranker(source, b -> b.positiveLabel(0)));
    seen.add(reranker(source, b -> b.queryPrompt("a")));
    seen.add(reranker(source, b -> b.maxLength(100)));
    assertThat(seen).doesNotHaveDuplicates();
    assertThat(reranker(source, b -> b.positiveLabel(1))).isEqualTo(seen.get(0));
  }

  @Test
  void valuesFromFilesCountAsThoseOfTheBuilderDo() {
    var folder = new ModelFolder(directory);
    ModelSource source = new TinyModel().head(TinyModel.Head.TOKENS).in(directory);
    String cls = embedder(source, b -> b.pooling(Pooling.CLS).queryPrompt("q: "));
    folder
        .with("1_Pooling/config.json", "{'pooling_mode': 'cls'}")
        .with("config_sentence_transformers.json", "{'prompts': {'query': 'q: '}}");
    assertThat(embedder(source, b -> b)).isEqualTo(cls);
    folder.with("README.md", "changes nothing");
    assertThat(embedder(source, b -> b)).isEqualTo(cls);
  }

  @Test
  void listsOfTextsDoNotRunIntoEachOther() throws IOException {
    new TinyModel().in(directory);
    Fingerprint content = content();
    assertThat(content.with("a", "b=c").toString())
        .isNotEqualTo(content.with("a=b", "c").toString());
    assertThat(content.with("a", "x").with("b", "y"))
        .hasToString(content.with("b", "y").with("a", "x").toString());
  }

  @Test
  void aFileThatChangesWhileItIsLoadedIsNoticed() throws IOException {
    new TinyModel().in(directory);
    Path graph = directory.resolve("model.onnx");
    try (var reading = reading()) {
      Files.write(
          graph, "more".getBytes(StandardCharsets.UTF_8), java.nio.file.StandardOpenOption.APPEND);
      assertThatThrownBy(reading::fingerprint)
          .isInstanceOf(ModelLoadException.class)
          .hasMessageContainingAll(graph.toString(), "was changed while it was being loaded");
    }
  }

  @Test
  void anInterruptedCallerStaysInterrupted() throws IOException {
    new TinyModel().in(directory);
    try (var reading = reading()) {
      Thread.currentThread().interrupt();
      assertThat(reading.fingerprint().toString()).startsWith("v1-");
      assertThat(Thread.interrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
  }

  private Fingerprint content() {
    try (var reading = reading()) {
      return reading.fingerprint();
    }
  }

  private Fingerprint.Reading reading() {
    return Fingerprint.Reading.start(
        GraphFile.open(ModelFile.of(directory.resolve("model.onnx"))),
        ModelFile.of(directory.resolve("tokenizer.json")));
  }

  private static String reranker(ModelSource source) {
    return reranker(source, b -> b);
  }

  private static String reranker(ModelSource source, UnaryOperator<OnnxReranker.Builder> settings) {
    try (var reranker = settings.apply(OnnxReranker.builder().model(source)).build()) {
      return reranker.info().fingerprint();
    }
  }

  private static String embedder(ModelSource source, UnaryOperator<OnnxEmbedder.Builder> settings) {
    try (var embedder = settings.apply(OnnxEmbedder.builder().model(source)).build()) {
      return embedder.info().fingerprint();
    }
  }
}

package dev.reranker.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code --model} and {@code --embedder} where a folder holds several graphs, or an unusual one.
 */
class NamedModelTest {

  private static final String LINE = "{\"query\": \"whales\", \"passages\": [\"whales\", \"b\"]}\n";

  @TempDir private Path folder;

  private void copy(String resource, String file) throws IOException {
    Path to = folder.resolve(file);
    Files.createDirectories(Objects.requireNonNull(to.getParent(), "in the folder"));
    try (InputStream in = NamedModelTest.class.getResourceAsStream(resource)) {
      Files.copy(Objects.requireNonNull(in, resource), to);
    }
  }

  private void copyReranker(String graph) throws IOException {
    copy("/tiny-late/tokenizer.json", "q/tokenizer.json");
    copy("/tiny-late/model.onnx", "q/" + graph);
  }

  private Cli score(String model) {
    return Cli.runWithInput(LINE, "score", "--model", folder.resolve(model).toString());
  }

  private void assertRefused(Cli cli, String... message) {
    assertThat(cli.exit()).isEqualTo(1);
    assertThat(cli.err()).contains(message).doesNotContain("ModelSource").hasLineCount(1);
  }

  @Test
  void aGraphIsChosenByItsFile() throws Exception {
    copyReranker("onnx/model_quantized.onnx");
    Cli chosen = score("q/onnx/model_quantized.onnx");
    assertThat(chosen.exit()).as(chosen.err()).isZero();
    Files.move(folder.resolve("q/onnx/model_quantized.onnx"), folder.resolve("q/model.onnx"));
    assertThat(chosen.out()).isNotEmpty().isEqualTo(score("q").out());
  }

  @Test
  void aGraphBesideTheTokenizerIsChosenToo() throws Exception {
    copyReranker("model_int8.onnx");
    Cli chosen = score("q/model_int8.onnx");
    assertThat(chosen.exit()).as(chosen.err()).isZero();
  }

  @Test
  void whereNoGraphIsChosenTheOptionThatChoosesOneIsSaid() throws Exception {
    copyTwoVariants();
    Path first = folder.resolve("q/onnx/model_int8.onnx");
    assertRefused(
        score("q"), "onnx/model_quantized.onnx are there", "choose one with --model " + first);
    assertRefused(score("q/onnx"), "choose one with --model " + first);
    assertRefused(score("q/onnx/model_q4.onnx"), "choose one with --model " + first);
    assertRefused(score("q/tokenizer.json"), "tokenizer.json is not a directory");
    assertRefused(score("nowhere/model.onnx"), "nowhere does not exist");
  }

  @Test
  void theEmbeddersOptionIsItsOwn() throws Exception {
    copyTwoVariants();
    Cli cli = search("hybrid", folder.resolve("q"));
    assertRefused(cli, "choose one with --embedder " + folder.resolve("q/onnx/model_int8.onnx"));
  }

  @Test
  void anEmbeddersGraphIsChosenByItsFile() throws Exception {
    copy("/all-minilm-l6-v2.onnx", "e/onnx/model_quantized.onnx");
    copy("/all-minilm-l6-v2-tokenizer.json", "e/tokenizer.json");
    Cli cli = search("knn", folder.resolve("e/onnx/model_quantized.onnx"));
    assertThat(cli.exit()).as(cli.err()).isZero();
    assertThat(cli.out()).contains("\ta\ta");
  }

  @Test
  void theFolderOfTheGraphsIsNotTheModels() throws Exception {
    copyReranker("onnx/model.onnx");
    assertRefused(
        score("q/onnx"),
        "tokenizer.json is in the directory above",
        "choose the graph with --model FOLDER/FILE.onnx");
  }

  /** Searches one document by a retriever with an embedding model. */
  private Cli search(String retriever, Path embedder) throws IOException {
    Path corpus = Files.writeString(folder.resolve("c.jsonl"), "{\"_id\": \"a\", \"text\": \"a\"}");
    return Cli.run(
        "search",
        "--no-rerank",
        "--retriever",
        retriever,
        "--corpus",
        corpus.toString(),
        "--index",
        folder.resolve("index").toString(),
        "--embedder",
        embedder.toString(),
        "a");
  }

  private void copyTwoVariants() throws IOException {
    copy("/tiny-late/tokenizer.json", "q/tokenizer.json");
    Files.createDirectories(folder.resolve("q/onnx"));
    Files.writeString(folder.resolve("q/onnx/model_int8.onnx"), "");
    Files.writeString(folder.resolve("q/onnx/model_quantized.onnx"), "");
  }
}

package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Document;
import dev.reranker.RerankRequest;
import dev.reranker.error.InferenceException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model whose output is NaN for passages with the word "dolphin". */
class NotANumberTest {

  @TempDir private static Path directory;
  private static ModelSource model;

  @BeforeAll
  static void write() {
    try (TextTokenizer tokenizer =
        TextTokenizer.load(
            ModelSource.classpath(RerankerModel.DEFAULT_MODEL).require(ModelSource.TOKENIZER))) {
      int dolphin = (int) tokenizer.encode("dolphin", 1).ids()[0];
      new TinyModel().poison(dolphin).in(directory.resolve("reranker"));
      new TinyModel().poison(dolphin).head(TinyModel.Head.TOKENS).in(directory.resolve("embedder"));
    }
    model = ModelSource.directory(directory.resolve("reranker"));
  }

  @Test
  void scoreNamesThePassage() {
    try (var reranker = OnnxReranker.builder().model(model).build()) {
      assertThatThrownBy(() -> reranker.score("whale", List.of("ocean", "dolphin", "brain")))
          .isInstanceOf(InferenceException.class)
          .hasMessage("'reranker' gave NaN for passage 1 of 3: the model is damaged or overflows");
    }
  }

  @Test
  void rerankNamesTheCandidate() {
    try (var reranker = OnnxReranker.builder().model(model).build()) {
      assertThatThrownBy(
              () ->
                  reranker.rerank(
                      RerankRequest.ofDocuments(
                          "whale",
                          List.of(Document.of("o", "ocean"), Document.of("d", "dolphin")))))
          .isInstanceOf(InferenceException.class)
          .hasMessageContaining("NaN for candidate 1 of 2 (id 'd')");
    }
  }

  @Test
  void theNextCallIsUnharmed() {
    try (var reranker = OnnxReranker.builder().model(model).build()) {
      float[] before = reranker.score("whale", List.of("ocean"));
      assertThatThrownBy(() -> reranker.score("whale", List.of("dolphin")))
          .isInstanceOf(InferenceException.class);
      assertThat(reranker.score("whale", List.of("ocean"))).isEqualTo(before);
    }
  }

  @Test
  void theEmbedderNamesTheText() {
    try (var embedder =
        OnnxEmbedder.builder()
            .model(ModelSource.directory(directory.resolve("embedder")))
            .build()) {
      assertThatThrownBy(() -> embedder.embedPassages(List.of("ocean", "brain", "dolphin")))
          .isInstanceOf(InferenceException.class)
          .hasMessage(
              "embedder 'embedder' gave NaN or infinity for text 2: the model is damaged or"
                  + " overflows");
    }
  }

  @Test
  void theMultiVectorEmbedderNamesTheText() {
    try (var embedder =
        OnnxMultiVectorEmbedder.builder()
            .model(ModelSource.directory(directory.resolve("embedder")))
            .build()) {
      assertThatThrownBy(() -> embedder.embedPassageTokens(List.of("ocean", "the dolphin")))
          .isInstanceOf(InferenceException.class)
          .hasMessage(
              "embedder 'embedder' gave NaN or infinity for text 1: the model is damaged or"
                  + " overflows");
    }
  }
}

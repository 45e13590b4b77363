package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.error.InferenceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tokenizer that knows two words and no token for others: its native code fails on them. */
class TokenizerFailureTest {

  private static final String TOKENIZER =
      """
      {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
       "normalizer": null, "pre_tokenizer": {"type": "Whitespace"}, "decoder": null,
       "post_processor": null,
       "model": {"type": "WordLevel", "vocab": {"a": 0, "b": 1}, "unk_token": "[UNK]"}}
      """;

  @TempDir private Path directory;

  @BeforeEach
  void write() throws IOException {
    Files.write(directory.resolve("tokenizer.json"), TOKENIZER.getBytes(StandardCharsets.UTF_8));
  }

  private ModelSource model(TinyModel.Head head) throws IOException {
    Files.write(directory.resolve("model.onnx"), new TinyModel().head(head).bytes());
    return ModelSource.directory(directory);
  }

  @Test
  void aRerankerSaysWhichTextFailed() throws IOException {
    try (var reranker = OnnxReranker.builder().model(model(TinyModel.Head.ONE)).name("m").build()) {
      assertThatThrownBy(() -> reranker.score("a", List.of("a b", "b", "a whale")))
          .isInstanceOf(InferenceException.class)
          .hasMessageStartingWith(
              "the tokenizer of 'm' failed on passage 2 of 3, of 7 characters: ")
          .hasCauseInstanceOf(RuntimeException.class);
      assertThatThrownBy(() -> reranker.score("whale", List.of("a")))
          .isInstanceOf(InferenceException.class)
          .hasMessageStartingWith("the tokenizer of 'm' failed on the query");
      assertThatThrownBy(() -> reranker.countTokens("whale"))
          .isInstanceOf(InferenceException.class)
          .hasMessageStartingWith("the tokenizer of 'm' failed on the text");
      assertThat(reranker.score("a", List.of("b"))).hasSize(1);
    }
  }

  @Test
  void anEmbedderSaysWhichTextFailed() throws IOException {
    try (var embedder =
        OnnxEmbedder.builder().model(model(TinyModel.Head.SENTENCE)).name("m").build()) {
      assertThatThrownBy(() -> embedder.embedPassages(List.of("a", "whale")))
          .isInstanceOf(InferenceException.class)
          .hasMessageContaining("passage 1 of 2");
      assertThatThrownBy(() -> embedder.embedQuery("whale"))
          .isInstanceOf(InferenceException.class)
          .hasMessageContaining("the query");
    }
  }
}

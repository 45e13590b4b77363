package dev.reranker.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.examples.cli.input.Query;
import dev.reranker.onnx.ModelSource;
import dev.reranker.onnx.OnnxEmbedder;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class LongQueriesTest {

  private static final Query SHORT = new Query("q1", "whales", "q1: ");
  private static final Query MIDDLING = new Query("q2", "whales ".repeat(60).strip(), "q2: ");

  private final StringWriter err = new StringWriter();

  private LongQueries queries(boolean refuse) {
    return new LongQueries(List.of(SHORT, MIDDLING), refuse, new PrintWriter(err));
  }

  /** Of 256 tokens, its prompt takes 200. */
  private static OnnxEmbedder withALongPrompt() {
    return OnnxEmbedder.builder()
        .model(ModelSource.resources("all-minilm-l6-v2.onnx", "all-minilm-l6-v2-tokenizer.json"))
        .maxLength(256)
        .queryPrompt("find ".repeat(200))
        .build();
  }

  @Test
  void aLongPromptLeavesLessThanHalfTheLength() {
    try (OnnxEmbedder embedder = withALongPrompt()) {
      queries(false).check(embedder, true);
      assertThat(err.toString())
          .contains("q2: ", "; it is searched by its words alone")
          .doesNotContain("q1: ");
      assertThatThrownBy(() -> queries(true).check(embedder, true))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("q2: ");
    }
  }
}

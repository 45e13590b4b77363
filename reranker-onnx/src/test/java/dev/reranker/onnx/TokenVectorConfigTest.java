package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.error.ModelLoadException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a late-interaction model's files ask for that is not done here. */
class TokenVectorConfigTest {

  private static final String SAVED = "config_sentence_transformers.json";
  private static final String MASK =
      "[{'type':"
          + " 'sentence_transformers.multi_vector_encoder.modules.multi_vector_mask.MultiVectorMask',"
          + " 'path': '1_MultiVectorMask'}]";

  @TempDir private Path directory;
  private ModelFolder folder;

  @BeforeEach
  void start() {
    folder = new ModelFolder(directory);
    new TinyModel().head(TinyModel.Head.TOKENS).in(directory);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "sentence_bert_config.json, \"{'query_expansion': {'strategy': 'fixed', 'length': 32}}\"",
        "sentence_bert_config.json, \"{'query_length': 32}\"",
        "sentence_bert_config.json, \"{'document_length': 180}\"",
        "config_sentence_transformers.json, {'model_type': 'ColBERT'}",
        "config_sentence_transformers.json, \"{'model_type': 'ColBERT', 'do_query_expansion':"
            + " true}\"",
        "config_sentence_transformers.json, {'query_length': 32}",
        "config_sentence_transformers.json, {'document_length': 180}",
        "config_sentence_transformers.json, {'skiplist_words': ['.']}",
        "config_sentence_transformers.json, {'similarity_fn_name': 'mean_maxsim'}",
        "1_MultiVectorMask/config.json, {'skiplist_words': ['.']}",
        "1_MultiVectorMask/config.json, {'keep_only_token_ids': [1]}"
      })
  void whatIsNotDoneIsRefusedByNameUnlessSaidToBeLeftOut(String file, String json) {
    folder.with("modules.json", MASK).with(file, json);
    assertThatThrownBy(() -> OnnxMultiVectorEmbedder.builder().model(folder.source()).build())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(file, "plainTokens(true)");
    try (var embedder =
        OnnxMultiVectorEmbedder.builder().model(folder.source()).plainTokens(true).build()) {
      assertThat(embedder.embedQueryTokens("whale")).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'model_type': 'MultiVectorEncoder', 'similarity_fn_name': 'maxsim', 'prompts': {}}",
        "{'model_type': 'ColBERT', 'do_query_expansion': false}",
        "{'similarity_fn_name': 'cosine', 'query_expansion': null, 'skiplist_words': []}"
      })
  void whatAsksForNothingMorePasses(String json) {
    folder
        .with("modules.json", MASK)
        .with(
            "1_MultiVectorMask/config.json", "{'skiplist_words': [], 'keep_only_token_ids': null}")
        .with(SAVED, json);
    assertThatCode(() -> OnnxMultiVectorEmbedder.builder().model(folder.source()).build().close())
        .doesNotThrowAnyException();
  }

  @Test
  void markersOfPyLateArePromptsThatTheBuilderIsAskedFor() {
    folder.with(SAVED, "{'query_prefix': '[Q] ', 'document_prefix': '[D] '}");
    assertThatThrownBy(() -> OnnxMultiVectorEmbedder.builder().model(folder.source()).build())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(SAVED, "'query_prefix'", "[Q] ", "queryPrompt(..)");
    assertThatThrownBy(
            () -> OnnxMultiVectorEmbedder.builder().model(folder.source()).queryPrompt("a").build())
        .hasMessageContainingAll("'document_prefix'", "passagePrompt(..)");
    try (var embedder =
        OnnxMultiVectorEmbedder.builder()
            .model(folder.source())
            .queryPrompt("")
            .passagePrompt("")
            .build()) {
      assertThat(embedder.dimension()).isEqualTo(128);
    }
  }
}

package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.reranker.error.ModelLoadException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a model's files say of tokenization besides the tokenizer itself. */
class TokenizerRulesTest {

  private static final String CONFIG = "tokenizer_config.json";
  private static final String SENTENCE_BERT = "sentence_bert_config.json";

  @TempDir private Path directory;
  private ModelFolder folder;

  @BeforeEach
  void start() {
    folder = new ModelFolder(directory);
  }

  @Test
  void textsAreLowerCasedWhereSentenceTransformersDoesIt() {
    tokenizer(json -> bert(json).addProperty("lowercase", false));
    assertThat(ids("WHALE")).isNotEqualTo(ids("whale"));
    folder.with(SENTENCE_BERT, "{'max_seq_length': 128, 'do_lower_case': true}");
    assertThat(ids("WHALE")).isEqualTo(ids("whale")).hasSize(1);
    assertThat(ids("Äh")).isEqualTo(ids("äh"));
  }

  @Test
  void lowerCasingComesBeforeEachKindOfNormalizer() {
    folder.with(SENTENCE_BERT, "{'do_lower_case': true}");
    tokenizer(json -> json.add("normalizer", JsonNull.INSTANCE));
    assertThat(ids("WHALE")).isEqualTo(ids("whale"));
    tokenizer(
        json -> {
          var steps = new JsonArray();
          steps.add(JsonParser.parseString("{\"type\": \"NFC\"}"));
          json.add("normalizer", JsonParser.parseString("{\"type\": \"Sequence\"}"));
          json.getAsJsonObject("normalizer").add("normalizers", steps);
        });
    assertThat(ids("WHALE")).isEqualTo(ids("whale"));
    folder.with(SENTENCE_BERT, "{'do_lower_case': false}");
    assertThat(ids("WHALE")).isNotEqualTo(ids("whale"));
  }

  @ParameterizedTest
  @CsvSource({
    "do_lower_case, lowercase, false, true",
    "do_lower_case, lowercase, true, false",
    "strip_accents, strip_accents, false, true"
  })
  void aTokenizerThatContradictsItsConfigurationIsRefused(
      String key, String its, boolean said, boolean done) {
    tokenizer(json -> bert(json).addProperty(its, done));
    folder.with(CONFIG, "{'%s': %s}".formatted(key, said));
    assertRefused(CONFIG, "'" + key + "'", Boolean.toString(said), "make the two agree");
    folder.with(CONFIG, "{'%s': %s}".formatted(key, done));
    assertThat(ids("whale")).hasSize(1);
  }

  @Test
  void accentsGoWhereLettersAreMadeSmallUnlessSaidOtherwise() {
    tokenizer(json -> bert(json).addProperty("lowercase", true));
    folder.with(CONFIG, "{'strip_accents': false}");
    assertRefused(CONFIG, "'strip_accents'", "make the two agree");
  }

  @Test
  void ofOtherNormalizersLowerCasingIsNotTheConfigurationsBusiness() {
    tokenizer(json -> json.add("normalizer", JsonParser.parseString("{\"type\": \"NFC\"}")));
    folder.with(CONFIG, "{'do_lower_case': true, 'tokenizer_class': 'PreTrainedTokenizerFast'}");
    assertThat(ids("whale")).hasSize(1);
  }

  @Test
  void aSpaceBeforeTheTextIsComparedToo() {
    folder.withText("tokenizer.json", new String(RobertaStyle.tokenizer(), StandardCharsets.UTF_8));
    folder.with(CONFIG, "{'add_prefix_space': false}");
    assertThat(ids("whale")).isNotEmpty();
    folder.with(CONFIG, "{'add_prefix_space': true}");
    assertRefused(CONFIG, "'add_prefix_space'", "make the two agree");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'do_lower_case': 'true'}",
        "{'do_lower_case': 1}",
        "{'strip_accents': 'no'}",
        "{'truncation_side': 'left'}",
        "{'truncation_side': 'middle'}",
        "{'truncation_side': true}",
        "{'split_special_tokens': true}",
        "{'add_eos_token': 'yes'}"
      })
  void anotherValueInTheConfigurationIsRefusedByName(String json) {
    tokenizer(tokenizer -> {});
    folder.with(CONFIG, json);
    assertRefused(CONFIG, json.substring(1, json.indexOf(':')));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'do_lower_case': 'true'}",
        "{'do_lower_case': 0}",
        "{'tokenizer_args': {'do_lower_case': true}}",
        "{'processor_kwargs': {'add_prefix_space': true}}",
        "{'tokenizer_args': ['x']}",
        "{'processing_kwargs': {'chat_template': {'add_generation_prompt': true}}}",
        "{'processing_kwargs': {'text': {'add_special_tokens': false}}}"
      })
  void anotherValueOfSentenceTransformersIsRefusedByName(String json) {
    tokenizer(tokenizer -> {});
    folder.with(SENTENCE_BERT, json);
    assertRefused(SENTENCE_BERT);
  }

  @Test
  void whatDoesNotChangeTokensPasses() {
    tokenizer(json -> {});
    folder
        .with(
            SENTENCE_BERT,
            """
            {'tokenizer_args': {'model_max_length': 64, 'padding_side': 'left', 'use_fast': true},
             'processing_kwargs': {'text': {'padding': true, 'truncation': true, 'max_length': 64}}}
            """)
        .with(
            CONFIG,
            """
            {'padding_side': 'left', 'truncation_side': 'right', 'tokenizer_class': 'BertTokenizer',
             'clean_up_tokenization_spaces': true, 'split_special_tokens': false}
            """);
    assertThat(ids("whale")).hasSize(1);
  }

  @Test
  void specialTokensThatAreSaidAndNotPutAreNamed() {
    tokenizer(json -> {});
    folder.with(CONFIG, "{'add_bos_token': true, 'add_eos_token': true}");
    var bare =
        new TokenTemplate(
            java.util.List.of(new int[0], new int[] {1}),
            java.util.List.of(new int[0], new int[1]),
            new int[1]);
    TokenizerRules rules = TokenizerRules.of(folder.config());
    assertThatThrownBy(() -> rules.check(bare))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll("'add_bos_token'", "nothing before a text");
    try (var tokenizer = TextTokenizer.load(file(), rules)) {
      rules.check(tokenizer.single());
    }
  }

  @Test
  void aPairThatOnlyAChatTemplateTellsApartIsRefused() {
    new TinyModel().in(directory);
    folder.with(CONFIG, "{'chat_template': '{{ messages }}'}");
    OnnxReranker.builder().model(folder.source()).build().close();
    tokenizer(json -> json.add("post_processor", JsonNull.INSTANCE));
    assertThatThrownBy(() -> OnnxReranker.builder().model(folder.source()).build().close())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(CONFIG, "nothing between query and passage", "chat template");
  }

  private void tokenizer(Consumer<JsonObject> change) {
    JsonObject json =
        JsonParser.parseString(new String(TinyModel.tokenizer(), StandardCharsets.UTF_8))
            .getAsJsonObject();
    change.accept(json);
    folder.withText("tokenizer.json", json.toString());
  }

  private static JsonObject bert(JsonObject tokenizer) {
    return tokenizer.getAsJsonObject("normalizer");
  }

  private long[] ids(String text) {
    try (var tokenizer = TextTokenizer.load(file(), TokenizerRules.of(folder.config()))) {
      return tokenizer.encode(text, 100).ids();
    }
  }

  private ModelFile file() {
    return folder.source().require(ModelSource.TOKENIZER);
  }

  private void assertRefused(String... parts) {
    assertThatThrownBy(() -> ids("whale"))
        .isInstanceOf(ModelLoadException.class)
        .message()
        .satisfies(
            message -> {
              for (String part : parts) {
                assertThat(message).contains(part);
              }
            });
  }
}

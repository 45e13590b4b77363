package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.reranker.error.ModelLoadException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The section {@code late_interaction} of {@code config.json}, and the graphs that it names. */
class LateConfigTest {

  private static final String SECTION = "late_interaction";

  @TempDir private Path directory;
  private ModelFolder folder;

  @BeforeEach
  void start() {
    folder = TestModels.tinyLate(directory);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "encoder",
        "scorer",
        "vector_size",
        "mean_vector_size",
        "query.starts_with",
        "query.ends_with",
        "query.token_type",
        "query.first_position",
        "query.max_length",
        "passage.starts_with",
        "passage.ends_with",
        "passage.token_type",
        "passage.first_position",
        "passage.max_length"
      })
  void whatIsMissingIsRefusedByName(String path) {
    remove(path);
    assertRefused("config.json: " + SECTION, "null for '%s'".formatted(key(path)), "expected");
    set(path, "null");
    assertRefused("config.json: " + SECTION, "null for '%s'".formatted(key(path)), "expected");
  }

  @ParameterizedTest
  @ValueSource(strings = {"query", "passage"})
  void aSideThatIsMissingIsRefused(String side) {
    remove(side);
    assertRefused(SECTION + ": " + side, "null for '", "expected");
  }

  @ParameterizedTest
  @ValueSource(strings = {"encoder", "scorer"})
  void aGraphsNameIsThatOfAFileInTheFolder(String key) throws IOException {
    Files.copy(directory.resolve(key + ".onnx"), directory.resolveSibling("outside.onnx"));
    try {
      for (String value :
          new String[] {
            "7",
            "true",
            "[\"a.onnx\"]",
            "{}",
            "\"\"",
            "\" \"",
            "\"/etc/passwd\"",
            "\"../outside.onnx\"",
            "\"onnx/../../outside.onnx\"",
            "\"a\\\\b.onnx\""
          }) {
        set(key, value);
        assertRefused(SECTION, "has %s for '%s'".formatted(value, key), "expected");
      }
    } finally {
      Files.delete(directory.resolveSibling("outside.onnx"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"vector_size", "mean_vector_size", "query.max_length"})
  void aSizeIsAWholeNumberFromOne(String path) {
    for (String value : new String[] {"0", "-1", "1.5", "\"16\"", "true", "[16]", "{}", "1e400"}) {
      set(path, value);
      assertRefused(
          SECTION, "has %s for '%s'".formatted(value, key(path)), "a whole number from 1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"query.token_type", "query.first_position", "passage.first_position"})
  void aCountIsAWholeNumberFromZero(String path) {
    for (String value : new String[] {"-1", "0.5", "\"1\"", "false", "[]"}) {
      set(path, value);
      assertRefused(
          SECTION, "has %s for '%s'".formatted(value, key(path)), "a whole number from 0");
    }
  }

  @ParameterizedTest
  @CsvSource({"2", "5", "4000000000"})
  void aTypeThatTheModelDoesNotHaveIsRefused(String type) {
    set("passage.token_type", type);
    assertRefused(SECTION + ": passage", type, "token_type", "'type_vocab_size' 2");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "query.starts_with, 7",
        "query.starts_with, ['[CLS]']",
        "query.starts_with, '[CLS'",
        "query.starts_with, 'no special token'",
        "passage.ends_with, '[EOS]'",
        "passage.ends_with, '[SEP] [SEP]'",
        "passage.ends_with, true"
      })
  void specialTokensAreThoseOfTheTokenizer(String path, String json) {
    set(path, json.replace('\'', '"'));
    assertRefused(SECTION, "'%s'".formatted(key(path)), "expected");
  }

  /** An empty text would be a row of no tokens. */
  @ParameterizedTest
  @ValueSource(strings = {"query", "passage"})
  void aSideWithoutAnySpecialTokenIsRefused(String side) {
    set(side + ".starts_with", "\"\"");
    set(side + ".ends_with", "\"\"");
    assertRefused(SECTION + ": " + side, "'ends_with'", "an empty text");
  }

  @Test
  void aLengthThatLeavesNoRoomForATextIsRefused() {
    set("query.max_length", "2");
    assertRefused(SECTION + ": query", "2 for 'max_length'", "at least one token");
  }

  @ParameterizedTest
  @CsvSource({
    "query, 49, 0",
    "query, 48, 1",
    "passage, 48, 1",
    "passage, 40, 9",
    "query, 2147483647, 1",
    "passage, 2147483647, 2147483647",
    "passage, 40, 9000000000",
    "query, 9000000000, 0"
  })
  void aLengthBeyondTheModelsPositionsIsRefused(String side, String length, String first) {
    set(side + ".max_length", length);
    set(side + ".first_position", first);
    assertRefused(SECTION + ": " + side, length, "'first_position'", "48 positions");
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "'late'", "[]", "true"})
  void aSectionOfAnotherKindIsRefused(String json) {
    JsonObject config = read();
    config.add(SECTION, JsonParser.parseString(json.replace('\'', '"')));
    folder.withText("config.json", config.toString());
    assertRefused("config.json", SECTION, "an object is expected");
    for (String side : new String[] {"query", "passage"}) {
      start();
      set(side, json.replace('\'', '"'));
      assertRefused(SECTION, "'%s'".formatted(side), "an object is expected");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pooling", "query.prefix", "passage.skip_tokens"})
  void whatIsNotKnownIsRefusedUnlessItIsNull(String path) {
    set(path, "\"x\"");
    assertRefused(SECTION, "\"x\" for '%s'".formatted(key(path)), "known are [");
    set(path, "null");
    OnnxReranker.builder().model(folder.source()).build().close();
  }

  @ParameterizedTest
  @CsvSource({"vector_size, 17", "mean_vector_size, 31"})
  void sizesThatAreNotTheEncodersAreRefused(String key, String value) {
    set(key, value);
    assertRefused("the encoder of", "token_vectors", "mean_vector", value, "config.json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"encoder", "scorer"})
  void aGraphThatIsNotThereIsNamedWithTheKeyThatNamesIt(String key) throws IOException {
    Files.delete(directory.resolve(key + ".onnx"));
    assertRefused(SECTION, "\"%s.onnx\" for '%s'".formatted(key, key), "no such file");
    set(key, "\"other/graph.onnx\"");
    assertRefused(SECTION, "\"other/graph.onnx\" for '%s'".formatted(key), "no such file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"encoder.onnx", "scorer.onnx"})
  void aGraphThatIsDamagedIsNamed(String file) throws IOException {
    Path graph = directory.resolve(file);
    byte[] whole = Files.readAllBytes(graph);
    for (int length : new int[] {0, 1, 100, whole.length / 2, whole.length - 1}) {
      Files.write(graph, Arrays.copyOf(whole, length));
      assertRefused(graph.toString());
    }
    Files.writeString(graph, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n");
    assertRefused(graph.toString(), "Git LFS");
    Files.delete(graph);
    Files.createDirectory(graph);
    assertRefused(graph + " is a directory");
  }

  @Test
  void aTokenizerThatIsNotThereIsNamed() throws IOException {
    Files.delete(directory.resolve("tokenizer.json"));
    assertRefused("tokenizer.json", directory.toString());
  }

  @Test
  void encoderAndScorerChangedForEachOtherAreRefused() {
    set("encoder", "\"scorer.onnx\"");
    assertRefused("asks for an input 'query_vectors'");
    start();
    set("scorer", "\"encoder.onnx\"");
    assertRefused("encoder.onnx has the inputs", "a scorer has", "query_vectors");
  }

  @Test
  void theScorerOfAnotherModelIsRefusedWhenLoading() throws IOException {
    Path scorer = directory.resolve("scorer.onnx");
    Files.write(scorer, TinyModel.resource(RerankerModel.DEFAULT_MODEL + "/scorer.onnx"));
    assertRefused(scorer.toString(), "takes 128 values for", "config.json", "says 16");
  }

  @Test
  void whatAnEmbedderOrMultiVectorEmbedderIsToldToDo() {
    String[] advice = {"config.json", "'" + SECTION + "'", "OnnxReranker", "embedder()"};
    assertThatThrownBy(() -> OnnxEmbedder.builder().model(folder.source()).build().close())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(advice);
    assertThatThrownBy(
            () -> OnnxMultiVectorEmbedder.builder().model(folder.source()).build().close())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(advice);
  }

  @Test
  void theUnchangedFolderLoads() {
    try (var reranker = OnnxReranker.builder().model(folder.source()).build()) {
      assertThat(reranker.preparedFingerprint()).isNotBlank();
    }
  }

  private void assertRefused(String... parts) {
    assertThatThrownBy(() -> OnnxReranker.builder().model(folder.source()).build().close())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(parts);
  }

  private static String key(String path) {
    return path.substring(path.indexOf('.') + 1);
  }

  private void set(String path, String json) {
    JsonObject config = read();
    owner(config, path).add(key(path), JsonParser.parseString(json));
    folder.withText("config.json", config.toString());
  }

  private void remove(String path) {
    JsonObject config = read();
    JsonElement there = owner(config, path).remove(key(path));
    assertThat(there).as(path).isNotNull();
    folder.withText("config.json", config.toString());
  }

  private JsonObject read() {
    try {
      return JsonParser.parseString(Files.readString(directory.resolve("config.json")))
          .getAsJsonObject();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static JsonObject owner(JsonObject config, String path) {
    JsonObject late = config.getAsJsonObject(SECTION);
    return path.contains(".") ? late.getAsJsonObject(path.substring(0, path.indexOf('.'))) : late;
  }
}

package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.error.ModelLoadException;
import dev.reranker.testkit.ChildJvm;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files made to do harm: each is refused in bounded time and memory, in a process of its own where
 * native code reads them. What leads outside the folder is in {@link GraphFileTest}.
 */
@Timeout(120)
class HostileModelTest {

  @TempDir private Path directory;

  private static void assertRefused(ModelSource source, String... parts) {
    assertThatThrownBy(() -> OnnxReranker.builder().model(source).build())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(parts);
  }

  /** Loads and scores in a process of its own; says how that ended. */
  private String inChild() {
    return ChildJvm.of(Child.class).flags("-Xmx512m").run(directory.toString());
  }

  @Test
  void weightsWithASecondNameAreRefused() throws IOException {
    Path elsewhere = directory.resolve("secret");
    ModelSource source = new TinyModel().dataFile("weights.bin").in(directory.resolve("m"));
    Path weights = directory.resolve("m/weights.bin");
    Files.move(weights, elsewhere);
    Files.createLink(weights, elsewhere);
    assertRefused(source, "weights.bin", "2 names on the disk", "copy it");
    Files.delete(elsewhere);
    try (var reranker = OnnxReranker.builder().model(source).build()) {
      assertThat(reranker.score("q", List.of("p"))).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"config.json", "tokenizer_config.json", "modules.json", "args.json"})
  void factsWithoutEndAreRefused(String file) throws IOException {
    new TinyModel().in(directory);
    fill(directory.resolve(file), "{\"a\":\"", 17 << 20, "\"}");
    assertRefused(ModelSource.directory(directory), file, "too long");
  }

  @Test
  void aTokenizerOf500MegabytesIsRefusedWithASmallHeap() throws IOException {
    new TinyModel().in(directory);
    fill(directory.resolve("tokenizer.json"), "{\"version\":\"", 500 << 20, "\"}");
    assertThat(inChild())
        .contains("ModelLoadException")
        .contains("tokenizer.json")
        .contains("too long");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":", // cut
        "[[[[[[[[[[", // nested, repeated below
        "{\"max_position_embeddings\": \"many\"}",
        "{\"max_position_embeddings\": -2}",
        "{\"max_position_embeddings\": 1e400}",
        "{\"pad_token_id\": {}}",
        "{\"model_type\": []}",
        "{\"late_interaction\": \"yes\"}"
      })
  void factsOfTheWrongKindAreRefused(String json) throws IOException {
    new TinyModel().in(directory);
    Files.writeString(
        directory.resolve("config.json"), json.startsWith("[[") ? "[".repeat(200_000) : json);
    assertRefused(ModelSource.directory(directory), "config.json");
  }

  @Test
  void aShapeLargerThanMemoryIsRefused() throws IOException {
    new TinyModel().in(directory);
    Files.write(
        directory.resolve("model.onnx"),
        new OnnxGraph()
            .input("input_ids", OnnxGraph.INT64, "batch", "sequence")
            .input("attention_mask", OnnxGraph.INT64, "batch", "sequence")
            .longs("huge", 1L << 20, 1L << 20, 1L << 10)
            .node("ConstantOfShape", List.of("huge"), "filled")
            .longs("axes", 0, 1, 2)
            .node("ReduceSum", List.of("filled", "axes"), "sum", "keepdims", 0)
            .node("Cast", List.of("input_ids"), "ids", "to", OnnxGraph.FLOAT)
            .node("Add", List.of("ids", "sum"), "logits")
            .output("logits", OnnxGraph.FLOAT, "batch", "sequence")
            .bytes());
    assertThat(inChild()).contains("ModelLoadException").contains("model.onnx");
  }

  /** Cut, and with bytes changed: native code reads these, so in a process of its own. */
  @Test
  void damagedGraphsDoNotEndTheProcess() throws IOException {
    new TinyModel().in(directory);
    assertThat(ChildJvm.of(Damage.class).run(directory.toString(), "model.onnx", "300"))
        .containsPattern("seed -?\\d+: \\d+ refused, \\d+ loaded");
  }

  @Test
  void damagedTokenizersDoNotEndTheProcess() throws IOException {
    new TinyModel().in(directory);
    Files.write(directory.resolve("tokenizer.json"), RobertaStyle.tokenizer());
    assertThat(ChildJvm.of(Damage.class).run(directory.toString(), "tokenizer.json", "300"))
        .containsPattern("seed -?\\d+: \\d+ refused, \\d+ loaded");
  }

  /** A pattern that takes time of the square or worse of a text's length, if nobody stops it. */
  @ParameterizedTest
  @ValueSource(
      strings = {"(a+)+$", "(a|a)*$", "(.*)*b", "(?:a?){40}a{40}", "a*a*a*a*b", "(a*){2,}b"})
  void aPatternThatNeverEndsDoes(String pattern) throws IOException {
    new TinyModel().in(directory);
    String json =
        new String(RobertaStyle.tokenizer(), StandardCharsets.UTF_8)
            .replaceFirst(
                "\"pre_tokenizer\":\\{[^{}]*\\}",
                java.util.regex.Matcher.quoteReplacement(
                    "\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\""
                        + pattern
                        + "\"},\"behavior\":\"Isolated\",\"invert\":false}"));
    assertThat(json).contains(pattern);
    Files.writeString(directory.resolve("tokenizer.json"), json);
    assertThat(inChild()).contains("ModelLoadException").contains("takes too long");
  }

  private static void fill(Path file, String start, int bytes, String end) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(start.getBytes(StandardCharsets.UTF_8));
      byte[] block = new byte[1 << 20];
      Arrays.fill(block, (byte) 'x');
      for (int written = 0; written < bytes; written += block.length) {
        out.write(block);
      }
      out.write(end.getBytes(StandardCharsets.UTF_8));
    }
  }

  static final class Child {
    public static void main(String[] arguments) {
      ModelSource source = ModelSource.directory(Path.of(arguments[0]));
      try (var reranker = OnnxReranker.builder().model(source).build()) {
        reranker.score("a".repeat(30) + "!", List.of("a".repeat(50_000) + "!"));
        System.out.println("scored");
      } catch (RuntimeException e) {
        System.out.println(e);
      }
    }
  }

  static final class Damage {
    public static void main(String[] arguments) throws IOException {
      Path directory = Path.of(arguments[0]);
      Path file = directory.resolve(arguments[1]);
      byte[] sound = Files.readAllBytes(file);
      long seed = new Random().nextLong();
      var random = new Random(seed);
      int refused = 0;
      int loaded = 0;
      int rounds = Integer.parseInt(arguments[2]);
      for (int i = 0; i < rounds; i++) {
        byte[] bad =
            Arrays.copyOf(
                sound, random.nextInt(4) == 0 ? random.nextInt(sound.length) : sound.length);
        // The first bytes hold the structure; the weights are behind them.
        for (int change = random.nextInt(8); change >= 0 && bad.length > 0; change--) {
          bad[random.nextInt(Math.min(bad.length, random.nextBoolean() ? 3000 : bad.length))] =
              (byte) random.nextInt(256);
        }
        Files.write(file, bad);
        try (var reranker =
            OnnxReranker.builder().model(ModelSource.directory(directory)).build()) {
          loaded++;
          reranker.score("how do whales sleep", List.of("whale"));
        } catch (ModelLoadException e) {
          refused++;
        } catch (RuntimeException e) {
          // It loads, and fails at work: that is an exception too.
        }
      }
      System.out.printf("seed %d: %d refused, %d loaded%n", seed, refused, loaded);
    }
  }
}

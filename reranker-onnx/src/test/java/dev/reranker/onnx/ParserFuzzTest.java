package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@link ParserFuzz} on sound files with some bytes changed. */
class ParserFuzzTest {

  private static final int ROUNDS = 20_000;

  private static final List<byte[]> SOUND =
      List.of(
          new TinyModel().dataFile("weights.bin").bytes(),
          PreparedContent.write(
              PreparedFormat.INT8, true, new long[] {1, 70_000}, new float[8], new float[1]),
          TinyModel.resource("families/colbert/1_Dense/model.safetensors"),
          TinyModel.resource("families/colbert/config_sentence_transformers.json"),
          TinyModel.resource("families/colbert-stanford/artifact.metadata"),
          TinyModel.resource("tiny-late/config.json"),
          RobertaStyle.tokenizer(),
          "{\"sha\":\"0123456789abcdef0123456789abcdef01234567\",\"siblings\":[{\"rfilename\":\"a/b\",\"size\":7,\"lfs\":{\"sha256\":\"x\"}}]}"
              .getBytes(StandardCharsets.UTF_8),
          "https://hub/mirror/".getBytes(StandardCharsets.UTF_8),
          "(?i:'s|'t)|[^\\r\\n\\p{L}]?\\p{L}+|\\p{N}{1,3}|\\s+(?!\\S)"
              .getBytes(StandardCharsets.UTF_8));

  @Test
  @Timeout(120)
  void noInputEndsInAnotherException() {
    Random random = Seeds.print(ParserFuzzTest.class);
    for (int i = 0; i < ROUNDS; i++) {
      byte[] sound = SOUND.get(random.nextInt(SOUND.size()));
      byte[] input =
          new byte[1 + (random.nextInt(5) == 0 ? random.nextInt(sound.length) : sound.length)];
      System.arraycopy(sound, 0, input, 1, input.length - 1);
      input[0] = (byte) random.nextInt(ParserFuzz.parsers());
      for (int change = random.nextInt(6); change > 0 && input.length > 1; change--) {
        input[1 + random.nextInt(Math.min(input.length - 1, 2000))] = (byte) random.nextInt(256);
      }
      assertThatCode(() -> ParserFuzz.fuzzerTestOneInput(input))
          .as(
              "input %s",
              HexFormat.of().formatHex(Arrays.copyOf(input, Math.min(200, input.length))))
          .doesNotThrowAnyException();
    }
  }
}

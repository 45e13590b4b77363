package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.reranker.error.InferenceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of a prepared passage: what its numbers lose, and what is refused. */
class PreparedContentTest {

  private static final JsonObject NUMBERS =
      JsonParser.parseString(
              new String(TinyModel.resource("numbers/numbers.json"), StandardCharsets.UTF_8))
          .getAsJsonObject();

  private static final float[] MEAN = {0.6f, -0.8f, 0};

  @Test
  void halvesAreTheReferencesAndThePlatformsBitForBit() {
    for (JsonElement entry : NUMBERS.getAsJsonArray("float16")) {
      float value = entry.getAsJsonObject().get("value").getAsFloat();
      String half = entry.getAsJsonObject().get("float16").getAsString();
      if (half.startsWith("refused")) {
        assertTooLargeForHalves(value);
        continue;
      }
      byte[] content = write(PreparedFormat.FLOAT16, new float[] {value}, value);

      for (float read : new float[] {vectors(content, 1, 1)[0], mean(content, 1, 1)[0]}) {
        assertBits(read, Float.parseFloat(half));
        assertBits(read, Float.float16ToFloat(Float.floatToFloat16(value)));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {65520, -65520, 1e6f, -1e30f, Float.MAX_VALUE})
  void whatHalvesDoNotHoldIsRefusedWithTheWayOut(float value) {
    assertTooLargeForHalves(value);
    assertThatThrownBy(() -> write(PreparedFormat.INT8, new float[] {1}, value))
        .isInstanceOf(InferenceException.class)
        .hasMessageContainingAll(Float.toString(value), "65504", "FLOAT32");
    byte[] whole = write(PreparedFormat.FLOAT32, new float[] {value}, value);
    assertBits(vectors(whole, 1, 1)[0], value);
  }

  private static void assertTooLargeForHalves(float value) {
    assertThatThrownBy(() -> write(PreparedFormat.FLOAT16, new float[] {value}, 0))
        .isInstanceOf(InferenceException.class)
        .hasMessageContainingAll(Float.toString(value), "65504", "FLOAT32");
    assertThatThrownBy(() -> write(PreparedFormat.FLOAT16, new float[] {0}, value))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining(Float.toString(value));
  }

  @ParameterizedTest
  @EnumSource
  void whatIsNotFiniteIsRefusedByEachFormat(PreparedFormat format) {
    for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      assertThatThrownBy(() -> write(format, new float[] {0, 1, value}, 0))
          .as("a vector's")
          .isInstanceOf(InferenceException.class)
          .hasMessageContaining(Float.toString(value));
      assertThatThrownBy(() -> write(format, new float[] {0, 1, 2}, value))
          .as("the mean's")
          .isInstanceOf(InferenceException.class)
          .hasMessageContaining(Float.toString(value));
    }
  }

  @Test
  void theProductsOfBytesAreWithinTheReferencesBounds() {
    JsonArray rows = NUMBERS.getAsJsonArray("rows");
    float[][] wanted = new float[rows.size()][];
    for (int r = 0; r < wanted.length; r++) {
      wanted[r] = floats(rows.get(r).getAsJsonObject().getAsJsonArray("values"));
    }
    int size = wanted[0].length;
    // One passage, so that each row has to keep a scale of its own.
    float[] read =
        vectors(
            PreparedContent.write(
                PreparedFormat.INT8, false, new long[wanted.length], concat(wanted), MEAN),
            size,
            MEAN.length);
    for (int r = 0; r < wanted.length; r++) {
      JsonObject row = rows.get(r).getAsJsonObject();
      float[] dots = floats(row.getAsJsonArray("floatDots"));
      float[] bounds = floats(row.getAsJsonArray("maxErrorOfDotInt8"));
      for (int q = 0; q < dots.length; q++) {
        float[] query = floats(NUMBERS.getAsJsonArray("queryTokens").get(q).getAsJsonArray());
        double dot = 0;
        for (int i = 0; i < size; i++) {
          dot += (double) query[i] * read[r * size + i];
        }
        // The file's own numbers are rounded to 9 decimal places.
        assertThat(dot)
            .as("query token %d and row '%s'", q, row.get("row").getAsString())
            .isCloseTo(dots[q], within(bounds[q] == 0 ? 0 : bounds[q] + 2e-9));
      }
    }
  }

  /** Whatever the magnitude: the largest value is kept, and no other is off by over half a step. */
  @Test
  void aByteIsOffByHalfAStepAtMost() {
    Random random = Seeds.print(PreparedContentTest.class);
    int size = 32;
    for (int round = 0; round < 2000; round++) {
      float[] values = new float[3 * size];
      float[] largest = new float[3];
      for (int t = 0; t < 3; t++) {
        float magnitude = (float) Math.pow(10, random.nextInt(76) - 38);
        for (int i = 0; i < size; i++) {
          float value = magnitude * (float) random.nextGaussian();
          values[t * size + i] = Float.isFinite(value) ? value : Float.MAX_VALUE;
          largest[t] = Math.max(largest[t], Math.abs(values[t * size + i]));
        }
      }
      float[] read = vectors(write(PreparedFormat.INT8, values, 0, 3), size, 1);
      for (int i = 0; i < values.length; i++) {
        double step = largest[i / size] / 127.0;
        double rounding = step * 1e-4 + 127 * (double) Float.MIN_VALUE;
        assertThat((double) read[i])
            .as("%s beside %s", values[i], largest[i / size])
            .isCloseTo(values[i], within(step / 2 + rounding));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0, -0.0f, Float.MIN_VALUE, Float.MIN_NORMAL, 1e-40f, Float.MAX_VALUE})
  void bytesStayFiniteAtTheEndsOfTheRange(float value) {
    for (float read : vectors(write(PreparedFormat.INT8, new float[] {value, -value}, 0), 2, 1)) {
      assertThat(read).isFinite();
    }
  }

  @Test
  void wholeFloatsComeBackBitForBit() {
    Random random = Seeds.print(PreparedContentTest.class);
    float[] values = new float[300];
    for (int i = 0; i < values.length; i++) {
      do {
        values[i] = Float.intBitsToFloat(random.nextInt());
      } while (!Float.isFinite(values[i]));
    }
    values[0] = -0.0f;
    values[1] = Float.MIN_VALUE;
    byte[] content =
        PreparedContent.write(PreparedFormat.FLOAT32, false, new long[3], values, values);
    assertSameBits(vectors(content, 100, 300), values);
    assertSameBits(mean(content, 100, 300), values);
  }

  @ParameterizedTest
  @CsvSource({"INT8, 134", "FLOAT16, 258", "FLOAT32, 514"})
  void aTokenTakesWhatTheFormatSays(PreparedFormat format, int bytes) {
    int two = write(format, new float[2 * 128], 0, 2).length;
    int three = write(format, new float[3 * 128], 0, 3).length;
    assertThat(three - two).isEqualTo(bytes);
  }

  @ParameterizedTest
  @EnumSource
  void idsOfAnySizeAndTheMarkOfACutComeBack(PreparedFormat format) {
    for (long[] ids : new long[][] {{0, 1, 65535}, {0, 65536, 9}, {Integer.MAX_VALUE, 65535, 0}}) {
      for (boolean cut : new boolean[] {false, true}) {
        byte[] content = PreparedContent.write(format, cut, ids, new float[] {1, 2, 3}, MEAN);
        PreparedContent read = PreparedContent.read(ByteBuffer.wrap(content), 1, MEAN.length);
        var there = LongBuffer.allocate(3);
        read.putIds(there);
        assertThat(there.array()).isEqualTo(ids);
        assertThat(read.truncated()).isEqualTo(cut);
        assertThat(read.tokens()).isEqualTo(3);
        assertThat(vectors(content, 1, MEAN.length)[2]).isCloseTo(3, within(1e-6f));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void cutOrGrownByAnyNumberOfBytesItIsRefused(PreparedFormat format) {
    byte[] whole = write(format, new float[] {1, 2, 3, 4}, 0, 2);
    for (int length = 0; length < whole.length + 20; length++) {
      if (length != whole.length) {
        byte[] other = Arrays.copyOf(whole, length);
        assertThatThrownBy(() -> PreparedContent.read(ByteBuffer.wrap(other), 2, 1))
            .as("%d of %d bytes", length, whole.length)
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("its content has %d bytes".formatted(length));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 2, 'of version 2; this release reads 1'",
    "0, 0, 'of version 0; this release reads 1'",
    "0, -1, 'of version -1; this release reads 1'",
    "1, 3, 'format 3, 0, 0 is not known here'",
    "1, -1, 'format -1, 0, 0 is not known here'",
    "2, 4, 'format 0, 4, 0 is not known here'",
    "2, -128, 'format 0, -128, 0 is not known here'",
    "3, 1, 'format 0, 0, 1 is not known here'"
  })
  void anotherReleasesVersionOrFormatIsRefusedByNumber(int at, byte value, String message) {
    byte[] content = write(PreparedFormat.INT8, new float[] {1, 2}, 0);
    content[at] = value;
    assertThatThrownBy(() -> PreparedContent.read(ByteBuffer.wrap(content), 2, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  /** Numbers whose product, or sum, would wrap round to the length that is there. */
  @ParameterizedTest
  @EnumSource
  void countsThatAreNotThereAreRefused(PreparedFormat format) {
    byte[] whole = write(format, new float[] {1, 2, 3, 4}, 0, 2);
    for (int at : new int[] {4, 8, 12}) {
      for (int shift = 0; shift < 32; shift++) {
        byte[] damaged = whole.clone();
        ByteBuffer counts = ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN);
        int count = counts.getInt(at) ^ (1 << shift);
        counts.putInt(at, count);
        assertThatThrownBy(() -> PreparedContent.read(ByteBuffer.wrap(damaged), 2, 1))
            .as("%d at %d", count, at)
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining(Integer.toString(count), "token");
      }
    }
  }

  @Test
  void ofOtherSizesThanTheModelsItIsRefusedWithBoth() {
    byte[] content = write(PreparedFormat.FLOAT32, new float[] {1, 2, 3, 4}, 0, 2);
    assertThatThrownBy(() -> PreparedContent.read(ByteBuffer.wrap(content), 4, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("2 tokens of 2 values and a mean of 1", "4 and 1 are expected");
    assertThatThrownBy(() -> PreparedContent.read(ByteBuffer.wrap(content), 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 and 3 are expected");
  }

  /** Any bytes at all are refused as such, or are read within their bounds. */
  @ParameterizedTest
  @EnumSource
  void damagedAnywhereNothingIsReadOutOfBounds(PreparedFormat format) {
    Random random = Seeds.print(PreparedContentTest.class);
    for (int round = 0; round < 10_000; round++) {
      int tokens = 1 + random.nextInt(4);
      byte[] bytes = write(format, new float[tokens * 2], 0, tokens);
      if (random.nextBoolean()) {
        bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 8));
      }
      for (int hits = 1 + random.nextInt(3); hits > 0 && bytes.length > 0; hits--) {
        // The head says how the rest is read.
        int end = random.nextBoolean() ? Math.min(16, bytes.length) : bytes.length;
        bytes[random.nextInt(end)] = (byte) random.nextInt();
      }
      byte[] damaged = bytes;
      assertThatCode(() -> readWhole(damaged))
          .as(() -> "damaged to " + Arrays.toString(damaged))
          .doesNotThrowAnyException();
    }
  }

  private static void readWhole(byte[] content) {
    PreparedContent read;
    try {
      read = PreparedContent.read(ByteBuffer.wrap(content).asReadOnlyBuffer(), 2, 1);
    } catch (IllegalArgumentException refused) {
      return;
    }
    read.putIds(LongBuffer.allocate(read.tokens()));
    read.putMean(FloatBuffer.allocate(1));
    read.putVectors(FloatBuffer.allocate(2 * read.tokens()), new PreparedContent.Scratch());
  }

  /** Scratch arrays that an earlier, longer passage left behind must not show through. */
  @Test
  void whatWasReadBeforeDoesNotShow() {
    var scratch = new PreparedContent.Scratch();
    for (PreparedFormat format : PreparedFormat.values()) {
      PreparedContent longer =
          PreparedContent.read(
              ByteBuffer.wrap(write(format, new float[] {9, 9, 9, 9, 9, 9}, 0, 3)), 2, 1);
      PreparedContent shorter =
          PreparedContent.read(ByteBuffer.wrap(write(format, new float[] {0, 1}, 0)), 2, 1);
      longer.putVectors(FloatBuffer.allocate(6), scratch);
      var vectors = FloatBuffer.allocate(3);
      shorter.putVectors(vectors, scratch);
      assertThat(vectors.position()).isEqualTo(2);
      assertThat(vectors.array()).containsExactly(0, 1, 0);
    }
  }

  /** A passage of one token. */
  private static byte[] write(PreparedFormat format, float[] vector, float mean) {
    return write(format, vector, mean, 1);
  }

  private static byte[] write(PreparedFormat format, float[] vectors, float mean, int tokens) {
    return PreparedContent.write(format, false, new long[tokens], vectors, new float[] {mean});
  }

  private static float[] vectors(byte[] content, int vectorSize, int meanSize) {
    PreparedContent read = PreparedContent.read(ByteBuffer.wrap(content), vectorSize, meanSize);
    var vectors = FloatBuffer.allocate(read.tokens() * vectorSize);
    read.putVectors(vectors, new PreparedContent.Scratch());
    return vectors.array();
  }

  private static float[] mean(byte[] content, int vectorSize, int meanSize) {
    var mean = FloatBuffer.allocate(meanSize);
    PreparedContent.read(ByteBuffer.wrap(content), vectorSize, meanSize).putMean(mean);
    return mean.array();
  }

  private static float[] floats(JsonArray array) {
    float[] values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).getAsFloat();
    }
    return values;
  }

  private static float[] concat(float[][] rows) {
    var all = FloatBuffer.allocate(rows.length * rows[0].length);
    for (float[] row : rows) {
      all.put(row);
    }
    return all.array();
  }

  private static void assertSameBits(float[] read, float[] written) {
    assertThat(read).hasSameSizeAs(written);
    for (int i = 0; i < read.length; i++) {
      assertBits(read[i], written[i]);
    }
  }

  private static void assertBits(float read, float expected) {
    assertThat(Float.floatToRawIntBits(read))
        .as("%s, and %s is expected", read, expected)
        .isEqualTo(Float.floatToRawIntBits(expected));
  }
}

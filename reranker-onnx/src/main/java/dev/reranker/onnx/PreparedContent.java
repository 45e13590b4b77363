package dev.reranker.onnx;

import static java.util.stream.Collectors.toMap;

import dev.reranker.error.InferenceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Map;

/**
 * The content of a prepared passage: what the scorer needs of it.
 *
 * <p>Little-endian: version, format and flags (1 byte each), one byte of zero, then the numbers of
 * tokens, of values in a token's vector and in the mean (4 bytes each); token ids (2 bytes each, or
 * 4 where one needs them); the mean in float16 (float32 in {@link PreparedFormat#FLOAT32}); in
 * {@link PreparedFormat#INT8} a float32 scale for each token; the vectors, token by token.
 */
final class PreparedContent {

  private static final byte VERSION = 1;
  private static final int HEADER = 16;
  private static final int TRUNCATED = 1;
  private static final int WIDE_IDS = 2;

  private static final Map<Byte, PreparedFormat> FORMATS =
      Arrays.stream(PreparedFormat.values()).collect(toMap(format -> format.code, f -> f));

  private final ByteBuffer in;
  private final PreparedFormat format;
  private final int flags;
  private final int tokens;
  private final int vectorSize;
  private final int meanSize;

  private PreparedContent(
      ByteBuffer in, PreparedFormat format, int flags, int tokens, int vectorSize, int meanSize) {
    this.in = in;
    this.format = format;
    this.flags = flags;
    this.tokens = tokens;
    this.vectorSize = vectorSize;
    this.meanSize = meanSize;
  }

  /**
   * Writes what the encoder gave for a passage.
   *
   * @param ids the passage's tokens, special ones included
   * @param vectors one vector for each, one behind another
   * @throws InferenceException if a number is not finite, or beyond what float16 holds
   */
  static byte[] write(
      PreparedFormat format, boolean truncated, long[] ids, float[] vectors, float[] mean) {
    boolean wide = false;
    for (long id : ids) {
      wide |= id < 0 || id > 0xffff;
    }
    int vectorSize = vectors.length / ids.length;
    var flags = (byte) ((truncated ? TRUNCATED : 0) | (wide ? WIDE_IDS : 0));
    var content =
        new PreparedContent(
            ByteBuffer.allocate(0), format, flags, ids.length, vectorSize, mean.length);
    ByteBuffer out =
        ByteBuffer.allocate(Math.toIntExact(content.size())).order(ByteOrder.LITTLE_ENDIAN);
    out.put(VERSION).put(format.code).put(flags).put((byte) 0);
    out.putInt(ids.length).putInt(vectorSize).putInt(mean.length);
    for (long id : ids) {
      if (wide) {
        out.putInt(Math.toIntExact(id));
      } else {
        out.putShort((short) id);
      }
    }
    switch (format) {
      case INT8 -> {
        putHalves(out, mean);
        putBytes(out, vectors, vectorSize);
      }
      case FLOAT16 -> {
        putHalves(out, mean);
        putHalves(out, vectors);
      }
      case FLOAT32 -> {
        putFloats(out, mean);
        putFloats(out, vectors);
      }
    }
    return out.array();
  }

  private static void putFloats(ByteBuffer out, float[] values) {
    for (float value : values) {
      out.putFloat(finite(value));
    }
  }

  private static void putHalves(ByteBuffer out, float[] values) {
    for (float value : values) {
      short half = Float.floatToFloat16(finite(value));
      if (!Float.isFinite(Float.float16ToFloat(half))) {
        throw new InferenceException(
            "%s is beyond what float16 holds, ±65504: prepare in PreparedFormat.FLOAT32"
                .formatted(value));
      }
      out.putShort(half);
    }
  }

  /** Each vector's largest magnitude is at 127, so that none wastes the range of its bytes. */
  private static void putBytes(ByteBuffer out, float[] values, int size) {
    int scales = out.position();
    out.position(scales + values.length / size * Float.BYTES);
    for (int from = 0; from < values.length; from += size) {
      float largest = 0;
      for (int i = from; i < from + size; i++) {
        largest = Math.max(largest, Math.abs(finite(values[i])));
      }
      float scale = largest / Byte.MAX_VALUE;
      if (scale * Byte.MAX_VALUE > Float.MAX_VALUE) { // rounded up beyond the range
        scale = Math.nextDown(scale);
      }
      out.putFloat(scales + from / size * Float.BYTES, scale);
      for (int i = from; i < from + size; i++) {
        // By the largest itself, as a scale may have rounded to 0, or down.
        out.put(
            (byte) (largest == 0 ? 0 : Math.round(values[i] / (double) largest * Byte.MAX_VALUE)));
      }
    }
  }

  private static float finite(float value) {
    if (!Float.isFinite(value)) {
      throw new InferenceException(
          "the encoder gave " + value + " for a passage: the model is damaged or overflows");
    }
    return value;
  }

  /**
   * Looks into a content.
   *
   * @param vectorSize values of the model's token vectors
   * @param meanSize values of its means
   * @throws IllegalArgumentException if it is damaged, of another version or of other sizes; the
   *     message says which
   */
  static PreparedContent read(ByteBuffer content, int vectorSize, int meanSize) {
    ByteBuffer in = content.order(ByteOrder.LITTLE_ENDIAN);
    int there = in.limit();
    if (there < HEADER) {
      throw new IllegalArgumentException(
          "its content has %d bytes, and the head alone has %d".formatted(there, HEADER));
    }
    if (in.get(0) != VERSION) {
      throw new IllegalArgumentException(
          "its content is of version %d; this release reads %d".formatted(in.get(0), VERSION));
    }
    PreparedFormat format = FORMATS.get(in.get(1));
    int flags = in.get(2);
    if (format == null || (flags & ~(TRUNCATED | WIDE_IDS)) != 0 || in.get(3) != 0) {
      throw new IllegalArgumentException(
          "its format %d, %d, %d is not known here".formatted(in.get(1), flags, in.get(3)));
    }
    int tokens = in.getInt(4);
    if (tokens < 1 || in.getInt(8) != vectorSize || in.getInt(12) != meanSize) {
      throw new IllegalArgumentException(
          "it has %d tokens of %d values and a mean of %d; at least 1 token, %d and %d are expected"
              .formatted(tokens, in.getInt(8), in.getInt(12), vectorSize, meanSize));
    }
    var read = new PreparedContent(in, format, flags, tokens, vectorSize, meanSize);
    if (read.size() != there) {
      throw new IllegalArgumentException(
          "its content has %,d bytes where %d tokens take %,d: it was cut short or damaged"
              .formatted(there, tokens, read.size()));
    }
    return read;
  }

  private long size() {
    return vectorsAt() + (long) tokens * vectorSize * format.width;
  }

  private int idWidth() {
    return (flags & WIDE_IDS) == 0 ? Short.BYTES : Integer.BYTES;
  }

  private long meanAt() {
    return HEADER + (long) tokens * idWidth();
  }

  private long scalesAt() {
    return meanAt()
        + (long) meanSize * (format == PreparedFormat.FLOAT32 ? Float.BYTES : Short.BYTES);
  }

  private long vectorsAt() {
    return scalesAt() + (format == PreparedFormat.INT8 ? (long) tokens * Float.BYTES : 0);
  }

  /** How many tokens, special ones included. */
  int tokens() {
    return tokens;
  }

  /** Whether the passage was cut when it was prepared. */
  boolean truncated() {
    return (flags & TRUNCATED) != 0;
  }

  /** Bytes, for a scratch buffer that takes the vectors. */
  private int vectorBytes() {
    return tokens * vectorSize * format.width;
  }

  /** Writes the token ids. */
  void putIds(LongBuffer ids) {
    int at = HEADER;
    for (int i = 0; i < tokens; i++) {
      ids.put(
          idWidth() == Short.BYTES
              ? Short.toUnsignedLong(in.getShort(at + i * Short.BYTES))
              : in.getInt(at + i * Integer.BYTES));
    }
  }

  /** Writes the mean. */
  void putMean(FloatBuffer mean) {
    int at = (int) meanAt();
    for (int i = 0; i < meanSize; i++) {
      mean.put(
          format == PreparedFormat.FLOAT32
              ? in.getFloat(at + i * Float.BYTES)
              : Float.float16ToFloat(in.getShort(at + i * Short.BYTES)));
    }
  }

  /** Writes the vectors, token by token. */
  void putVectors(FloatBuffer vectors, Scratch scratch) {
    int count = tokens * vectorSize;
    float[] floats = scratch.floats(count);
    ByteBuffer from = in.slice((int) vectorsAt(), vectorBytes()).order(ByteOrder.LITTLE_ENDIAN);
    switch (format) {
      case INT8 -> {
        byte[] bytes = scratch.bytes(count);
        from.get(bytes, 0, count);
        int scales = (int) scalesAt();
        for (int t = 0; t < tokens; t++) {
          scale(bytes, floats, t * vectorSize, vectorSize, in.getFloat(scales + t * Float.BYTES));
        }
      }
      case FLOAT16 -> {
        short[] shorts = scratch.shorts(count);
        from.asShortBuffer().get(shorts, 0, count);
        for (int i = 0; i < count; i++) {
          floats[i] = Float.float16ToFloat(shorts[i]);
        }
      }
      case FLOAT32 -> from.asFloatBuffer().get(floats, 0, count);
    }
    vectors.put(floats, 0, count);
  }

  private static void scale(byte[] from, float[] to, int start, int count, float scale) {
    for (int i = start; i < start + count; i++) {
      to[i] = from[i] * scale;
    }
  }

  /** Arrays that are used again and again; not thread-safe. */
  static final class Scratch {

    private byte[] bytes = {};
    private short[] shorts = {};
    private float[] floats = {};

    private byte[] bytes(int count) {
      bytes = bytes.length < count ? new byte[count] : bytes;
      return bytes;
    }

    private short[] shorts(int count) {
      shorts = shorts.length < count ? new short[count] : shorts;
      return shorts;
    }

    private float[] floats(int count) {
      floats = floats.length < count ? new float[count] : floats;
      return floats;
    }
  }
}

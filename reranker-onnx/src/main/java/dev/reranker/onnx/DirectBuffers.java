package dev.reranker.onnx;

import dev.reranker.error.InferenceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/**
 * Memory that ONNX Runtime reads and writes without a copy: outside the heap, in the machine's byte
 * order.
 */
final class DirectBuffers {

  private DirectBuffers() {}

  /** A number of values that a buffer can hold. */
  static int size(long values, int width) {
    if (values > Integer.MAX_VALUE / width) {
      throw new InferenceException(
          "%,d values of %d bytes do not fit into one buffer, which has 2 GiB at most: set a smaller batchTokens"
              .formatted(values, width));
    }
    return (int) values;
  }

  static LongBuffer longs(int size) {
    return bytes(size, Long.BYTES).asLongBuffer();
  }

  static FloatBuffer floats(int size) {
    return bytes(size, Float.BYTES).asFloatBuffer();
  }

  static ShortBuffer shorts(int size) {
    return bytes(size, Short.BYTES).asShortBuffer();
  }

  private static ByteBuffer bytes(int size, int width) {
    return ByteBuffer.allocateDirect(size * width).order(ByteOrder.nativeOrder());
  }
}

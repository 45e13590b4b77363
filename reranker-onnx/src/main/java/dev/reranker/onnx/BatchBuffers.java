package dev.reranker.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;

/**
 * The memory of one batch under way: direct, in the machine's byte order, so that ONNX Runtime
 * reads and writes it without a copy. Grows to the largest batch it has held. Not thread-safe.
 */
final class BatchBuffers {

  LongBuffer ids = longs(0);
  LongBuffer mask = longs(0);
  LongBuffer types = longs(0);
  private FloatBuffer output = floats(0);

  /** Makes the inputs ready to be filled with so many tokens. */
  void clear(int tokens) {
    if (ids.capacity() < tokens) {
      ids = longs(tokens);
      mask = longs(tokens);
      types = longs(tokens);
    }
    ids.clear();
    mask.clear();
    types.clear();
  }

  /** Ends the filling. */
  void flip() {
    ids.flip();
    mask.flip();
    types.flip();
  }

  /** The output, exactly so many floats long. */
  FloatBuffer output(long size) {
    if (output.capacity() < size) {
      output = floats(Math.toIntExact(size));
    }
    return output.clear().limit(Math.toIntExact(size));
  }

  private static LongBuffer longs(int size) {
    return bytes(size * Long.BYTES).asLongBuffer();
  }

  private static FloatBuffer floats(int size) {
    return bytes(size * Float.BYTES).asFloatBuffer();
  }

  private static ByteBuffer bytes(int size) {
    return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
  }
}

package dev.reranker.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The memory of one output of a batch under way; a part of {@link BatchBuffers}. */
final class OutputBuffer implements AutoCloseable {

  private FloatBuffer values = DirectBuffers.floats(0);

  /** What a graph with an output of 16 bits writes; {@link #values} are made of it. */
  private ShortBuffer halves = DirectBuffers.shorts(0);

  private OnnxJavaType type = OnnxJavaType.FLOAT;
  private long[] shape = {};
  private int size;

  /** What a run writes to. */
  private @Nullable OnnxTensor target;

  /** {@link #values} as a tensor, where the target is of 16 bits and somebody asked. */
  private @Nullable OnnxTensor floats;

  /** A tensor to write to; made anew only where the last one was closed. */
  OnnxTensor target(OrtEnvironment environment, OnnxJavaType wanted, long[] rows)
      throws OrtException {
    if (target == null) {
      size = DirectBuffers.size(Arrays.stream(rows).reduce(1, OutputBuffer::times), Float.BYTES);
      if (values.capacity() < size) {
        values = DirectBuffers.floats(0); // the old one is not needed beside the new
        values = DirectBuffers.floats(size);
      }
      type = wanted;
      shape = rows;
      if (type != OnnxJavaType.FLOAT && halves.capacity() < size) {
        halves = DirectBuffers.shorts(size);
      }
      target =
          type == OnnxJavaType.FLOAT
              ? OnnxTensor.createTensor(environment, values.clear().limit(size), rows)
              : OnnxTensor.createTensor(environment, halves.clear().limit(size), rows, type);
    }
    return target;
  }

  private static long times(long a, long b) {
    return Math.multiplyHigh(a, b) == 0 && a * b >= 0 ? a * b : Long.MAX_VALUE;
  }

  /** What was written, from position 0. */
  FloatBuffer values() {
    if (type != OnnxJavaType.FLOAT) {
      for (int i = 0; i < size; i++) {
        short half = halves.get(i);
        values.put(
            i,
            type == OnnxJavaType.FLOAT16
                ? Float.float16ToFloat(half)
                : Float.intBitsToFloat(half << 16));
      }
    }
    return values;
  }

  /** What was written, as a tensor of float32. */
  OnnxTensor tensor(OrtEnvironment environment) throws OrtException {
    if (target != null && type == OnnxJavaType.FLOAT) {
      return target;
    }
    values();
    if (floats == null) {
      floats = OnnxTensor.createTensor(environment, values.clear().limit(size), shape);
    }
    return floats;
  }

  /** The same over some of the rows; the caller closes it. */
  OnnxTensor tensor(OrtEnvironment environment, int first, int count) throws OrtException {
    long[] rows = shape.clone();
    int width = (int) (size / shape[0]);
    rows[0] = count;
    return OnnxTensor.createTensor(environment, values().slice(first * width, count * width), rows);
  }

  /** Releases the tensors; the memory is kept for the next. */
  @Override
  public void close() {
    if (target != null) {
      target.close();
      target = null;
    }
    if (floats != null) {
      floats.close();
      floats = null;
    }
  }
}

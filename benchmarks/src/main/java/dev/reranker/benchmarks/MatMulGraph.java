package dev.reranker.benchmarks;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/**
 * Writes an ONNX model of one node, {@code C = A · B}, where B is constant as a layer's weights
 * are. Field numbers are those of <a
 * href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">onnx.proto</a>.
 */
final class MatMulGraph {

  private static final int FLOAT = 1;

  private MatMulGraph() {}

  /** Writes a message's fields. */
  @FunctionalInterface
  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  /** The model's bytes; A is [rows, inner], B [inner, columns]. */
  static byte[] bytes(int rows, int inner, int columns) throws IOException {
    byte[] node =
        message(
            out -> {
              out.writeString(1, "A");
              out.writeString(1, "B");
              out.writeString(2, "C");
              out.writeString(4, "MatMul");
            });
    byte[] graph =
        message(
            out -> {
              out.writeByteArray(1, node);
              out.writeString(2, "matmul");
              out.writeByteArray(5, weights(inner, columns));
              out.writeByteArray(11, value("A", rows, inner));
              out.writeByteArray(12, value("C", rows, columns));
            });
    byte[] opset = message(out -> out.writeInt64(2, 17));
    return message(
        out -> {
          out.writeInt64(1, 8); // the IR's version
          out.writeByteArray(7, graph);
          out.writeByteArray(8, opset);
        });
  }

  private static byte[] weights(int inner, int columns) throws IOException {
    var random = new Random(42);
    ByteBuffer data =
        ByteBuffer.allocate(inner * columns * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (data.hasRemaining()) {
      data.putFloat(random.nextFloat() - 0.5f);
    }
    return message(
        out -> {
          out.writeInt64(1, inner);
          out.writeInt64(1, columns);
          out.writeInt32(2, FLOAT);
          out.writeString(8, "B");
          out.writeByteArray(9, data.array());
        });
  }

  private static byte[] value(String name, int... dimensions) throws IOException {
    byte[] shape =
        message(
            out -> {
              for (int dimension : dimensions) {
                out.writeByteArray(1, message(d -> d.writeInt64(1, dimension)));
              }
            });
    byte[] tensor =
        message(
            out -> {
              out.writeInt32(1, FLOAT);
              out.writeByteArray(2, shape);
            });
    byte[] type = message(out -> out.writeByteArray(1, tensor));
    return message(
        out -> {
          out.writeString(1, name);
          out.writeByteArray(2, type);
        });
  }

  private static byte[] message(Fields fields) throws IOException {
    var bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    fields.write(out);
    out.flush();
    return bytes.toByteArray();
  }
}

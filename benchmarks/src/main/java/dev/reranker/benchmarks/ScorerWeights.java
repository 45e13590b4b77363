package dev.reranker.benchmarks;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The constants in a scorer's graph by name, as floats. Field numbers are those of <a
 * href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">onnx.proto</a>.
 */
final class ScorerWeights {

  private static final int FLOAT = 1;
  private static final int INT8 = 3;
  private static final int INT64 = 7;

  private final Map<String, float[]> tensors = new HashMap<>();

  ScorerWeights(Path directory) throws IOException {
    byte[] model = Files.readAllBytes(directory.resolve("scorer.onnx"));
    read(
        model,
        (field, graph) -> {
          if (field == 7) {
            read(graph, this::initialiser);
          }
        });
  }

  float[] get(String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }

  float number(String name) {
    return get(name)[0];
  }

  /** A field that holds bytes. */
  @FunctionalInterface
  private interface Field {
    void read(int number, byte[] bytes) throws IOException;
  }

  private static void read(byte[] message, Field field) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(message);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        field.read(WireFormat.getTagFieldNumber(tag), in.readByteArray());
      } else {
        in.skipField(tag);
      }
    }
  }

  private void initialiser(int field, byte[] tensor) throws IOException {
    if (field != 5) {
      return;
    }
    CodedInputStream in = CodedInputStream.newInstance(tensor);
    String name = "";
    int type = 0;
    byte[] raw = {};
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 2 -> type = in.readInt32();
        case 8 -> name = in.readString();
        case 9 -> raw = in.readByteArray();
        default -> in.skipField(tag);
      }
    }
    tensors.put(name, floats(type, raw));
  }

  private static float[] floats(int type, byte[] raw) throws IOException {
    ByteBuffer data = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
    int bytes =
        switch (type) {
          case FLOAT -> Float.BYTES;
          case INT8 -> 1;
          case INT64 -> Long.BYTES;
          default -> throw new IOException("a constant of type " + type);
        };
    var values = new float[raw.length / bytes];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case FLOAT -> data.getFloat();
            case INT8 -> data.get();
            default -> data.getLong();
          };
    }
    return values;
  }
}

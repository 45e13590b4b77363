package dev.reranker.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes ONNX files: the few fields of <a
 * href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">onnx.proto</a> that small test
 * models need.
 */
final class OnnxGraph {

  /** Element types. */
  static final int FLOAT = 1;

  static final int INT64 = 7;
  static final int FLOAT16 = 10;
  static final int DOUBLE = 11;
  static final int BFLOAT16 = 16;

  private final Message graph = new Message().text(2, "test");
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private String dataFile = "";
  private long irVersion = 8;
  private long opset = 17;

  /** Says which version of the format and of the operators the graph is written in. */
  OnnxGraph versions(long irVersion, long opset) {
    this.irVersion = irVersion;
    this.opset = opset;
    return this;
  }

  /** Puts floats that are added from now on into a file beside the graph, {@link #data()}. */
  OnnxGraph dataFile(String name) {
    dataFile = name;
    return this;
  }

  /** What belongs into the file beside the graph. */
  byte[] data() {
    return data.toByteArray();
  }

  /**
   * Declares an input.
   *
   * @param dimensions each a number, or the name of a free dimension
   */
  OnnxGraph input(String name, int type, Object... dimensions) {
    graph.message(11, value(name, type, dimensions));
    return this;
  }

  /** Declares an output. */
  OnnxGraph output(String name, int type, Object... dimensions) {
    graph.message(12, value(name, type, dimensions));
    return this;
  }

  /** Adds constant floats. */
  OnnxGraph floats(String name, float[] values, long... shape) {
    byte[] raw = new byte[values.length * Float.BYTES];
    ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    return constant(name, FLOAT, raw, shape);
  }

  /** Adds constant integers: a vector. */
  OnnxGraph longs(String name, long... values) {
    byte[] raw = new byte[values.length * Long.BYTES];
    ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(values);
    return constant(name, INT64, raw, values.length);
  }

  /** Adds an operation. */
  OnnxGraph node(String operator, List<String> inputs, String output) {
    graph.message(1, operation(operator, inputs, output));
    return this;
  }

  /** Adds an operation with an integer attribute. */
  OnnxGraph node(
      String operator, List<String> inputs, String output, String attribute, long value) {
    Message message = new Message().text(1, attribute).number(3, value).number(20, 2);
    graph.message(1, operation(operator, inputs, output).message(5, message));
    return this;
  }

  byte[] bytes() {
    return new Message()
        .number(1, irVersion)
        .message(7, graph)
        .message(8, new Message().number(2, opset))
        .bytes();
  }

  private static Message operation(String operator, List<String> inputs, String output) {
    var node = new Message();
    inputs.forEach(input -> node.text(1, input));
    return node.text(2, output).text(3, output).text(4, operator);
  }

  private static Message value(String name, int type, Object... dimensions) {
    var shape = new Message();
    for (Object dimension : dimensions) {
      shape.message(
          1,
          dimension instanceof Number number
              ? new Message().number(1, number.longValue())
              : new Message().text(2, dimension.toString()));
    }
    Message tensor = new Message().number(1, type).message(2, shape);
    return new Message().text(1, name).message(2, new Message().message(1, tensor));
  }

  private OnnxGraph constant(String name, int type, byte[] raw, long... shape) {
    var tensor = new Message();
    for (long dimension : shape) {
      tensor.number(1, dimension);
    }
    tensor.number(2, type).text(8, name);
    if (dataFile.isEmpty() || type != FLOAT) {
      graph.message(5, tensor.bytes(9, raw));
      return this;
    }
    tensor.message(13, entry("location", dataFile));
    tensor.message(13, entry("offset", Integer.toString(data.size())));
    tensor.message(13, entry("length", Integer.toString(raw.length)));
    graph.message(5, tensor.number(14, 1));
    data.writeBytes(raw);
    return this;
  }

  private static Message entry(String key, String value) {
    return new Message().text(1, key).text(2, value);
  }

  /** A message of protocol buffers on its way to bytes. */
  private static final class Message {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Message number(int field, long value) {
      varint((long) field << 3);
      varint(value);
      return this;
    }

    Message text(int field, String value) {
      return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Message message(int field, Message value) {
      return bytes(field, value.bytes());
    }

    Message bytes(int field, byte[] value) {
      varint(((long) field << 3) | 2);
      varint(value.length);
      out.writeBytes(value);
      return this;
    }

    byte[] bytes() {
      return out.toByteArray();
    }

    private void varint(long value) {
      while ((value & ~0x7fL) != 0) {
        out.write((int) ((value & 0x7f) | 0x80));
        value >>>= 7;
      }
      out.write((int) value);
    }
  }
}

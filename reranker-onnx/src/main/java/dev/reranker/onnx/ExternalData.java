package dev.reranker.onnx;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the files that an ONNX graph keeps its weights in, and whether it has nodes that quantize
 * their inputs when it runs, by walking through the few messages of <a
 * href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">onnx.proto</a> that tensors can be
 * in; all else is skipped, weights too, so that it costs a fraction of reading the file.
 */
final class ExternalData {

  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int LENGTH = 2;
  private static final int FIXED_32 = 5;

  /** Deeper nesting is no model but an attack on the stack. */
  private static final int MAX_DEPTH = 64;

  /** A text in a message that names a file or a size is no longer than this. */
  private static final int MAX_TEXT = 1 << 16;

  /** The number of a node's kind among its fields. */
  private static final int OP_TYPE = 4;

  private enum Message {
    MODEL,
    GRAPH,
    NODE,
    ATTRIBUTE,
    TENSOR,
    SPARSE,
    FUNCTION,
    ENTRY;

    /** What a field holds that may have tensors inside. */
    @Nullable Message field(long number) {
      return switch (this) {
        case MODEL -> number == 7 ? GRAPH : number == 25 ? FUNCTION : null;
        case GRAPH -> number == 1 ? NODE : number == 5 ? TENSOR : number == 15 ? SPARSE : null;
        case NODE -> number == 5 ? ATTRIBUTE : null;
        case ATTRIBUTE ->
            number == 5 || number == 10
                ? TENSOR
                : number == 6 || number == 11
                    ? GRAPH
                    : number == 22 || number == 23 ? SPARSE : null;
        case SPARSE -> number == 1 || number == 2 ? TENSOR : null;
        case FUNCTION -> number == 7 ? NODE : number == 11 ? ATTRIBUTE : null;
        case TENSOR -> number == 13 ? ENTRY : null;
        case ENTRY -> null;
      };
    }
  }

  private final InputStream in;
  private final Map<String, Long> sizes = new TreeMap<>();
  private boolean quantizesInputs;

  private ExternalData(InputStream in) {
    this.in = in;
  }

  /**
   * What was found.
   *
   * @param sizes the locations and how many bytes each must have at least, in the order of their
   *     names
   * @param quantizesInputs whether a node takes the scale of a whole batch, so that what a row
   *     gives depends on its neighbours
   */
  record Found(Map<String, Long> sizes, boolean quantizesInputs) {}

  /**
   * Walks through a graph.
   *
   * @throws IOException if the stream fails or is no ONNX file
   */
  static Found of(InputStream in) throws IOException {
    var walk = new ExternalData(in);
    walk.message(Message.MODEL, Long.MAX_VALUE, 0);
    return new Found(walk.sizes, walk.quantizesInputs);
  }

  /** Walks through a message; returns when its bytes are used up. */
  private void message(Message message, long length, int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw new IOException("nested too deeply");
    }
    var entries = new TreeMap<String, String>();
    long left = length;
    while (left > 0) {
      int first = in.read();
      if (first < 0) {
        if (depth == 0) {
          return;
        }
        throw new EOFException();
      }
      long[] tag = varint(first);
      left -= tag[1];
      long number = tag[0] >>> 3;
      left -= field(message, number, (int) (tag[0] & 7), left, depth, entries);
    }
    if (left < 0) {
      throw new IOException("a field is longer than its message");
    }
    if (message == Message.TENSOR && entries.containsKey("location")) {
      note(entries);
    }
  }

  /** Reads one field; returns how many bytes it took. */
  private long field(
      Message message, long number, int type, long left, int depth, Map<String, String> entries)
      throws IOException {
    return switch (type) {
      case VARINT -> varint(in.read())[1];
      case FIXED_64 -> skip(8);
      case FIXED_32 -> skip(4);
      case LENGTH -> {
        long[] size = varint(in.read());
        if (size[0] < 0 || size[0] > left) {
          throw new IOException("a field is longer than its message");
        }
        Message inside = message.field(number);
        if (message == Message.NODE && number == OP_TYPE) {
          kind(size[0]);
        } else if (inside == Message.ENTRY) {
          entry(size[0], entries);
        } else if (inside != null) {
          message(inside, size[0], depth + 1);
        } else {
          skip(size[0]);
        }
        yield size[0] + size[1];
      }
      default -> throw new IOException("wire type " + type);
    };
  }

  private long skip(long bytes) throws IOException {
    in.skipNBytes(bytes);
    return bytes;
  }

  /** ONNX's own DynamicQuantizeLinear, and what ONNX Runtime fuses with it. */
  private void kind(long length) throws IOException {
    if (length > MAX_TEXT) {
      throw new IOException("no name of an operator");
    }
    String kind = new String(in.readNBytes((int) length), StandardCharsets.UTF_8);
    quantizesInputs |= kind.startsWith("DynamicQuantize");
  }

  /** A pair of texts: field 1 is the key, field 2 the value. */
  private void entry(long length, Map<String, String> entries) throws IOException {
    String key = "";
    String value = "";
    long left = length;
    while (left > 0) {
      long[] tag = varint(in.read());
      long[] size = varint(in.read());
      left -= tag[1] + size[1] + size[0];
      if ((tag[0] & 7) != LENGTH || size[0] < 0 || size[0] > MAX_TEXT || left < 0) {
        throw new IOException("no pair of texts");
      }
      String text = new String(in.readNBytes((int) size[0]), StandardCharsets.UTF_8);
      if (tag[0] >>> 3 == 1) {
        key = text;
      } else {
        value = text;
      }
    }
    entries.put(key, value);
  }

  private void note(Map<String, String> entries) throws IOException {
    try {
      long offset = Long.parseLong(entries.getOrDefault("offset", "0"));
      long length = Long.parseLong(entries.getOrDefault("length", "0"));
      sizes.merge(entries.getOrDefault("location", ""), offset + length, Math::max);
    } catch (NumberFormatException e) {
      throw new IOException("no number", e);
    }
  }

  /** A number and how many bytes it took, the first of them already read. */
  private long[] varint(int first) throws IOException {
    long value = 0;
    int next = first;
    for (int bytes = 1; bytes <= 10; bytes++) {
      if (next < 0) {
        throw new EOFException();
      }
      value |= (next & 0x7fL) << (7 * (bytes - 1));
      if ((next & 0x80) == 0) {
        return new long[] {value, bytes};
      }
      next = in.read();
    }
    throw new IOException("a number of more than 10 bytes");
  }
}

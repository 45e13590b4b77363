package dev.reranker.onnx;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.reranker.error.ModelLoadException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads single tensors of a <a href="https://github.com/huggingface/safetensors">safetensors</a>
 * file: 8 bytes with the length of the head, a JSON object of names, types, shapes and places, and
 * the values.
 */
final class Safetensors {

  /** As the format's own reader allows. */
  private static final long MOST_HEAD = 100_000_000;

  /** A projection has some 100,000 values. */
  private static final long MOST_VALUES = 1 << 26;

  private final ModelFile file;
  private final JsonObject head;
  private final long valuesAt;

  private Safetensors(ModelFile file, JsonObject head, long valuesAt) {
    this.file = file;
    this.head = head;
    this.valuesAt = valuesAt;
  }

  static Safetensors open(ModelFile file) {
    try (InputStream in = file.open()) {
      long length = ByteBuffer.wrap(in.readNBytes(8)).order(ByteOrder.LITTLE_ENDIAN).getLong();
      if (length < 2 || length > MOST_HEAD) {
        throw damaged(file, "its head has " + length + " bytes", null);
      }
      byte[] json = in.readNBytes((int) length);
      if (JsonParser.parseString(new String(json, StandardCharsets.UTF_8))
          instanceof JsonObject head) {
        return new Safetensors(file, head, 8 + length);
      }
      throw damaged(file, "its head is no JSON object", null);
    } catch (IOException e) {
      throw file.unreadable(e);
    } catch (java.nio.BufferUnderflowException | JsonParseException e) {
      throw damaged(file, "it has no head", e);
    }
  }

  /** Whether there is a tensor of this name. */
  boolean has(String name) {
    return head.get(name) instanceof JsonObject;
  }

  /**
   * The values of a tensor, as float32.
   *
   * @param shape that it must have
   */
  float[] read(String name, int... shape) {
    if (!(head.get(name) instanceof JsonObject tensor)) {
      throw damaged(file, "'" + name + "' is missing", null);
    }
    long count = 1;
    for (int dimension : shape) {
      count *= dimension;
    }
    String type = tensor.get("dtype") instanceof JsonPrimitive text ? text.getAsString() : "none";
    int width = type.equals("F32") ? 4 : type.equals("F16") || type.equals("BF16") ? 2 : 0;
    long[] found = longs(tensor, "shape");
    long[] place = longs(tensor, "data_offsets");
    boolean fits =
        width > 0
            && count <= MOST_VALUES
            && Arrays.equals(found, Arrays.stream(shape).asLongStream().toArray())
            && place.length == 2
            && place[0] >= 0
            && place[1] - place[0] == count * width;
    if (!fits) {
      throw damaged(
          file,
          "'%s' is %s %s; F32, F16 or BF16 %s is expected"
              .formatted(name, type, Arrays.toString(found), Arrays.toString(shape)),
          null);
    }
    ByteBuffer bytes = bytes(place[0], (int) (count * width));
    float[] values = new float[(int) count];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case "F32" -> bytes.getFloat();
            case "F16" -> Float.float16ToFloat(bytes.getShort());
            default -> Float.intBitsToFloat(bytes.getShort() << 16);
          };
    }
    return values;
  }

  private ByteBuffer bytes(long from, int count) {
    try (InputStream in = file.open()) {
      in.skipNBytes(Math.addExact(valuesAt, from));
      byte[] bytes = in.readNBytes(count);
      if (bytes.length < count) {
        throw damaged(file, "it ends before its values", null);
      }
      return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    } catch (java.io.EOFException | ArithmeticException e) {
      throw damaged(file, "it ends before its values", e);
    } catch (IOException e) {
      throw file.unreadable(e);
    }
  }

  private static long[] longs(JsonObject tensor, String key) {
    if (!(tensor.get(key) instanceof JsonArray list)) {
      return new long[0];
    }
    long[] values = new long[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          list.get(i) instanceof JsonPrimitive number && number.isNumber()
              ? number.getAsLong()
              : -1;
    }
    return values;
  }

  private static ModelLoadException damaged(
      ModelFile file, String why, @org.jspecify.annotations.Nullable Exception cause) {
    return new ModelLoadException(
        file.name() + " cannot be used: " + why + "; get the file again", cause);
  }
}

package dev.reranker.onnx;

import dev.reranker.error.ModelLoadException;
import dev.reranker.onnx.Modules.Module;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The dense layers behind a ColBERT's transformer, where its graph ends before them.
 *
 * @param layers in order; none where the graph has them inside
 */
record Projection(List<Layer> layers) {

  static final Projection NONE = new Projection(List.of());

  /**
   * One layer.
   *
   * @param weights by input: those of its values, one behind another
   * @param residual the same, of what is added; null for none
   */
  record Layer(
      int in,
      int out,
      float[] weights,
      float @Nullable [] bias,
      DoubleUnaryOperator activation,
      float @Nullable [] residual,
      boolean addsInput) {

    private float[] apply(float[] vector) {
      float[] result = new float[out];
      if (bias != null) {
        System.arraycopy(bias, 0, result, 0, out);
      }
      add(vector, weights, result);
      for (int i = 0; i < out; i++) {
        result[i] = (float) activation.applyAsDouble(result[i]);
      }
      if (residual != null) {
        add(vector, residual, result);
      } else if (addsInput) {
        for (int i = 0; i < out; i++) {
          result[i] += vector[i];
        }
      }
      return result;
    }

    /** By inputs, so that the loop within runs in vectors. */
    private static void add(float[] vector, float[] weights, float[] to) {
      for (int i = 0; i < vector.length; i++) {
        float value = vector[i];
        int row = i * to.length;
        for (int o = 0; o < to.length; o++) {
          to[o] += value * weights[row + o];
        }
      }
    }
  }

  float[] apply(float[] vector) {
    float[] result = vector;
    for (Layer layer : layers) {
      result = layer.apply(result);
    }
    return result;
  }

  /** The number of values behind it. */
  int size(int width) {
    return layers.isEmpty() ? width : layers.getLast().out();
  }

  /**
   * What is to be applied to a graph's token vectors.
   *
   * @param output the token vectors
   */
  static Projection of(ModelConfig model, GraphOutput output) {
    int width = output.width();
    List<Module> modules = ColbertConfig.dense(model);
    if (modules.isEmpty()) {
      return stanford(model, output);
    }
    var layers = new ArrayList<Sizes>();
    for (Module module : modules) {
      layers.add(Sizes.of(model, module));
    }
    int first = layers.getFirst().in();
    int last = layers.getLast().out();
    if (width == last && width != first) {
      return NONE;
    }
    if (width != first) {
      throw new ModelLoadException(
          "the graph of %s gives %d values a token in '%s', where its dense layers take %d and give %d: export the graph of this model"
              .formatted(model.source(), width, output.name(), first, last));
    }
    return new Projection(layers.stream().map(sizes -> sizes.load(model)).toList());
  }

  /** Stanford's models have one layer without bias, among the transformer's weights. */
  private static Projection stanford(ModelConfig model, GraphOutput output) {
    JsonFile metadata = JsonFile.read(model.source(), ColbertConfig.METADATA);
    int size = metadata.number("dim", 1).orElse(output.width());
    if (size == output.width()) {
      return NONE;
    }
    ModelFile file = weights(model, "", "the graph's '" + output.name() + "'");
    float[] values = Safetensors.open(file).read("linear.weight", size, output.width());
    return new Projection(
        List.of(
            new Layer(
                output.width(),
                size,
                transposed(values, size, output.width()),
                null,
                x -> x,
                null,
                false)));
  }

  /** What a layer's config.json says. */
  private record Sizes(
      Module module, JsonFile file, int in, int out, boolean bias, boolean residual) {

    static Sizes of(ModelConfig model, Module module) {
      JsonFile file = JsonFile.read(model.source(), module.path() + "/config.json");
      return new Sizes(
          module,
          file,
          required(file, "in_features"),
          required(file, "out_features"),
          file.flag("bias").orElse(true),
          file.flag("use_residual").orElse(false));
    }

    private static int required(JsonFile file, String key) {
      return file.number(key, 1)
          .orElseThrow(() -> file.refuse(key, "a whole number from 1 is expected"));
    }

    Layer load(ModelConfig model) {
      var tensors =
          Safetensors.open(
              weights(model, module.path() + "/", module.path() + ", which modules.json lists"));
      return new Layer(
          in,
          out,
          transposed(tensors.read("linear.weight", out, in), out, in),
          bias ? tensors.read("linear.bias", out) : null,
          activation(),
          residual && in != out
              ? transposed(tensors.read("residual.weight", out, in), out, in)
              : null,
          residual && in == out);
    }

    private DoubleUnaryOperator activation() {
      String name = file.text("activation_function").orElse("torch.nn.modules.linear.Identity");
      return switch (name) {
        case "torch.nn.modules.linear.Identity" -> x -> x;
        case "torch.nn.modules.activation.Tanh" -> Math::tanh;
        case "torch.nn.modules.activation.ReLU" -> x -> Math.max(0, x);
        case "torch.nn.modules.activation.SiLU" -> x -> x / (1 + Math.exp(-x));
        default ->
            throw file.refuse(
                "activation_function",
                "torch's Identity, Tanh, ReLU and SiLU are known: export the graph with this"
                    + " layer");
      };
    }
  }

  private static ModelFile weights(ModelConfig model, String folder, String what) {
    Optional<ModelFile> file = model.source().find(List.of(folder + "model.safetensors"));
    return file.orElseThrow(
            () ->
                new ModelLoadException(
                    "the dense layer behind %s is not in the graph, and %smodel.safetensors is missing in %s: get that file, or export the graph with the layer"
                        .formatted(what, folder, model.source())))
        .check();
  }

  /** From rows of outputs, as PyTorch keeps them, to rows of inputs. */
  private static float[] transposed(float[] values, int out, int in) {
    float[] turned = new float[values.length];
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) {
        turned[i * out + o] = values[o * in + i];
      }
    }
    return turned;
  }

  /** Changes with what it makes of a vector. */
  String digest() {
    return layers.stream()
        .map(layer -> digest(layer.weights()) + digest(layer.bias()) + digest(layer.residual()))
        .collect(Collectors.joining());
  }

  private static String digest(float @Nullable [] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values == null ? 0 : values.length * Float.BYTES);
    if (values != null) {
      bytes.asFloatBuffer().put(values);
    }
    return Fingerprint.digest(bytes.array());
  }
}

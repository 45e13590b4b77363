package dev.reranker.onnx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/**
 * A model with random weights: token vector → dense layer → tanh → mean over the mask → head. Small
 * on disk, but its activations are as large as a real model's: {@value #WIDTH} floats a token.
 */
final class TinyModel {

  static final int WIDTH = 128;

  /** Tokens share vectors: id modulo this. */
  static final int VECTORS = 1000;

  /** What the graph gives. */
  enum Head {
    FLAT,
    ONE,
    ONE_DEEP,
    TWO,
    THREE,
    INTEGER,
    HALF,
    BFLOAT,
    DOUBLE,
    HALF_TOKENS,
    TOKENS,
    TOKEN_LABEL,
    SENTENCE,
    SENTENCE_AND_TOKENS
  }

  private final Random random = new Random(42);
  private final float[] vectors = weights(VECTORS * WIDTH, 1);
  private final float[] types = weights(2 * WIDTH, 1);
  private final float[] dense = weights(WIDTH * WIDTH, (float) (1 / Math.sqrt(WIDTH)));
  private final float[] head = weights(3 * WIDTH, 1);
  private final List<String> extraInputs = new ArrayList<>();
  private Object batch = "batch";
  private Object sequence = "sequence";
  private Head shape = Head.ONE;
  private boolean withTypes = true;
  private long irVersion = 8;
  private long opset = 17;
  private String dataFile = "";

  TinyModel head(Head shape) {
    this.shape = shape;
    return this;
  }

  TinyModel withoutTypeIds() {
    withTypes = false;
    return this;
  }

  TinyModel versions(long irVersion, long opset) {
    this.irVersion = irVersion;
    this.opset = opset;
    return this;
  }

  /** Keeps the weights in a file beside the graph. */
  TinyModel dataFile(String name) {
    dataFile = name;
    return this;
  }

  TinyModel extraInput(String name) {
    extraInputs.add(name);
    return this;
  }

  TinyModel fixedShape(long batch, long sequence) {
    this.batch = batch;
    this.sequence = sequence;
    return this;
  }

  /** Gives what the second of two labels would be as the only one. */
  TinyModel secondLabelAlone() {
    System.arraycopy(head, WIDTH, head, 0, WIDTH);
    return this;
  }

  /** Makes a row NaN that holds this token. */
  TinyModel poison(int id) {
    vectors[id % VECTORS * WIDTH] = Float.NaN;
    return this;
  }

  /** What the dense layer makes of a token in the first text, after tanh: the oracle. */
  double[] token(int id) {
    double[] values = new double[WIDTH];
    for (int out = 0; out < WIDTH; out++) {
      double sum = 0;
      for (int in = 0; in < WIDTH; in++) {
        sum += (vectors[id % VECTORS * WIDTH + in] + types[in]) * (double) dense[in * WIDTH + out];
      }
      values[out] = Math.tanh(sum);
    }
    return values;
  }

  byte[] bytes() {
    return graph().bytes();
  }

  /** What belongs into the file beside the graph. */
  byte[] data() {
    return graph().data();
  }

  private OnnxGraph graph() {
    OnnxGraph graph = new OnnxGraph().versions(irVersion, opset).dataFile(dataFile);
    graph.input("input_ids", OnnxGraph.INT64, batch, sequence);
    graph.input("attention_mask", OnnxGraph.INT64, batch, sequence);
    extraInputs.forEach(name -> graph.input(name, OnnxGraph.INT64, batch, sequence));
    graph
        .longs("vector_count", VECTORS)
        .node("Mod", List.of("input_ids", "vector_count"), "vector_ids")
        .floats("vectors", vectors, VECTORS, WIDTH)
        .node("Gather", List.of("vectors", "vector_ids"), "untyped");
    if (withTypes) {
      graph
          .input("token_type_ids", OnnxGraph.INT64, batch, sequence)
          .floats("types", types, 2, WIDTH)
          .node("Gather", List.of("types", "token_type_ids"), "type_vectors")
          .node("Add", List.of("untyped", "type_vectors"), "embedded");
    } else {
      graph.node("Identity", List.of("untyped"), "embedded");
    }
    graph
        .floats("dense", dense, WIDTH, WIDTH)
        .node("MatMul", List.of("embedded", "dense"), "projected")
        .node("Tanh", List.of("projected"), "hidden")
        .longs("axis_1", 1)
        .longs("axis_2", 2)
        .node("Cast", List.of("attention_mask"), "mask", "to", OnnxGraph.FLOAT)
        .node("Unsqueeze", List.of("mask", "axis_2"), "mask_3d")
        .node("Mul", List.of("hidden", "mask_3d"), "masked")
        .node("ReduceSum", List.of("masked", "axis_1"), "sum", "keepdims", 0)
        .node("ReduceSum", List.of("mask_3d", "axis_1"), "count", "keepdims", 0)
        .node("Div", List.of("sum", "count"), "mean");
    addHead(graph);
    return graph;
  }

  private void addHead(OnnxGraph graph) {
    switch (shape) {
      case FLAT ->
          logits(graph, 1)
              .node("Squeeze", List.of("all", "axis_1"), "logits")
              .output("logits", OnnxGraph.FLOAT, "batch");
      case ONE ->
          logits(graph, 1)
              .node("Identity", List.of("all"), "logits")
              .output("logits", OnnxGraph.FLOAT, "batch", 1);
      case ONE_DEEP ->
          logits(graph, 1)
              .node("Unsqueeze", List.of("all", "axis_2"), "logits")
              .output("logits", OnnxGraph.FLOAT, "batch", 1, 1);
      case TWO ->
          logits(graph, 2)
              .node("Identity", List.of("all"), "logits")
              .output("logits", OnnxGraph.FLOAT, "batch", 2);
      case THREE ->
          logits(graph, 3)
              .node("Identity", List.of("all"), "logits")
              .output("logits", OnnxGraph.FLOAT, "batch", 3);
      case INTEGER ->
          logits(graph, 1)
              .node("Cast", List.of("all"), "logits", "to", OnnxGraph.INT64)
              .output("logits", OnnxGraph.INT64, "batch", 1);
      case HALF -> cast(graph, OnnxGraph.FLOAT16);
      case BFLOAT -> cast(graph, OnnxGraph.BFLOAT16);
      case DOUBLE -> cast(graph, OnnxGraph.DOUBLE);
      case HALF_TOKENS ->
          graph
              .node("Cast", List.of("hidden"), "last_hidden_state", "to", OnnxGraph.FLOAT16)
              .output("last_hidden_state", OnnxGraph.FLOAT16, "batch", "sequence", WIDTH);
      case TOKENS ->
          graph
              .node("Identity", List.of("hidden"), "last_hidden_state")
              .output("last_hidden_state", OnnxGraph.FLOAT, "batch", "sequence", WIDTH);
      case TOKEN_LABEL ->
          graph
              .longs("first", 0)
              .longs("second", 1)
              .node("Slice", List.of("hidden", "first", "second", "axis_2"), "logits")
              .output("logits", OnnxGraph.FLOAT, "batch", "sequence", 1);
      case SENTENCE -> sentence(graph);
      case SENTENCE_AND_TOKENS ->
          sentence(graph)
              .node("Identity", List.of("hidden"), "token_embeddings")
              .output("token_embeddings", OnnxGraph.FLOAT, "batch", "sequence", WIDTH);
    }
  }

  private static OnnxGraph sentence(OnnxGraph graph) {
    return graph
        .node("Identity", List.of("mean"), "sentence_embedding")
        .output("sentence_embedding", OnnxGraph.FLOAT, "batch", WIDTH);
  }

  private void cast(OnnxGraph graph, int type) {
    logits(graph, 1)
        .node("Cast", List.of("all"), "logits", "to", type)
        .output("logits", type, "batch", 1);
  }

  /** A head whose first label has the same weights whatever the number of labels. */
  private OnnxGraph logits(OnnxGraph graph, int labels) {
    float[] columns = new float[WIDTH * labels];
    for (int row = 0; row < WIDTH; row++) {
      for (int label = 0; label < labels; label++) {
        columns[row * labels + label] = head[label * WIDTH + row];
      }
    }
    return graph
        .floats("head", columns, WIDTH, labels)
        .node("MatMul", List.of("mean", "head"), "all");
  }

  /** Writes graph and the default model's tokenizer into a directory. */
  ModelSource in(Path directory) {
    at(directory.resolve("model.onnx"));
    write(directory.resolve("tokenizer.json"), tokenizer());
    return ModelSource.directory(directory);
  }

  /** Writes the graph alone, and its weights beside it where they have a file. */
  void at(Path file) {
    write(file, bytes());
    if (!dataFile.isEmpty()) {
      write(file.resolveSibling(dataFile), data());
    }
  }

  /** The default model's tokenizer. */
  static byte[] tokenizer() {
    return resource(RerankerModel.DEFAULT_MODEL + "/tokenizer.json");
  }

  static byte[] resource(String name) {
    try (var in = Objects.requireNonNull(TinyModel.class.getResourceAsStream("/" + name), name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, byte[] bytes) {
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private float[] weights(int count, float scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian() * scale;
    }
    return values;
  }
}

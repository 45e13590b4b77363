package dev.reranker.examples.cli;

import dev.reranker.onnx.OnnxReranker;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which model reranks. */
final class ModelOption {

  @Option(
      names = "--model",
      paramLabel = "DIR|FILE",
      description =
          "Folder of the reranker in the Hugging Face layout (model.onnx or onnx/model.onnx,"
              + " tokenizer.json, config.json), or the graph to use of several in it, for example"
              + " DIR/onnx/model_quantized.onnx. Default: the bundled model.")
  private @Nullable Path model;

  /** Loads the model; the caller closes it. */
  OnnxReranker open() {
    return model == null
        ? OnnxReranker.builder().build()
        : new NamedModel("--model", model)
            .load(source -> OnnxReranker.builder().model(source).build());
  }
}

package dev.reranker.examples.cli;

import dev.reranker.onnx.ModelSource;
import dev.reranker.onnx.OnnxReranker;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which cross-encoder reranks. */
final class ModelOption {

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description =
          "Folder of the cross-encoder in the Hugging Face layout (model.onnx or onnx/model.onnx,"
              + " tokenizer.json, config.json). Default: the bundled model.")
  private @Nullable Path model;

  /** Loads the model; the caller closes it. */
  OnnxReranker open() {
    OnnxReranker.Builder builder = OnnxReranker.builder();
    return model == null ? builder.build() : builder.model(ModelSource.directory(model)).build();
  }
}

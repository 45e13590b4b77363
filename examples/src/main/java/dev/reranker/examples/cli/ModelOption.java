package dev.reranker.examples.cli;

import dev.reranker.onnx.OnnxReranker;
import dev.reranker.onnx.Precision;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which model reranks. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ModelOption {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--model",
      paramLabel = "DIR|FILE|ORG/NAME",
      description =
          "Folder of the reranker in the Hugging Face layout (model.onnx or onnx/model.onnx,"
              + " tokenizer.json, config.json), or the graph to use of several in it, for example"
              + " DIR/onnx/model_quantized.onnx; or a model on the Hugging Face hub, ORG/NAME,"
              + " ORG/NAME@REVISION or ORG/NAME/onnx/FILE.onnx, which is downloaded once. Default:"
              + " the bundled model.")
  private @Nullable String model;

  @Option(
      names = "--precision",
      paramLabel = "full|auto",
      defaultValue = "full",
      description =
          "With --model, which of its graphs: full, the usual one, or auto, the one that this"
              + " machine computes fastest of those it has, mostly of 8-bit integers: measure what"
              + " it loses. Default: ${DEFAULT-VALUE}.")
  private Precision precision;

  /** Loads the model; the caller closes it. */
  OnnxReranker open() {
    return model == null
        ? OnnxReranker.builder().build()
        : new NamedModel("--model", model)
            .load(
                command.commandLine().getErr(),
                source -> OnnxReranker.builder().model(source).precision(precision).build());
  }
}

package dev.reranker.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import dev.reranker.onnx.ExecutionProvider.Cuda;
import java.util.Locale;

/** What to do about a graph that ONNX Runtime does not take: one advice for each of its codes. */
final class OrtFailure {

  private static final String CUDA_NEEDS =
      "it needs an NVIDIA GPU, its driver, CUDA 12 and cuDNN 9, and the artifact onnxruntime_gpu;"
          + " or give the CPU as a fallback";

  /** The version that this library is built with and tested on. */
  static final String VERSION = "1.28.0";

  private static final String CPU_NEEDS =
      "the ONNX Runtime on the class path does not fit this library or this machine; use version "
          + VERSION
          + " of onnxruntime_gpu (on macOS and Arm of onnxruntime), once, Java and native part of"
          + " the same version";

  private OrtFailure() {}

  /** Whether another execution provider might do better. */
  static boolean isProviders(OrtException e) {
    return switch (e.getCode()) {
      case ORT_NO_SUCHFILE, ORT_NO_MODEL, ORT_INVALID_PROTOBUF, ORT_INVALID_GRAPH -> false;
      case ORT_FAIL, ORT_INVALID_ARGUMENT -> !isTooNew(e) && !isAboutData(e);
      default -> true;
    };
  }

  /** Says that a provider is not there. */
  static String missing(GraphFile graph, ExecutionProvider provider, Throwable why) {
    return "%s cannot run on %s (%s): %s"
        .formatted(
            graph.name(), provider, reason(why), provider instanceof Cuda ? CUDA_NEEDS : CPU_NEEDS);
  }

  /** Says why a graph could not be loaded or probed, and what to do. */
  static String describe(GraphFile graph, ExecutionProvider provider, OrtException e) {
    if (provider instanceof Cuda && isNoGpu(e)) {
      return missing(graph, provider, e);
    }
    if (e.getCode() == OrtErrorCode.ORT_INVALID_PROTOBUF) {
      return "%s is not a model that ONNX Runtime can run (%s): the file is cut short or damaged, or something else under that name; get it again"
          .formatted(graph.name(), reason(e));
    }
    return "%s cannot be loaded by ONNX Runtime on %s (%s): %s"
        .formatted(graph.name(), provider, reason(e), advice(graph, provider, e));
  }

  private static String reason(Throwable why) {
    return why.getMessage() == null ? why.toString() : why.getMessage().strip();
  }

  private static String advice(GraphFile graph, ExecutionProvider provider, OrtException e) {
    if (isAboutMemory(e)) {
      return memory(provider);
    }
    if (isTooNew(e)) {
      return "the graph is newer than this runtime; update ONNX Runtime, or export the model with a"
          + " lower opset and IR version";
    }
    if (isAboutData(e) && !graph.data().isEmpty()) {
      return "its weights in %s are not read; they must lie in the graph's own directory, not behind a link that leads elsewhere: copy them there"
          .formatted(graph.data().stream().map(ModelFile::name).toList());
    }
    return switch (e.getCode()) {
      case ORT_NO_SUCHFILE, ORT_NO_MODEL ->
          "the file cannot be opened; check that it and its directories may be read by this"
              + " process";
      case ORT_INVALID_GRAPH, ORT_INVALID_ARGUMENT ->
          "the file is whole, but its graph breaks the rules of ONNX; export the model again, or"
              + " choose another of its graphs with ModelSource.graph(..)";
      case ORT_NOT_IMPLEMENTED ->
          "an operation is not available on %s for its type; choose another of the model's graphs with ModelSource.graph(..), best float32, or another execution provider"
              .formatted(provider);
      case ORT_EP_FAIL, ORT_ENGINE_ERROR, ORT_DEVICE_RESET ->
          "%s failed; check its driver and libraries, or give another execution provider"
              .formatted(provider);
      case ORT_MODEL_REQUIRES_COMPILATION ->
          "the graph must be compiled first; give the ONNX file that it was made from";
      case ORT_NOT_FOUND ->
          "the runtime lacks something that the graph asks for, such as an operator library; export"
              + " the model with standard operators";
      default ->
          "the reason is ONNX Runtime's own; if it is no help, export the model again or"
              + " update ONNX Runtime";
    };
  }

  private static String memory(ExecutionProvider provider) {
    if (!(provider instanceof Cuda cuda)) {
      return "there is not enough memory; choose a smaller graph or give the process more";
    }
    String limit =
        cuda.memoryLimit().isPresent()
            ? "raise memoryLimit (now %d bytes)".formatted(cuda.memoryLimit().getAsLong())
            : "free memory on the GPU (memoryLimit is not set, so nothing else bounds it)";
    return "there is not enough memory on "
        + provider
        + "; "
        + limit
        + ", set a smaller batchTokens or fewer threads, or choose a smaller graph";
  }

  /** In the words of CUDA: its libraries are there, and the GPU or a fitting driver is not. */
  private static boolean isNoGpu(OrtException e) {
    String message = lower(e);
    return message.contains("no cuda-capable device")
        || message.contains("invalid device ordinal")
        || message.contains("driver version is insufficient");
  }

  /** In the runtime's own sentences; a graph that lacks an opset is not newer. */
  private static boolean isTooNew(OrtException e) {
    String message = lower(e);
    return message.contains("unsupported model ir version")
        || message.contains("max supported ir version")
        || message.contains("is under development")
        || message.contains("current official support for domain");
  }

  private static boolean isAboutData(OrtException e) {
    String message = lower(e);
    return message.contains("external data")
        || message.contains("external initializer")
        || message.contains("external_data");
  }

  private static boolean isAboutMemory(OrtException e) {
    String message = lower(e);
    return message.contains("bad_alloc")
        || message.contains("failed to allocate")
        || message.contains("out of memory");
  }

  private static String lower(OrtException e) {
    return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
  }
}

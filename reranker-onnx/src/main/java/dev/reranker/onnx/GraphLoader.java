package dev.reranker.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import dev.reranker.error.ModelLoadException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a session of a graph on the first execution provider that works. */
final class GraphLoader {

  private static final Logger log = LoggerFactory.getLogger(GraphLoader.class);

  private GraphLoader() {}

  /** Takes a session over; what it throws closes the session again. */
  @FunctionalInterface
  interface Taker<T> {
    T take(OrtSession session, ExecutionProvider provider) throws OrtException;
  }

  /**
   * Loads a graph. Only what a provider is to blame for makes it try the next one.
   *
   * @param name the model's name, for the log
   * @param intraOpThreads how many threads an operator of a run may use
   */
  static <T> T load(
      String name,
      OrtEnvironment environment,
      GraphFile graph,
      List<ExecutionProvider> providers,
      int intraOpThreads,
      Taker<T> taker) {
    ModelLoadException failure = null;
    for (ExecutionProvider provider : providers) {
      ModelLoadException next;
      try {
        return load(environment, graph, provider, intraOpThreads, taker);
      } catch (ModelLoadException e) {
        throw withEarlier(e, failure);
      } catch (ProviderMissing e) {
        next = new ModelLoadException(OrtFailure.missing(graph, provider, e.reason), e.reason);
      } catch (OrtException e) {
        next = new ModelLoadException(OrtFailure.describe(graph, provider, e), e);
        if (!OrtFailure.isProviders(e)) {
          throw withEarlier(next, failure);
        }
      }
      failure = withEarlier(next, failure);
      if (providers.size() > 1) {
        log.warn("{}: {}", name, failure.getMessage());
      }
    }
    throw failure == null ? new ModelLoadException("no execution provider was given") : failure;
  }

  private static ModelLoadException withEarlier(
      ModelLoadException failure, @Nullable ModelLoadException earlier) {
    if (earlier != null) {
      failure.addSuppressed(earlier);
    }
    return failure;
  }

  private static <T> T load(
      OrtEnvironment environment,
      GraphFile graph,
      ExecutionProvider provider,
      int intraOpThreads,
      Taker<T> taker)
      throws OrtException, ProviderMissing {
    try {
      OrtSession session;
      try (var options = options(provider, intraOpThreads)) {
        session = create(environment, graph, options);
      }
      return take(session, provider, taker);
    } catch (LinkageError e) {
      throw new ProviderMissing(e);
    }
  }

  private static <T> T take(OrtSession session, ExecutionProvider provider, Taker<T> taker)
      throws OrtException {
    try {
      return taker.take(session, provider);
    } catch (OrtException | RuntimeException | Error e) {
      closeQuietly(session, e);
      throw e;
    }
  }

  /** A provider that cannot even be asked for. */
  private static final class ProviderMissing extends Exception {

    private static final long serialVersionUID = 1;

    private final Throwable reason;

    ProviderMissing(Throwable reason) {
      super(reason);
      this.reason = reason;
    }
  }

  private static OrtSession.SessionOptions options(ExecutionProvider provider, int intraOpThreads)
      throws OrtException, ProviderMissing {
    var options = new OrtSession.SessionOptions();
    try {
      options.setIntraOpNumThreads(intraOpThreads);
      options.setInterOpNumThreads(1);
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      // Patterns are kept for every shape ever seen, and batches have many.
      options.setMemoryPatternOptimization(false);
      if (provider instanceof ExecutionProvider.Cuda cuda) {
        try {
          addCuda(options, cuda);
        } catch (OrtException | LinkageError e) {
          throw new ProviderMissing(e);
        }
      }
      return options;
    } catch (OrtException | ProviderMissing | RuntimeException | Error e) {
      options.close();
      throw e;
    }
  }

  private static void addCuda(OrtSession.SessionOptions options, ExecutionProvider.Cuda cuda)
      throws OrtException {
    try (var settings = new OrtCUDAProviderOptions(cuda.device())) {
      if (cuda.memoryLimit().isPresent()) {
        settings.add("gpu_mem_limit", Long.toString(cuda.memoryLimit().getAsLong()));
      }
      options.addCUDA(settings);
    }
  }

  private static OrtSession create(
      OrtEnvironment environment, GraphFile graph, OrtSession.SessionOptions options)
      throws OrtException {
    if (graph.bytes().isPresent()) {
      return environment.createSession(graph.bytes().get(), options);
    }
    Path path = graph.file().path().orElseThrow();
    if (isPlain(path)) {
      return environment.createSession(path.toString(), options);
    }
    if (graph.data().isEmpty()) {
      return environment.createSession(graph.file().read(), options);
    }
    return createThroughLink(environment, path, options);
  }

  /**
   * Whether the path reaches ONNX Runtime as it is: outside Windows its Java binding hands over
   * characters beyond U+FFFF in a form that no file system knows.
   */
  private static boolean isPlain(Path path) {
    return path.toString().chars().noneMatch(c -> Character.isSurrogate((char) c))
        || path.getFileSystem().getSeparator().equals("\\");
  }

  /** Weights are only found through a path: one without such characters. */
  private static OrtSession createThroughLink(
      OrtEnvironment environment, Path graph, OrtSession.SessionOptions options)
      throws OrtException {
    Path file = graph.toAbsolutePath();
    String name = file.subpath(file.getNameCount() - 1, file.getNameCount()).toString();
    try {
      Path folder = Files.createTempDirectory("reranker-link");
      Path link = folder.resolve("model");
      try {
        Files.createSymbolicLink(link, file.resolveSibling("."));
        return environment.createSession(link.resolve(name).toString(), options);
      } finally {
        deleteQuietly(link);
        deleteQuietly(folder);
      }
    } catch (IOException | UnsupportedOperationException e) {
      throw new ModelLoadException(
          "%s cannot be handed to ONNX Runtime, because its path has characters beyond U+FFFF (%s): move the model to another directory"
              .formatted(graph, e),
          e);
    }
  }

  /** What stays behind is no reason to lose a session that was made, or the failure. */
  private static void deleteQuietly(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      log.warn("{} cannot be deleted: delete it by hand", path, e);
    }
  }

  private static void closeQuietly(OrtSession session, Throwable because) {
    try {
      session.close();
    } catch (OrtException e) {
      because.addSuppressed(e);
    }
  }
}

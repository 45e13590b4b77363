package dev.reranker.examples.cli;

import dev.reranker.onnx.ModelSource;
import dev.reranker.onnx.OnnxEmbedder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How the candidates are found. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class FirstStageOptions {

  private static final String MINILM = "all-MiniLM-L6-v2";

  /** What finds them. */
  enum Kind {
    KNN,
    BM25,
    HYBRID
  }

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--retriever",
      paramLabel = "KIND",
      description =
          "First stage: knn (vectors), bm25 (words) or hybrid (both, joined by reciprocal rank"
              + " fusion). Default: ${DEFAULT-VALUE}.",
      defaultValue = "hybrid")
  private Kind kind;

  @Option(
      names = "--depth",
      paramLabel = "N",
      defaultValue = "100",
      converter = AtLeastOne.class,
      description = "How many candidates the first stage brings. Default: ${DEFAULT-VALUE}.")
  private int depth;

  @Option(
      names = "--embedder",
      paramLabel = "DIR|FILE|ORG/NAME",
      description =
          "Folder of the embedding model in the Hugging Face layout, or the graph to use of several"
              + " in it, for example DIR/onnx/model_quantized.onnx; or a model on the Hugging Face"
              + " hub, as for --model; or all-MiniLM-L6-v2, which"
              + " comes with this program. Default: the reranker itself if it embeds, as the"
              + " bundled one does, so that a document is read once; otherwise all-MiniLM-L6-v2.")
  private @Nullable String embedder;

  @Option(
      names = "--index",
      paramLabel = "DIR",
      description =
          "Folder where indexes are kept, so that a corpus is indexed once for each model."
              + " Default: examples/target/index.")
  private @Nullable Path index;

  Kind kind() {
    return kind;
  }

  int depth() {
    return depth;
  }

  IndexCache indexCache() {
    return new IndexCache(index == null ? BuildFolder.path().resolve("index") : index);
  }

  /** Whether the user chose an embedding model. */
  boolean choosesEmbedder() {
    return embedder != null;
  }

  /** Whether the embedding model is the user's own, of which nothing is known beforehand. */
  boolean ownEmbedder() {
    return embedder != null && !isMinilm(embedder);
  }

  /** A folder of that name is the user's own. */
  private static boolean isMinilm(String embedder) {
    return embedder.equalsIgnoreCase(MINILM) && !Files.exists(Path.of(embedder));
  }

  /** Loads the embedding model; the caller closes it. */
  OnnxEmbedder openEmbedder() {
    return embedder == null || isMinilm(embedder)
        ? OnnxEmbedder.builder()
            .model(
                ModelSource.resources("all-minilm-l6-v2.onnx", "all-minilm-l6-v2-tokenizer.json"))
            .name(MINILM)
            // The length that its card says it was trained for.
            .maxLength(256)
            .build()
        : new NamedModel("--embedder", embedder)
            .load(
                command.commandLine().getErr(),
                source -> OnnxEmbedder.builder().model(source).build());
  }
}

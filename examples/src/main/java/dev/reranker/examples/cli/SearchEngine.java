package dev.reranker.examples.cli;

import dev.reranker.Document;
import dev.reranker.Pipeline;
import dev.reranker.examples.cli.FirstStageOptions.Kind;
import dev.reranker.onnx.OnnxReranker;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code search} and {@code run} have in common: a corpus, a first stage and a reranker. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class SearchEngine {

  @Option(
      names = "--corpus",
      required = true,
      paramLabel = "FILE|DIR",
      description =
          "Documents: a JSONL file of {\"_id\", \"title\", \"text\"} (title may be missing; title"
              + " and text are both searched), or a folder of text files (.txt, .md). Models read"
              + " the beginning of a long document: all-MiniLM-L6-v2 256 tokens, the bundled"
              + " reranker 512.")
  private Path corpus;

  @Mixin private FirstStageOptions firstStage;
  @Mixin private ModelOption model;

  @Option(names = "--no-rerank", description = "Only the first stage.")
  private boolean noRerank;

  int depth() {
    return firstStage.depth();
  }

  /** Reads the corpus, loads the models, indexes if need be; the caller closes what comes back. */
  Open open(PrintWriter err) throws IOException {
    List<Document> documents = Corpus.read(corpus);
    // Before the index, which may take minutes: a model that cannot be loaded is known at once.
    Optional<OnnxReranker> reranker = noRerank ? Optional.empty() : Optional.of(model.open());
    try {
      var first =
          FirstStage.open(firstStage, Kind.HYBRID, identity(documents), () -> documents, err);
      return new Open(first, reranker, firstStage.depth());
    } catch (IOException | RuntimeException e) {
      reranker.ifPresent(OnnxReranker::close);
      throw e;
    }
  }

  private static List<String> identity(List<Document> documents) {
    var parts = new ArrayList<String>(3 * documents.size());
    for (Document document : documents) {
      parts.add(document.id());
      parts.add(document.text());
      parts.add(document.metadata().getOrDefault(Corpus.TITLE, ""));
    }
    return parts;
  }

  /** The opened parts. */
  record Open(FirstStage firstStage, Optional<OnnxReranker> reranker, int depth)
      implements AutoCloseable {

    Pipeline pipeline() {
      Pipeline.Builder builder = Pipeline.builder().retrieve(firstStage.retriever(), depth);
      reranker.ifPresent(r -> builder.rerank(r, depth));
      return builder.build();
    }

    @Override
    public void close() {
      try (firstStage) {
        reranker.ifPresent(OnnxReranker::close);
      }
    }
  }
}

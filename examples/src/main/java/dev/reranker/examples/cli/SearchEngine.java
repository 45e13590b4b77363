package dev.reranker.examples.cli;

import dev.reranker.Document;
import dev.reranker.FailurePolicy;
import dev.reranker.Pipeline;
import dev.reranker.examples.cli.FirstStageOptions.Kind;
import dev.reranker.examples.cli.input.Corpus;
import dev.reranker.examples.cli.input.IdRule;
import dev.reranker.onnx.OnnxReranker;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
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
              + " and text are both searched) or of {\"id\", \"contents\"}, or a folder of text"
              + " files (.txt, .md). All may be compressed with gzip. Models read the beginning of"
              + " a long document: all-MiniLM-L6-v2 256 tokens, the bundled reranker 512.")
  private Path corpus;

  @Mixin private FirstStageOptions firstStage;
  @Mixin private ModelOption model;

  @Option(names = "--no-rerank", description = "Only the first stage.")
  private boolean noRerank;

  int depth() {
    return firstStage.depth();
  }

  /**
   * Reads the corpus, loads the models, indexes if need be; the caller closes what comes back.
   *
   * @param check looks at what the reranker cannot do before the index is made
   */
  Open open(IdRule rule, Consumer<OnnxReranker> check, PrintWriter err) throws IOException {
    List<Document> documents = Corpus.read(corpus, rule, err::println);
    err.flush();
    // Before the index, which may take minutes: a model that cannot be loaded is known at once.
    Optional<OnnxReranker> reranker = noRerank ? Optional.empty() : Optional.of(model.open());
    try {
      reranker.ifPresent(check);
      var first =
          FirstStage.open(firstStage, Kind.HYBRID, identity(documents), () -> documents, err);
      var identity = new ArrayList<>(first.identity());
      identity.add("depth " + firstStage.depth());
      if (!noRerank) {
        identity.addAll(model.fingerprint());
      }
      return new Open(first, reranker, firstStage.depth(), identity);
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
      parts.add(Corpus.title(document).orElse(""));
    }
    return parts;
  }

  /**
   * The opened parts.
   *
   * @param identity changes with all that an answer depends on besides the query
   */
  record Open(
      FirstStage firstStage, Optional<OnnxReranker> reranker, int depth, List<String> identity)
      implements AutoCloseable {

    Pipeline pipeline() {
      // Answers that a failing model has not seen are not to pass for its answers.
      Pipeline.Builder builder =
          Pipeline.builder().retrieve(firstStage.retriever(), depth).onFailure(FailurePolicy.THROW);
      reranker.ifPresent(r -> builder.rerank(r, depth));
      return builder.build();
    }

    /** For what the reranker cannot read. */
    Pipeline firstStagePipeline() {
      return Pipeline.builder().retrieve(firstStage.retriever(), depth).build();
    }

    @Override
    public void close() {
      try (firstStage) {
        reranker.ifPresent(OnnxReranker::close);
      }
    }
  }
}

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
   * @param queries checked with the models before the index is made
   */
  Open open(IdRule rule, LongQueries queries, PrintWriter err) throws IOException {
    List<Document> documents = Corpus.read(corpus, rule, err::println);
    err.flush();
    // Before the index, which may take minutes: a model that cannot be loaded is known at once.
    Optional<OnnxReranker> reranker = noRerank ? Optional.empty() : Optional.of(model.open());
    try {
      reranker.ifPresent(queries::check);
      var first =
          FirstStage.open(
              firstStage,
              Kind.HYBRID,
              embedder -> queries.check(embedder, firstStage.ownEmbedder()),
              identity(documents),
              () -> documents,
              err);
      var identity = new ArrayList<>(first.identity());
      identity.add("depth " + firstStage.depth());
      reranker.ifPresent(r -> identity.add(r.info().fingerprint()));
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

    /**
     * The stages for a query.
     *
     * @param byWords whether it is searched by its words alone, whatever was asked for
     * @param reranked whether the reranker is used, if there is one
     */
    Pipeline pipeline(boolean byWords, boolean reranked) {
      // Answers that a failing model has not seen are not to pass for its answers.
      Pipeline.Builder builder =
          Pipeline.builder()
              .retrieve(byWords ? firstStage.words() : firstStage.retriever(), depth)
              .onFailure(FailurePolicy.THROW);
      if (reranked) {
        reranker.ifPresent(r -> builder.rerank(r, depth));
      }
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

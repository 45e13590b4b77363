package dev.reranker.examples.cli;

import dev.reranker.Document;
import dev.reranker.FailurePolicy;
import dev.reranker.Pipeline;
import dev.reranker.ScoreCombiner;
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
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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
              + " a long document: the bundled one 510 tokens, all-MiniLM-L6-v2 256.")
  private Path corpus;

  @Mixin private FirstStageOptions firstStage;
  @Mixin private ModelOption model;
  @Mixin private CombineOption combine;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

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
    if (noRerank && combine.chosen()) {
      throw new ParameterException(
          command.commandLine(),
          "--combine joins a reranker's score with the first stage's, and --no-rerank leaves the"
              + " reranker out: leave one of the two options out");
    }
    List<Document> documents = Corpus.read(corpus, rule, err::println);
    err.flush();
    // Before the index, which may take minutes: a model that cannot be loaded is known at once.
    Optional<OnnxReranker> loaded = needsModel() ? Optional.of(model.open()) : Optional.empty();
    try {
      Optional<OnnxReranker> reranker = noRerank ? Optional.empty() : loaded;
      reranker.ifPresent(queries::check);
      FirstStage first = firstStage(loaded, documents, queries, err);
      var identity = new ArrayList<>(first.identity());
      identity.add("depth " + firstStage.depth());
      reranker.ifPresent(
          r -> {
            identity.add(r.info().fingerprint());
            identity.add("combine " + combine.kind(r));
            err.println(combine.account(r, first.models()));
            err.flush();
          });
      return new Open(
          first,
          loaded,
          reranker.map(r -> new Second(r, combine.kind(r), combine.combiner(r))),
          firstStage.depth(),
          identity);
    } catch (IOException | RuntimeException e) {
      loaded.ifPresent(OnnxReranker::close);
      throw e;
    }
  }

  /** Without reranking, too, the model may be what gives the vectors. */
  private boolean needsModel() {
    return !noRerank || (firstStage.kind() != Kind.BM25 && !firstStage.choosesEmbedder());
  }

  private FirstStage firstStage(
      Optional<OnnxReranker> loaded, List<Document> documents, LongQueries queries, PrintWriter err)
      throws IOException {
    IndexModels models = IndexModels.open(firstStage, loaded);
    try {
      if (firstStage.kind() != Kind.BM25) {
        models.check(queries);
      }
    } catch (RuntimeException e) {
      models.close();
      throw e;
    }
    return FirstStage.open(firstStage, models, identity(documents), () -> documents, err);
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
   * What reranks, and how its score meets the first stage's.
   *
   * @param kind says the same as the combiner
   */
  record Second(OnnxReranker reranker, CombineOption.Kind kind, ScoreCombiner combiner) {}

  /**
   * The opened parts.
   *
   * @param model closed with this; the first stage may need it where nothing is reranked
   * @param identity changes with all that an answer depends on besides the query
   */
  record Open(
      FirstStage firstStage,
      Optional<OnnxReranker> model,
      Optional<Second> second,
      int depth,
      List<String> identity)
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
        second.ifPresent(s -> builder.rerank(s.reranker(), depth, s.combiner()));
      }
      return builder.build();
    }

    @Override
    public void close() {
      try (firstStage) {
        // After the index, which still may be embedding.
      } finally {
        model.ifPresent(OnnxReranker::close);
      }
    }
  }
}

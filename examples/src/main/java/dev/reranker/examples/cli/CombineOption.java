package dev.reranker.examples.cli;

import dev.reranker.ScoreCombiner;
import dev.reranker.onnx.OnnxReranker;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the reranker's score meets the first stage. */
final class CombineOption {

  /** What becomes of the order before. */
  enum Kind {
    /** The model's score alone. */
    REPLACE,
    /** The logit less log2 of the rank before and one. */
    PRIOR
  }

  @Option(
      names = "--combine",
      paramLabel = "HOW",
      description =
          "What becomes of the first stage's order: replace (the model's score alone counts) or"
              + " prior (the logit less log2(rank + 1)). Default: what the model asks for, which of"
              + " the bundled one is prior.")
  private @Nullable Kind kind;

  /** Whether the user chose one. */
  boolean chosen() {
    return kind != null;
  }

  Kind kind(OnnxReranker reranker) {
    if (kind != null) {
      return kind;
    }
    return reranker.combiner().equals(ScoreCombiner.replace()) ? Kind.REPLACE : Kind.PRIOR;
  }

  ScoreCombiner combiner(OnnxReranker reranker) {
    if (kind == null) {
      return reranker.combiner();
    }
    return kind == Kind.REPLACE ? ScoreCombiner.replace() : ScoreCombiner.rankPrior(1);
  }

  /** What is used, on one line. */
  String account(OnnxReranker reranker, IndexModels models) {
    return "%s scores %s;%n%s%s"
        .formatted(
            reranker.name(),
            models.prepares() ? "passages prepared in the index" : "the texts",
            kind(reranker) == Kind.REPLACE
                ? "its score replaces the first stage's order (--combine replace"
                : "its logit is joined with the first stage's order (--combine prior",
            chosen() ? ")" : ", its default)");
  }
}

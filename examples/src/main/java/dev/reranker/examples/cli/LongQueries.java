package dev.reranker.examples.cli;

import dev.reranker.Embedder;
import dev.reranker.Pipeline;
import dev.reranker.examples.cli.input.Query;
import dev.reranker.onnx.OnnxEmbedder;
import dev.reranker.onnx.OnnxReranker;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * The queries that a model cannot take, found before the search begins: what is too long for the
 * embedding model is searched by its words, what is too long for the reranker keeps the order of
 * the first stage.
 */
final class LongQueries {

  /** More are only counted. */
  private static final int NAMED = 5;

  private final List<Query> queries;
  private final boolean refuse;
  private final PrintWriter err;
  private final Set<String> byWords = new HashSet<>();
  private final Set<String> unranked = new HashSet<>();

  /**
   * Looks at nothing yet.
   *
   * @param refuse whether one that is too long is an error
   * @param err told the first of them
   */
  LongQueries(List<Query> queries, boolean refuse, PrintWriter err) {
    this.queries = queries;
    this.refuse = refuse;
    this.err = err;
  }

  /**
   * Finds those that are too long for the embedding model.
   *
   * @param promptPossible whether the model may put a prompt before a query, which takes part of
   *     the length
   * @throws IllegalArgumentException if one is and shall be refused
   */
  void check(OnnxEmbedder embedder, boolean promptPossible) {
    checkEmbedding(
        embedder,
        embedder::countTokens,
        // Embedding takes time, but how long a prompt is only the model knows. Without one, half
        // the length is more than the special tokens take.
        promptPossible ? 0 : embedder.info().maxLength() / 2);
  }

  /**
   * Finds those that are too long for a reranker that embeds them, too.
   *
   * @throws IllegalArgumentException if one is and shall be refused
   */
  void checkAsEmbedder(OnnxReranker model) {
    // Of a model that is the user's own, a prompt may take most of the length.
    checkEmbedding(model.embedder().orElseThrow(), model::countTokens, 0);
  }

  private void checkEmbedding(Embedder embedder, ToIntFunction<String> tokens, int surely) {
    find(
        text -> {
          if (tokens.applyAsInt(text) > surely) {
            embedder.embedQuery(text);
          }
        },
        "it is searched by its words alone",
        byWords);
  }

  /**
   * Finds those that are too long for the reranker.
   *
   * @throws IllegalArgumentException if one is and shall be refused
   */
  void check(OnnxReranker reranker) {
    find(
        text -> reranker.score(text, List.of()), "it keeps the order of the first stage", unranked);
  }

  /** A model's own check of a query, with its own tokenizer. */
  @FunctionalInterface
  private interface Check {
    void read(String query);
  }

  private void find(Check check, String consequence, Set<String> found) {
    for (Query query : queries) {
      try {
        check.read(query.text());
      } catch (IllegalArgumentException e) {
        String problem = query.label() + e.getMessage();
        if (refuse) {
          throw new IllegalArgumentException(problem, e);
        }
        found.add(query.id());
        if (found.size() <= NAMED) {
          err.println(problem + "; " + consequence);
        }
      }
    }
    if (found.size() > NAMED) {
      err.println((found.size() - NAMED) + " more are too long; of each: " + consequence);
    }
    err.flush();
  }

  /** The stages that can take a query. */
  Pipeline pipeline(SearchEngine.Open open, Query query) {
    return open.pipeline(byWords.contains(query.id()), !unranked.contains(query.id()));
  }

  /** Says again, at the end, how many there were. */
  void count() {
    count(byWords, "the embedding model and were searched by their words");
    count(unranked, "the reranker and have the order of the first stage");
  }

  private void count(Set<String> found, String what) {
    if (!found.isEmpty()) {
      err.println(
          "%d of %d queries were too long for %s".formatted(found.size(), queries.size(), what));
      err.flush();
    }
  }
}

package dev.reranker.examples.cli;

import dev.reranker.examples.cli.input.Query;
import dev.reranker.onnx.OnnxReranker;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds the queries that are too long for the reranker, before the search begins. */
final class LongQueries {

  /** More are only counted. */
  private static final int NAMED = 5;

  private LongQueries() {}

  /** Why the reranker cannot read this query, if it cannot. Counts tokens as the model does. */
  static Optional<String> problem(String query, OnnxReranker reranker) {
    try {
      reranker.score(query, List.of());
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /**
   * The ids of those that are too long; the first of them are named.
   *
   * @param refuse whether one is an error
   * @throws IllegalArgumentException if one is and shall be refused
   */
  static Set<String> find(
      List<Query> queries, OnnxReranker reranker, boolean refuse, PrintWriter err) {
    Set<String> found = new HashSet<>();
    for (Query query : queries) {
      Optional<String> problem = problem(query.text(), reranker);
      if (problem.isEmpty()) {
        continue;
      }
      String message = query.place() + ": query '" + query.id() + "': " + problem.get();
      if (refuse) {
        throw new IllegalArgumentException(message);
      }
      found.add(query.id());
      if (found.size() <= NAMED) {
        err.println(message + "; it keeps the order of the first stage");
      }
    }
    if (found.size() > NAMED) {
      err.println((found.size() - NAMED) + " further queries are too long for the reranker");
    }
    err.flush();
    return found;
  }
}

package dev.reranker;

import java.util.List;
import java.util.Objects;

/**
 * What a pipeline answers.
 *
 * @param query what was asked
 * @param documents best first, ranks 1, 2, 3…; unmodifiable
 * @param stages what each stage did, in order: the retriever, then the rerankers
 */
public record SearchResult(String query, List<RankedDocument> documents, List<StageReport> stages) {

  /** Copies the lists. */
  public SearchResult {
    Objects.requireNonNull(query, "query");
    documents = List.copyOf(documents);
    stages = List.copyOf(stages);
  }
}

package dev.reranker;

import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/** What a pipeline answers: the hits, and what each stage did. Immutable. */
public final class SearchResult {

  private final String query;
  private final List<Hit> hits;
  private final List<StageReport> stages;

  private final OptionalInt total;

  private SearchResult(String query, List<Hit> hits, List<StageReport> stages, OptionalInt total) {
    this.query = Objects.requireNonNull(query, "query");
    this.hits = List.copyOf(hits);
    this.stages = List.copyOf(stages);
    this.total = total;
  }

  /**
   * A result, for those who search in another way or test what uses results.
   *
   * @param query what was asked
   * @param hits best first, ranks 1, 2, 3…; copied
   * @param stages what each stage did; copied
   * @return the result
   */
  public static SearchResult of(String query, List<Hit> hits, List<StageReport> stages) {
    return new SearchResult(query, hits, stages, OptionalInt.empty());
  }

  /** The part of a result that a page shows; the total is that of the whole. */
  SearchResult page(int offset, int size) {
    int from = Math.min(offset, hits.size());
    int to = from + Math.min(size, hits.size() - from);
    return new SearchResult(query, hits.subList(from, to), stages, OptionalInt.of(hits.size()));
  }

  /**
   * What was asked.
   *
   * @return the query
   */
  public String query() {
    return query;
  }

  /**
   * What was found: best first, by the scores of the last stage, joined with those before as its
   * {@link ScoreCombiner} has it; ranks 1, 2, 3…, or from a page's first on; those that the last
   * stage did not score behind those that it did, in the order they came in.
   *
   * @return the hits; unmodifiable
   */
  public List<Hit> hits() {
    return hits;
  }

  /**
   * How many hits all pages have together.
   *
   * @return at least the number of {@link #hits()}; empty unless the request was for a page by
   *     {@link SearchRequest#withOffset}
   */
  public OptionalInt total() {
    return total;
  }

  /**
   * What each stage did.
   *
   * @return the retriever's report, then one for each reranker; unmodifiable
   */
  public List<StageReport> stages() {
    return stages;
  }

  /**
   * Whether every stage did all that it was asked, or as much as it was set up for.
   *
   * @return false if one was cut short by the deadline, or failed and was left out; the {@linkplain
   *     #stages() reports} say which. One that {@linkplain StageReport.Outcome#STOPPED_EARLY
   *     stopped early} by itself was not
   */
  public boolean complete() {
    return complete(stages);
  }

  private static boolean complete(List<StageReport> stages) {
    return stages.stream()
        .allMatch(
            stage ->
                switch (stage.outcome()) {
                  case COMPLETE, STOPPED_EARLY -> complete(stage.parts());
                  case DEADLINE, FAILED, CANCELLED -> false;
                });
  }

  /**
   * A trace of the search for people to read: what each stage did, in order, and why it did not do
   * more; then each hit with what every stage said of it. The form may change, so do not parse it.
   *
   * {@snippet :
   * System.out.println(pipeline.search("how do whales sleep").explain());
   * }
   *
   * @return several lines of at most 120 characters, without control characters; of the query and
   *     each text only the beginning, but enough that it belongs into no log that others read
   */
  public String explain() {
    return Explanation.of(query, complete(), total, stages, hits);
  }

  /** For people: the query, the number of hits and the stages. */
  @Override
  public String toString() {
    return "'%s': %d hits %s".formatted(query, hits.size(), stages);
  }
}

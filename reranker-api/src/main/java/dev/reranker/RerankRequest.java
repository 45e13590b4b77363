package dev.reranker;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What a reranker is asked: order these candidates by how well each answers the query.
 *
 * @param query what the user typed
 * @param candidates what to order, in first-stage order; copied
 * @param topN how many of the best to return, at least 1; {@link Integer#MAX_VALUE}, the default,
 *     returns all
 */
public record RerankRequest(String query, List<Candidate> candidates, int topN) {

  /** The stage name of candidates that were made from bare texts or documents. */
  static final String INPUT = "input";

  /**
   * Checks and copies the components.
   *
   * @throws IllegalArgumentException if {@code topN} is below 1
   * @throws NullPointerException if a component or a candidate is null
   */
  public RerankRequest {
    Objects.requireNonNull(query, "query");
    for (int i = 0; i < candidates.size(); i++) {
      if (candidates.get(i) == null) {
        throw new NullPointerException("candidate " + i + " of " + candidates.size() + " is null");
      }
    }
    candidates = List.copyOf(candidates);
    if (topN < 1) {
      throw new IllegalArgumentException("topN is " + topN + "; ask for at least 1 document");
    }
  }

  /**
   * A request for all candidates.
   *
   * @param query what the user typed
   * @param candidates what to order, in first-stage order
   * @return the request
   */
  public static RerankRequest of(String query, List<Candidate> candidates) {
    return new RerankRequest(query, candidates, Integer.MAX_VALUE);
  }

  /**
   * A request over documents that no stage has scored; their order in the list counts as
   * first-stage order.
   *
   * @param query what the user typed
   * @param documents what to order
   * @return the request
   */
  public static RerankRequest ofDocuments(String query, List<Document> documents) {
    var candidates = new ArrayList<Candidate>(documents.size());
    for (Document document : documents) {
      if (document == null) {
        throw new NullPointerException(
            "document " + candidates.size() + " of " + documents.size() + " is null");
      }
      candidates.add(Candidate.of(document, INPUT, candidates.size() + 1, 0));
    }
    return of(query, candidates);
  }

  /**
   * A request over bare texts; each becomes a document whose id is its position, from {@code "0"}.
   *
   * @param query what the user typed
   * @param passages what to order
   * @return the request
   */
  public static RerankRequest ofTexts(String query, List<String> passages) {
    var documents = new ArrayList<Document>(passages.size());
    for (String passage : passages) {
      if (passage == null) {
        throw new NullPointerException(
            "passage " + documents.size() + " of " + passages.size() + " is null");
      }
      documents.add(Document.of(Integer.toString(documents.size()), passage));
    }
    return ofDocuments(query, documents);
  }

  /**
   * The same request for another number of results.
   *
   * @param topN how many of the best to return, at least 1
   * @return the request
   */
  public RerankRequest withTopN(int topN) {
    return new RerankRequest(query, candidates, topN);
  }

  /**
   * The candidates' texts, for a model to read.
   *
   * @return one text a candidate, in their order; a cheap view
   */
  public List<String> texts() {
    return new AbstractList<>() {
      @Override
      public String get(int index) {
        return candidates.get(index).document().text();
      }

      @Override
      public int size() {
        return candidates.size();
      }
    };
  }
}

package dev.reranker;

import dev.reranker.internal.Checks;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What a reranker is asked: order these candidates by how well each answers the query. Immutable,
 * but for the {@link #context()}, which can be cancelled.
 */
public final class RerankRequest {

  /** The stage name of candidates that were made from bare texts or documents. */
  static final String INPUT = "input";

  private final String query;
  private final List<Hit> candidates;
  private final int topN;
  private final SearchContext context;

  private RerankRequest(String query, List<Hit> candidates, int topN, SearchContext context) {
    this.query = query;
    this.candidates = candidates;
    this.topN = topN;
    this.context = context;
  }

  /**
   * A request for all candidates.
   *
   * @param query what the user typed
   * @param candidates what to order, in first-stage order; copied
   * @return the request
   * @throws NullPointerException if an argument or a candidate is null
   */
  public static RerankRequest of(String query, List<Hit> candidates) {
    Objects.requireNonNull(query, "query");
    List<Hit> copy = Checks.copyOf(candidates, "candidate");
    return new RerankRequest(query, copy, Integer.MAX_VALUE, SearchContext.create());
  }

  /**
   * A request over documents that no stage has scored; their order in the list counts as
   * first-stage order.
   *
   * @param query what the user typed
   * @param documents what to order
   * @return the request
   * @throws NullPointerException if an argument or a document is null
   */
  public static RerankRequest ofDocuments(String query, List<Document> documents) {
    var candidates = new ArrayList<Hit>(documents.size());
    for (Document document : Checks.copyOf(documents, "document")) {
      candidates.add(Hit.of(document, INPUT, candidates.size() + 1, 0));
    }
    return of(query, candidates);
  }

  /**
   * A request over bare texts; each becomes a document whose id is its position, from {@code "0"}.
   *
   * @param query what the user typed
   * @param passages what to order
   * @return the request
   * @throws NullPointerException if an argument or a passage is null
   */
  public static RerankRequest ofTexts(String query, List<String> passages) {
    var documents = new ArrayList<Document>(passages.size());
    for (String passage : Checks.copyOf(passages, "passage")) {
      documents.add(Document.of(Integer.toString(documents.size()), passage));
    }
    return ofDocuments(query, documents);
  }

  /**
   * The same request for another number of results.
   *
   * @param topN how many of the best to return, at least 1
   * @return the request
   * @throws IllegalArgumentException if it is below 1
   */
  public RerankRequest withTopN(int topN) {
    if (topN < 1) {
      throw new IllegalArgumentException("topN is " + topN + "; ask for at least 1 document");
    }
    return new RerankRequest(query, candidates, topN, context);
  }

  /**
   * The same request with another context.
   *
   * @param context what the call carries to every stage
   * @return the request
   */
  public RerankRequest withContext(SearchContext context) {
    return new RerankRequest(query, candidates, topN, Objects.requireNonNull(context, "context"));
  }

  /**
   * What the user typed.
   *
   * @return the text; rerankers refuse a blank one
   */
  public String query() {
    return query;
  }

  /**
   * What to order.
   *
   * @return the candidates, in first-stage order; unmodifiable
   */
  public List<Hit> candidates() {
    return candidates;
  }

  /**
   * How many of the best to return.
   *
   * @return at least 1; {@link Integer#MAX_VALUE}, the default: all
   */
  public int topN() {
    return topN;
  }

  /**
   * The call's deadline, cancellation, attributes and listener.
   *
   * @return the context
   */
  public SearchContext context() {
    return context;
  }
}

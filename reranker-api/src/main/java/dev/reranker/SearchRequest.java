package dev.reranker;

import dev.reranker.internal.Checks;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A query, and what may differ from call to call. Made by {@link #of} and changed by the {@code
 * with…} methods, which give copies.
 *
 * {@snippet :
 * SearchResult result = pipeline.search(
 *     SearchRequest.of("how do whales sleep")
 *         .withTopN(5)
 *         .withDeadline(Duration.ofMillis(300))
 *         .withFilter(new TermQuery(new Term("tenant", "acme")))); // a Lucene retriever's
 * }
 *
 * <p>A request is for one call at a time: its {@link #context()} can be cancelled, and then is for
 * good. Immutable otherwise.
 */
public final class SearchRequest {

  private final String query;
  private final OptionalInt topN;
  private final OptionalInt depth;
  private final OptionalInt offset;
  private final @Nullable Duration deadline;
  private final SearchContext context;

  private SearchRequest(
      String query,
      OptionalInt topN,
      OptionalInt depth,
      OptionalInt offset,
      @Nullable Duration deadline,
      SearchContext context) {
    this.query = query;
    this.topN = topN;
    this.depth = depth;
    this.offset = offset;
    this.deadline = deadline;
    this.context = context;
  }

  /**
   * A request with the pipeline's own settings.
   *
   * @param query what the user typed; not blank
   * @return the request
   * @throws IllegalArgumentException if the query is blank
   */
  public static SearchRequest of(String query) {
    return new SearchRequest(
        Checks.query(query),
        OptionalInt.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        null,
        SearchContext.create());
  }

  /**
   * The same request for another number of results.
   *
   * @param topN how many documents to return, at least 1: in place of what the last stage keeps,
   *     fewer or more. There are never more than the stage before hands on
   * @return the request
   * @throws IllegalArgumentException if it is below 1
   */
  public SearchRequest withTopN(int topN) {
    OptionalInt wanted = OptionalInt.of(Checks.atLeastOne("topN", topN));
    return new SearchRequest(query, wanted, depth, offset, deadline, context);
  }

  /**
   * The same request over another number of candidates.
   *
   * @param depth how many candidates the first stage brings, at least 1
   * @return the request
   * @throws IllegalArgumentException if it is below 1
   */
  public SearchRequest withDepth(int depth) {
    OptionalInt wanted = OptionalInt.of(Checks.atLeastOne("depth", depth));
    return new SearchRequest(query, topN, wanted, offset, deadline, context);
  }

  /**
   * The same request for a page: {@link #withTopN} is then the page's size. Pages of one size after
   * another are disjoint and together complete, up to the {@link #withDepth depth}, whatever the
   * size: each search orders all candidates and shows its part. Past the end a page is empty. That
   * holds as long as the stages answer alike: not where one fails or is late in one call alone.
   *
   * @param offset how many of the best to leave out, at least 0. Hits keep their {@linkplain
   *     Hit#rank() rank} in the whole list; {@link SearchResult#total()} is its length
   * @return the request
   * @throws IllegalArgumentException if it is negative
   */
  public SearchRequest withOffset(int offset) {
    if (offset < 0) {
      throw new IllegalArgumentException("offset is " + offset + "; the first page has 0");
    }
    return new SearchRequest(query, topN, depth, OptionalInt.of(offset), deadline, context);
  }

  /**
   * The same request with a time limit, counted from the moment the search begins. The pipeline's
   * own, and one that the context has, stay in force where they pass earlier.
   *
   * @param time how long the search may take, above zero
   * @return the request
   * @throws IllegalArgumentException if it is zero or negative
   */
  public SearchRequest withDeadline(Duration time) {
    return new SearchRequest(
        query, topN, depth, offset, Checks.positive("deadline", time), context);
  }

  /**
   * The same request with a filter.
   *
   * @param filter what hits must also match, in the retriever's own terms
   * @return the request
   * @see SearchContext#withFilter(Object)
   */
  public SearchRequest withFilter(Object filter) {
    return carrying(context.withFilter(filter));
  }

  /**
   * The same request with one more attribute.
   *
   * @param name the attribute's name
   * @param value its value
   * @return the request
   * @see SearchContext#withAttribute(String, Object)
   */
  public SearchRequest withAttribute(String name, Object value) {
    return carrying(context.withAttribute(name, value));
  }

  /**
   * The same request with a listener.
   *
   * @param listener hears what the stages do
   * @return the request
   */
  public SearchRequest withListener(SearchListener listener) {
    return carrying(context.withListener(listener));
  }

  /**
   * The same request with another context: its deadline, filter, attributes and listener. Call it
   * before the methods that add to the context.
   *
   * @param context what the call carries to every stage
   * @return the request
   * @throws IllegalStateException if the request has a filter, an attribute or a listener already,
   *     which would be lost
   */
  public SearchRequest withContext(SearchContext context) {
    if (this.context.carriesMore()) {
      throw new IllegalStateException(
          "the request has a filter, an attribute or a listener, which another context would drop:"
              + " call withContext first");
    }
    return carrying(Objects.requireNonNull(context, "context"));
  }

  private SearchRequest carrying(SearchContext context) {
    return new SearchRequest(query, topN, depth, offset, deadline, context);
  }

  /**
   * What the user typed.
   *
   * @return the text, not blank
   */
  public String query() {
    return query;
  }

  /**
   * How many documents to return.
   *
   * @return at least 1; empty: as the pipeline was built
   */
  public OptionalInt topN() {
    return topN;
  }

  /**
   * How many candidates the first stage brings.
   *
   * @return at least 1; empty: as the pipeline was built
   */
  public OptionalInt depth() {
    return depth;
  }

  /**
   * How many of the best to leave out.
   *
   * @return at least 0; empty: none, and no total is wanted
   */
  public OptionalInt offset() {
    return offset;
  }

  /**
   * How long the search may take, from the moment it begins.
   *
   * @return the time; empty: as the pipeline was built
   */
  public Optional<Duration> deadline() {
    return Optional.ofNullable(deadline);
  }

  /**
   * What the call carries to every stage; {@link SearchContext#cancel()} ends the call.
   *
   * @return the context
   */
  public SearchContext context() {
    return context;
  }
}

package dev.reranker;

import dev.reranker.error.CancelledException;
import dev.reranker.error.DeadlineException;
import dev.reranker.error.RetrievalException;
import dev.reranker.internal.Checks;
import java.util.List;
import java.util.Objects;

/**
 * The first stage: finds the candidates for a query, fast and roughly.
 *
 * <p>A lambda will do, so an application can bring any search engine it already has:
 *
 * {@snippet :
 * Retriever mine = (query, k) -> {
 *   var hits = new java.util.ArrayList<Hit>();
 *   for (var row : engine.search(query, k)) {
 *     hits.add(Hit.of(Document.of(row.id(), row.text()), "mine", hits.size() + 1, row.score()));
 *   }
 *   return hits;
 * };
 * }
 *
 * <p>One that knows what to do with a call's filter, deadline or attributes is made by {@link
 * #of(String, InContext)}. Implementations are thread-safe.
 */
@FunctionalInterface
public interface Retriever {

  /** A retriever that looks at what the call carries besides its query. */
  @FunctionalInterface
  interface InContext {

    /**
     * Finds the best candidates for a query.
     *
     * @param query what the user typed; not blank
     * @param k how many candidates at most, at least 1
     * @param context the call's filter, which must be applied or refused, its deadline, attributes
     *     and listener
     * @return as {@link Retriever#retrieve(String, int)}
     */
    List<Hit> retrieve(String query, int k, SearchContext context);
  }

  /**
   * Finds the best candidates for a query.
   *
   * <p>A pipeline or fusion normalises what comes back: the list's order counts, ranks are given
   * anew from 1, of several hits with one document id the first stays, and more than {@code k} are
   * cut off. A list or hit that is null is a {@link RetrievalException}.
   *
   * @param query what the user typed; not blank
   * @param k how many candidates at most, at least 1
   * @return at most {@code k} candidates, ranks 1, 2, 3…, best first, equal scores by document id;
   *     no document twice; empty where nothing matches
   * @throws IllegalArgumentException if the query is blank or {@code k} is below 1
   * @throws RetrievalException if the search fails
   * @throws CancelledException if the calling thread was interrupted and the retriever heeds it;
   *     the thread's interrupt flag is kept
   */
  List<Hit> retrieve(String query, int k);

  /**
   * Finds the best candidates for a query, within a call. This default is for retrievers that know
   * nothing of contexts: it looks at cancellation and deadline before the search, and refuses a
   * filter, since without it what must stay hidden would be found.
   *
   * @param query what the user typed; not blank
   * @param k how many candidates at most, at least 1
   * @param context what the call carries
   * @return as {@link #retrieve(String, int)}
   * @throws IllegalArgumentException if the query is blank, {@code k} is below 1, or the call has a
   *     filter that this retriever cannot apply
   * @throws RetrievalException if the search fails
   * @throws DeadlineException if the deadline passed before there was an answer
   * @throws CancelledException if the call was cancelled
   */
  default List<Hit> retrieve(String query, int k, SearchContext context) {
    context.check();
    context
        .filter()
        .ifPresent(
            filter -> {
              throw new IllegalArgumentException(
                  "the call has a filter (%s), which retriever '%s' cannot apply: make it by Retriever.of(name, (query, k, context) -> …), which sees the filter, or leave the filter out"
                      .formatted(filter.getClass().getName(), name()));
            });
    return retrieve(query, k);
  }

  /**
   * The name under which results and reports mention this stage.
   *
   * @return the name; {@code "retriever"} unless the implementation has a better one
   */
  default String name() {
    return "retriever";
  }

  /**
   * A retriever under another name, so that two of a kind can be told apart in results.
   *
   * @param name the new name, under which the hits' newest entry stands too
   * @param retriever what to rename
   * @return the named retriever
   */
  static Retriever of(String name, Retriever retriever) {
    Objects.requireNonNull(retriever, "retriever");
    return of(name, (InContext) retriever::retrieve);
  }

  /**
   * A retriever that looks at what the call carries.
   *
   * {@snippet :
   * Retriever mine = Retriever.of("mine", (query, k, context) -> {
   *   String tenant = context.attribute("tenant", String.class).orElseThrow();
   *   return search(tenant, query, k);
   * });
   * }
   *
   * @param name the name under which results and reports mention it
   * @param retriever how it finds. If the call has a filter and this never asks for {@link
   *     SearchContext#filter()}, the call is refused with an {@link IllegalArgumentException}: what
   *     it found is not filtered
   * @return the retriever
   */
  static Retriever of(String name, InContext retriever) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(retriever, "retriever");
    return new Retriever() {
      @Override
      public List<Hit> retrieve(String query, int k) {
        return retrieve(query, k, SearchContext.create());
      }

      @Override
      public List<Hit> retrieve(String query, int k, SearchContext context) {
        Checks.retrieval(query, k);
        context.check();
        SearchContext watched = context.watched();
        List<Hit> found = retriever.retrieve(query, k, watched);
        if (watched.ignoresFilter()) {
          throw new IllegalArgumentException(
              "the call has a filter (%s), which retriever '%s' never asked for: apply context.filter() in it, or leave the filter out"
                  .formatted(context.filter().orElseThrow().getClass().getName(), name));
        }
        watched.parts().forEach(context::addPart);
        return Ranking.retrieved(name, found, k).stream().map(hit -> hit.named(name)).toList();
      }

      @Override
      public String name() {
        return name;
      }
    };
  }
}

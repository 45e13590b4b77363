package dev.reranker;

import dev.reranker.error.CancelledException;
import dev.reranker.error.InferenceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * The second stage: orders candidates by how well each answers the query, slowly and accurately.
 *
 * {@snippet :
 * RerankResult result = reranker.rerank("how do whales sleep", passages, 3);
 * result.hits().forEach(hit -> System.out.println(hit.score() + " " + hit.document().text()));
 *
 * List<Product> best = reranker.rerank("gift for a diver", products, Product::blurb, 3).pick(products);
 * }
 *
 * <p>A lambda will do; {@link RerankResult#builder} puts its scores in order. Implementations are
 * thread-safe, never change their arguments, break ties by first-stage rank and then by id, and
 * answer an empty list with an empty result.
 */
@FunctionalInterface
public interface Reranker extends AutoCloseable {

  /**
   * Orders the candidates of a request.
   *
   * <p>Where the request's deadline passes on the way, or has passed already, those scored so far
   * are ranked, the others stand behind them in the order they came in, and the report says so.
   *
   * @param request query, candidates, how many to return, and the call's context
   * @return the best {@link RerankRequest#topN()}, best first
   * @throws IllegalArgumentException if the query is blank or does not fit the model
   * @throws InferenceException if the model fails or gives NaN
   * @throws CancelledException if the call was cancelled or the calling thread interrupted
   * @throws IllegalStateException if this reranker is closed
   */
  RerankResult rerank(RerankRequest request);

  /**
   * Orders bare texts; each hit's {@link Hit#index()} is the text's position.
   *
   * @param query what the user typed
   * @param passages the texts
   * @return all of them, best first
   * @throws NullPointerException if an argument or a passage is null; the message says which
   * @throws IllegalArgumentException if the query is blank or does not fit the model
   * @throws InferenceException if the model fails or gives NaN
   * @throws IllegalStateException if this reranker is closed
   */
  default RerankResult rerank(String query, List<String> passages) {
    return rerank(RerankRequest.ofTexts(query, passages));
  }

  /**
   * Orders bare texts and returns the best.
   *
   * @param query what the user typed
   * @param passages the texts
   * @param topN how many of the best to return, at least 1
   * @return the best, best first
   * @throws NullPointerException if an argument or a passage is null; the message says which
   * @throws IllegalArgumentException if {@code topN} is below 1, or the query is blank or does not
   *     fit the model
   * @throws InferenceException if the model fails or gives NaN
   * @throws IllegalStateException if this reranker is closed
   */
  default RerankResult rerank(String query, List<String> passages, int topN) {
    return rerank(RerankRequest.ofTexts(query, passages).withTopN(topN));
  }

  /**
   * Orders anything that has a text; {@link RerankResult#pick} gives the things themselves.
   *
   * @param query what the user typed
   * @param things what to order
   * @param text the text of one of them, for the model to read
   * @param topN how many of the best to return, at least 1
   * @param <T> what they are
   * @return the best, best first
   * @throws NullPointerException if an argument or a text is null; the message says which
   * @throws IllegalArgumentException if {@code topN} is below 1, or the query is blank or does not
   *     fit the model
   * @throws InferenceException if the model fails or gives NaN
   * @throws IllegalStateException if this reranker is closed
   */
  default <T> RerankResult rerank(
      String query, List<T> things, Function<? super T, String> text, int topN) {
    var texts = new ArrayList<String>(things.size());
    for (T thing : things) {
      texts.add(text.apply(thing));
    }
    return rerank(query, texts, topN);
  }

  /**
   * A reranker of a model that scores texts: the score is the raw output itself. It need not be a
   * logit, so a pipeline lets it {@linkplain ScoreCombiner#replace() replace} the score before,
   * unless told otherwise.
   *
   * @param name the name under which results and reports mention it
   * @param scorer the model; stays the caller's to close
   * @return the reranker
   */
  static Reranker of(String name, Scorer scorer) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(scorer, "scorer");
    return new Reranker() {
      @Override
      public RerankResult rerank(RerankRequest request) {
        return Scoring.rerank(name, scorer, request);
      }

      @Override
      public String name() {
        return name;
      }
    };
  }

  /**
   * A reranker under another name, so that two lambdas can be told apart in results; its scores and
   * its {@linkplain #combiner() combiner} stay what they are.
   *
   * @param name the new name
   * @param reranker what to rename; stays the caller's to close
   * @return the named reranker
   */
  static Reranker of(String name, Reranker reranker) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(reranker, "reranker");
    return new Reranker() {
      @Override
      public RerankResult rerank(RerankRequest request) {
        return reranker.rerank(request).named(name);
      }

      @Override
      public ScoreCombiner combiner() {
        return reranker.combiner();
      }

      @Override
      public String name() {
        return name;
      }
    };
  }

  /**
   * How a pipeline joins this reranker's scores with the order before it, unless told otherwise. A
   * reranker that wraps another passes on the other's.
   *
   * @return the combiner, not null: {@link ScoreCombiner#replace()} unless the implementation knows
   *     better; {@link ScoreCombiner#rankPrior} suits models whose raw output is a logit
   */
  default ScoreCombiner combiner() {
    return ScoreCombiner.replace();
  }

  /**
   * The name under which results and reports mention this stage.
   *
   * @return the name; {@code "rerank"} unless the implementation has a better one
   */
  default String name() {
    return "rerank";
  }

  /**
   * Waits for calls in flight, then releases the model. A second call does nothing; any other call
   * afterwards is an {@link IllegalStateException}. This default, for rerankers that hold nothing,
   * does nothing at all.
   */
  @Override
  default void close() {}
}

package dev.reranker.resilience;

import dev.reranker.SearchContext;
import java.util.function.Function;

/** How a stage is asked: in a time, or again. */
@FunctionalInterface
interface Asking {

  /**
   * Asks a stage.
   *
   * @param stage names the stage, for messages
   * @param context of the call
   * @param call the stage's answer under a context
   */
  <T> T ask(String stage, SearchContext context, Function<SearchContext, T> call);
}

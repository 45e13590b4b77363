package dev.reranker.examples.metrics;

import dev.reranker.SearchListener;
import dev.reranker.StageReport;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the stages of searches do, as meters: for one pipeline, or for several that share it.
 *
 * {@snippet :
 * Pipeline pipeline = Pipeline.builder()
 *     .retrieve(index.bm25(), 100)
 *     .rerank(reranker, 10)
 *     .listener(new StageMetrics(registry))
 *     .build();
 * }
 *
 * <p>All meters have the tag {@code stage}, the stage's name: a retriever's, a fusion's, a
 * reranker's. Other tags are few by their nature as well: the outcome, and the class of an
 * exception. No query, passage, id, message or thread name becomes a tag, so the number of meters
 * does not grow with the searches. Timers are in the registry's base unit, seconds in most.
 *
 * <table>
 * <caption>The meters</caption>
 * <tr><th>name</th><th>kind</th><th>what</th></tr>
 * <tr><td>{@code reranker.stage}</td><td>timer</td>
 *     <td>the whole stage; with the tag {@code outcome}</td></tr>
 * <tr><td>{@code reranker.wait}</td><td>timer</td>
 *     <td>of a reranker, how long it waited before its model began</td></tr>
 * <tr><td>{@code reranker.run}</td><td>timer</td><td>of a reranker, the rest of the time</td></tr>
 * <tr><td>{@code reranker.candidates}</td><td>summary</td><td>handed on by a search</td></tr>
 * <tr><td>{@code reranker.scored}, {@code .skipped}, {@code .truncated}, {@code .prepared},
 * {@code .cached}</td>
 *     <td>counters</td><td>candidates, as in {@link StageReport}</td></tr>
 * <tr><td>{@code reranker.tokens}, {@code reranker.tokens.padded}</td><td>counters</td>
 *     <td>tokens without and with padding</td></tr>
 * <tr><td>{@code reranker.failures}</td><td>counter</td>
 *     <td>stages that ended by an exception; with the tag {@code exception}</td></tr>
 * <tr><td>{@code reranker.left.out}</td><td>counter</td>
 *     <td>retrievers that a fusion went on without; with the tag {@code exception}</td></tr>
 * </table>
 */
public final class StageMetrics implements SearchListener {

  /** Stage names that an application makes up call by call would be meters without end. */
  private static final int MOST_STAGES = 50;

  private final MeterRegistry registry;
  private final Set<String> stages = ConcurrentHashMap.newKeySet();

  /**
   * Meters in a registry, made as they are needed.
   *
   * @param registry stays the caller's to close
   */
  public StageMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void ended(StageReport report) {
    Tags stage = stage(report);
    String outcome = report.outcome().name().toLowerCase(Locale.ROOT);
    registry.timer("reranker.stage", stage.and("outcome", outcome)).record(report.took());
    registry.summary("reranker.candidates", stage).record(report.candidates());
    if (report.scored() + report.skipped() > 0) {
      reranked(report, stage);
    }
    failure(report, "reranker.failures");
    report.parts().forEach(part -> failure(part, "reranker.left.out"));
  }

  private void reranked(StageReport report, Tags stage) {
    registry.timer("reranker.wait", stage).record(report.waited());
    registry.timer("reranker.run", stage).record(report.took().minus(report.waited()));
    registry.counter("reranker.scored", stage).increment(report.scored());
    registry.counter("reranker.skipped", stage).increment(report.skipped());
    registry.counter("reranker.truncated", stage).increment(report.truncated());
    registry.counter("reranker.prepared", stage).increment(report.prepared());
    registry.counter("reranker.cached", stage).increment(report.cached());
    registry.counter("reranker.tokens", stage).increment((double) report.tokens());
    registry.counter("reranker.tokens.padded", stage).increment((double) report.paddedTokens());
  }

  private void failure(StageReport report, String meter) {
    report
        .failure()
        .map(cause -> stage(report).and("exception", cause.getClass().getName()))
        .ifPresent(tags -> registry.counter(meter, tags).increment());
  }

  private Tags stage(StageReport report) {
    String name = report.stage();
    boolean known = stages.contains(name) || (stages.size() < MOST_STAGES && stages.add(name));
    return Tags.of("stage", known || stages.contains(name) ? name : "other");
  }
}

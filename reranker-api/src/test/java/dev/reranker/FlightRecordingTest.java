package dev.reranker;

import static dev.reranker.Fixed.failing;
import static dev.reranker.Fixed.hit;
import static dev.reranker.Fixed.retriever;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.reranker.error.BreakerOpenException;
import dev.reranker.error.CancelledException;
import dev.reranker.error.RetrievalException;
import dev.reranker.resilience.CircuitBreaker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.MDC;

/** What a flight recording has of a search. */
class FlightRecordingTest {

  private static final String QUERY = "how do whales sleep";
  private static final List<String> NAMES = List.of("Search", "Stage", "Fallback");

  @TempDir private Path folder;

  private final AtomicLong time = new AtomicLong();
  private final Retriever words = retriever("bm25", hit("a", 3), hit("b", 2), hit("c", 1));
  private final Retriever hybrid = Fusion.rrf(words, retriever("knn", hit("b", 0.9)));

  private final Reranker model =
      Reranker.of(
          "model",
          (Reranker)
              request -> {
                time.addAndGet(Duration.ofMillis(290).toNanos());
                return RerankResult.builder(request, "model")
                    .score(0, 1, 1)
                    .score(1, 2, 2)
                    .score(2, 3, 3)
                    .truncated(1)
                    .prepared(2)
                    .tokens(90, 100)
                    .waited(Duration.ofMillis(250))
                    .build();
              });

  @Test
  void everyStageOfASearchIsAnEvent() throws IOException {
    List<RecordedEvent> events = recorded(() -> searching(hybrid, model).search(QUERY));

    assertThat(stages(events))
        .containsExactlyInAnyOrder(
            tuple("PART", "bm25", "COMPLETE", 3),
            tuple("PART", "knn", "COMPLETE", 1),
            tuple("RETRIEVE", "rrf", "COMPLETE", 3),
            tuple("RERANK", "model", "COMPLETE", 2));
    RecordedEvent reranked = events.stream().filter(e -> is(e, "RERANK")).findAny().orElseThrow();
    assertThat(reranked.getInt("scored")).isEqualTo(3);
    assertThat(reranked.getInt("skipped")).isZero();
    assertThat(reranked.getInt("truncated")).isOne();
    assertThat(reranked.getInt("prepared")).isEqualTo(2);
    assertThat(reranked.getLong("tokens")).isEqualTo(90);
    assertThat(reranked.getLong("paddedTokens")).isEqualTo(100);
    assertThat(reranked.getDuration("waited")).isEqualTo(Duration.ofMillis(250));
    assertThat(reranked.getDuration("ran")).isEqualTo(Duration.ofMillis(40));
    assertThat(reranked.getString("failure")).isNull();
    assertThat(named(events, "Fallback")).isEmpty();
    RecordedEvent search = named(events, "Search").getFirst();
    assertThat(search.getInt("hits")).isEqualTo(2);
    assertThat(search.getBoolean("complete")).isTrue();
    assertThat(search.getStartTime()).isBeforeOrEqualTo(reranked.getStartTime());
    assertThat(search.getEndTime()).isAfterOrEqualTo(reranked.getEndTime());
  }

  @Test
  void aFailureAndWhatTheSearchGoesOnWithoutAreEvents() throws IOException {
    Reranker broken =
        Reranker.of(
            "model",
            (Reranker)
                request -> {
                  throw new UnsupportedOperationException("cannot read '" + request.query() + "'");
                });
    CircuitBreaker breaker = CircuitBreaker.builder().window(1).leastCalls(1).build();
    Pipeline pipeline = searching(words, breaker.around(broken));
    List<RecordedEvent> events =
        recorded(
            () -> {
              pipeline.search(QUERY);
              pipeline.search(QUERY);
            });

    String failure = UnsupportedOperationException.class.getName();
    String refusal = BreakerOpenException.class.getName();
    assertThat(events.stream().filter(e -> is(e, "RERANK")))
        .extracting(e -> e.getString("outcome"), e -> e.getString("failure"))
        .containsExactly(tuple("FAILED", failure), tuple("FAILED", refusal));
    assertThat(fallbacks(events))
        .containsExactly(tuple("model", failure, 3), tuple("model", refusal, 3));
    assertThat(named(events, "Search")).noneMatch(e -> e.getBoolean("complete"));
  }

  @Test
  void aSearchThatEndsByAnExceptionIsAnEventToo() throws IOException {
    SearchRequest request = SearchRequest.of(QUERY);
    Reranker left =
        Reranker.of(
            "model",
            (Reranker)
                asked -> {
                  request.context().cancel();
                  asked.context().checkCancelled();
                  throw new AssertionError("it was cancelled");
                });
    Retriever gone = failing("disk", new RetrievalException("no " + QUERY));
    List<RecordedEvent> events =
        recorded(
            () -> {
              assertThatThrownBy(() -> searching(words, left).search(request))
                  .isInstanceOf(CancelledException.class);
              assertThatThrownBy(() -> searching(gone, left).search(QUERY))
                  .isInstanceOf(RetrievalException.class);
            });

    assertThat(stages(events))
        .containsExactly(
            tuple("RETRIEVE", "bm25", "COMPLETE", 3),
            tuple("RERANK", "model", "CANCELLED", 2),
            tuple("RETRIEVE", "disk", "FAILED", 0));
    assertThat(fallbacks(events)).isEmpty();
    assertThat(named(events, "Search"))
        .extracting(e -> e.getString("failure"))
        .containsExactly(CancelledException.class.getName(), RetrievalException.class.getName());
  }

  @Test
  void aPartialAnswerAndARetrieverLeftOutAreFallbacks() throws IOException {
    Reranker late =
        Reranker.of(
            "model",
            (Reranker)
                request ->
                    RerankResult.builder(request, "model").score(0, 1, 1).pastDeadline().build());
    Retriever robust =
        Fusion.builder()
            .retriever(words)
            .retriever(failing("disk", new RetrievalException("no " + QUERY)))
            .onFailure(FailurePolicy.CONTINUE)
            .build();
    List<RecordedEvent> events = recorded(() -> searching(robust, late).search(QUERY));

    assertThat(fallbacks(events))
        .containsExactly(
            tuple("disk", RetrievalException.class.getName(), 0), tuple("model", "DEADLINE", 2));
  }

  @Test
  void theTraceOfTheLogContextJoinsTheEventsOfOneSearch() throws IOException {
    Pipeline pipeline = searching(hybrid, model);
    List<RecordedEvent> traced =
        recorded(
            () -> {
              MDC.put("traceId", "4bf92f35");
              pipeline.search(QUERY);
              MDC.clear();
            });
    assertThat(traced).hasSize(5).allMatch(e -> "4bf92f35".equals(e.getString("trace")));
    assertThat(recorded(() -> pipeline.search(QUERY)))
        .hasSize(5)
        .allMatch(e -> e.getString("trace") == null);
  }

  @Test
  void nothingIsRecordedThatIsSwitchedOff() throws IOException {
    try (var recording = new Recording()) {
      NAMES.forEach(name -> recording.disable("dev.reranker." + name));
      assertThat(recorded(recording, () -> searching(hybrid, model).search(QUERY))).isEmpty();
    }
  }

  @AfterEach
  void forget() {
    MDC.clear();
  }

  private Pipeline searching(Retriever retriever, Reranker reranker) {
    return Pipeline.builder().clock(time::get).retrieve(retriever, 10).rerank(reranker, 2).build();
  }

  private List<RecordedEvent> recorded(Runnable work) throws IOException {
    try (var recording = new Recording()) {
      NAMES.forEach(name -> recording.enable("dev.reranker." + name));
      return recorded(recording, work);
    }
  }

  /** This library's events, in the order of their ends; none of them tells what is private. */
  private List<RecordedEvent> recorded(Recording recording, Runnable work) throws IOException {
    recording.start();
    work.run();
    recording.stop();
    Path file = folder.resolve("recording" + recording.getId() + ".jfr");
    recording.dump(file);
    List<RecordedEvent> events =
        RecordingFile.readAllEvents(file).stream()
            .filter(e -> e.getEventType().getName().startsWith("dev.reranker."))
            .sorted(Comparator.comparing(RecordedEvent::getEndTime))
            .toList();
    assertThat(events).noneMatch(e -> e.toString().contains("whales"));
    return events;
  }

  private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
    return events.stream()
        .filter(e -> e.getEventType().getName().equals("dev.reranker." + name))
        .toList();
  }

  private static boolean is(RecordedEvent event, String kind) {
    return event.hasField("kind") && event.getString("kind").equals(kind);
  }

  private static List<Tuple> stages(List<RecordedEvent> events) {
    return named(events, "Stage").stream()
        .map(
            e ->
                tuple(
                    e.getString("kind"),
                    e.getString("stage"),
                    e.getString("outcome"),
                    e.getInt("candidates")))
        .toList();
  }

  private static List<Tuple> fallbacks(List<RecordedEvent> events) {
    return named(events, "Fallback").stream()
        .map(e -> tuple(e.getString("stage"), e.getString("reason"), e.getInt("unscored")))
        .toList();
  }
}

package dev.reranker.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Deadline;
import dev.reranker.Hit;
import dev.reranker.Retriever;
import dev.reranker.SearchContext;
import dev.reranker.error.CancelledException;
import dev.reranker.error.DeadlineException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every {@link Retriever} promises; each implementation's test extends this. */
public abstract class RetrieverContract {

  /** A retriever over at least five documents, two or more of which match {@link #query()}. */
  protected abstract Retriever retriever();

  /** A query that at least two documents match. */
  protected abstract String query();

  @Test
  void ranksCountFromOneAndScoresFall() {
    List<Hit> found = retriever().retrieve(query(), 5);
    assertThat(found).hasSizeGreaterThanOrEqualTo(2);
    assertThat(found)
        .extracting(Hit::rank)
        .containsExactlyElementsOf(IntStream.rangeClosed(1, found.size()).boxed().toList());
    assertThat(found)
        .isSortedAccordingTo(
            Comparator.comparingDouble(Hit::score)
                .reversed()
                .thenComparing(c -> c.document().id()));
  }

  @Test
  void noDocumentComesTwice() {
    assertThat(retriever().retrieve(query(), 5))
        .extracting(c -> c.document().id())
        .doesNotHaveDuplicates();
  }

  @Test
  void hitsCarryTheRetrieversName() {
    Retriever retriever = retriever();
    assertThat(retriever.retrieve(query(), 5))
        .extracting(c -> c.stage())
        .containsOnly(retriever.name());
  }

  @Test
  void kIsAnUpperBound() {
    assertThat(retriever().retrieve(query(), 1)).hasSize(1);
    assertThat(retriever().retrieve(query(), 100_000)).hasSizeGreaterThanOrEqualTo(2);
  }

  @Test
  void fewerHitsAreThePrefixOfMore() {
    List<Hit> two = retriever().retrieve(query(), 2);
    assertThat(ids(two)).isEqualTo(ids(retriever().retrieve(query(), 5)).subList(0, 2));
  }

  @Test
  void wrongArgumentsAreNamed() {
    assertThatThrownBy(() -> retriever().retrieve(" \t", 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("blank");
    assertThatThrownBy(() -> retriever().retrieve(query(), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("k is 0");
  }

  @Test
  void aCancelledCallIsNotAnswered() {
    SearchContext context = SearchContext.create();
    context.cancel();
    assertThatThrownBy(() -> retriever().retrieve(query(), 5, context))
        .isInstanceOf(CancelledException.class);
  }

  @Test
  void aDeadlineThatHasPassedIsHeeded() {
    SearchContext late = SearchContext.create().withDeadline(Deadline.after(Duration.ZERO));
    assertThatThrownBy(() -> retriever().retrieve(query(), 5, late))
        .isInstanceOf(DeadlineException.class);
  }

  @Test
  void aFilterThatIsNoneOfItsOwnIsRefused() {
    SearchContext filtered = SearchContext.create().withFilter(new java.util.BitSet());
    assertThatThrownBy(() -> retriever().retrieve(query(), 5, filtered))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("java.util.BitSet");
  }

  @Test
  void aCallsContextChangesNothingElse() {
    assertThat(ids(retriever().retrieve(query(), 5, SearchContext.create())))
        .isEqualTo(ids(retriever().retrieve(query(), 5)));
  }

  @Test
  void anyTextIsAQuery() {
    for (String odd :
        List.of(
            "\"", "a AND (", "*:*", "foo:bar^", "\ud800 lone", "🚀", "\u0000", "/re[", "~ \\")) {
      assertThat(retriever().retrieve(odd, 3)).hasSizeLessThanOrEqualTo(3);
    }
  }

  @Test
  void aVeryLongQueryIsSearched() {
    String words =
        IntStream.range(0, 5_000).mapToObj(i -> "w" + i).collect(Collectors.joining(" "));
    assertThat(retriever().retrieve(query() + " " + words, 3)).isNotNull();
  }

  @Test
  void threadsGetTheSameAnswer() throws Exception {
    Retriever retriever = retriever();
    List<String> expected = ids(retriever.retrieve(query(), 5));
    try (var pool = Executors.newFixedThreadPool(4)) {
      Callable<List<String>> search = () -> ids(retriever.retrieve(query(), 5));
      for (Future<List<String>> answer :
          pool.invokeAll(Stream.generate(() -> search).limit(32).toList())) {
        assertThat(answer.get()).isEqualTo(expected);
      }
    }
  }

  private static List<String> ids(List<Hit> candidates) {
    return candidates.stream().map(c -> c.document().id()).toList();
  }
}

package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Document;
import dev.reranker.Embedder;
import dev.reranker.error.InferenceException;
import dev.reranker.passage.PassagePreparer;
import dev.reranker.prepared.PreparedPassage;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Preparers that do not keep their word, or cannot prepare at all. */
class BrokenPreparerTest {

  /** Gives what it is told to, whatever it is asked. */
  private record Broken(List<PreparedPassage> answer) implements PassagePreparer {

    @Override
    public String name() {
      return "broken";
    }

    @Override
    public String preparedFingerprint() {
      return "m1";
    }

    @Override
    public Optional<Embedder> embedder() {
      return Optional.empty();
    }

    @Override
    public List<Prepared> prepareAndEmbed(List<String> passages) {
      return answer.stream().map(passage -> new Prepared(passage, new float[0])).toList();
    }
  }

  @Test
  void whatDoesNotFitIsNotKept() {
    var foreign = new Broken(List.of(FakePreparer.passage("m2", "x")));
    try (var index = LuceneIndex.builder().inMemory().prepare(foreign).build()) {
      assertThatThrownBy(() -> index.add(List.of(Document.of("a", "x"))))
          .isInstanceOf(InferenceException.class)
          .hasMessage(
              "'broken' prepared document 'a' as fingerprint m2, and says that its own is m1");
      assertThat(index.size()).isZero();
    }
    var few = new Broken(List.of());
    try (var index = LuceneIndex.builder().inMemory().prepare(few).build()) {
      assertThatThrownBy(() -> index.add(List.of(Document.of("a", "x"))))
          .isInstanceOf(InferenceException.class)
          .hasMessage("'broken' prepared 0 of 1 passages");
    }
  }

  @Test
  void aModelThatCannotPrepareIsRefusedAtOnce() {
    var crossEncoder =
        new PassagePreparer() {
          @Override
          public String name() {
            return "cross-encoder";
          }

          @Override
          public String preparedFingerprint() {
            throw new UnsupportedOperationException("reads both together");
          }

          @Override
          public Optional<Embedder> embedder() {
            return Optional.empty();
          }

          @Override
          public List<Prepared> prepareAndEmbed(List<String> passages) {
            throw new UnsupportedOperationException("reads both together");
          }
        };
    assertThatThrownBy(() -> LuceneIndex.builder().inMemory().prepare(crossEncoder).build())
        .isInstanceOf(UnsupportedOperationException.class);
  }
}

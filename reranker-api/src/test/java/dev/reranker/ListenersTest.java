package dev.reranker;

import static dev.reranker.Fixed.hit;
import static dev.reranker.Fixed.retriever;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who hears of a search. */
class ListenersTest {

  private final List<String> heard = new ArrayList<>();

  private final SearchListener broken =
      new SearchListener() {
        @Override
        public void ended(StageReport report) {
          heard.add("broken " + report.stage());
          throw new IllegalStateException("cannot listen");
        }
      };

  private final SearchListener mine =
      new SearchListener() {
        @Override
        public void started(String stage) {
          heard.add("begin " + stage);
        }

        @Override
        public void ended(StageReport report) {
          heard.add("end " + report.stage() + " " + report.outcome());
        }
      };

  @Test
  void thePipelinesAndTheRequestsHearTheSame() {
    Pipeline pipeline =
        Pipeline.builder().retrieve(retriever("bm25", hit("a", 1)), 1).listener(broken).build();
    pipeline.search(SearchRequest.of("q").withListener(mine));
    assertThat(heard).containsExactly("begin bm25", "broken bm25", "end bm25 COMPLETE");

    heard.clear();
    pipeline.toBuilder().build().search("q");
    assertThat(heard).containsExactly("broken bm25");
  }

  @Test
  void aStageThatEndsByAnErrorIsHeardToo() {
    Reranker outOfMemory =
        Reranker.of(
            "model",
            (Reranker)
                request -> {
                  throw new OutOfMemoryError("in a test");
                });
    Pipeline pipeline =
        Pipeline.builder()
            .retrieve(retriever("bm25", hit("a", 1)), 1)
            .rerank(outOfMemory, 1)
            .listener(mine)
            .build();
    assertThatThrownBy(() -> pipeline.search("q")).isInstanceOf(OutOfMemoryError.class);
    assertThat(heard)
        .containsExactly("begin bm25", "end bm25 COMPLETE", "begin model", "end model FAILED");
  }
}

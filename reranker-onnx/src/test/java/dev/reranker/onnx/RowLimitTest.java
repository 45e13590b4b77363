package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.RerankRequest;
import dev.reranker.error.OverloadException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowLimitTest {

  private final RowLimit limit = new RowLimit("m", 1000);

  @Test
  void rowsAreCountedNotCalls() {
    for (int i = 0; i < 250; i++) {
      limit.enter(4);
    }
    assertThatThrownBy(() -> limit.enter(1)).isInstanceOf(OverloadException.class);
    limit.leave(4);
    limit.enter(4);
  }

  @Test
  void whatIsRefusedTakesNoPlace() {
    assertThatThrownBy(() -> limit.enter(2000))
        .isInstanceOf(OverloadException.class)
        .hasMessageContainingAll("'m'", "0 rows", "2,000", "1,000", "queueLimit");
    limit.enter(1000);
  }

  @Test
  void aCallThatIsTooLargeIsRefusedAsAWholeAndTheNextWorks(@TempDir Path directory) {
    try (var reranker =
        OnnxReranker.builder().model(new TinyModel().in(directory)).queueLimit(10).build()) {
      List<String> many = Collections.nCopies(11, "ocean");
      assertThatThrownBy(() -> reranker.score("whales", many))
          .isInstanceOf(OverloadException.class);
      assertThatThrownBy(() -> reranker.rerank(RerankRequest.ofTexts("whales", many)))
          .isInstanceOf(OverloadException.class);
      assertThatThrownBy(() -> reranker.score(" ", many))
          .as("what is wrong with a call goes before what the queue says")
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(reranker.score("whales", many.subList(0, 10))).hasSize(10);
    }
  }
}

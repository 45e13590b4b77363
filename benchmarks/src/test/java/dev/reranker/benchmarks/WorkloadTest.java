package dev.reranker.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WorkloadTest {

  @ParameterizedTest
  @EnumSource
  void pairsHaveTheTokensThatAreCounted(Workload workload) throws Exception {
    Request request = workload.request(100);
    try (ModelFiles files = ModelFiles.unpack()) {
      int[] actual =
          PackedRequest.encode(files.plain(), request).stream()
              .mapToInt(pair -> pair.getIds().length)
              .toArray();
      assertThat(actual).isEqualTo(request.tokens());
    }
  }

  @Test
  void mixedLengthsAreBetween20And400() {
    assertThat(Arrays.stream(Workload.MIXED.request(300).tokens()).min()).hasValue(20);
    assertThat(Arrays.stream(Workload.MIXED.request(300).tokens()).max()).hasValue(400);
  }

  @Test
  void oneOutlierStandsInTheMiddle() {
    int[] tokens = Workload.OUTLIER.request(100).tokens();
    assertThat(tokens[50]).isEqualTo(512);
    assertThat(Arrays.stream(tokens).filter(length -> length == 40)).hasSize(99);
  }

  @Test
  void aRequestIsTheSameEveryTime() {
    assertThat(Workload.MIXED.request(10).passages())
        .isEqualTo(Workload.MIXED.request(10).passages());
  }

  /** The design's own figure for this model: 2.9 GFLOP a pair of 128 tokens, 6.0 of 256. */
  @Test
  void arithmeticOfAPair() {
    assertThat(Request.flops(128) / 1e9).isBetween(2.85, 2.95);
    assertThat(Request.flops(256) / 1e9).isBetween(5.95, 6.1);
  }
}

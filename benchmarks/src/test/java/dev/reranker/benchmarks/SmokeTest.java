package dev.reranker.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SmokeTest {

  @Test
  void everythingRunsOnce() {
    assertThat(Benchmarks.command().execute("--smoke")).isZero();
  }
}

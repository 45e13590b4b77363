package dev.reranker.onnx;

import java.time.Duration;

/**
 * How calls wait for a model, as its builder says.
 *
 * @param rows how many of all calls together are taken on
 * @param share whether rows of several calls may be in one batch
 * @param coalesce how long a batch that is not full waits for more
 * @param grace how long closing waits for the calls under way
 */
record Queueing(int rows, boolean share, Duration coalesce, Duration grace) {

  static final int ROWS = 1_000_000;

  static final Duration GRACE = Duration.ofSeconds(30);
}

package dev.reranker.onnx;

import ai.onnxruntime.OrtException;
import dev.reranker.onnx.BatchPlan.Batch;

/**
 * What a batch gave for one request's rows; only valid while it is read.
 *
 * @param batch the request's rows in it, counted from the wave's first
 * @param from the place of the wave's first row in the request
 * @param lengths the tokens of the wave's rows, special ones included
 * @param values what the graph gave, and what it was given
 * @param first where in the batch the request's rows begin
 */
record Ran(Batch batch, int from, int[] lengths, BatchBuffers values, int first) {

  /** Takes what a batch gave; called on worker threads. */
  @FunctionalInterface
  interface Reader {
    void read(Ran ran) throws OrtException;
  }

  int rows() {
    return batch.rows().length;
  }

  /** Where in the batch the row is that stands at a place among the request's. */
  int at(int i) {
    return first + i;
  }

  /** The place in the request of the row that stands at a place among the batch's. */
  int row(int i) {
    return from + batch.rows()[i];
  }

  /** How many tokens that row has. */
  int length(int i) {
    return lengths[batch.rows()[i]];
  }
}

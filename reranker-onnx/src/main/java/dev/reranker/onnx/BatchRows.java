package dev.reranker.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.util.ArrayList;
import java.util.List;

/** Tensors over some rows of a batch, without a copy: those of the batch itself where it is all. */
final class BatchRows implements AutoCloseable {

  private final BatchBuffers batch;
  private final int first;
  private final int count;
  private final List<OnnxTensor> own = new ArrayList<>();

  /**
   * Rows of a batch; to be closed before the next one is filled in.
   *
   * @param first the first of the rows
   * @param count how many there are
   */
  BatchRows(BatchBuffers batch, int first, int count) {
    this.batch = batch;
    this.first = first;
    this.count = count;
  }

  /** The input tensor of ids or mask. */
  OnnxTensor input(String name) throws OrtException {
    return isAll() ? batch.input(name) : owned(batch.input(name, first, count));
  }

  /** The output tensor at an index, as float32. */
  OnnxTensor tensor(int output) throws OrtException {
    return isAll() ? batch.tensor(output) : owned(batch.tensor(output, first, count));
  }

  private boolean isAll() {
    return count == batch.rowCount();
  }

  private OnnxTensor owned(OnnxTensor tensor) {
    own.add(tensor);
    return tensor;
  }

  /** Releases what is not the batch's. */
  @Override
  public void close() {
    own.forEach(OnnxTensor::close);
  }
}

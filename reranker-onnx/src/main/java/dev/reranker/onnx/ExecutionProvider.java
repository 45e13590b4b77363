package dev.reranker.onnx;

import java.util.OptionalLong;

/** The hardware that a model runs on. */
public sealed interface ExecutionProvider {

  /** The CPU: always there. */
  record Cpu() implements ExecutionProvider {

    @Override
    public String toString() {
      return "CPU";
    }
  }

  /**
   * An NVIDIA GPU through CUDA; needs the artifact {@code onnxruntime_gpu}, the driver and the CUDA
   * 12 and cuDNN 9 libraries on the machine.
   *
   * @param device the GPU's number, from 0
   * @param memoryLimit bytes of GPU memory that ONNX Runtime's arena may take; empty: no limit
   */
  record Cuda(int device, OptionalLong memoryLimit) implements ExecutionProvider {

    /**
     * Checks the components.
     *
     * @throws IllegalArgumentException if the device is negative or the limit below 1
     */
    public Cuda {
      if (device < 0) {
        throw new IllegalArgumentException("CUDA device is " + device + "; it counts from 0");
      }
      if (memoryLimit.orElse(1) < 1) {
        throw new IllegalArgumentException(
            "CUDA memory limit is " + memoryLimit.getAsLong() + " bytes; it is at least 1");
      }
    }

    @Override
    public String toString() {
      return "CUDA:" + device;
    }
  }

  /**
   * The CPU.
   *
   * @return the provider
   */
  static ExecutionProvider cpu() {
    return new Cpu();
  }

  /**
   * The first GPU, without a memory limit.
   *
   * @return the provider
   */
  static ExecutionProvider cuda() {
    return new Cuda(0, OptionalLong.empty());
  }
}

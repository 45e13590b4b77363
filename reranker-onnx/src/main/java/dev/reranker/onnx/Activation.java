package dev.reranker.onnx;

import java.util.function.DoubleUnaryOperator;

/** What makes a score of a logit. */
public enum Activation implements DoubleUnaryOperator {
  /**
   * 1 / (1 + e<sup>-logit</sup>), from 0 to 1: the usual one for a head with one label, and the
   * same as softmax's positive class for two labels when the logit is their difference.
   */
  SIGMOID {
    @Override
    public double applyAsDouble(double logit) {
      return 1 / (1 + Math.exp(-logit));
    }
  },
  /** The logit itself, unbounded. */
  IDENTITY {
    @Override
    public double applyAsDouble(double logit) {
      return logit;
    }
  }
}

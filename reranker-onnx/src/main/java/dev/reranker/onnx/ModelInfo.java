package dev.reranker.onnx;

/**
 * What a loaded model is and how it runs.
 *
 * @param name the model's name
 * @param provider the hardware it really runs on, after any fallback
 * @param maxLength tokens a row takes at most, special tokens included
 * @param threads how many batches run at the same time, whatever the number of callers
 * @param batchTokens the budget of padded tokens of one batch
 */
public record ModelInfo(
    String name, ExecutionProvider provider, int maxLength, int threads, int batchTokens) {}

/**
 * Cross-encoder, bi-encoder and late interaction on ONNX Runtime: {@link
 * dev.reranker.onnx.OnnxReranker}, {@link dev.reranker.onnx.OnnxEmbedder} and {@link
 * dev.reranker.onnx.OnnxMultiVectorEmbedder}, all from model files in the Hugging Face layout.
 *
 * <p>How scoring goes: {@code ModelSource} finds the files, {@code ModelConfig} reads the model's
 * facts, {@code TextTokenizer} turns each text into ids once, {@code TokenTemplate} puts special
 * tokens around them, {@code BatchPlan} groups them by length, {@code OnnxSession} runs the groups
 * on {@code Workers}.
 */
@NullMarked
package dev.reranker.onnx;

import org.jspecify.annotations.NullMarked;

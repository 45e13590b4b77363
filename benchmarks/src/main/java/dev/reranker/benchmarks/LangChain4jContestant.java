package dev.reranker.benchmarks;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.scoring.onnx.OnnxScoringModel;
import java.nio.file.Path;
import java.util.List;

/**
 * LangChain4j as its documentation sets it up: {@code new OnnxScoringModel(model, tokenizer)}. All
 * pairs are one batch, padded to the longest. It cuts a pair to 508 tokens, so that 512 are four
 * fewer for it than for the others.
 */
final class LangChain4jContestant implements Contestant {

  private static final int MAX_TOKENS = 508;

  private final OnnxScoringModel model;

  LangChain4jContestant(Path directory) {
    model =
        new OnnxScoringModel(
            ModelFiles.graph(directory).toString(), ModelFiles.tokenizer(directory).toString());
  }

  @Override
  public float[] score(String query, List<String> passages) {
    List<Double> scores =
        model.scoreAll(passages.stream().map(TextSegment::from).toList(), query).content();
    float[] logits = new float[scores.size()];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = scores.get(i).floatValue();
    }
    return logits;
  }

  @Override
  public long paddedTokens(Request request) {
    return (long) request.pairs() * Math.min(MAX_TOKENS, request.longest());
  }

  @Override
  public void close() {
    model.close();
  }
}

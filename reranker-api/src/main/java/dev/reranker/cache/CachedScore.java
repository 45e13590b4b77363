package dev.reranker.cache;

/**
 * What a model gave for a pair of query and passage.
 *
 * @param logit its raw output, finite: any activation makes its score of it
 * @param truncated whether the passage was cut to the model's length
 */
public record CachedScore(float logit, boolean truncated) {}

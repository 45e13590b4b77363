package dev.reranker.onnx;

import dev.reranker.Embedder;
import java.util.List;

/** A reranker that encodes apart, as an embedder: its encoder's mean vectors, of length 1. */
final class LateEmbedder implements Embedder {

  private final String name;
  private final LateEncoder model;
  private final int dimension;
  private final String fingerprint;

  LateEmbedder(LateEncoder model) {
    this.name = model.engine().info().name();
    this.model = model;
    this.dimension = model.config().meanSize();
    this.fingerprint = model.embeds().with("embeds", "mean_vector").toString();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public float[] embedQuery(String query) {
    return model.embedQuery(query);
  }

  @Override
  public List<float[]> embedPassages(List<String> passages) {
    return model.embedPassages(passages);
  }

  /** The reranker is closed by whoever made it. */
  @Override
  public void close() {}
}

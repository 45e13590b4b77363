package dev.reranker.passage;

import dev.reranker.Embedder;
import dev.reranker.StageReport;
import dev.reranker.error.InferenceException;
import dev.reranker.passage.WindowedDocument.Window;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Chooses the windows that are scored, by the cosine of their embeddings with the query's.
 *
 * @param keep how many of a document
 */
record WindowSelection(Embedder embedder, int keep) {

  WindowSelection {
    Objects.requireNonNull(embedder, "embedder");
  }

  /** Takes the other windows from the documents; empty if none had too many. */
  Optional<StageReport> select(String query, List<WindowedDocument> documents) {
    long start = System.nanoTime();
    List<WindowedDocument> longer =
        documents.stream().filter(document -> document.windows().size() > keep).toList();
    if (longer.isEmpty()) {
      return Optional.empty();
    }
    List<Window> windows = longer.stream().flatMap(d -> d.windows().stream()).toList();
    float[] wanted = embedder.embedQuery(query);
    List<float[]> vectors =
        embedder.embedPassages(windows.stream().map(w -> w.hit().document().text()).toList());
    if (vectors.size() != windows.size()) {
      throw new InferenceException(
          "'%s' gave %d vectors for %d windows; it must give one for each"
              .formatted(embedder.name(), vectors.size(), windows.size()));
    }
    Map<Window, Double> cosines = new HashMap<>();
    for (int i = 0; i < vectors.size(); i++) {
      cosines.put(windows.get(i), cosine(wanted, vectors.get(i)));
    }
    longer.forEach(
        document -> document.keep(keep, window -> cosines.getOrDefault(window, Double.NaN)));
    return Optional.of(
        StageReport.builder(embedder.name())
            .candidates(keep * longer.size())
            .scored(windows.size(), 0)
            .took(Duration.ofNanos(System.nanoTime() - start))
            .build());
  }

  /** The cosine; 0 where a vector has no length. */
  private double cosine(float[] a, float[] b) {
    if (a.length != b.length) {
      throw new InferenceException(
          "'%s' gave vectors of %d and %d numbers; it must give the same number for each"
              .formatted(embedder.name(), a.length, b.length));
    }
    double dot = 0;
    double lengths = 0;
    double other = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
      lengths += (double) a[i] * a[i];
      other += (double) b[i] * b[i];
    }
    return lengths == 0 || other == 0 ? 0 : dot / Math.sqrt(lengths * other);
  }
}

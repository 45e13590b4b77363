package dev.reranker.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reranker.Document;
import dev.reranker.eval.Qrels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;

/**
 * SciFact's test set, of {@code data/scifact} in the folder that the system property {@code
 * reranker.shared} names.
 *
 * @param corpus titles and abstracts
 * @param queries those that were judged
 */
record SciFact(List<Document> corpus, List<Document> queries, Qrels qrels) {

  /**
   * Reads it.
   *
   * @throws NoSuchElementException if it is not there
   */
  static SciFact read() throws IOException {
    Path folder = Path.of(System.getProperty("reranker.shared", ""), "data", "scifact");
    if (!Files.isReadable(folder.resolve("corpus.jsonl"))) {
      throw new NoSuchElementException(
          "no SciFact in %s: set -Dreranker.shared to a folder with data/scifact"
              .formatted(folder.toAbsolutePath()));
    }
    Qrels qrels = Qrels.read(folder.resolve("qrels/test.tsv"));
    List<Document> queries =
        documents(folder.resolve("queries.jsonl")).stream()
            .filter(query -> qrels.queries().contains(query.id()))
            .toList();
    return new SciFact(documents(folder.resolve("corpus.jsonl")), queries, qrels);
  }

  /** The same with its queries in another order. */
  SciFact shuffled(int seed) {
    List<Document> shuffled = new ArrayList<>(queries);
    Collections.shuffle(shuffled, new Random(seed));
    return new SciFact(corpus, shuffled, qrels);
  }

  private static List<Document> documents(Path file) throws IOException {
    var mapper = new ObjectMapper();
    List<Document> documents = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      JsonNode json = mapper.readTree(line);
      String text = json.path("title").asText() + " " + json.path("text").asText();
      documents.add(Document.of(json.path("_id").asText(), text.strip()));
    }
    return documents;
  }
}

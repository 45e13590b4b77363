package dev.reranker.lucene;

import dev.reranker.Document;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;

/**
 * Where a passage lies in its parent: {@code parentText.substring(start, end)}, ready to highlight.
 * Kept in the metadata of the documents that a {@link PassageSplitter} makes, under the keys {@code
 * passage.parent}, {@code passage.start} and {@code passage.end}.
 *
 * @param parent the id of the document that the passage is part of
 * @param start where it begins, in Java chars from 0
 * @param end where it ends, exclusive; neither cuts a surrogate pair in two
 */
public record Passage(String parent, int start, int end) {

  private static final String PARENT = "passage.parent";
  private static final String START = "passage.start";
  private static final String END = "passage.end";

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException if the range is not within a text
   */
  public Passage {
    Objects.requireNonNull(parent, "parent");
    if (start < 0 || end < start) {
      throw new IllegalArgumentException(
          "start %d and end %d are no range: 0 ≤ start ≤ end".formatted(start, end));
    }
  }

  /**
   * Where a document lies in its parent.
   *
   * @param document a passage, or what {@link MaxP} made of one
   * @return its place; empty for a document that no {@link PassageSplitter} made
   */
  public static Optional<Passage> of(Document document) {
    Map<String, String> metadata = document.metadata();
    String parent = metadata.get(PARENT);
    String start = metadata.get(START);
    String end = metadata.get(END);
    return parent == null || start == null || end == null
        ? Optional.empty()
        : Optional.of(new Passage(parent, Integer.parseInt(start), Integer.parseInt(end)));
  }

  /**
   * Matches all passages of a document in a {@link LuceneIndex}: to {@linkplain LuceneIndex#replace
   * replace} or delete them, or to search in one document only.
   *
   * @param parent the document's id
   * @return the query
   */
  public static Query allOf(String parent) {
    return new TermQuery(new Term(PARENT, parent));
  }

  /** The passage as a document of its own. */
  Document cut(Document from, int number) {
    var metadata = new HashMap<>(from.metadata());
    metadata.put(PARENT, parent);
    metadata.put(START, Integer.toString(start));
    metadata.put(END, Integer.toString(end));
    return new Document(parent + "#" + number, from.text().substring(start, end), metadata);
  }
}

package dev.reranker.lucene;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.index.StoredFields;

/**
 * Where a hit's passage comes from: stored fields, or a store of the application's own.
 *
 * {@snippet :
 * PassageSource inTheIndex = PassageSource.stored("title", "blurb");
 * PassageSource elsewhere = (stored, doc) ->
 *     Optional.ofNullable(texts.get(stored.document(doc, Set.of("isbn")).get("isbn")));
 * }
 *
 * <p>Implementations are thread-safe; the {@link StoredFields} belongs to the calling thread.
 */
@FunctionalInterface
public interface PassageSource {

  /**
   * Reads the passage of one document.
   *
   * @param stored the stored fields of the searcher's index
   * @param doc Lucene's number of the document in that searcher
   * @return the text; empty where the document has none
   * @throws IOException if reading fails
   */
  Optional<String> read(StoredFields stored, int doc) throws IOException;

  /**
   * Names the stored fields that it reads, if it reads any by name. Where no hit has a text, they
   * tell a field that no document has, which is an error, from one that these hits lack.
   *
   * @return the names; none by default
   */
  default List<String> fields() {
    return List.of();
  }

  /**
   * Stored fields, joined by a line break in the order given; a field of several values gives all
   * of them. A document has no text if it has none of the fields.
   *
   * @param fields the field names, at least one
   * @return the text source
   * @throws IllegalArgumentException if no field is named
   */
  static PassageSource stored(String... fields) {
    List<String> names = List.of(fields);
    if (names.isEmpty()) {
      throw new IllegalArgumentException("name at least one stored field to read the passage from");
    }
    Set<String> wanted = Set.copyOf(names);
    return new PassageSource() {
      @Override
      public Optional<String> read(StoredFields stored, int doc) throws IOException {
        org.apache.lucene.document.Document document = stored.document(doc, wanted);
        List<String> parts = new ArrayList<>();
        for (String name : names) {
          for (IndexableField field : document.getFields(name)) {
            String value = field.stringValue();
            if (value != null) {
              parts.add(value);
            }
          }
        }
        return parts.isEmpty() ? Optional.empty() : Optional.of(String.join("\n", parts));
      }

      @Override
      public List<String> fields() {
        return names;
      }
    };
  }
}

package dev.reranker.lucene;

import dev.reranker.Document;
import dev.reranker.error.RetrievalException;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.index.StoredFields;
import org.jspecify.annotations.Nullable;

/** How a hit becomes a document. */
@FunctionalInterface
interface StoredDocuments {

  Document read(StoredFields stored, int doc) throws IOException;

  /**
   * Looks into it when no hit had a text.
   *
   * @throws RetrievalException if none ever will
   */
  default void checkText(IndexReader index) throws IOException {}

  /**
   * Documents of an application's own index.
   *
   * @param text null: the field {@code "text"}, if there is one
   */
  static StoredDocuments of(String idField, @Nullable PassageSource text, Set<String> metadata) {
    PassageSource passage = text == null ? PassageSource.stored("text") : text;
    List<String> textFields = text == null ? List.of() : text.fields();
    Set<String> wanted = new HashSet<>(metadata);
    wanted.add(idField);
    return new StoredDocuments() {
      @Override
      public Document read(StoredFields stored, int doc) throws IOException {
        org.apache.lucene.document.Document fields = stored.document(doc, wanted);
        String id = fields.get(idField);
        if (id == null || id.isEmpty()) {
          throw new RetrievalException(
              "doc %d has no stored field '%s': name the field that identifies a document by idField(..); doc values alone do not do"
                  .formatted(doc, idField));
        }
        Map<String, Object> values = new HashMap<>();
        for (String name : metadata) {
          IndexableField field = fields.getField(name);
          Object value = field == null ? null : value(field);
          if (value != null) {
            values.put(name, value);
          }
        }
        return new Document(id, passage.read(stored, doc).orElse(""), values);
      }

      @Override
      public void checkText(IndexReader index) throws IOException {
        StoredFieldCheck.complaint(index, textFields)
            .ifPresent(
                complaint -> {
                  throw new RetrievalException(complaint);
                });
      }
    };
  }

  private static @Nullable Object value(IndexableField field) {
    Number number = field.numericValue();
    return number == null ? field.stringValue() : number;
  }
}

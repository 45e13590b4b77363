package dev.reranker.lucene;

import dev.reranker.Document;
import dev.reranker.RetrievalException;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.index.StoredFields;

/** How a hit becomes a document. */
@FunctionalInterface
interface StoredDocuments {

  Document read(StoredFields stored, int doc) throws IOException;

  /** Documents of an application's own index. */
  static StoredDocuments of(String idField, PassageSource text, Set<String> metadata) {
    Set<String> wanted = new HashSet<>(metadata);
    wanted.add(idField);
    return (stored, doc) -> {
      org.apache.lucene.document.Document fields = stored.document(doc, wanted);
      String id = fields.get(idField);
      if (id == null || id.isEmpty()) {
        throw new RetrievalException(
            "doc %d has no stored field '%s': name the field that identifies a document by idField(..); doc values alone do not do"
                .formatted(doc, idField));
      }
      Map<String, String> values = new HashMap<>();
      for (String field : metadata) {
        String value = fields.get(field);
        if (value != null) {
          values.put(field, value);
        }
      }
      return new Document(id, text.read(stored, doc).orElse(""), values);
    };
  }
}

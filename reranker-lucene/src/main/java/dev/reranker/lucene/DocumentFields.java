package dev.reranker.lucene;

import dev.reranker.Document;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.LateInteractionField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.UnicodeUtil;
import org.jspecify.annotations.Nullable;

/** How a {@link Document} lies in the index: id, text, vector, and one field per metadata key. */
record DocumentFields(String id, String text, String vector) {

  DocumentFields {
    checkName("idField", id);
    checkName("textField", text);
    checkName("vectorField", vector);
    if (new HashSet<>(List.of(id, text, vector, tokens(vector), prepared(vector))).size() < 5) {
      throw new IllegalArgumentException(
          "idField '%s', textField '%s', vectorField '%s', and '%s' and '%s', which belong to it, must be different names"
              .formatted(id, text, vector, tokens(vector), prepared(vector)));
    }
  }

  private static void checkName(String setting, String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException(setting + " is blank; give the field a name");
    }
  }

  /** The field of the token vectors. */
  String tokens() {
    return tokens(vector);
  }

  private static String tokens(String vector) {
    return vector + ".tokens";
  }

  /** The field of the prepared passages. */
  String prepared() {
    return prepared(vector);
  }

  private static String prepared(String vector) {
    return vector + ".prepared";
  }

  private Set<String> own() {
    return Set.of(id, text, vector, tokens(), prepared());
  }

  private String ownInWords() {
    return "'%s', '%s', '%s', '%s' and '%s'".formatted(id, text, vector, tokens(), prepared());
  }

  Term term(String documentId) {
    return new Term(id, documentId);
  }

  /**
   * Checks what Lucene could not keep.
   *
   * @param position the document's place in the caller's list, for the message
   * @throws IllegalArgumentException if the id is too long or not valid UTF-16, a metadata key is
   *     one of the field names or would need one of them for its numbers, a metadata key ends as
   *     the fields of numbers do, or a metadata value of a class that cannot be kept
   */
  void check(@Nullable Document document, long position) {
    if (document == null) {
      throw new NullPointerException("document " + position + " is null");
    }
    String documentId = document.id();
    String start = documentId.substring(0, Math.min(40, documentId.length()));
    int bytes = UnicodeUtil.calcUTF16toUTF8Length(documentId, 0, documentId.length());
    if (bytes > IndexWriter.MAX_TERM_LENGTH) {
      throw new IllegalArgumentException(
          "the id of document %d is %d bytes long in UTF-8 ('%s…'); at most %d fit: use a shorter one"
              .formatted(position, bytes, start, IndexWriter.MAX_TERM_LENGTH));
    }
    if (hasUnpairedSurrogate(documentId)) {
      throw new IllegalArgumentException(
          "the id of document %d ('%s') has an unpaired surrogate, which UTF-8 cannot keep: use an id of valid characters"
              .formatted(position, start));
    }
    Set<String> own = own();
    for (Map.Entry<String, Object> entry : document.metadata().entrySet()) {
      String key = entry.getKey();
      if (key.isEmpty() || own.contains(key)) {
        throw new IllegalArgumentException(
            "document %d ('%s') has the metadata key '%s'; keys are not empty and none of %s, the index's own fields: rename the key, or those by the builder"
                .formatted(position, start, key, ownInWords()));
      }
      MetadataFields.check(entry.getValue(), key, position, start);
      if (key.endsWith(MetadataFields.NUMBERS)) {
        throw new IllegalArgumentException(
            "document %d ('%s') has the metadata key '%s'; fields that end in '%s' are the index's own, for the numbers under other keys: rename the key"
                .formatted(position, start, key, MetadataFields.NUMBERS));
      }
      if (own.contains(MetadataFields.numbers(key))) {
        throw new IllegalArgumentException(
            "document %d ('%s') has the metadata key '%s', whose numbers go into the field '%s', which the index has for itself (its own fields are %s): rename the key, or those by the builder"
                .formatted(position, start, key, MetadataFields.numbers(key), ownInWords()));
      }
    }
  }

  private static boolean hasUnpairedSurrogate(String value) {
    return value.codePoints().anyMatch(c -> c >= 0xD800 && c <= 0xDFFF);
  }

  org.apache.lucene.document.Document write(Document document, IndexEmbedders.Vectors vectors) {
    var fields = new org.apache.lucene.document.Document();
    fields.add(new StringField(id, document.id(), Field.Store.YES));
    fields.add(new SortedDocValuesField(id, new BytesRef(document.id())));
    fields.add(new TextField(text, document.text(), Field.Store.YES));
    document.metadata().forEach((key, value) -> MetadataFields.add(fields, key, value));
    float[] whole = vectors.whole();
    if (whole != null) {
      fields.add(new KnnFloatVectorField(vector, whole, VectorSimilarityFunction.DOT_PRODUCT));
    }
    if (vectors.tokens().length > 0) {
      fields.add(new LateInteractionField(tokens(), vectors.tokens()));
    }
    if (vectors.prepared() != null) {
      fields.add(new PreparedPassageField(prepared(), vectors.prepared()));
    }
    return fields;
  }

  Document read(org.apache.lucene.document.Document stored) {
    String documentId = "";
    String documentText = "";
    Map<String, Object> metadata = new LinkedHashMap<>();
    for (IndexableField field : stored) {
      if (field.name().equals(id)) {
        documentId = field.stringValue();
      } else if (field.name().equals(text)) {
        documentText = field.stringValue();
      } else {
        metadata.put(field.name(), MetadataFields.value(field));
      }
    }
    return new Document(documentId, documentText, metadata);
  }
}

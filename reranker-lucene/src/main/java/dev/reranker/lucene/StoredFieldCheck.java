package dev.reranker.lucene;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.index.DocValuesType;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.StoredFields;

/**
 * Tells stored fields that the hits at hand happen to lack from fields that no hit will ever have:
 * a name mistyped, or a field indexed without being stored. Asked only where no hit has a text.
 *
 * <p>An index says which fields it has, but not whether they are stored: of a field that is there
 * for anything else too, only its documents tell. All of them are looked at or none, since the next
 * one could be the one that has it.
 */
final class StoredFieldCheck {

  /** Of more documents than this it is not found out whether they have the field. */
  static final int LOOKED_AT = 1000;

  private StoredFieldCheck() {}

  /**
   * What is wrong, with the way out; empty where one of the fields is stored, none is named, or it
   * would take too long to know.
   */
  static Optional<String> complaint(IndexReader index, List<String> fields) throws IOException {
    if (fields.isEmpty()) {
      return Optional.empty();
    }
    Set<String> others = new TreeSet<>();
    List<LeafReader> doubtful = new ArrayList<>();
    for (LeafReaderContext leaf : index.leaves()) {
      boolean asked = false;
      for (FieldInfo info : leaf.reader().getFieldInfos()) {
        if (!fields.contains(info.name)) {
          others.add(info.name);
        } else if (canOnlyBeStored(info)) {
          return Optional.empty();
        } else {
          asked = true;
        }
      }
      if (asked) {
        doubtful.add(leaf.reader());
      }
    }
    return mayBeStored(doubtful, Set.copyOf(fields))
        ? Optional.empty()
        : Optional.of(
            "no document has a stored field %s to read a text from; the index also has the fields %s: name one that is stored by PassageSource.stored(..), or bring the texts from elsewhere by a PassageSource of your own"
                .formatted(
                    String.join(" or ", fields.stream().map(f -> "'" + f + "'").toList()), others));
  }

  private static boolean canOnlyBeStored(FieldInfo info) {
    return info.getIndexOptions() == IndexOptions.NONE
        && info.getDocValuesType() == DocValuesType.NONE
        && info.getPointDimensionCount() == 0
        && !info.hasVectorValues();
  }

  private static boolean mayBeStored(List<LeafReader> readers, Set<String> fields)
      throws IOException {
    if (readers.stream().mapToLong(LeafReader::maxDoc).sum() > LOOKED_AT) {
      return true;
    }
    for (LeafReader reader : readers) {
      StoredFields stored = reader.storedFields();
      for (int doc = 0; doc < reader.maxDoc(); doc++) {
        if (!stored.document(doc, fields).getFields().isEmpty()) {
          return true;
        }
      }
    }
    return false;
  }
}

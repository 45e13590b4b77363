package dev.reranker.lucene;

import java.io.IOException;
import java.util.BitSet;
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
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.DocIdSetIterator;

/**
 * Tells stored fields that the hits at hand happen to lack from fields that no hit will ever have:
 * a name mistyped, or a field indexed without being stored. Asked only where no hit has a text.
 */
final class StoredFieldCheck {

  /** So many documents of a segment that have the field are looked at. */
  private static final int LOOKED_AT = 1000;

  private StoredFieldCheck() {}

  /** What is wrong, with the way out; empty where one of the fields is stored, or none is named. */
  static Optional<String> complaint(IndexReader index, List<String> fields) throws IOException {
    Set<String> others = new TreeSet<>();
    for (LeafReaderContext leaf : index.leaves()) {
      for (FieldInfo info : leaf.reader().getFieldInfos()) {
        boolean asked = fields.contains(info.name);
        if (asked && isStored(leaf.reader(), info)) {
          return Optional.empty();
        }
        others.add(info.name);
      }
    }
    fields.forEach(others::remove);
    return fields.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "no document has a stored field %s to read a text from; the index also has the fields %s: name one that is stored by PassageSource.stored(..), or bring the texts from elsewhere by a PassageSource of your own"
                .formatted(
                    String.join(" or ", fields.stream().map(f -> "'" + f + "'").toList()), others));
  }

  /** A field that is not searched in any way can only be stored; of others a document tells. */
  private static boolean isStored(LeafReader reader, FieldInfo info) throws IOException {
    if (info.getIndexOptions() == IndexOptions.NONE) {
      return info.getDocValuesType() == DocValuesType.NONE
          && info.getPointDimensionCount() == 0
          && !info.hasVectorValues();
    }
    Terms terms = reader.terms(info.name);
    TermsEnum term = terms == null ? TermsEnum.EMPTY : terms.iterator();
    var looked = new BitSet();
    PostingsEnum docs = null;
    while (looked.cardinality() < LOOKED_AT && term.next() != null) {
      docs = term.postings(docs, PostingsEnum.NONE);
      for (int doc = docs.nextDoc();
          doc != DocIdSetIterator.NO_MORE_DOCS && looked.cardinality() < LOOKED_AT;
          doc = docs.nextDoc()) {
        if (!looked.get(doc) && hasStored(reader, doc, info.name)) {
          return true;
        }
        looked.set(doc);
      }
    }
    return false;
  }

  private static boolean hasStored(LeafReader reader, int doc, String field) throws IOException {
    return reader.storedFields().document(doc, Set.of(field)).getField(field) != null;
  }
}

package dev.reranker.lucene;

import dev.reranker.Document;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * Reads prepared passages along with documents: in the order of their numbers, and of no others.
 * For one thread.
 */
final class PreparedValues {

  private final List<LeafReaderContext> leaves;
  private final @Nullable String field;
  private int leaf = -1;
  private BinaryDocValues values = DocValues.emptyBinary();

  /**
   * Starts before the first document.
   *
   * @param field where they are kept; null: nowhere, and documents stay as they are
   */
  PreparedValues(IndexSearcher searcher, @Nullable String field) {
    this.leaves = searcher.getIndexReader().leaves();
    this.field = field;
  }

  /**
   * The document with its prepared passage, if it has one.
   *
   * @param doc Lucene's number of it, not below that of the call before
   * @throws IllegalArgumentException if what is kept is damaged, cut short or of another version,
   *     naming the document, or the field has values of another kind
   */
  Document addTo(Document document, int doc) throws IOException {
    if (field == null) {
      return document;
    }
    int at = ReaderUtil.subIndex(doc, leaves);
    if (at != leaf) {
      leaf = at;
      values = values(leaves.get(at).reader(), field);
    }
    if (!values.advanceExact(doc - leaves.get(at).docBase)) {
      return document;
    }
    BytesRef value = values.binaryValue();
    return document.withPrepared(
        Arrays.copyOfRange(value.bytes, value.offset, value.offset + value.length));
  }

  private static BinaryDocValues values(LeafReader reader, String field) throws IOException {
    try {
      return DocValues.getBinary(reader, field);
    } catch (IllegalStateException e) {
      throw new IllegalArgumentException(
          "the field '%s' has no binary doc values, which prepared passages are kept in: name the field that PreparedPassageField made (%s)"
              .formatted(field, e.getMessage()),
          e);
    }
  }

  /** Adds up the values of all documents that are not deleted. */
  static PreparedSize size(IndexSearcher searcher, String field) throws IOException {
    int documents = 0;
    long bytes = 0;
    for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
      Bits live = leaf.reader().getLiveDocs();
      BinaryDocValues values = values(leaf.reader(), field);
      while (values.nextDoc() != DocIdSetIterator.NO_MORE_DOCS) {
        if (live == null || live.get(values.docID())) {
          documents++;
          bytes += values.binaryValue().length;
        }
      }
    }
    return new PreparedSize(documents, bytes);
  }
}

package dev.reranker.lucene;

import java.io.IOException;
import java.util.Comparator;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.DocValuesType;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.search.FieldComparator;
import org.apache.lucene.search.FieldComparatorSource;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Pruning;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SimpleFieldComparator;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * Runs a query so that the smallest of the ids with the last score are kept, as {@link
 * String#compareTo} orders them: fewer hits are the first of more.
 *
 * <p>Lucene orders ids by their UTF-8 bytes, and so by code points. {@code compareTo} orders by
 * UTF-16 units, in which what lies above U+FFFF comes before U+E000. The orders choose differently
 * only where a kept id has a character from U+E000 to U+FFFF: then, and only then, the query is run
 * again with the ids compared as strings.
 */
final class TieOrder {

  /**
   * Above so many hits, the room for them is only taken after counting how many match: Lucene takes
   * it at once for as many as are asked for.
   */
  static final int MANY = 10_000;

  private static final ScoreDoc[] NOTHING = {};

  private TieOrder() {}

  /** The best hits, in the order of their scores. */
  static ScoreDoc[] best(IndexSearcher searcher, Query query, int limit, String idField)
      throws IOException {
    int most = atMost(searcher, query, limit);
    if (most == 0) {
      return NOTHING;
    }
    if (!canSortById(searcher.getIndexReader(), idField)) {
      return searcher.search(query, most).scoreDocs;
    }
    ScoreDoc[] hits = sorted(searcher, query, most, SortField.Type.STRING, idField);
    return hits.length == most && lastIdsMayDiffer(hits)
        ? sorted(searcher, query, most, SortField.Type.CUSTOM, idField)
        : hits;
  }

  /** The limit, or the number of hits where that is smaller and worth counting. */
  static int atMost(IndexSearcher searcher, Query query, int limit) throws IOException {
    return limit <= MANY ? limit : Math.min(limit, searcher.count(query));
  }

  private static boolean canSortById(IndexReader index, String idField) {
    return index.leaves().stream()
        .map(leaf -> leaf.reader().getFieldInfos().fieldInfo(idField))
        .allMatch(id -> id != null && id.getDocValuesType() == DocValuesType.SORTED);
  }

  private static ScoreDoc[] sorted(
      IndexSearcher searcher, Query query, int limit, SortField.Type type, String idField)
      throws IOException {
    SortField byId =
        type == SortField.Type.CUSTOM
            ? new SortField(idField, new AsStrings())
            : new SortField(idField, type);
    var order = new Sort(SortField.FIELD_SCORE, byId);
    ScoreDoc[] hits = searcher.search(query, limit, order).scoreDocs;
    for (ScoreDoc hit : hits) {
      hit.score = (float) ((FieldDoc) hit).fields[0];
    }
    return hits;
  }

  /** Whether the cut went through equal scores of which an id has a character from U+E000 on. */
  private static boolean lastIdsMayDiffer(ScoreDoc[] hits) {
    float last = hits[hits.length - 1].score;
    for (int i = hits.length - 1; i >= 0 && hits[i].score == last; i--) {
      if (((FieldDoc) hits[i]).fields[1] instanceof BytesRef id && hasHighCharacter(id)) {
        return true;
      }
    }
    return false;
  }

  /** In UTF-8, 0xEE and 0xEF begin the characters from U+E000 to U+FFFF and occur nowhere else. */
  private static boolean hasHighCharacter(BytesRef id) {
    for (int i = 0; i < id.length; i++) {
      int b = id.bytes[id.offset + i] & 0xFF;
      if (b == 0xEE || b == 0xEF) {
        return true;
      }
    }
    return false;
  }

  /** Ids as strings; a document without one comes first, as Lucene has it. */
  private static final class AsStrings extends FieldComparatorSource {

    @Override
    public FieldComparator<?> newComparator(
        String field, int hits, Pruning pruning, boolean reversed) {
      return new ByString(field, hits);
    }
  }

  private static final class ByString extends SimpleFieldComparator<String> {

    private static final Comparator<@Nullable String> ORDER =
        Comparator.nullsFirst(Comparator.naturalOrder());

    private final String field;
    private final @Nullable String[] slots;
    private @Nullable String bottom;
    private @Nullable String top;
    private @Nullable SortedDocValues ids;

    ByString(String field, int hits) {
      this.field = field;
      this.slots = new String[hits];
    }

    @Override
    protected void doSetNextReader(LeafReaderContext context) throws IOException {
      ids = DocValues.getSorted(context.reader(), field);
    }

    private @Nullable String id(int doc) throws IOException {
      return ids != null && ids.advanceExact(doc)
          ? ids.lookupOrd(ids.ordValue()).utf8ToString()
          : null;
    }

    @Override
    public int compare(int slot1, int slot2) {
      return ORDER.compare(slots[slot1], slots[slot2]);
    }

    @Override
    public void setBottom(int slot) {
      bottom = slots[slot];
    }

    @Override
    public int compareBottom(int doc) throws IOException {
      return ORDER.compare(bottom, id(doc));
    }

    @Override
    public void setTopValue(String value) {
      top = value;
    }

    @Override
    public int compareTop(int doc) throws IOException {
      return ORDER.compare(top, id(doc));
    }

    @Override
    public void copy(int slot, int doc) throws IOException {
      slots[slot] = id(doc);
    }

    @Override
    public @Nullable String value(int slot) {
      return slots[slot];
    }
  }
}

package dev.reranker.lucene;

import dev.reranker.Document;
import dev.reranker.Reranker;
import dev.reranker.passage.PassagePreparer;
import java.io.IOException;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.jspecify.annotations.Nullable;

/**
 * What a reranker reads of the hits of an application's own index.
 *
 * @param text where their texts come from
 * @param preparedField where their prepared passages are; null: nowhere
 */
record HitPassages(PassageSource text, @Nullable String preparedField) {

  /** Reads the hits of one search for one reranker. */
  private final class Reading {

    private final StoredFields stored;
    private final PreparedValues prepared;
    private final @Nullable String known;

    Reading(IndexSearcher searcher, Reranker reranker) throws IOException {
      this.stored = searcher.storedFields();
      this.prepared = new PreparedValues(searcher, preparedField);
      this.known = preparedField == null ? null : fingerprint(reranker);
    }

    /** Empty where there is nothing to read; a text is not looked for where none will be read. */
    Optional<Document> passage(String id, int doc) throws IOException {
      Document bare = prepared.addTo(Document.of(id, ""), doc);
      if (bare.prepared().isPresent() && bare.prepared().get().fingerprint().equals(known)) {
        return Optional.of(bare);
      }
      // A blank text is none: a model's score of it would say nothing about the document.
      return text.read(stored, doc)
          .filter(passage -> !passage.isBlank())
          .map(passage -> Document.of(id, passage))
          .map(read -> bare.prepared().map(read::withPrepared).orElse(read));
    }
  }

  /** The fingerprint of the prepared passages that it reads; null: it reads texts. */
  private static @Nullable String fingerprint(Reranker reranker) {
    if (!(reranker instanceof PassagePreparer preparer)) {
      return null;
    }
    try {
      return preparer.preparedFingerprint();
    } catch (UnsupportedOperationException readsTexts) {
      return null;
    }
  }

  /**
   * What there is to read, by position; null where there is nothing. Read in the order in which it
   * is stored.
   *
   * @throws IllegalArgumentException if a hit is not of this searcher, a prepared passage is
   *     damaged, or no document has the fields that texts are read from
   */
  @Nullable Document[] read(IndexSearcher searcher, ScoreDoc[] hits, Reranker reranker)
      throws IOException {
    @Nullable Document[] passages = new Document[hits.length];
    int[] byDoc =
        IntStream.range(0, hits.length)
            .boxed()
            .sorted(Comparator.comparingInt(i -> hits[i].doc))
            .mapToInt(Integer::intValue)
            .toArray();
    var reading = new Reading(searcher, reranker);
    boolean any = false;
    for (int position : byDoc) {
      int doc = hits[position].doc;
      checkOf(searcher, doc);
      // The same document may be there twice; and no id of an index's documents looks like this.
      String id = "hit " + (position + 1) + ", doc " + doc;
      passages[position] = reading.passage(id, doc).orElse(null);
      any |= passages[position] != null;
    }
    if (!any && hits.length > 0) {
      StoredFieldCheck.complaint(searcher.getIndexReader(), text.fields())
          .ifPresent(
              complaint -> {
                throw new IllegalArgumentException(complaint);
              });
    }
    return passages;
  }

  /** What there is to read of one document. */
  Optional<Document> read(IndexSearcher searcher, int doc, Reranker reranker) throws IOException {
    checkOf(searcher, doc);
    return new Reading(searcher, reranker).passage("doc " + doc, doc);
  }

  private static void checkOf(IndexSearcher searcher, int doc) {
    int maxDoc = searcher.getIndexReader().maxDoc();
    if (doc < 0 || doc >= maxDoc) {
      throw new IllegalArgumentException(
          "doc %d is not in this searcher, which has %d: pass the searcher that found the hits"
              .formatted(doc, maxDoc));
    }
  }
}

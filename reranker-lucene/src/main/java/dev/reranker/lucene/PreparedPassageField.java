package dev.reranker.lucene;

import dev.reranker.prepared.PreparedPassage;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.util.BytesRef;

/**
 * The field of a prepared passage in an application's own index: binary doc values, which are read
 * for the hits of a search alone.
 *
 * {@snippet :
 * List<String> blurbs = List.of("whales sleep upright", "cats sleep all day");
 * var prepared = reranker.prepare(blurbs); // the faster, the more at once
 * var first = new org.apache.lucene.document.Document();
 * first.add(new PreparedPassageField("prepared", prepared.get(0)));
 * }
 *
 * <p>A document has one, or none. {@link LuceneRetriever.Builder#prepared} and {@link
 * CrossEncoderRescorer#prepared} read it. What made it goes with it: a reranker refuses what
 * another model has prepared. An application that changes a document's text prepares it again.
 */
public final class PreparedPassageField extends BinaryDocValuesField {

  /**
   * A field of a document.
   *
   * @param name the field's name
   * @param passage what the reranker has prepared of the document's text
   */
  public PreparedPassageField(String name, PreparedPassage passage) {
    super(name, new BytesRef(passage.bytes()));
  }
}

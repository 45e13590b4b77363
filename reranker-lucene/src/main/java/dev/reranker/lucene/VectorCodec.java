package dev.reranker.lucene;

import java.io.IOException;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;

/**
 * Lucene's default codec with a chosen vector format and without its limit of 1024 dimensions.
 *
 * <p>That limit is checked when a vector is written and nowhere else; the file format has none.
 * Codec and format keep Lucene's names, so any Lucene reads the index without this class.
 */
final class VectorCodec extends FilterCodec {

  private final KnnVectorsFormat perField;

  VectorCodec(KnnVectorsFormat format) {
    super(Codec.getDefault().getName(), Codec.getDefault());
    var unlimited = new AnyDimension(format);
    perField =
        new PerFieldKnnVectorsFormat() {
          @Override
          public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
            return unlimited;
          }
        };
  }

  @Override
  public KnnVectorsFormat knnVectorsFormat() {
    return perField;
  }

  private static final class AnyDimension extends KnnVectorsFormat {

    private final KnnVectorsFormat format;

    AnyDimension(KnnVectorsFormat format) {
      super(format.getName());
      this.format = format;
    }

    @Override
    public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
      return format.fieldsWriter(state);
    }

    @Override
    public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
      return format.fieldsReader(state);
    }

    @Override
    public int getMaxDimensions(String field) {
      return Integer.MAX_VALUE;
    }
  }
}

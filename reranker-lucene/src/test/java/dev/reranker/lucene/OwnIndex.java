package dev.reranker.lucene;

import dev.reranker.Document;
import java.io.IOException;
import java.util.List;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.IntField;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.Directory;

/** An index as an application of its own might make it. */
final class OwnIndex {

  private OwnIndex() {}

  static void write(Directory directory, List<Document> documents) throws IOException {
    try (var writer = new IndexWriter(directory, new IndexWriterConfig(new StandardAnalyzer()))) {
      for (Document document : documents) {
        writer.addDocument(fields(document));
      }
    }
  }

  static org.apache.lucene.document.Document fields(Document document) {
    var fields = new org.apache.lucene.document.Document();
    float[] vector = new BagEmbedder().embedQuery(document.text());
    fields.add(new StringField("key", document.id(), Field.Store.YES));
    fields.add(new TextField("body", document.text(), Field.Store.YES));
    fields.add(new KnnFloatVectorField("embedding", vector, VectorSimilarityFunction.COSINE));
    fields.add(new KnnFloatVectorField("place", vector, VectorSimilarityFunction.EUCLIDEAN));
    fields.add(new KnnByteVectorField("bytes", new byte[] {1, 2}));
    document
        .metadata()
        .forEach(
            (key, value) -> {
              if (value instanceof Integer number) {
                fields.add(new IntField(key, number, Field.Store.YES));
              } else {
                fields.add(new StringField(key, value.toString(), Field.Store.YES));
              }
            });
    return fields;
  }
}

package dev.reranker.lucene;

import dev.reranker.Document;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalLong;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** Checks, embeds and writes documents in batches; each method is a step of a call. */
final class DocumentWriter {

  private final GuardedIndex index;
  private final IndexConfig config;

  DocumentWriter(GuardedIndex index, IndexConfig config) {
    this.index = index;
    this.config = config;
  }

  void add(Iterable<Document> documents) {
    checkWritable();
    OptionalLong total = checkAll(documents);
    long done = 0;
    List<Document> batch = new ArrayList<>(config.batchSize());
    for (Document document : documents) {
      check(document, done + batch.size());
      batch.add(document);
      if (batch.size() == config.batchSize()) {
        done = add(batch, done, total);
        batch.clear();
      }
    }
    if (!batch.isEmpty()) {
      add(batch, done, total);
    }
  }

  private void checkWritable() {
    index.checkWritable();
    index.metadata().checkAddedWith(config.where(), embedders());
  }

  private IndexEmbedders embedders() {
    return index.metadata().used(config.embedders());
  }

  private void check(@Nullable Document document, long position) {
    config.fields().check(document, position);
    IndexPreparer preparer = config.embedders().preparer();
    if (document != null && preparer != null) {
      preparer.check(document, position);
    }
  }

  /** Checks what can be checked before the first is added: a collection, whose size is known. */
  private OptionalLong checkAll(Iterable<Document> documents) {
    if (!(documents instanceof Collection<Document> known)) {
      return OptionalLong.empty();
    }
    long position = 0;
    for (Document document : known) {
      check(document, position++);
    }
    return OptionalLong.of(known.size());
  }

  private long add(List<Document> batch, long before, OptionalLong total) {
    List<IndexEmbedders.Vectors> vectors = embedders().of(batch);
    index.write(
        "add to",
        writer -> {
          for (int i = 0; i < batch.size(); i++) {
            update(writer, batch.get(i), vectors.get(i));
          }
        });
    long done = before + batch.size();
    config.listener().indexed(done, total);
    return done;
  }

  private void update(IndexWriter writer, Document document, IndexEmbedders.Vectors vectors)
      throws IOException {
    DocumentFields fields = config.fields();
    try {
      writer.updateDocument(fields.term(document.id()), fields.write(document, vectors));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "document '%s' cannot be indexed: %s".formatted(document.id(), e.getMessage()), e);
    }
  }

  void replace(Query old, Collection<Document> documents) {
    checkWritable();
    checkAll(documents);
    List<Document> last = lastOfEachId(documents);
    List<BytesRef> ids = new ArrayList<>(last.size());
    List<Iterable<? extends IndexableField>> written = new ArrayList<>(last.size());
    for (int from = 0; from < last.size(); from += config.batchSize()) {
      List<Document> batch = last.subList(from, Math.min(last.size(), from + config.batchSize()));
      List<IndexEmbedders.Vectors> vectors = embedders().of(batch);
      for (int i = 0; i < batch.size(); i++) {
        ids.add(config.fields().term(batch.get(i).id()).bytes());
        written.add(config.fields().write(batch.get(i), vectors.get(i)));
      }
    }
    Query deleted =
        new BooleanQuery.Builder()
            .add(old, BooleanClause.Occur.SHOULD)
            .add(new TermInSetQuery(config.fields().id(), ids), BooleanClause.Occur.SHOULD)
            .build();
    try {
      index.write("replace in", writer -> writer.updateDocuments(deleted, written));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "%s cannot be indexed: %s".formatted(describe(last), e.getMessage()), e);
    }
  }

  private static List<Document> lastOfEachId(Collection<Document> documents) {
    var last = new LinkedHashMap<String, Document>();
    documents.forEach(document -> last.put(document.id(), document));
    return List.copyOf(last.values());
  }

  private static String describe(List<Document> documents) {
    return documents.isEmpty()
        ? "a replacement by no documents"
        : "one of %d documents, from '%s' to '%s',"
            .formatted(documents.size(), documents.getFirst().id(), documents.getLast().id());
  }
}

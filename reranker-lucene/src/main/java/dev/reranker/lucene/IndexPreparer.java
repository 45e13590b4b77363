package dev.reranker.lucene;

import dev.reranker.Document;
import dev.reranker.error.InferenceException;
import dev.reranker.passage.PassagePreparer;
import dev.reranker.passage.PassagePreparer.Prepared;
import dev.reranker.prepared.PreparedPassage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What prepares the documents of an index, and its checked passages.
 *
 * @param fingerprint of the passages that it makes
 * @param embeds whether its runs also give the vectors of the index
 */
record IndexPreparer(PassagePreparer model, String fingerprint, boolean embeds) {

  /**
   * A preparer as it is now.
   *
   * @throws UnsupportedOperationException if the model reads query and passage together only
   */
  static IndexPreparer of(PassagePreparer model, boolean embeds) {
    return new IndexPreparer(model, model.preparedFingerprint(), embeds);
  }

  /** The same for an index whose vectors are not its own. */
  IndexPreparer withoutVectors() {
    return new IndexPreparer(model, fingerprint, false);
  }

  /**
   * Checks that what a document carries can be kept.
   *
   * @throws IllegalArgumentException if another model made it
   */
  void check(Document document, long position) {
    Optional<PreparedPassage> carried = document.prepared();
    if (carried.isPresent() && !isOwn(carried.get())) {
      throw new IllegalArgumentException(
          "document %d ('%s') carries a passage prepared by fingerprint %s; the index keeps those of '%s' (fingerprint %s): add it without, as new Document(id, text, metadata), and it is prepared here"
              .formatted(
                  position, document.id(), carried.get().fingerprint(), model.name(), fingerprint));
    }
  }

  private boolean isOwn(PreparedPassage passage) {
    return passage.fingerprint().equals(fingerprint);
  }

  /**
   * Prepares a batch of checked documents; what one carries already stays. The vectors are empty
   * unless it {@link #embeds}.
   *
   * @throws InferenceException if the model fails, or gives what does not fit
   */
  List<Prepared> of(List<Document> batch) {
    List<Document> toRead =
        embeds ? batch : batch.stream().filter(d -> d.prepared().isEmpty()).toList();
    List<Prepared> read = read(toRead);
    List<Prepared> all = new ArrayList<>(batch.size());
    int next = 0;
    for (Document document : batch) {
      Optional<PreparedPassage> carried = document.prepared();
      if (embeds || carried.isEmpty()) {
        Prepared made = read.get(next++);
        all.add(new Prepared(carried.orElse(made.passage()), made.vector()));
      } else {
        all.add(new Prepared(carried.get(), new float[0]));
      }
    }
    return all;
  }

  private List<Prepared> read(List<Document> documents) {
    if (documents.isEmpty()) {
      return List.of();
    }
    List<String> texts = documents.stream().map(Document::text).toList();
    List<Prepared> read =
        embeds
            ? model.prepareAndEmbed(texts)
            : model.prepare(texts).stream()
                .map(passage -> new Prepared(passage, new float[0]))
                .toList();
    if (read.size() != documents.size()) {
      throw new InferenceException(
          "'%s' prepared %d of %d passages".formatted(model.name(), read.size(), documents.size()));
    }
    for (int i = 0; i < read.size(); i++) {
      if (!isOwn(read.get(i).passage())) {
        throw new InferenceException(
            "'%s' prepared document '%s' as fingerprint %s, and says that its own is %s"
                .formatted(
                    model.name(),
                    documents.get(i).id(),
                    read.get(i).passage().fingerprint(),
                    fingerprint));
      }
    }
    return read;
  }
}

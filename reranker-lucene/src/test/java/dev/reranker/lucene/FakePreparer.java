package dev.reranker.lucene;

import dev.reranker.Document;
import dev.reranker.Embedder;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.Reranker;
import dev.reranker.passage.PassagePreparer;
import dev.reranker.prepared.PreparedPassage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Scores as {@link OverlapReranker} does, from texts or from passages that it prepared, which are
 * the texts themselves under its fingerprint; remembers each text that it has read.
 */
final class FakePreparer implements Reranker, PassagePreparer {

  private final String name;
  private final String fingerprint;
  private final boolean embeds;
  private final List<String> read = new ArrayList<>();

  FakePreparer(String name, String fingerprint, boolean embeds) {
    this.name = name;
    this.fingerprint = fingerprint;
    this.embeds = embeds;
  }

  /** One that embeds too. */
  FakePreparer(String fingerprint) {
    this("late", fingerprint, true);
  }

  /** One that only prepares. */
  static FakePreparer withoutEmbedder(String fingerprint) {
    return new FakePreparer("late", fingerprint, false);
  }

  /** The texts read since this was last asked, in order. */
  synchronized List<String> takeRead() {
    var taken = List.copyOf(read);
    read.clear();
    return taken;
  }

  private synchronized void read(List<String> texts) {
    read.addAll(texts);
  }

  static PreparedPassage passage(String fingerprint, String text) {
    return PreparedPassage.of(fingerprint, text.getBytes(StandardCharsets.UTF_8));
  }

  /** The text that was prepared. */
  static String text(PreparedPassage passage) {
    return StandardCharsets.UTF_8.decode(passage.content()).toString();
  }

  private final class Own implements WrappedEmbedder {

    @Override
    public Embedder embedder() {
      return new BagEmbedder();
    }

    @Override
    public List<float[]> embedPassages(List<String> passages) {
      read(passages);
      return embedder().embedPassages(passages);
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public String fingerprint() {
      return fingerprint + "-mean";
    }
  }

  @Override
  public String preparedFingerprint() {
    return fingerprint;
  }

  @Override
  public Optional<Embedder> embedder() {
    return embeds ? Optional.of(new Own()) : Optional.empty();
  }

  @Override
  public List<Prepared> prepareAndEmbed(List<String> passages) {
    read(passages);
    var bag = new BagEmbedder();
    return passages.stream()
        .map(
            text ->
                new Prepared(
                    passage(fingerprint, text), embeds ? bag.embedQuery(text) : new float[0]))
        .toList();
  }

  @Override
  public RerankResult rerank(RerankRequest request) {
    var result = RerankResult.builder(request, name);
    int prepared = 0;
    for (int i = 0; i < request.candidates().size(); i++) {
      Document document = request.candidates().get(i).document();
      String text = document.text();
      if (document.prepared().isPresent()) {
        text = text(own(document, document.prepared().get()));
        prepared++;
      } else {
        read(List.of(text));
      }
      float logit = OverlapReranker.logit(request.query(), text);
      result.score(i, OverlapReranker.sigmoid(logit), logit);
    }
    return result.prepared(prepared).build();
  }

  private PreparedPassage own(Document document, PreparedPassage passage) {
    if (!passage.fingerprint().equals(fingerprint)) {
      throw new IllegalArgumentException(
          "document '%s' was prepared by %s, not by %s"
              .formatted(document.id(), passage.fingerprint(), fingerprint));
    }
    return passage;
  }

  @Override
  public String name() {
    return name;
  }
}

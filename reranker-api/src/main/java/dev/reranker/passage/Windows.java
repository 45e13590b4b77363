package dev.reranker.passage;

import dev.reranker.Embedder;
import dev.reranker.Hit;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.Reranker;
import dev.reranker.ScoreCombiner;
import dev.reranker.StageReport;
import dev.reranker.StageScore;
import dev.reranker.internal.Checks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A reranker that reads long documents whole, in windows of tokens, each with the query, where the
 * model beneath would read their beginning alone.
 *
 * {@snippet :
 * Reranker whole =
 *     Windows.builder(reranker, reranker::tokenSpans)
 *         .tokens(256)
 *         .stride(192)
 *         .maxWindows(16)
 *         .build();
 * for (Hit hit : whole.rerank("how do whales sleep", passages).hits()) {
 *   Passage best = Passage.of(hit.document()).orElseThrow();
 *   System.out.println(passages.get(hit.index()).substring(best.start(), best.end()));
 * }
 * }
 *
 * <p><b>Windows.</b> The first begins at the first token, each next one a stride later, and the
 * last is the one that has the last token. A document that fits into one is handed on as it is, so
 * it costs one pair, has the same score as without windows, and is scored by what was {@linkplain
 * dev.reranker.Document#prepared prepared} of it. For a longer one what was prepared is not used:
 * it is of the whole text. A window and the query must fit the model together, or the model cuts
 * the window, which is reported.
 *
 * <p><b>What is left out is said.</b> A document of which not all windows were scored is {@link
 * Hit#truncated()}: for the {@linkplain Builder#maxWindows cap}, the {@linkplain Builder#preselect
 * pre-selection}, {@link Aggregation#first()}, or the deadline. {@link StageReport#truncated()}
 * counts such documents, {@link StageReport#parts()} has the report of the reranker beneath, whose
 * candidates are windows, and before it that of the pre-selection.
 *
 * <p><b>Deadline.</b> All windows of a request go to the reranker beneath in one request: first the
 * first window of each document, the best candidates first, then the second ones, and so on. Where
 * the deadline passes on the way, a document is as good as those of its windows that were scored;
 * one of which none was stands behind the others, in the order it came in.
 *
 * <p><b>Result.</b> As by {@link MaxP}, the text of a scored document is its best window, whose
 * place {@link Passage#of} tells, in Java chars of the text as it was given; in the text of the
 * parent, where the candidate is a passage itself. Under each {@link Aggregation} that is the best
 * single window, the first of equals. Id, metadata and trail are the document's. What was prepared
 * stays with a document that fits.
 *
 * <p>As thread-safe as what it is made of.
 */
public final class Windows implements Reranker {

  private final Reranker reranker;
  private final WindowSplitter splitter;
  private final Aggregation aggregation;
  private final @Nullable WindowSelection selection;

  private Windows(Builder builder) {
    this.reranker = builder.reranker;
    this.aggregation = builder.aggregation;
    this.selection = builder.selection;
    int most = aggregation.firstOnly() ? 1 : builder.maxWindows;
    this.splitter = new WindowSplitter(builder.spans, builder.tokens, builder.stride, most);
  }

  /**
   * Starts a reranker of long documents.
   *
   * @param reranker scores the windows; closed with this
   * @param spans where a text's tokens are: the model's own tokenizer, for example, or words
   * @return a new builder
   */
  public static Builder builder(Reranker reranker, TokenSpans spans) {
    return new Builder(reranker, spans);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the query is blank or does not fit the model, or the token
   *     spans are no ranges of a text in rising order; the message names the document
   */
  @Override
  public RerankResult rerank(RerankRequest request) {
    long start = System.nanoTime();
    Checks.query(request.query());
    List<WindowedDocument> documents = new ArrayList<>();
    for (Hit candidate : request.candidates()) {
      request.context().checkCancelled();
      if (request.context().deadline().expired()) {
        return RerankResult.builder(request, name()).pastDeadline().took(since(start)).build();
      }
      documents.add(splitter.split(candidate));
    }
    Optional<StageReport> selected =
        selection == null ? Optional.empty() : selection.select(request.query(), documents);
    List<WindowedDocument.Window> windows = WindowedDocument.inTurn(documents);
    RerankResult result =
        reranker.rerank(
            RerankRequest.of(
                    request.query(), windows.stream().map(WindowedDocument.Window::hit).toList())
                .withContext(request.context()));
    for (Hit scored : result.hits()) {
      windows.get(Objects.checkIndex(scored.index(), windows.size())).scored(scored);
    }
    return result(request, documents, selected, result.report(), start);
  }

  private RerankResult result(
      RerankRequest request,
      List<WindowedDocument> documents,
      Optional<StageReport> selected,
      StageReport done,
      long start) {
    RerankResult.Builder builder = RerankResult.builder(request, name());
    int scored = 0;
    int truncated = 0;
    for (int i = 0; i < documents.size(); i++) {
      Optional<StageScore> score = documents.get(i).score(aggregation);
      if (score.isPresent()) {
        scored++;
        record(builder, i, score.get());
        if (documents.get(i).truncated()) {
          truncated++;
          builder.truncated(i);
        }
      }
    }
    List<Hit> hits =
        builder.build().hits().stream()
            .map(hit -> hit.scored() ? hit.with(documents.get(hit.index()).best()) : hit)
            .toList();
    List<StageReport> parts = new ArrayList<>();
    selected.ifPresent(parts::add);
    parts.add(done);
    StageReport report =
        done.copy(name())
            .candidates(hits.size())
            .scored(scored, documents.size() - scored)
            .truncated(truncated)
            .took(since(start))
            .parts(parts)
            .build();
    return RerankResult.of(hits, report);
  }

  private static void record(RerankResult.Builder result, int index, StageScore score) {
    if (score.raw().isPresent()) {
      result.score(index, score.score(), score.raw().getAsDouble());
    } else {
      result.score(index, score.score());
    }
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /**
   * The combiner of the reranker beneath.
   *
   * @return the combiner
   */
  @Override
  public ScoreCombiner combiner() {
    return reranker.combiner();
  }

  /**
   * The name of the reranker beneath.
   *
   * @return the name
   */
  @Override
  public String name() {
    return reranker.name();
  }

  /** Closes the reranker beneath. */
  @Override
  public void close() {
    reranker.close();
  }

  /** Collects the settings; not thread-safe. */
  public static final class Builder {

    private final Reranker reranker;
    private final TokenSpans spans;
    private int tokens = 256;
    private int stride = 192;
    private int maxWindows = 32;
    private Aggregation aggregation = Aggregation.max();
    private @Nullable WindowSelection selection;

    private Builder(Reranker reranker, TokenSpans spans) {
      this.reranker = Objects.requireNonNull(reranker, "reranker");
      this.spans = Objects.requireNonNull(spans, "spans");
    }

    /**
     * Sets how many tokens a window has; default: 256.
     *
     * @param tokens at least 1; with the query and the special tokens no more than the model takes
     * @return this
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder tokens(int tokens) {
      this.tokens = Checks.atLeastOne("tokens", tokens);
      return this;
    }

    /**
     * Sets how many tokens after a window the next one begins; default: 192.
     *
     * @param tokens at least 1, and no more than a window has
     * @return this
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder stride(int tokens) {
      this.stride = Checks.atLeastOne("stride", tokens);
      return this;
    }

    /**
     * Sets how many windows of a document are read at most, the first ones; default: 32. Text
     * behind them is left out, and the document is {@link Hit#truncated()}.
     *
     * @param windows at least 1
     * @return this
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder maxWindows(int windows) {
      this.maxWindows = Checks.atLeastOne("maxWindows", windows);
      return this;
    }

    /**
     * Sets how windows' scores make a document's; default: {@link Aggregation#max()}.
     *
     * @param aggregation the rule
     * @return this
     */
    public Builder aggregate(Aggregation aggregation) {
      this.aggregation = Objects.requireNonNull(aggregation, "aggregation");
      return this;
    }

    /**
     * Lets an embedder choose the windows that are scored, those closest to the query by cosine;
     * default: all are scored. It embeds the query, and all windows of the documents that have more
     * than {@code keep}, which costs less than scoring them where the embedder is the smaller
     * model; the report's first part says how many and how long it took. The embedder knows no
     * deadline: it is asked once, for all documents.
     *
     * @param embedder stays the caller's to close
     * @param keep how many windows of a document are scored at most, at least 1
     * @return this
     * @throws IllegalArgumentException if {@code keep} is below 1
     */
    public Builder preselect(Embedder embedder, int keep) {
      this.selection = new WindowSelection(embedder, Checks.atLeastOne("keep", keep));
      return this;
    }

    /**
     * Makes the reranker.
     *
     * @return the reranker
     * @throws IllegalArgumentException if the stride is above the window, which would leave text
     *     out
     */
    public Windows build() {
      if (stride > tokens) {
        throw new IllegalArgumentException(
            "stride is %d and a window has %d tokens; the stride must be no larger, or text is left out"
                .formatted(stride, tokens));
      }
      return new Windows(this);
    }
  }
}

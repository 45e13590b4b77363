package dev.reranker.onnx;

import static java.util.stream.Collectors.joining;

import dev.reranker.SearchContext;
import dev.reranker.error.InferenceException;
import dev.reranker.internal.CallGate;
import dev.reranker.passage.TextRange;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * A loaded model at work: tokenizer, session and threads, shared by all callers.
 *
 * <p>Each text is tokenized once. Memory follows the batch budget, not the number of rows.
 */
final class Engine implements AutoCloseable {

  /** Tokens of a query that is too long are counted no further. */
  private static final int MOST_COUNTED = 100_000;

  private final TextTokenizer tokenizer;
  private final TokenTemplate template;
  private final OnnxSession session;
  private final Scheduler scheduler;
  private final CallGate gate;
  private final ModelInfo info;
  private final Duration grace;
  private final Fingerprint fingerprint;
  private volatile Runnable more = () -> {};

  private Engine(
      TextTokenizer tokenizer,
      TokenTemplate template,
      OnnxSession session,
      EngineSettings settings,
      String graph,
      int maxLength,
      int padId,
      Fingerprint fingerprint) {
    this.tokenizer = tokenizer;
    this.template = template;
    this.session = session;
    this.grace = settings.queueing().grace();
    this.fingerprint =
        fingerprint
            .with("maxLength", maxLength)
            .with("padId", padId)
            .with(
                "output", session.outputs().stream().map(GraphOutput::name).collect(joining(",")));
    this.info =
        new ModelInfo(
            settings.name(),
            this.fingerprint.toString(),
            graph,
            session.provider(),
            maxLength,
            settings.threads(session.provider()),
            settings.batchTokens(session.provider()));
    this.scheduler =
        new Scheduler(
            info,
            settings.queueing(),
            session.isRowwise(),
            (batch, texts, around, sink, stop) ->
                session.run(batch, texts, around, padId, sink, stop));
    this.gate = new CallGate("'" + info.name() + "'");
  }

  /**
   * What of a model is loaded.
   *
   * @param graph the graph
   * @param template what stands around a row's texts, unless a run says otherwise
   * @param outputs what is wanted of the graph
   * @param maxLength how many tokens a row takes at most
   */
  record Parts(
      ModelFile graph,
      Function<TextTokenizer, TokenTemplate> template,
      List<GraphOutput.Wish> outputs,
      int maxLength) {}

  /**
   * Loads a model of one graph, whose rows are what its tokenizer makes of texts.
   *
   * @param texts how many texts a row has: 1 or 2
   * @param outputs names of the wanted output, the preferred first
   */
  static Engine open(EngineSettings settings, ModelConfig config, int texts, List<String> outputs) {
    var parts =
        new Parts(
            settings.source().graph(),
            texts == 1 ? TextTokenizer::single : TextTokenizer::pair,
            List.of(new GraphOutput.Wish(outputs, false)),
            settings.maxLength(config));
    return open(settings, config, parts);
  }

  /** Loads a model. */
  static Engine open(EngineSettings settings, ModelConfig config, Parts parts) {
    // All files first: an error about a missing one should not wait for another to load.
    GraphFile graph = GraphFile.open(parts.graph());
    ModelFile tokenizerFile = settings.source().require(config.tokenizerFiles());
    int padId = config.padId();
    TokenizerRules rules = TokenizerRules.of(config);
    try (var reading = Fingerprint.Reading.start(graph, tokenizerFile)) {
      TextTokenizer tokenizer = TextTokenizer.load(tokenizerFile, rules);
      try {
        rules.check(tokenizer.single());
        TokenTemplate template = parts.template().apply(tokenizer);
        if (template.textTypes().length > 1) {
          rules.checkPair(template);
        }
        OnnxSession session =
            OnnxSession.open(
                settings.name(),
                graph,
                settings.providers(),
                settings.intraOpThreads(),
                parts.outputs(),
                template);
        try {
          Fingerprint fingerprint = reading.fingerprint().with("lowerCase", rules.lowerCase());
          return new Engine(
              tokenizer,
              template,
              session,
              settings,
              graph.file().shortName(),
              parts.maxLength(),
              padId,
              fingerprint);
        } catch (RuntimeException | Error e) {
          session.close();
          throw e;
        }
      } catch (RuntimeException | Error e) {
        tokenizer.close();
        throw e;
      }
    }
  }

  /** The identity of what was loaded, to which callers add their own settings. */
  Fingerprint fingerprint() {
    return fingerprint;
  }

  ModelInfo info() {
    return info;
  }

  /** The first, or only, output. */
  GraphOutput output() {
    return session.outputs().get(0);
  }

  List<GraphOutput> outputs() {
    return session.outputs();
  }

  /** A template of the model's own tokens. */
  TokenTemplate template(Function<TextTokenizer, TokenTemplate> from) {
    return from.apply(tokenizer);
  }

  /** What is closed with this, after the last call. */
  void alsoCloses(Runnable more) {
    this.more = more;
  }

  /** How many tokens the texts of a row may have together. */
  int room() {
    return info.maxLength() - template.overhead();
  }

  /** Runs a call that has no rows, unless this engine is closed; closing waits for it. */
  <T> T call(Supplier<T> call) {
    return gate.call(call);
  }

  /**
   * Runs a call, unless this engine is closed or its queue is full; closing waits for it.
   *
   * @param rows how many rows the call is about
   */
  <T> T call(int rows, Supplier<T> call) {
    return gate.call(() -> scheduler.admit(rows, call));
  }

  /** How many tokens a whole text has, special tokens left out. */
  int countTokens(String text) {
    Objects.requireNonNull(text, "text");
    return call(() -> encode(text, Integer.MAX_VALUE, () -> "the text").count());
  }

  /** Where a whole text's tokens are, special tokens left out. */
  List<TextRange> tokenSpans(String text) {
    Objects.requireNonNull(text, "text");
    return call(() -> tokenized(() -> tokenizer.spans(text), text, () -> "the text"));
  }

  /**
   * Tokenizes a text, on this thread.
   *
   * @param wanted how many tokens at most
   * @param what the text, for the message
   * @throws InferenceException if the tokenizer fails
   */
  TokenIds encode(String text, int wanted, Supplier<String> what) {
    return tokenized(() -> tokenizer.encode(text, wanted), text, what);
  }

  private <T> T tokenized(Supplier<T> tokenize, String text, Supplier<String> what) {
    try {
      return tokenize.get();
    } catch (RuntimeException e) { // native code's, of no kind of its own
      throw new InferenceException(
          "the tokenizer of '%s' failed on %s, of %d characters: %s"
              .formatted(info.name(), what.get(), text.length(), e.getMessage()),
          e);
    }
  }

  /**
   * Tokenizes a query with its prompt, on this thread.
   *
   * @param limit how many tokens both may have
   * @param whole what the limit is of, for the message
   * @throws IllegalArgumentException if they have more: a query is never cut
   * @throws InferenceException if the tokenizer fails
   */
  TokenIds encodeQuery(String prompt, String query, int limit, String whole) {
    String text = prompt.isEmpty() ? query : prompt + query;
    Supplier<String> what = () -> "the query";
    TokenIds tokens = encode(text, limit, what);
    if (tokens.truncated()) {
      TokenIds all = encode(text, MOST_COUNTED, what);
      throw new IllegalArgumentException(
          "query%s has %s%d tokens; '%s' takes %s, of which a query may use %d: shorten it or choose a model with a longer window"
              .formatted(
                  prompt.isEmpty() ? "" : " with its prompt",
                  all.truncated() ? "more than " : "",
                  all.count(),
                  info.name(),
                  whole,
                  limit));
    }
    return tokens;
  }

  /**
   * Runs a request's rows through the model and reads its first output row by row.
   *
   * @param texts what the rows read, one for each, to guess their lengths by
   * @param encode the tokens of a row's texts; called on worker threads
   * @param reader takes what the model gave for a row; called on worker threads, once for each
   * @param context says until when, and whether still
   * @return which rows are done: all, unless the deadline passed
   */
  Work run(
      List<String> texts,
      IntFunction<TokenIds[]> encode,
      Consumer<Row> reader,
      SearchContext context) {
    int leading = template.specials().get(0).length;
    Ran.Reader rows =
        ran -> {
          FloatBuffer values = ran.values().values(0);
          int floats = output().width() * (output().perToken() ? ran.batch().length() : 1);
          for (int i = 0; i < ran.rows(); i++) {
            int own = ran.length(i) - template.overhead();
            reader.accept(
                new Row(ran.row(i), values, ran.at(i) * floats, leading, own, ran.length(i)));
          }
        };
    return run(template, texts, encode, rows, context);
  }

  /** {@link Scheduler#run}. */
  Work run(
      TokenTemplate around,
      List<String> texts,
      IntFunction<TokenIds[]> encode,
      Ran.Reader reader,
      SearchContext context) {
    return scheduler.run(around, texts, encode, reader, context);
  }

  /** {@link Scheduler#steps}. */
  void steps(SearchContext context, int rows, int steps, IntConsumer step, Work work) {
    scheduler.steps(context, rows, steps, step, work);
  }

  @Override
  public void close() {
    gate.close(
        grace,
        scheduler::stop,
        () -> {
          scheduler.close();
          more.run();
          session.close();
          tokenizer.close();
        });
  }
}

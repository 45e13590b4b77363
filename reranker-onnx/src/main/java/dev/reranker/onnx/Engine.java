package dev.reranker.onnx;

import static java.util.stream.Collectors.joining;

import ai.onnxruntime.OrtException;
import dev.reranker.SearchContext;
import dev.reranker.error.CancelledException;
import dev.reranker.error.InferenceException;
import dev.reranker.internal.CallGate;
import dev.reranker.onnx.BatchPlan.Batch;
import dev.reranker.onnx.OnnxSession.Sink;
import dev.reranker.passage.TextRange;
import java.nio.FloatBuffer;
import java.util.Arrays;
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
  private final Workers workers;
  private final CallGate gate;
  private final ModelInfo info;
  private final int padId;
  private final Fingerprint fingerprint;
  private volatile Runnable more = () -> {};

  private Engine(
      TextTokenizer tokenizer,
      TokenTemplate template,
      OnnxSession session,
      EngineSettings settings,
      int maxLength,
      int padId,
      Fingerprint fingerprint) {
    this.tokenizer = tokenizer;
    this.template = template;
    this.session = session;
    this.padId = padId;
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
            session.provider(),
            maxLength,
            settings.threads(session.provider()),
            settings.batchTokens(session.provider()));
    this.workers = new Workers(info.name(), info.threads());
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
                settings.name(), graph, settings.providers(), parts.outputs(), template);
        try {
          Fingerprint fingerprint = reading.fingerprint().with("lowerCase", rules.lowerCase());
          return new Engine(
              tokenizer, template, session, settings, parts.maxLength(), padId, fingerprint);
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

  /** Runs a call, unless this engine is closed; closing waits for it. */
  <T> T call(Supplier<T> call) {
    return gate.call(call);
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
   * What a batch gave; only valid while it is read.
   *
   * @param batch its rows, counted from the wave's first
   * @param from the place of the wave's first row in the request
   * @param lengths the tokens of the wave's rows, special ones included
   * @param values what the graph gave, and what it was given
   */
  record Ran(Batch batch, int from, int[] lengths, BatchBuffers values) {}

  /** Takes what a batch gave; called on worker threads. */
  @FunctionalInterface
  interface Reader {
    void read(Ran ran) throws OrtException;
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
    Reader rows =
        ran -> {
          FloatBuffer values = ran.values().values(0);
          int floats = output().width() * (output().perToken() ? ran.batch().length() : 1);
          for (int i = 0; i < ran.batch().rows().length; i++) {
            int row = ran.batch().rows()[i];
            int length = ran.lengths()[row];
            int own = length - template.overhead();
            reader.accept(new Row(ran.from() + row, values, i * floats, leading, own, length));
          }
        };
    return run(template, texts, encode, rows, context);
  }

  /**
   * Runs a request's rows through the model: the one way in which any text is scored or embedded.
   *
   * <p>Rows are taken in <b>waves</b>, each a prefix of those that are left: tokenized on all
   * threads, grouped by length, the groups spread over the threads. So tokens are held for one wave
   * only, however many rows there are, and the first rows are done first. A wave ends with threads
   * that wait for the last of its batches, so it has many batches, and fewer only where a deadline
   * may cut it.
   *
   * @param around what stands around each row's texts
   * @param texts what the rows read, one for each, to guess their lengths by
   * @param encode the tokens of a row's texts; called on worker threads
   * @param reader takes what the model gave for a batch; called on worker threads
   * @param context says until when, and whether still
   * @return which rows are done: all, unless the deadline passed
   * @throws CancelledException if the context is cancelled or the thread is interrupted
   * @throws InferenceException if tokenizer or model fail
   */
  Work run(
      TokenTemplate around,
      List<String> texts,
      IntFunction<TokenIds[]> encode,
      Reader reader,
      SearchContext context) {
    var work = new Work();
    var waves = new Waves(info, around.overhead(), context.deadline());
    for (int from = 0; from < texts.size() && !work.pastDeadline(); ) {
      int to = waves.end(texts, from);
      // Each wave stands in the queue anew, so a long request holds a short one up for one of its
      // waves at most.
      Workers.Request request = workers.begin(context);
      if (context.deadline().expired() || !wave(request, around, from, to, encode, reader, work)) {
        work.cutShort();
      }
      from = to;
    }
    if (context.cancelled()) {
      throw Workers.cancelled();
    }
    return work;
  }

  /** Does rows {@code from} to {@code to} - 1; returns whether all are done. */
  private boolean wave(
      Workers.Request request,
      TokenTemplate around,
      int from,
      int to,
      IntFunction<TokenIds[]> encode,
      Reader reader,
      Work work) {
    var tokens = new TokenIds[to - from][];
    if (!request.run(true, tokens.length, i -> tokens[i] = encode.apply(from + i))) {
      return false;
    }
    int[] lengths = Arrays.stream(tokens).mapToInt(texts -> length(around, texts)).toArray();
    List<Batch> batches = BatchPlan.of(lengths, info.batchTokens(), info.threads());
    var ran = new boolean[batches.size()];
    Sink sink = (batch, values) -> reader.read(new Ran(batch, from, lengths, values));
    boolean all =
        request.run(
            false,
            ran.length,
            i -> {
              session.run(batches.get(i), row -> tokens[row], around, padId, sink);
              ran[i] = true;
            });
    for (int i = 0; i < ran.length; i++) {
      if (ran[i]) {
        work.batch(batches.get(i).paddedTokens());
        for (int row : batches.get(i).rows()) {
          TokenIds[] texts = tokens[row];
          work.row(from + row, lengths[row], texts[texts.length - 1].truncated());
        }
      }
    }
    return all;
  }

  /**
   * Does steps on the model's threads, behind the requests that were begun before.
   *
   * @param context says until when, and whether still
   * @return whether all were done: false where the deadline passed before
   * @throws CancelledException if the context is cancelled or the thread is interrupted
   */
  boolean steps(SearchContext context, int steps, IntConsumer step) {
    return workers.begin(context).run(false, steps, step);
  }

  /** A row's tokens, special ones included. */
  private static int length(TokenTemplate around, TokenIds[] texts) {
    int length = around.overhead();
    for (TokenIds text : texts) {
      length += text.count();
    }
    return length;
  }

  @Override
  public void close() {
    gate.close(
        () -> {
          workers.close();
          more.run();
          session.close();
          tokenizer.close();
        });
  }
}

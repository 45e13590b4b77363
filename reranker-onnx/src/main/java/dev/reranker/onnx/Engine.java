package dev.reranker.onnx;

import dev.reranker.onnx.BatchPlan.Batch;
import dev.reranker.onnx.OnnxSession.Sink;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * A loaded model at work: tokenizer, session and threads, shared by all callers.
 *
 * <p>A request's texts are tokenized once, on all threads; its rows are grouped by length and the
 * groups spread over the threads. Memory follows the batch budget, not the number of rows.
 */
final class Engine implements AutoCloseable {

  private final TextTokenizer tokenizer;
  private final TokenTemplate template;
  private final OnnxSession session;
  private final Workers workers;
  private final CallGate gate;
  private final ModelInfo info;
  private final int padId;
  private final Fingerprint fingerprint;

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
            .with("output", session.output().name());
    this.info =
        new ModelInfo(
            settings.name(),
            this.fingerprint.toString(),
            session.provider(),
            maxLength,
            settings.threads(session.provider()),
            settings.batchTokens(session.provider()));
    this.workers = new Workers(info.name(), info.threads());
    this.gate = new CallGate(info.name());
  }

  /**
   * Loads a model.
   *
   * @param texts how many texts a row has: 1 or 2
   * @param outputs names of the wanted output, the preferred first
   */
  static Engine open(EngineSettings settings, ModelConfig config, int texts, List<String> outputs) {
    ModelSource source = settings.source();
    // All files first: an error about a missing one should not wait for another to load.
    GraphFile graph = GraphFile.open(source.graph());
    ModelFile tokenizerFile = source.require(ModelSource.TOKENIZER);
    int maxLength = settings.maxLength(config);
    int padId = config.padId();
    TokenizerRules rules = config.tokenizerRules();
    try (var reading = Fingerprint.Reading.start(graph, tokenizerFile)) {
      TextTokenizer tokenizer = TextTokenizer.load(tokenizerFile, rules);
      try {
        rules.check(tokenizer.single());
        TokenTemplate template = texts == 1 ? tokenizer.single() : tokenizer.pair();
        if (texts > 1) {
          TokenizerRules.requireSeparated(template, source);
        }
        OnnxSession session =
            OnnxSession.open(settings.name(), graph, settings.providers(), outputs, template);
        try {
          Fingerprint fingerprint = reading.fingerprint().with("lowerCase", rules.lowerCase());
          return new Engine(tokenizer, template, session, settings, maxLength, padId, fingerprint);
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

  GraphOutput output() {
    return session.output();
  }

  /** How many tokens the texts of a row may have together. */
  int room() {
    return info.maxLength() - template.overhead();
  }

  /** How many special tokens stand before a row's first text. */
  int leading() {
    return template.specials().get(0).length;
  }

  /** Runs a call, unless this engine is closed; closing waits for it. */
  <T> T call(Supplier<T> call) {
    return gate.call(call);
  }

  /** How many tokens a whole text has, special tokens left out. */
  int countTokens(String text) {
    Objects.requireNonNull(text, "text");
    return call(() -> encode(text, Integer.MAX_VALUE).count());
  }

  TokenIds encode(String text, int wanted) {
    return tokenizer.encode(text, wanted);
  }

  /** Checks that no passage is null; the error says which one is. */
  static void requireTexts(List<String> passages) {
    int position = 0;
    for (String passage : passages) {
      if (passage == null) {
        throw new NullPointerException(
            "passage " + position + " of " + passages.size() + " is null");
      }
      position++;
    }
  }

  /** Marks the beginning of a request. */
  long begin() {
    return workers.begin();
  }

  /** Tokenizes texts on all threads, each once. */
  TokenIds[] encodeAll(long request, List<String> texts, int wanted) {
    var tokens = new TokenIds[texts.size()];
    workers.run(
        request, true, tokens.length, i -> tokens[i] = tokenizer.encode(texts.get(i), wanted));
    return tokens;
  }

  /** What {@link #run} computed, padding included and not. */
  record Work(long tokens, long paddedTokens) {}

  /**
   * Runs rows through the model.
   *
   * @param lengths the tokens of each row's texts, special tokens not counted
   * @param texts the ids of a row's texts
   * @param sink takes each batch's values, on a worker thread
   */
  Work run(long request, int[] lengths, IntFunction<TokenIds[]> texts, Sink sink) {
    int special = template.overhead();
    int[] rows = new int[lengths.length];
    long tokens = 0;
    for (int i = 0; i < rows.length; i++) {
      rows[i] = lengths[i] + special;
      tokens += rows[i];
    }
    List<Batch> batches = BatchPlan.of(rows, info.batchTokens(), info.threads());
    workers.run(
        request,
        false,
        batches.size(),
        i -> session.run(batches.get(i), texts, template, padId, sink));
    return new Work(tokens, batches.stream().mapToLong(Batch::paddedTokens).sum());
  }

  @Override
  public void close() {
    gate.close(
        () -> {
          workers.close();
          session.close();
          tokenizer.close();
        });
  }
}

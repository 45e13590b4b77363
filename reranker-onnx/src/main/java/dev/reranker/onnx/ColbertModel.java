package dev.reranker.onnx;

import dev.reranker.SearchContext;
import dev.reranker.error.ModelLoadException;
import dev.reranker.internal.Checks;
import dev.reranker.internal.UnitVector;
import dev.reranker.onnx.BatchPlan.Batch;
import dev.reranker.passage.PassagePreparer.Prepared;
import dev.reranker.prepared.PreparedPassage;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * A ColBERT: a vector for each token, projected and brought to length 1, compared by MaxSim: the
 * sum over the query's vectors of the largest cosine among the passage's (Khattab and Zaharia,
 * 2020). A query is {@code [CLS] marker text [SEP]}, filled up with mask tokens whose vectors
 * count; a passage likewise, not filled up, and without the vectors of skipped words.
 */
final class ColbertModel implements LateModel {

  private static final List<String> OUTPUTS =
      List.of("token_embeddings", "last_hidden_state", "contextual", "colbert_embeddings");

  private static final float[] NO_VECTOR = {};

  /** The scorer's graph is one for all late-interaction models, and asks for a mean. */
  private static final float[] NO_MEAN = {0};

  /** Made by {@code MaxSimGraphTest}, which compares it. */
  private static final String MAXSIM = "maxsim.onnx";

  private final Engine engine;
  private final ColbertConfig config;
  private final Projection projection;
  private final TokenTemplate query;
  private final TokenTemplate passage;
  private final int filler;
  private final Set<Integer> skipped;
  private final PreparedFormat format;
  private final Fingerprint prepares;
  private final LateScorer scorer;

  private ColbertModel(
      Engine engine, ColbertConfig config, ModelConfig model, PreparedFormat format) {
    this.engine = engine;
    this.config = config;
    this.format = format;
    requireTokens(engine.output());
    this.projection = Projection.of(model, engine.output());
    var words = new HashSet<>(config.skipped());
    String fill = ColbertConfig.filler(model);
    words.addAll(List.of(config.queryMarker(), config.passageMarker(), fill));
    Vocabulary vocabulary =
        Vocabulary.of(
            model.source().require(model.tokenizerFiles()), words, ColbertConfig.unknown(model));
    TokenTemplate plain = engine.template(TextTokenizer::single);
    this.query = marked(plain, vocabulary, config.queryMarker(), "query");
    this.passage = marked(plain, vocabulary, config.passageMarker(), "passage");
    this.filler = config.expands() ? required(vocabulary, fill, "fills queries up") : -1;
    this.skipped = new HashSet<>();
    for (String word : config.skipped()) {
      // As PyLate looks them up: a word that is no token is the unknown one.
      vocabulary.idOrUnknown(word).ifPresent(skipped::add);
    }
    this.prepares =
        engine
            .fingerprint()
            .with("colbert passage", config.passageReading())
            .with("projection", projection.digest());
    this.scorer = maxSim(engine.info().name(), vectorSize(), config);
    engine.alsoCloses(scorer::close);
  }

  private static LateScorer maxSim(String name, int vectorSize, ColbertConfig config) {
    URL graph = Objects.requireNonNull(ColbertModel.class.getResource(MAXSIM), MAXSIM);
    return LateScorer.open(
        name,
        GraphFile.open(ModelFile.of(graph)),
        vectorSize,
        NO_MEAN.length,
        config.file().where());
  }

  /** Loads a model; closing its engine closes it. */
  static ColbertModel open(
      EngineSettings settings, ModelConfig model, ColbertConfig read, PreparedFormat format) {
    ColbertConfig config = read.atMost(settings.maxLengthWanted(), model.positions());
    var parts =
        new Engine.Parts(
            settings.source().graph(),
            TextTokenizer::single,
            List.of(new GraphOutput.Wish(OUTPUTS, true)),
            config.mostQueryTokens());
    Engine engine = Engine.open(settings, model, parts);
    try {
      return new ColbertModel(engine, config, model, format);
    } catch (RuntimeException | Error e) {
      engine.close();
      throw e;
    }
  }

  private void requireTokens(GraphOutput output) {
    if (!output.perToken()) {
      throw new ModelLoadException(
          "'%s' is a ColBERT, and its graph gives '%s' with the row shape %s; one vector per token is needed, [batch, tokens, dimension]: export it with last_hidden_state"
              .formatted(engine.info().name(), output.name(), Arrays.toString(output.rowShape())));
    }
  }

  private TokenTemplate marked(
      TokenTemplate plain, Vocabulary vocabulary, String marker, String of) {
    int[] before = plain.specials().get(0);
    int room = (of.equals("query") ? config.queryLength() : config.passageLength());
    if (marker.isEmpty()) {
      return plain;
    }
    if (before.length == 0) {
      throw config
          .file()
          .refuse(
              of.equals("query") ? "query_prefix" : "document_prefix",
              "it stands behind a first special token, and the tokenizer puts none before a text");
    }
    int id = required(vocabulary, marker, "marks a " + of);
    int[] ids = new int[before.length + 1];
    ids[0] = before[0];
    ids[1] = id;
    System.arraycopy(before, 1, ids, 2, before.length - 1);
    int[] types = new int[ids.length];
    var marked =
        new TokenTemplate(
            List.of(ids, plain.specials().get(1)),
            List.of(types, plain.specialTypes().get(1)),
            plain.textTypes());
    if (room <= marked.overhead()) {
      throw config
          .file()
          .refuse(
              of.equals("query") ? "query_length" : "document_length",
              "a text needs at least one token besides the special ones");
    }
    return marked;
  }

  private int required(Vocabulary vocabulary, String token, String does) {
    return vocabulary
        .id(token)
        .orElseThrow(
            () ->
                new ModelLoadException(
                    "'%s' %s by %s, and tokenizer.json has no token '%s': get the tokenizer that was saved with the model"
                            .formatted(
                                engine.info().name(), "reads texts", config.file().where(), token)
                        + " (it "
                        + does
                        + ")"));
  }

  @Override
  public Engine engine() {
    return engine;
  }

  @Override
  public String preparedFingerprint() {
    return prepares.toString();
  }

  /** The identity of what scores. */
  Fingerprint fingerprint() {
    return prepares.with("colbert query", config.queryReading());
  }

  @Override
  public int vectorSize() {
    return projection.size(engine.output().width());
  }

  @Override
  public int meanSize() {
    return NO_MEAN.length;
  }

  @Override
  public int passageTokens() {
    return config.passageLength();
  }

  @Override
  public TokenIds queryTokens(String text) {
    int most = config.mostQueryTokens();
    return engine.encodeQuery("", text, most - query.overhead(), String.valueOf(most));
  }

  @Override
  public Query query(String text, TokenIds ids, SearchContext context, Work work) {
    TokenTemplate filled = filled(ids.count());
    QueryBuffers buffers = scorer.query();
    try {
      work.cost(
          engine.run(
              filled,
              List.of(text),
              i -> new TokenIds[] {ids},
              ran -> buffers.fill(vectors(ran, 0, position -> true), vectorSize()),
              context));
      return new Asked(buffers);
    } catch (RuntimeException | Error e) {
      scorer.release(buffers);
      throw e;
    }
  }

  private TokenTemplate filled(int tokens) {
    int missing = config.expands() ? config.queryLength() - query.overhead() - tokens : 0;
    return missing <= 0 ? query : query.filledUp(filler, missing, config.attends() ? 0 : missing);
  }

  /** The vectors of a row's tokens that are wanted by their place, one behind another. */
  private float[] vectors(Ran ran, int i, IntPredicate wanted) {
    FloatBuffer values = ran.values().values(0);
    int width = engine.output().width();
    int size = vectorSize();
    int tokens = ran.length(i);
    float[] all = new float[tokens * size];
    float[] token = new float[width];
    int kept = 0;
    for (int t = 0; t < tokens; t++) {
      if (wanted.test(t)) {
        values.get((ran.at(i) * ran.batch().length() + t) * width, token);
        float[] vector = projection.layers().isEmpty() ? token : projection.apply(token);
        UnitVector.normalize(vector, engine.info().name(), () -> "text " + ran.row(i));
        System.arraycopy(vector, 0, all, kept * size, size);
        kept++;
      }
    }
    return kept == tokens ? all : Arrays.copyOf(all, kept * size);
  }

  /** Which tokens of a passage are compared; the first one in any case, so that there is one. */
  private boolean[] kept(long[] ids) {
    boolean[] kept = new boolean[ids.length];
    for (int t = 0; t < ids.length; t++) {
      kept[t] = t == 0 || !skipped.contains((int) ids[t]);
    }
    return kept;
  }

  @Override
  public Work passages(
      List<String> texts,
      IntFunction<String> label,
      boolean[] cut,
      Ran.Reader reader,
      SearchContext context) {
    int room = config.passageLength() - passage.overhead();
    return engine.run(
        passage,
        texts,
        i -> {
          TokenIds ids = engine.encode(texts.get(i), room, () -> label.apply(i));
          cut[i] = ids.truncated();
          return new TokenIds[] {ids};
        },
        reader,
        context);
  }

  @Override
  public PreparedPassage prepared(Ran ran, int i, PreparedFormat as, boolean cut) {
    return PreparedPassage.of(preparedFingerprint(), content(ran, i, as, cut));
  }

  private byte[] content(Ran ran, int i, PreparedFormat as, boolean cut) {
    long[] ids = ran.values().ids(ran.at(i), ran.length(i));
    boolean[] kept = kept(ids);
    long[] left =
        IntStream.range(0, ids.length).filter(t -> kept[t]).mapToLong(t -> ids[t]).toArray();
    return PreparedContent.write(as, cut, left, vectors(ran, i, t -> kept[t]), NO_MEAN);
  }

  @Override
  public List<Prepared> prepare(List<String> passages) {
    List<String> texts = Checks.copyOf(passages, "passage");
    var made = new Prepared[texts.size()];
    var cut = new boolean[made.length];
    Ran.Reader reader =
        ran -> {
          for (int i = 0; i < ran.rows(); i++) {
            int row = ran.row(i);
            made[row] = new Prepared(prepared(ran, i, format, cut[row]), NO_VECTOR);
          }
        };
    IntFunction<String> label = Passages.of(texts).label();
    engine.call(texts.size(), () -> passages(texts, label, cut, reader, SearchContext.create()));
    return List.of(made);
  }

  /** A query that was read. */
  private final class Asked implements Query {

    private final QueryBuffers buffers;

    private Asked(QueryBuffers buffers) {
      this.buffers = buffers;
    }

    @Override
    public void score(Batch batch, IntFunction<PreparedContent> passages, Sink sink) {
      scorer.run(buffers, batch, passages, sink);
    }

    /**
     * Through the form of prepared ones, at full precision: the dense layers made copies anyway.
     */
    @Override
    public void score(Ran ran, Sink sink) {
      var read = new HashMap<Integer, PreparedContent>();
      for (int i = 0; i < ran.rows(); i++) {
        ByteBuffer content = ByteBuffer.wrap(content(ran, i, PreparedFormat.FLOAT32, false));
        read.put(ran.batch().rows()[i], PreparedContent.read(content, vectorSize(), meanSize()));
      }
      score(ran.batch(), read::get, sink);
    }

    @Override
    public void close() {
      scorer.release(buffers);
    }
  }
}

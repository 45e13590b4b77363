package dev.reranker.passage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Deadline;
import dev.reranker.Document;
import dev.reranker.Embedder;
import dev.reranker.Hit;
import dev.reranker.RerankRequest;
import dev.reranker.RerankResult;
import dev.reranker.Reranker;
import dev.reranker.SearchContext;
import dev.reranker.StageReport;
import dev.reranker.prepared.PreparedPassage;
import dev.reranker.testkit.FakeReranker;
import dev.reranker.testkit.RandomText;
import dev.reranker.testkit.RerankerContract;
import dev.reranker.testkit.WindowCases;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WindowsTest extends RerankerContract {

  private static final TokenSpans WORDS = WindowCases::words;

  /** Two windows of two words: scores 1 and 5; a short one: 3. */
  private static final List<String> NUMBERS = List.of("1 0 5 0", "3");

  private final List<RerankRequest> asked = new ArrayList<>();

  @Override
  protected Reranker open() {
    return Windows.builder(new FakeReranker("numbers", (query, text) -> text.length()), WORDS)
        .build();
  }

  /** Adds a passage's numbers up; scores the first {@code most} of a request alone. */
  private Reranker sums(int most) {
    return request -> {
      asked.add(request);
      var result = RerankResult.builder(request, "rerank");
      for (int i = 0; i < Math.min(most, request.candidates().size()); i++) {
        double sum = sum(request.candidates().get(i).document().text());
        result.score(i, sum, sum);
      }
      return most < request.candidates().size() ? result.pastDeadline().build() : result.build();
    };
  }

  private static double sum(String text) {
    return List.of(text.split(" ", -1)).stream().mapToDouble(Double::parseDouble).sum();
  }

  private Windows.Builder twoWords() {
    return twoWords(Integer.MAX_VALUE);
  }

  private Windows.Builder twoWords(int most) {
    return Windows.builder(sums(most), WORDS).tokens(2).stride(2);
  }

  private List<String> askedTexts() {
    return asked.getLast().candidates().stream().map(hit -> hit.document().text()).toList();
  }

  @ParameterizedTest
  @MethodSource("dev.reranker.testkit.WindowCases#all")
  void rangesCountCharsOfTheTextAsGiven(WindowCases.Case given) {
    Reranker finds =
        request -> {
          asked.add(request);
          var result = RerankResult.builder(request, "finds");
          for (int i = 0; i < request.candidates().size(); i++) {
            String text = request.candidates().get(i).document().text();
            result.score(i, text.contains(given.needle()) ? 1 : 0);
          }
          return result.build();
        };
    for (Aggregation aggregation :
        List.of(Aggregation.max(), Aggregation.mean(), Aggregation.topKMean(2))) {
      Hit hit =
          Windows.builder(finds, WORDS)
              .tokens(6)
              .stride(4)
              .aggregate(aggregation)
              .build()
              .rerank("q", List.of(given.text()))
              .hits()
              .getFirst();
      assertThat(asked.getLast().candidates())
          .extracting(window -> range(window.document()))
          .containsExactlyElementsOf(given.windows());
      assertThat(range(hit.document())).isEqualTo(given.windows().get(given.winner()));
      assertThat(hit.document().text()).contains(given.needle());
    }
  }

  private static TextRange range(Document document) {
    Passage passage = Passage.of(document).orElseThrow();
    return new TextRange(passage.start(), passage.end());
  }

  @Test
  void aDocumentIsAsGoodAsItsBestWindow() {
    List<Hit> hits = twoWords().build().rerank("q", NUMBERS).hits();
    assertThat(hits).extracting(Hit::score).containsExactly(5.0, 3.0);
    assertThat(range(hits.getFirst().document())).isEqualTo(new TextRange(4, 7));
    assertThat(hits).noneMatch(Hit::truncated);
  }

  @Test
  void orAsItsFirstWhichAloneIsScored() {
    var windows = twoWords().aggregate(Aggregation.first()).build();
    List<Hit> hits = windows.rerank("q", NUMBERS).hits();
    assertThat(hits).extracting(Hit::score).containsExactly(3.0, 1.0);
    assertThat(hits).extracting(Hit::truncated).containsExactly(false, true);
    assertThat(askedTexts()).containsExactly("1 0", "3");
  }

  @Test
  void orAsAllOrTheBestFewAreOnAverage() {
    List<String> three = List.of("1 0 5 0 3 0");
    Hit mean = twoWords().aggregate(Aggregation.mean()).build().rerank("q", three).hits().get(0);
    Hit two =
        twoWords().aggregate(Aggregation.topKMean(2)).build().rerank("q", three).hits().get(0);
    assertThat(mean.score()).isEqualTo(3);
    assertThat(two.score()).isEqualTo(4);
    assertThat(two.raw()).hasValue(4);
    assertThat(range(two.document())).isEqualTo(new TextRange(4, 7));
  }

  @Test
  void windowsBehindTheCapAreLeftOutAndTheHitAndTheReportSaySo() {
    RerankResult result = twoWords().maxWindows(1).build().rerank("q", NUMBERS);
    assertThat(askedTexts()).containsExactly("1 0", "3");
    assertThat(result.hits()).extracting(Hit::truncated).containsExactly(false, true);
    assertThat(result.report().truncated()).isEqualTo(1);
  }

  @Test
  void allWindowsGoInOneRequestTheFirstOfEachDocumentFirst() {
    RerankResult result = twoWords().build().rerank("q", List.of("1 0 5 0 3 0", "4 4 2 2"));
    assertThat(asked).hasSize(1);
    assertThat(askedTexts()).containsExactly("1 0", "4 4", "5 0", "2 2", "3 0");
    assertThat(result.report().scored()).isEqualTo(2);
    assertThat(result.report().parts()).extracting(StageReport::scored).containsExactly(5);
  }

  @Test
  void pastTheDeadlineADocumentIsAsGoodAsItsScoredWindows() {
    RerankResult result =
        twoWords(3).build().rerank("q", List.of("1 0 5 0 3 0", "4 4 9 9", "6", "7"));
    assertThat(result.hits()).extracting(Hit::index).containsExactly(1, 2, 0, 3);
    assertThat(result.hits()).extracting(Hit::scored).containsExactly(true, true, true, false);
    assertThat(result.hits()).extracting(Hit::truncated).containsExactly(true, false, true, false);
    assertThat(result.hits().getLast().document()).isEqualTo(Document.of("3", "7"));
    assertThat(result.report().outcome()).isEqualTo(StageReport.Outcome.DEADLINE);
    assertThat(result.report().skipped()).isEqualTo(1);
  }

  @Test
  void aDocumentThatFitsKeepsWhatWasPreparedOfIt() {
    var prepared = PreparedPassage.of("model", new byte[] {1});
    List<Document> documents =
        List.of(
            Document.of("short", "3").withPrepared(prepared),
            Document.of("long", "1 0 5 0").withPrepared(prepared));
    List<Hit> hits = twoWords().build().rerank(RerankRequest.ofDocuments("q", documents)).hits();
    assertThat(asked.getLast().candidates())
        .extracting(hit -> hit.document().prepared().isPresent())
        .containsExactly(true, false, false);
    assertThat(hits)
        .extracting(hit -> hit.document().prepared().isPresent())
        .containsExactly(false, true);
  }

  @Test
  void theContextIsPassedOn() {
    SearchContext context = SearchContext.create().withFilter("f").withDeadline(Deadline.never());
    twoWords().build().rerank(RerankRequest.ofTexts("q", NUMBERS).withContext(context));
    assertThat(asked.getLast().context()).isSameAs(context);
  }

  @Test
  void aWindowOfAPassageIsPlacedInThePassagesParent() {
    var passage =
        new Document(
            "d#7", "1 0 5 0", Map.of(Passage.PARENT, "d", Passage.START, 100, Passage.END, 107));
    Hit hit =
        MaxP.of(twoWords().build())
            .rerank(RerankRequest.ofDocuments("q", List.of(passage)))
            .hits()
            .getFirst();
    assertThat(Passage.of(hit.document())).hasValue(new Passage("d", 104, 107));
    assertThat(hit.document().id()).isEqualTo("d");
  }

  @Test
  void anEmbedderChoosesTheWindowsThatAreScored() {
    var windows = twoWords().preselect(new Sums(), 1).build();
    RerankResult result = windows.rerank("0", List.of("1 0 5 0 3 0", "3"));
    assertThat(askedTexts()).containsExactly("5 0", "3");
    assertThat(result.hits().getFirst().truncated()).isTrue();
    StageReport chosen = result.report().parts().getFirst();
    assertThat(chosen.stage()).isEqualTo("sums");
    assertThat(chosen.scored()).isEqualTo(3);
    assertThat(chosen.candidates()).isEqualTo(1);
  }

  /** The larger a passage's sum, the closer it is to every query. */
  private static final class Sums implements Embedder {

    @Override
    public float[] embedQuery(String query) {
      return new float[] {1, 0};
    }

    @Override
    public List<float[]> embedPassages(List<String> passages) {
      return passages.stream().map(text -> new float[] {(float) sum(text), 1}).toList();
    }

    @Override
    public int dimension() {
      return 2;
    }

    @Override
    public String name() {
      return "sums";
    }

    @Override
    public void close() {}
  }

  @Test
  void windowsRiseCoverEveryTokenAndCutNoSurrogatePairWhateverTheSpans() {
    var random = new Random(RandomText.seed());
    for (int round = 0; round < 300; round++) {
      String text = hard(random);
      List<TextRange> chars = new ArrayList<>();
      for (int i = 0; i < text.length(); i++) {
        chars.add(new TextRange(i, i + 1)); // each half of a pair is a token
      }
      int tokens = 1 + random.nextInt(6);
      Windows.builder(scoresNothing(), unused -> chars)
          .tokens(tokens)
          .stride(1 + random.nextInt(tokens))
          .maxWindows(1000)
          .build()
          .rerank("q", List.of(text));
      int covered = 0;
      for (Hit window : asked.getLast().candidates()) {
        String part = window.document().text();
        TextRange range =
            Passage.of(window.document())
                .map(p -> new TextRange(p.start(), p.end()))
                .orElse(new TextRange(0, text.length()));
        assertThat(text.substring(range.start(), range.end())).isEqualTo(part);
        assertThat(range.start()).isLessThanOrEqualTo(covered);
        assertThat(part.isEmpty() || !Character.isLowSurrogate(part.charAt(0))).isTrue();
        covered = Math.max(covered, range.end());
      }
      assertThat(covered).isEqualTo(text.length());
    }
  }

  private Reranker scoresNothing() {
    return request -> {
      asked.add(request);
      return RerankResult.builder(request, "rerank").build();
    };
  }

  private static String hard(Random random) {
    List<String> parts = List.of("a", "🦉", "👩‍🔬", "e\u0301", "\r\n", "𠮷", "ﬁ", "£", " ");
    var text = new StringBuilder();
    for (int i = random.nextInt(20); i > 0; i--) {
      text.append(parts.get(random.nextInt(parts.size())));
    }
    return text.toString();
  }

  @Test
  void spansThatDoNotRiseAreRefusedWithTheDocumentsName() {
    TokenSpans falling = text -> List.of(new TextRange(2, 3), new TextRange(0, 1));
    TokenSpans outside = text -> List.of(new TextRange(0, 99));
    for (TokenSpans spans : List.of(falling, outside)) {
      assertThatThrownBy(() -> Windows.builder(sums(1), spans).build().rerank("q", NUMBERS))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("document '0'");
    }
  }

  @Test
  void aStrideThatWouldLeaveTextOutIsRefused() {
    assertThatThrownBy(() -> Windows.builder(sums(1), WORDS).tokens(2).stride(3).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("stride is 3");
  }
}

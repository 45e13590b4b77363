package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.ScoreCombiner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopFieldCollector;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.junit.jupiter.api.Test;

/**
 * Random indexes (segments, deletions, missing texts, equal texts), random searches (by score, by
 * Sort, with a hit twice, from shards), rescored and compared with recomputing each hit by hand.
 */
class RandomRescorerTest {

  private static final int VOCABULARY = 12;

  @Test
  void theRescorerDoesWhatRecomputingEachHitDoes() throws IOException {
    var random = new Random(Texts.seed());
    for (int round = 0; round < 30; round++) {
      try (var directory = new ByteBuffersDirectory()) {
        fill(random, directory);
        try (var reader = DirectoryReader.open(directory)) {
          var searcher = new IndexSearcher(reader);
          for (int i = 0; i < 10; i++) {
            check(random, searcher);
          }
        }
      }
    }
  }

  private static void fill(Random random, ByteBuffersDirectory directory) throws IOException {
    var config = new IndexWriterConfig(new StandardAnalyzer());
    if (random.nextBoolean()) {
      config.setMergePolicy(NoMergePolicy.INSTANCE);
    }
    try (var writer = new IndexWriter(directory, config)) {
      int documents = 1 + random.nextInt(60);
      for (int i = 0; i < documents; i++) {
        var document = new Document();
        document.add(new StringField("id", "" + i, Field.Store.YES));
        document.add(new NumericDocValuesField("number", random.nextInt(10)));
        String text = Texts.random(random, VOCABULARY);
        // One document always has a stored text: where none has, that is an error.
        var stored = i > 0 && random.nextInt(5) == 0 ? Field.Store.NO : Field.Store.YES;
        document.add(new TextField("body", text, stored));
        writer.addDocument(document);
        if (random.nextInt(8) == 0) {
          writer.flush();
        }
        if (i > 0 && random.nextInt(6) == 0) {
          writer.deleteDocuments(new Term("id", "" + (1 + random.nextInt(i))));
        }
      }
    }
  }

  private static void check(Random random, IndexSearcher searcher) throws IOException {
    String question = Texts.random(random, VOCABULARY);
    TopDocs firstPass = firstPass(random, searcher);
    List<String> before = describe(firstPass);
    int topN = 1 + random.nextInt(70);
    double weight = random.nextInt(3) / 2.0;
    boolean combine = random.nextBoolean() && hasScores(firstPass);

    CrossEncoderRescorer rescorer =
        CrossEncoderRescorer.withMissingTextLast(
            new OverlapReranker(), question, PassageSource.stored("body"));
    if (combine) {
      rescorer = rescorer.combining(ScoreCombiner.weighted(weight));
    }
    TopDocs best = rescorer.rescore(searcher, firstPass, topN);

    assertThat(describe(firstPass)).as("the caller's hits").isEqualTo(before);
    assertThat(best.totalHits).isEqualTo(firstPass.totalHits);
    assertThat(describe(best))
        .isEqualTo(expected(searcher, firstPass, question, combine ? weight : -1, topN));
  }

  private static TopDocs firstPass(Random random, IndexSearcher searcher) throws IOException {
    Query query = MatchAllDocsQuery.INSTANCE;
    if (random.nextInt(4) > 0) {
      var words = new BooleanQuery.Builder();
      for (String word : Texts.random(random, VOCABULARY).split(" ", -1)) {
        words.add(new TermQuery(new Term("body", word)), BooleanClause.Occur.SHOULD);
      }
      query = words.build();
    }
    int n = 1 + random.nextInt(70);
    TopDocs hits;
    if (random.nextBoolean()) {
      hits = searcher.search(query, n);
    } else {
      hits = searcher.search(query, n, new Sort(new SortField("number", SortField.Type.INT)));
      if (random.nextBoolean()) {
        TopFieldCollector.populateScores(hits.scoreDocs, searcher, query);
      }
    }
    for (ScoreDoc hit : hits.scoreDocs) {
      hit.shardIndex = random.nextInt(3) - 1;
    }
    if (hits.scoreDocs.length > 0 && random.nextInt(4) == 0) {
      List<ScoreDoc> twice = new ArrayList<>(List.of(hits.scoreDocs));
      twice.add(twice.get(random.nextInt(twice.size())));
      Collections.shuffle(twice, random);
      return new TopDocs(hits.totalHits, twice.toArray(ScoreDoc[]::new));
    }
    return hits;
  }

  private static boolean hasScores(TopDocs hits) {
    return Arrays.stream(hits.scoreDocs).noneMatch(hit -> Float.isNaN(hit.score));
  }

  private record Expected(ScoreDoc hit, double score, boolean hasText) {}

  /** Negative weight: the cross-encoder's score replaces the first. */
  private static List<String> expected(
      IndexSearcher searcher, TopDocs firstPass, String question, double weight, int topN)
      throws IOException {
    List<ScoreDoc> readable = new ArrayList<>();
    List<Double> now = new ArrayList<>();
    List<Expected> all = new ArrayList<>();
    List<Expected> missing = new ArrayList<>();
    for (ScoreDoc hit : firstPass.scoreDocs) {
      String text = searcher.storedFields().document(hit.doc).get("body");
      if (text == null) {
        missing.add(new Expected(hit, CrossEncoderRescorer.UNSCORED, false));
      } else {
        readable.add(hit);
        now.add(OverlapReranker.sigmoid(OverlapReranker.logit(question, text)));
      }
    }
    List<Double> before = readable.stream().map(hit -> (double) hit.score).toList();
    for (int i = 0; i < readable.size(); i++) {
      double score =
          weight < 0 ? now.get(i) : (1 - weight) * share(before, i) + weight * share(now, i);
      all.add(new Expected(readable.get(i), score, true));
    }
    List<Double> logits = now;
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      order.add(i);
    }
    order.sort(
        Comparator.comparingDouble((Integer i) -> -all.get(i).score())
            .thenComparingDouble(i -> -logits.get(i))
            .thenComparingInt(i -> all.get(i).hit().doc));
    List<String> lines = new ArrayList<>();
    order.forEach(i -> lines.add(describe(all.get(i).hit(), (float) all.get(i).score())));
    missing.forEach(m -> lines.add(describe(m.hit(), (float) m.score())));
    return lines.subList(0, Math.min(topN, lines.size()));
  }

  /** Where a number lies between the list's smallest (0) and largest (1). */
  private static double share(List<Double> numbers, int i) {
    double min = Collections.min(numbers);
    double max = Collections.max(numbers);
    return min == max ? 0 : (numbers.get(i) - min) / (max - min);
  }

  private static List<String> describe(TopDocs hits) {
    return Arrays.stream(hits.scoreDocs).map(hit -> describe(hit, hit.score)).toList();
  }

  private static String describe(ScoreDoc hit, float score) {
    String values = hit instanceof FieldDoc sorted ? Arrays.toString(sorted.fields) : "";
    return "doc %d score %s shard %d %s".formatted(hit.doc, score, hit.shardIndex, values);
  }
}

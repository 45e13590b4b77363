package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Document;
import dev.reranker.error.RetrievalException;
import dev.reranker.testkit.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.TermQuery;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A writer in another process that is killed while it commits. */
@Timeout(600)
class KilledWriterTest {

  private static final int KILLS = 20;

  /** What the writer was about to do when it was killed: the steps of flush, merge and commit. */
  private static final List<String> KINDS =
      List.of("step create ", "step sync [", "step rename ", "step sync directory");

  @TempDir Path folder;

  @Test
  void whatWasCommittedSurvivesEachKill() throws IOException {
    var random = new Random(Texts.seed());
    int committed = 0;
    for (int kill = 1; kill <= KILLS; kill++) {
      String kind = KINDS.get(kill % KINDS.size());
      int left = 1 + random.nextInt(4);
      String last = "";
      try (var writer = writer(committed)) {
        while (true) {
          last = writer.read();
          if (last.startsWith("committed ")) {
            committed++;
          } else if (last.startsWith(kind) && --left == 0) {
            break;
          } else {
            writer.goOn();
          }
        }
      }
      committed = check("kill %d at '%s'".formatted(kill, last), committed);
    }
    assertThat(committed).as("commits, of all rounds").isPositive();
  }

  private ChildJvm.Running writer(int commit) throws IOException {
    return ChildJvm.of(StepwiseWriter.class)
        .flags("-XX:TieredStopAtLevel=1", "-Xmx256m")
        .start(folder.toString(), "" + commit);
  }

  /** Opens the index after a kill; returns the number of commits in it. */
  private int check(String kill, int committed) {
    try (var index = LuceneIndex.builder().directory(folder).embedder(new BagEmbedder()).build()) {
      int size = index.size();
      // The commit under way may have come through, but only as a whole.
      assertThat(size)
          .as(kill)
          .isIn(
              committed * StepwiseWriter.DOCUMENTS_A_COMMIT,
              (committed + 1) * StepwiseWriter.DOCUMENTS_A_COMMIT);
      int commits = size / StepwiseWriter.DOCUMENTS_A_COMMIT;
      for (int commit = 0; commit < commits; commit++) {
        for (Document document : StepwiseWriter.documents(commit)) {
          var only = new TermQuery(new Term("id", document.id()));
          for (LuceneRetriever retriever : new LuceneRetriever[] {index.bm25(), index.knn()}) {
            assertThat(retriever.filter(only).retrieve("whales", 2))
                .as("%s: %s by %s", kill, document.id(), retriever.name())
                .extracting(c -> c.document())
                .containsExactly(document);
          }
        }
      }
      return commits;
    }
  }

  @Test
  void aSecondProcessIsToldOfTheLock() throws IOException {
    try (var writer = writer(0)) {
      String line = writer.read();
      while (!line.equals("committed 0")) {
        writer.goOn();
        line = writer.read();
      }
      assertThatThrownBy(() -> LuceneIndex.builder().directory(folder).build())
          .isInstanceOf(RetrievalException.class)
          .hasMessageContaining("cannot open the index in '" + folder + "'")
          .hasMessageContaining("another writer, in this or another process, has it open");
    }
    try (var index = LuceneIndex.builder().directory(folder).embedder(new BagEmbedder()).build()) {
      assertThat(index.size()).isEqualTo(StepwiseWriter.DOCUMENTS_A_COMMIT);
    }
  }
}

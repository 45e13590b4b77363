package dev.reranker.lucene;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.Document;
import dev.reranker.Hit;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FilterDirectoryReader;
import org.apache.lucene.index.FilterLeafReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Asking for very many, or for all. */
class LargeKTest {

  private static final int SIZE = 600;

  private static List<Document> documents() {
    var random = new Random(3);
    return IntStream.range(0, SIZE)
        .mapToObj(i -> Document.of("d%03d".formatted(i), "whales " + Texts.random(random, 50)))
        .toList();
  }

  /** A reader that knows how many neighbours its graphs were asked for at most. */
  private static final class Watched extends FilterDirectoryReader {

    private final AtomicInteger most;

    Watched(DirectoryReader in, AtomicInteger most) throws IOException {
      super(
          in,
          new SubReaderWrapper() {
            @Override
            public LeafReader wrap(LeafReader reader) {
              return new FilterLeafReader(reader) {
                @Override
                public void searchNearestVectors(
                    String field, float[] target, KnnCollector collector, AcceptDocs accept)
                    throws IOException {
                  most.accumulateAndGet(collector.k(), Math::max);
                  super.searchNearestVectors(field, target, collector, accept);
                }

                @Override
                public @Nullable CacheHelper getCoreCacheHelper() {
                  return null;
                }

                @Override
                public @Nullable CacheHelper getReaderCacheHelper() {
                  return null;
                }
              };
            }
          });
      this.most = most;
    }

    @Override
    protected DirectoryReader doWrapDirectoryReader(DirectoryReader in) throws IOException {
      return new Watched(in, most);
    }

    @Override
    public @Nullable CacheHelper getReaderCacheHelper() {
      return null;
    }
  }

  @Test
  void aGraphIsNeverAskedForMostOfItsVectors() throws IOException {
    try (var directory = new ByteBuffersDirectory()) {
      OwnIndex.write(directory, documents());
      var most = new AtomicInteger();
      try (var reader = new Watched(DirectoryReader.open(directory), most)) {
        var knn = LuceneRetriever.over(reader).idField("key").knn("embedding", new BagEmbedder());
        List<Hit> all = knn.build().retrieve("whales w1", Integer.MAX_VALUE);
        assertThat(all).hasSize(SIZE);
        assertThat(most).as("asked of a graph").hasValue(0);
        assertThat(all)
            .isSortedAccordingTo(
                Comparator.comparingDouble(Hit::score)
                    .reversed()
                    .thenComparing(hit -> hit.document().id()));

        assertThat(knn.build().retrieve("whales w1", 5)).hasSize(5);
        assertThat(most).hasPositiveValue().hasValueLessThan(SIZE / 4);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(VectorFormat.class)
  void allMeansAllThatMatch(VectorFormat format) {
    try (var index =
        LuceneIndex.builder().inMemory().embedder(new BagEmbedder()).vectors(format).build()) {
      index.add(documents());
      index.delete(List.of("d000", "d001"));
      for (LuceneRetriever retriever : List.of(index.knn(), index.bm25())) {
        List<Hit> all = retriever.retrieve("whales w1", Integer.MAX_VALUE);
        assertThat(all).as(retriever.name()).hasSize(SIZE - 2);
        var one = new TermQuery(new Term("id", "d007"));
        assertThat(Texts.ids(retriever.filter(one).retrieve("whales", Integer.MAX_VALUE)))
            .containsExactly("d007");
        var none = MatchNoDocsQuery.INSTANCE;
        assertThat(retriever.filter(none).retrieve("whales", Integer.MAX_VALUE)).isEmpty();
      }
      List<Hit> few = index.knn().retrieve("whales w1", 10);
      List<Hit> all = index.knn().retrieve("whales w1", Integer.MAX_VALUE);
      assertThat(few.get(0).score()).as("of the full vectors").isEqualTo(all.get(0).score());
    }
  }
}

package dev.reranker.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Document;
import dev.reranker.lucene.LuceneIndex;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexCacheTest {

  private static final PrintWriter NOBODY = new PrintWriter(Writer.nullWriter());

  @TempDir private Path folder;

  @Test
  void anIndexIsMadeOnce() throws Exception {
    var cache = new IndexCache(folder.resolve("new"));
    List<Document> documents = List.of(Document.of("a", "text"));
    cache.open("key", LuceneIndex::builder, () -> documents, NOBODY).close();
    IndexCache.Source unused =
        () -> {
          throw new AssertionError("read again");
        };
    try (var index = cache.open("key", LuceneIndex::builder, unused, NOBODY)) {
      assertThat(index.size()).isEqualTo(1);
    }
  }

  @Test
  void aFailureLeavesNothingBehind() {
    var cache = new IndexCache(folder);
    List<Document> documents = List.of(Document.of("x".repeat(40_000), "id too long"));
    assertThatThrownBy(() -> cache.open("key", LuceneIndex::builder, () -> documents, NOBODY))
        .isInstanceOf(IllegalArgumentException.class);
    IndexCache.Source unreadable =
        () -> {
          throw new IOException("unreadable");
        };
    assertThatThrownBy(() -> cache.open("key", LuceneIndex::builder, unreadable, NOBODY))
        .hasMessage("unreadable");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void keysTellWhereOnePartEnds() {
    assertThat(IndexCache.key(List.of("ab", "c"))).isNotEqualTo(IndexCache.key(List.of("a", "bc")));
    assertThat(IndexCache.key(List.of("a"))).isEqualTo(IndexCache.key(List.of("a"))).hasSize(24);
  }
}

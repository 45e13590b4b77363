package dev.reranker.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Document;
import dev.reranker.lucene.LuceneIndex;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class IndexCacheTest {

  private static final PrintWriter NOBODY = new PrintWriter(Writer.nullWriter());

  private static final List<Document> DOCUMENTS = List.of(Document.of("a", "text"));

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
  @DisabledOnOs(OS.WINDOWS)
  void anIndexHasThePermissionsOfAnyNewFolder() throws Exception {
    Path usual = Files.createDirectory(folder.resolve("usual"));
    new IndexCache(folder).open("key", LuceneIndex::builder, () -> DOCUMENTS, NOBODY).close();
    assertThat(Files.getPosixFilePermissions(folder.resolve("key")))
        .isEqualTo(Files.getPosixFilePermissions(usual));
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

  @Test
  void manySearchAFinishedIndexAtOnceAndChangeNothing() throws Exception {
    var cache = new IndexCache(folder);
    cache.open("key", LuceneIndex::builder, () -> DOCUMENTS, NOBODY).close();
    Map<String, FileTime> before = files(folder.resolve("key"));
    try (var first = cache.open("key", LuceneIndex::builder, () -> DOCUMENTS, NOBODY);
        var second = cache.open("key", LuceneIndex::builder, () -> DOCUMENTS, NOBODY);
        var third = LuceneIndex.builder().directory(folder.resolve("key")).build()) {
      for (LuceneIndex index : List.of(first, second, third)) {
        assertThat(index.bm25().retrieve("text", 5)).hasSize(1);
      }
    }
    cache.open("key", LuceneIndex::builder, () -> DOCUMENTS, NOBODY).close();
    assertThat(files(folder.resolve("key"))).containsAllEntriesOf(before);
  }

  private static Map<String, FileTime> files(Path folder) throws IOException {
    var times = new HashMap<String, FileTime>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        times.put(file.getFileName().toString(), Files.getLastModifiedTime(file));
      }
    }
    return times;
  }

  @Test
  void ofTwoThatMakeTheSameIndexTheFirstOneStays() throws Exception {
    var cache = new IndexCache(folder);
    IndexCache.Source overtaken =
        () -> {
          cache.open("key", LuceneIndex::builder, () -> DOCUMENTS, NOBODY).close();
          return DOCUMENTS;
        };
    try (var index = cache.open("key", LuceneIndex::builder, overtaken, NOBODY)) {
      assertThat(index.size()).isEqualTo(1);
    }
    assertThat(files(folder)).containsOnlyKeys("key");
  }

  @Test
  void whatAKilledProcessLeftIsDeletedAndSaid() throws Exception {
    Path killed = Files.createDirectories(folder.resolve("incomplete-1"));
    Files.writeString(killed.resolve("_0.cfs"), "half");
    Path young = Files.createDirectories(folder.resolve("incomplete-2"));
    Path other = Files.createDirectories(folder.resolve("mine"));
    var longAgo = FileTime.from(Instant.now().minus(Duration.ofHours(1)));
    Files.setLastModifiedTime(killed, longAgo);
    Files.setLastModifiedTime(other, longAgo);
    Path working = folder.resolve("incomplete-3");
    var err = new StringWriter();
    try (var indexing = LuceneIndex.builder().directory(working).build()) {
      Files.setLastModifiedTime(working, longAgo);
      indexing.add(DOCUMENTS);
      Files.setLastModifiedTime(working, longAgo);
      new IndexCache(folder)
          .open("key", LuceneIndex::builder, () -> DOCUMENTS, new PrintWriter(err))
          .close();
    }
    assertThat(killed).doesNotExist();
    assertThat(young).as("may have been made just now").exists();
    assertThat(working).as("is being written").exists();
    assertThat(other).exists();
    assertThat(err.toString()).containsOnlyOnce("deleted ").contains("incomplete-1");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whereNothingCanBeKeptTheIndexIsInMemory() throws Exception {
    var err = new StringWriter();
    var cache = new IndexCache(Path.of("/proc/no/index"));
    try (var index =
        cache.open("key", LuceneIndex::builder, () -> DOCUMENTS, new PrintWriter(err))) {
      assertThat(index.bm25().retrieve("text", 5)).hasSize(1);
    }
    assertThat(err.toString())
        .contains("the index cannot be kept in /proc/no/index", "in memory", "--index");
  }

  @Test
  void aFileInPlaceOfTheFolderIsNamed() throws Exception {
    var cache = new IndexCache(Files.writeString(folder.resolve("file"), ""));
    assertThatThrownBy(() -> cache.open("key", LuceneIndex::builder, () -> DOCUMENTS, NOBODY))
        .hasMessageContaining("file: is a file; indexes are kept in a folder");
  }

  @Test
  void aDamagedIndexSaysHowToGoOn() throws Exception {
    var cache = new IndexCache(folder);
    cache.open("key", LuceneIndex::builder, () -> DOCUMENTS, NOBODY).close();
    try (Stream<Path> files = Files.list(folder.resolve("key"))) {
      for (Path file : files.filter(f -> f.toString().contains("_0")).toList()) {
        Files.delete(file);
      }
    }
    assertThatThrownBy(() -> cache.open("key", LuceneIndex::builder, () -> DOCUMENTS, NOBODY))
        .hasMessageContaining("delete the folder " + folder.resolve("key"));
  }
}

package dev.reranker.lucene;

import dev.reranker.Document;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.MMapDirectory;

/**
 * A program that adds to an index and commits, for ever. Before each step that touches a file it
 * prints what it is about to do and waits for a line on standard input: whoever runs it can kill it
 * at any of these steps.
 */
final class StepwiseWriter {

  static final int DOCUMENTS_A_COMMIT = 5;

  private StepwiseWriter() {}

  /** The documents of one commit. */
  static List<Document> documents(int commit) {
    return IntStream.range(0, DOCUMENTS_A_COMMIT)
        .mapToObj(i -> Document.of("commit%d-%d".formatted(commit, i), "whales commit" + commit))
        .toList();
  }

  public static void main(String[] args) throws IOException {
    Path path = Path.of(args[0]);
    int commit = Integer.parseInt(args[1]);
    var builder =
        LuceneIndex.builder()
            .embedder(new BagEmbedder())
            .place("the index", () -> new Stepwise(new MMapDirectory(path)));
    try (var index = builder.build()) {
      while (true) {
        index.add(documents(commit));
        index.commit();
        System.out.println("committed " + commit);
        commit++;
      }
    }
  }

  private static void step(String what) {
    synchronized (StepwiseWriter.class) {
      System.out.println("step " + what);
      try {
        if (System.in.read() < 0) {
          Runtime.getRuntime().halt(1);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final class Stepwise extends FilterDirectory {

    Stepwise(Directory directory) {
      super(directory);
    }

    @Override
    public IndexOutput createOutput(String name, IOContext context) throws IOException {
      step("create " + name);
      return super.createOutput(name, context);
    }

    @Override
    public void deleteFile(String name) throws IOException {
      step("delete " + name);
      super.deleteFile(name);
    }

    @Override
    public void sync(Collection<String> names) throws IOException {
      step("sync " + names);
      super.sync(names);
    }

    @Override
    public void rename(String source, String dest) throws IOException {
      step("rename " + source);
      super.rename(source, dest);
    }

    @Override
    public void syncMetaData() throws IOException {
      step("sync directory");
      super.syncMetaData();
    }
  }
}

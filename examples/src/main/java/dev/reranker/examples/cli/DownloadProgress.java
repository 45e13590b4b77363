package dev.reranker.examples.cli;

import dev.reranker.onnx.hub.HubProgress;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/** A bar for each file that takes long enough to download; one file comes at a time. */
final class DownloadProgress implements HubProgress, AutoCloseable {

  private static final long WORTH_A_BAR = 1 << 20;

  private final PrintWriter err;
  private @Nullable String file;
  private @Nullable Progress bar;

  DownloadProgress(PrintWriter err) {
    this.err = err;
  }

  @Override
  public synchronized void at(String name, long done, long total) {
    if (total < WORTH_A_BAR) {
      return;
    }
    if (bar == null || !name.equals(file)) {
      close();
      file = name;
      bar = Progress.start(name, total, err);
    }
    bar.at(done);
  }

  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}

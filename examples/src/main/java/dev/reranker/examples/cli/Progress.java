package dev.reranker.examples.cli;

import java.io.PrintWriter;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** How far a long step has come: a bar on a terminal, otherwise a line each tenth of the way. */
interface Progress extends AutoCloseable {

  /** Says that {@code done} of the total are done. */
  void at(long done);

  @Override
  void close();

  /** Starts a step. */
  static Progress start(String task, long total, PrintWriter err) {
    return Terminal.find().isPresent() ? bar(task, total, err) : lines(task, total, err);
  }

  private static Progress bar(String task, long total, PrintWriter err) {
    ProgressBar bar =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(total)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(200)
            .setConsumer(
                new DelegatingProgressBarConsumer(
                    line -> {
                      err.print("\r" + line);
                      err.flush();
                    },
                    79))
            .build();
    return new Progress() {
      @Override
      public void at(long done) {
        bar.stepTo(done);
      }

      @Override
      public void close() {
        bar.close();
        err.println();
        err.flush();
      }
    };
  }

  private static Progress lines(String task, long total, PrintWriter err) {
    return new Progress() {
      private long tenth;

      @Override
      public void at(long done) {
        if (done * 10 / total > tenth) {
          tenth = done * 10 / total;
          err.printf("%s: %d of %d%n", task, done, total);
          err.flush();
        }
      }

      @Override
      public void close() {}
    };
  }
}

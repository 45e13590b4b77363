package dev.reranker.lucene;

import java.io.IOException;
import java.util.Optional;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.FilterMergePolicy;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.MergeScheduler;
import org.apache.lucene.index.MergeTrigger;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.TieredMergePolicy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges in the background, and knows whether that fails.
 *
 * <p>A failed merge leaves the segments as they were, so the index goes on. Lucene would look for
 * merges again at each flush, and fill a full disk each time; here the n-th failure in a row has
 * the next 2<sup>n</sup> − 1 of these looks left out, at most 1023. A merge that succeeds ends
 * that. The first failure of a row is logged as an error, the others at DEBUG.
 */
final class MergeWatch {

  private static final Logger LOG = LoggerFactory.getLogger(MergeWatch.class);
  private static final int MAX_DOUBLINGS = 10;

  private @Nullable Throwable failure;
  private int failuresInARow;
  private int looksLeftOut;

  /** What the last merge failed with; empty if it succeeded, or there was none yet. */
  synchronized Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  private synchronized void failed(Throwable cause) {
    if (failuresInARow == 0) {
      LOG.error("merging segments failed; the index goes on with the unmerged ones", cause);
    } else {
      LOG.debug("merging segments failed again, {} times in a row", failuresInARow + 1, cause);
    }
    failure = cause;
    failuresInARow++;
    looksLeftOut = (1 << Math.min(failuresInARow, MAX_DOUBLINGS)) - 1;
  }

  private synchronized void succeeded() {
    failure = null;
    failuresInARow = 0;
    looksLeftOut = 0;
  }

  private synchronized boolean leaveOut() {
    if (looksLeftOut == 0) {
      return false;
    }
    looksLeftOut--;
    return true;
  }

  MergeScheduler scheduler() {
    return new ConcurrentMergeScheduler() {
      @Override
      protected void doMerge(MergeSource source, MergePolicy.OneMerge merge) throws IOException {
        super.doMerge(source, merge);
        if (!merge.isAborted()) {
          succeeded();
        }
      }

      /** Lucene would print it and end the thread. */
      @Override
      protected void handleMergeException(Throwable cause) {
        failed(cause);
      }
    };
  }

  MergePolicy policy() {
    return new FilterMergePolicy(new TieredMergePolicy()) {
      @Override
      public @Nullable MergeSpecification findMerges(
          MergeTrigger trigger, SegmentInfos segments, MergeContext context) throws IOException {
        return leaveOut() ? null : super.findMerges(trigger, segments, context);
      }

      @Override
      public @Nullable MergeSpecification findFullFlushMerges(
          MergeTrigger trigger, SegmentInfos segments, MergeContext context) throws IOException {
        return leaveOut() ? null : super.findFullFlushMerges(trigger, segments, context);
      }
    };
  }
}

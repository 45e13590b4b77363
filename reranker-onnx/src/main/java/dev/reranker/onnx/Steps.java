package dev.reranker.onnx;

import java.util.function.IntConsumer;

/** What a job is made of: steps, taken one at a time by any thread. */
interface Steps {

  /** One step. */
  interface Step {

    /** How long it will take, in nanoseconds, as far as one can tell: 0 where one cannot. */
    default long nanos() {
      return 0;
    }

    /**
     * Does it.
     *
     * @param stop says when its result is no longer wanted
     */
    void run(StopFlag stop);
  }

  /** Whether there are steps left to take; called under the job's lock. */
  boolean more();

  /** Takes the next; called under the job's lock, while there are more. */
  Step take();

  /** How many threads can be at work at the same time. */
  int width();

  /** Steps that are told apart by their numbers, from 0. */
  static Steps counted(int steps, IntConsumer step) {
    return new Steps() {

      private int next;

      @Override
      public boolean more() {
        return next < steps;
      }

      @Override
      public Step take() {
        int mine = next++;
        return stop -> step.accept(mine);
      }

      @Override
      public int width() {
        return steps;
      }
    };
  }
}

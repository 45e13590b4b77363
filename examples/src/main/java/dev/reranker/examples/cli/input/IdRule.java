package dev.reranker.examples.cli.input;

import dev.reranker.eval.RunWriter;
import java.util.Optional;

/** Which ids are taken, so that one that cannot be written later is known when it is read. */
public enum IdRule {
  /** All. */
  ANY,
  /** Those that a run file can hold. */
  RUN_FILE;

  /** What is wrong with an id, if anything is. */
  Optional<String> problem(String id) {
    return this == ANY || RunWriter.canHold(id)
        ? Optional.empty()
        : Optional.of(
            "the id '"
                + id
                + "' has white space or a control character in it, which a run file cannot hold");
  }
}

package dev.reranker.examples.cli;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

/** A command that ran in this JVM: its exit code and what it printed. */
record Cli(int exit, String out, String err) {

  static Cli run(String... args) {
    var out = new StringWriter();
    var err = new StringWriter();
    int exit =
        Rerank.commandLine()
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(args);
    return new Cli(exit, out.toString(), err.toString());
  }

  /** With this as standard input. */
  static Cli runWithInput(String input, String... args) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    try {
      return run(args);
    } finally {
      System.setIn(before);
    }
  }
}

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
    int exit = run(new PrintWriter(out), new PrintWriter(err), args);
    return new Cli(exit, out.toString(), err.toString());
  }

  /** With these as standard output and standard error; gives the exit code. */
  static int run(PrintWriter out, PrintWriter err, String... args) {
    return Rerank.run(Rerank.commandLine().setOut(out).setErr(err), args);
  }

  /** With this as standard input. */
  static Cli runWithInput(String input, String... args) {
    return runWithInput(input.getBytes(StandardCharsets.UTF_8), args);
  }

  /** With these bytes as standard input. */
  static Cli runWithInput(byte[] input, String... args) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(input));
    try {
      return run(args);
    } finally {
      System.setIn(before);
    }
  }
}

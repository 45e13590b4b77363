package dev.reranker.examples.cli;

import java.io.Console;
import java.util.Optional;

/** The terminal, if standard input and output both are one. */
final class Terminal {

  private Terminal() {}

  static Optional<Console> find() {
    return Optional.ofNullable(System.console()).filter(Terminal::isTerminal);
  }

  /** From JDK 22 on a console may be there without a terminal, and says so; before, it never is. */
  private static boolean isTerminal(Console console) {
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }
}

package dev.reranker.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RerankTest {

  @Test
  void withoutACommandTheUsageIsNamed() {
    Cli cli = Cli.run();
    assertThat(cli.exit()).isEqualTo(2);
    assertThat(cli.err()).contains("Missing required subcommand", "rerank --help");
  }

  @Test
  void helpListsTheCommands() {
    Cli cli = Cli.run("--help");
    assertThat(cli.exit()).isZero();
    assertThat(cli.out()).contains("quickstart", "search", "run", "eval", "score");
  }

  @ParameterizedTest
  @ValueSource(strings = {"quickstart", "search", "run", "eval", "score"})
  void eachCommandHasHelpIn80Columns(String command) {
    Cli cli = Cli.run(command, "--help");
    assertThat(cli.exit()).isZero();
    assertThat(cli.out()).contains("Usage: rerank " + command);
    assertThat(cli.out().lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void testsHaveNoTerminal() {
    assertThat(Terminal.find()).isEmpty();
  }
}

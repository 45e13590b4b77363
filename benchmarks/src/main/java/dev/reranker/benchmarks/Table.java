package dev.reranker.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** A Markdown table; the first column is text, the others are numbers. */
final class Table {

  private final List<String> header;
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... header) {
    this.header = List.of(header);
  }

  void row(String... cells) {
    rows.add(List.of(cells));
  }

  /** A column without any cell is left out. */
  String markdown() {
    List<Integer> columns = new ArrayList<>();
    for (int i = 0; i < header.size(); i++) {
      int column = i;
      if (i == 0 || rows.stream().anyMatch(row -> !row.get(column).isEmpty())) {
        columns.add(i);
      }
    }
    var text = new StringBuilder();
    line(text, columns.stream().map(header::get).toList());
    line(text, columns.stream().map(i -> i == 0 ? "---" : "---:").toList());
    rows.forEach(row -> line(text, columns.stream().map(row::get).toList()));
    return text.toString();
  }

  private static void line(StringBuilder text, List<String> cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }
}

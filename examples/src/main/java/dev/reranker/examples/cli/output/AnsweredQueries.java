package dev.reranker.examples.cli.output;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The queries in a run that was left behind unfinished.
 *
 * @param length of the file up to the end of the last one's lines, in bytes
 */
record AnsweredQueries(Set<String> ids, long length) {

  static final AnsweredQueries NONE = new AnsweredQueries(Set.of(), 0);

  /**
   * Reads them. The last query in the file does not count, nor do its lines: a process that was
   * killed may have written only some of them.
   */
  static AnsweredQueries in(Path part) throws IOException {
    var ids = new LinkedHashSet<String>();
    var line = new ByteArrayOutputStream();
    String last = "";
    long start = 0;
    long lastStart = 0;
    try (var in = new BufferedInputStream(Files.newInputStream(part))) {
      for (int next = in.read(); next >= 0; next = in.read()) {
        line.write(next);
        if (next != '\n') {
          continue;
        }
        String text = line.toString(StandardCharsets.UTF_8);
        String id = text.substring(0, Math.max(0, text.indexOf(' ')));
        if (!id.equals(last)) {
          if (!last.isEmpty()) {
            ids.add(last);
          }
          last = id;
          lastStart = start;
        }
        start += line.size();
        line.reset();
      }
    }
    return new AnsweredQueries(ids, lastStart);
  }
}

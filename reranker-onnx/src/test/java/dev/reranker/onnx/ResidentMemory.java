package dev.reranker.onnx;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** This process's resident memory, heap and native together, as Linux counts it. */
final class ResidentMemory {

  private static final Path STATUS = Path.of("/proc/self/status");

  private ResidentMemory() {}

  static void assumeKnown() {
    assumeTrue(Files.exists(STATUS), "resident memory is read from " + STATUS + ": not here");
  }

  static long peakKilobytes() {
    return kilobytes("VmHWM");
  }

  static long kilobytes() {
    return kilobytes("VmRSS");
  }

  private static long kilobytes(String field) {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith(field))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.reranker.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;

/** What the operating system says of memory, in MB of 10⁶ bytes; Linux only. */
final class ProcessMemory {

  private ProcessMemory() {}

  /** The most that was ever resident of this process. */
  static OptionalDouble peak() {
    return read(Path.of("/proc/self/status"), "VmHWM:");
  }

  /** What is resident now of this process. */
  static OptionalDouble resident() {
    return read(Path.of("/proc/self/status"), "VmRSS:");
  }

  /** What the machine has. */
  static OptionalDouble machine() {
    return read(Path.of("/proc/meminfo"), "MemTotal:");
  }

  private static OptionalDouble read(Path file, String field) {
    if (!Files.isReadable(file)) {
      return OptionalDouble.empty();
    }
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith(field))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) * 1024 / 1e6)
          .findFirst();
    } catch (IOException e) {
      return OptionalDouble.empty();
    }
  }
}

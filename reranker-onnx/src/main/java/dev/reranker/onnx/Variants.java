package dev.reranker.onnx;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** The variants of a graph that sentence-transformers and Optimum name after hardware. */
final class Variants {

  private static final Set<String> ARM = Set.of("aarch64", "arm64");
  private static final Set<String> X64 = Set.of("amd64", "x86_64");

  /** What Linux calls the instructions, and the variants that are made for them, best first. */
  private static final List<Made> X64_VARIANTS =
      List.of(
          new Made("avx512_vnni", "qint8_avx512_vnni"),
          new Made("avx512f", "qint8_avx512"),
          new Made("avx2", "quint8_avx2"));

  /** Integers without instructions of their own: they run everywhere. */
  private static final List<String> PLAIN = List.of("quantized", "int8");

  private record Made(String instructions, String variant) {}

  private Variants() {}

  /**
   * The graphs to look for, the preferred first.
   *
   * @param precision {@link Precision#FULL} wants the usual one
   * @param provider the first that was asked for
   */
  static List<String> graphs(Precision precision, ExecutionProvider provider) {
    return precision == Precision.FULL
        ? ModelSource.GRAPH
        : graphs(provider, System.getProperty("os.arch", ""), instructions());
  }

  static List<String> graphs(ExecutionProvider provider, String arch, Set<String> instructions) {
    var variants = new ArrayList<String>();
    String machine = arch.toLowerCase(Locale.ROOT);
    if (provider instanceof ExecutionProvider.Cuda) {
      variants.add("fp16");
    } else {
      if (ARM.contains(machine)) {
        variants.add("qint8_arm64");
      } else if (X64.contains(machine)) {
        X64_VARIANTS.stream()
            .filter(made -> instructions.contains(made.instructions()))
            .map(Made::variant)
            .forEach(variants::add);
      }
      variants.addAll(PLAIN);
    }
    return Stream.concat(
            variants.stream()
                .flatMap(v -> Stream.of("model_" + v + ".onnx", "onnx/model_" + v + ".onnx")),
            ModelSource.GRAPH.stream())
        .toList();
  }

  /** As Linux tells them; elsewhere none are known, and the plain variants serve. */
  private static Set<String> instructions() {
    try (Stream<String> lines =
        Files.lines(Path.of("/proc/cpuinfo"), StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.startsWith("flags"))
          .findFirst()
          .map(line -> Set.of(line.substring(line.indexOf(':') + 1).strip().split("\\s+")))
          .orElse(Set.of());
    } catch (IOException | RuntimeException e) {
      return Set.of();
    }
  }
}

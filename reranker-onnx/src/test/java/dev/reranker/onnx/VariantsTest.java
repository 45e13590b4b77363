package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.error.ModelLoadException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which graph is taken of several: never another than the usual one unless it was asked for. */
class VariantsTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "amd64, avx2 avx512f avx512_vnni, qint8_avx512_vnni qint8_avx512 quint8_avx2 quantized int8",
    "x86_64, avx2 avx512f, qint8_avx512 quint8_avx2 quantized int8",
    "amd64, avx2, quint8_avx2 quantized int8",
    "amd64, sse2, quantized int8",
    "aarch64, '', qint8_arm64 quantized int8",
    "arm64, avx2, qint8_arm64 quantized int8",
    "riscv64, avx2, quantized int8"
  })
  void theOrderFollowsTheInstructions(String arch, String flags, String expected) {
    assertThat(
            Variants.graphs(ExecutionProvider.cpu(), arch, Set.copyOf(List.of(flags.split(" "))))
                .stream()
                .filter(file -> !file.startsWith("onnx/")))
        .containsExactlyElementsOf(
            Stream.concat(
                    Arrays.stream(expected.split(" ")).map(variant -> "model_" + variant + ".onnx"),
                    Stream.of("model.onnx"))
                .toList());
  }

  private OnnxReranker load(Precision precision) {
    return OnnxReranker.builder()
        .model(ModelSource.directory(directory))
        .precision(precision)
        .build();
  }

  @Test
  void onlyAutoTakesAVariant() {
    new TinyModel().in(directory);
    new TinyModel().secondLabelAlone().at(directory.resolve("onnx/model_quantized.onnx"));
    try (var full = load(Precision.FULL);
        var auto = load(Precision.AUTO)) {
      assertThat(full.info().graph()).isEqualTo("model.onnx");
      assertThat(auto.info().graph()).isEqualTo("model_quantized.onnx");
      assertThat(auto.info().fingerprint()).isNotEqualTo(full.info().fingerprint());
      assertThat(auto.info()).asString().contains("model_quantized.onnx on ");
    }
  }

  @Test
  void whereThereIsNoVariantTheUsualOneIsTaken() {
    new TinyModel().in(directory);
    try (var auto = load(Precision.AUTO)) {
      assertThat(auto.info().graph()).isEqualTo("model.onnx");
    }
  }

  @Test
  void aChosenGraphStaysChosen() {
    new TinyModel().in(directory);
    new TinyModel().at(directory.resolve("model_quantized.onnx"));
    new TinyModel().at(directory.resolve("model_O3.onnx"));
    ModelSource chosen = ModelSource.directory(directory).graph("model_O3.onnx");
    try (var auto = OnnxReranker.builder().model(chosen).precision(Precision.AUTO).build()) {
      assertThat(auto.info().graph()).isEqualTo("model_O3.onnx");
    }
  }

  @Test
  void whereNoneIsThereTheUsualOneIsMissing() {
    assertThatThrownBy(() -> load(Precision.AUTO))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("model.onnx or onnx/model.onnx is missing");
  }
}

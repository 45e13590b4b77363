package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.reranker.error.ModelLoadException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecutionProviderTest {

  private ModelSource model;

  @BeforeEach
  void write(@TempDir Path directory) {
    model = new TinyModel().in(directory);
  }

  @Test
  void cudaAloneOnAMachineWithoutItSaysWhatItNeeds() {
    assumeNoGpu();
    assertThatThrownBy(
            () ->
                OnnxReranker.builder()
                    .model(model)
                    .executionProviders(ExecutionProvider.cuda())
                    .build()
                    .close())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll(
            "cannot run on CUDA:0", "NVIDIA GPU", "onnxruntime_gpu", "CPU as a fallback");
  }

  @Test
  void theFallbackRunsAndInfoSaysSo() {
    assumeNoGpu();
    try (var reranker =
        OnnxReranker.builder()
            .model(model)
            .executionProviders(ExecutionProvider.cuda(), ExecutionProvider.cpu())
            .build()) {
      assertThat(reranker.info().provider()).isEqualTo(ExecutionProvider.cpu());
      assertThat(reranker.info().batchTokens()).isEqualTo(EngineSettings.CPU_BATCH_TOKENS);
      assertThat(reranker.score("whale", List.of("ocean"))).hasSize(1);
    }
  }

  @Test
  void theCpuIsTheDefault() {
    try (var reranker = OnnxReranker.builder().model(model).build()) {
      assertThat(reranker.info().provider()).isEqualTo(ExecutionProvider.cpu());
    }
  }

  @Test
  void anEmptyListIsRefused() {
    assertThatThrownBy(() -> OnnxReranker.builder().executionProviders())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("give at least one execution provider");
  }

  @Test
  void aNegativeDeviceIsRefused() {
    assertThatThrownBy(() -> new ExecutionProvider.Cuda(-1, OptionalLong.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("CUDA device is -1; it counts from 0");
  }

  @Test
  void aMemoryLimitOfNothingIsRefused() {
    assertThatThrownBy(() -> new ExecutionProvider.Cuda(0, OptionalLong.of(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("CUDA memory limit is 0 bytes; it is at least 1");
  }

  private static void assumeNoGpu() {
    assumeFalse(Files.exists(Path.of("/dev/nvidia0")), "there is a GPU here");
  }
}

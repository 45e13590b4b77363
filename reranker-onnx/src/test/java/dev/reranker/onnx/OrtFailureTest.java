package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One advice for each of ONNX Runtime's error codes. */
class OrtFailureTest {

  private static final GraphFile GRAPH =
      new GraphFile(ModelFile.of(Path.of("m.onnx")), Optional.empty(), List.of(), false);

  @ParameterizedTest
  @EnumSource(OrtErrorCode.class)
  void onlyWhatIsDamagedIsToBeGotAgain(OrtErrorCode code) {
    String message = describe(code, "some reason");
    assertThat(message).contains("m.onnx", "some reason");
    assertThat(message.contains("get it again"))
        .isEqualTo(code == OrtErrorCode.ORT_INVALID_PROTOBUF);
  }

  @ParameterizedTest
  @CsvSource({
    "ORT_NO_SUCHFILE, cannot be opened",
    "ORT_INVALID_GRAPH, the file is whole",
    "ORT_NOT_IMPLEMENTED, not available on CPU",
    "ORT_EP_FAIL, CPU failed",
    "ORT_NOT_FOUND, standard operators",
    "ORT_MODEL_REQUIRES_COMPILATION, compiled first"
  })
  void eachCodeHasItsAdvice(OrtErrorCode code, String advice) {
    assertThat(describe(code, "some reason")).contains(advice);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Unsupported model IR version: 99, max supported IR version: 13 | newer than this runtime",
        "Current official support for domain ai.onnx is till opset 26. | newer than this runtime",
        "std::bad_alloc | not enough memory",
        "whatever else | ONNX Runtime's own"
      })
  void theGeneralCodeIsToldApartByItsReason(String reason, String advice) {
    assertThat(describe(OrtErrorCode.ORT_FAIL, reason)).contains(advice);
  }

  @ParameterizedTest
  @EnumSource(OrtErrorCode.class)
  void anotherProviderIsTriedOnlyWhereItMayDoBetter(OrtErrorCode code) {
    boolean graphs =
        switch (code) {
          case ORT_NO_SUCHFILE, ORT_NO_MODEL, ORT_INVALID_PROTOBUF, ORT_INVALID_GRAPH -> true;
          default -> false;
        };
    assertThat(OrtFailure.isProviders(new OrtException(code, "some reason"))).isEqualTo(!graphs);
    var tooNew = new OrtException(OrtErrorCode.ORT_FAIL, "Unsupported model IR version: 99");
    assertThat(OrtFailure.isProviders(tooNew)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "No opset import for domain 'ai.onnx.ml'",
        "Missing opset in the model. All ModelProtos MUST have at least one entry",
        "Fatal error: com.example:Op(-1) is not a registered function/op of this opset"
      })
  void aGraphWithoutItsOpsetIsNotCalledNewer(String reason) {
    var failure = new OrtException(OrtErrorCode.ORT_FAIL, reason);
    assertThat(OrtFailure.describe(GRAPH, ExecutionProvider.cpu(), failure))
        .contains(reason)
        .doesNotContain("newer than this runtime");
    assertThat(OrtFailure.isProviders(failure)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(OrtErrorCode.class)
  void aGpuThatIsThereIsNotAskedFor(OrtErrorCode code) {
    assertThat(describe(code, "some reason", ExecutionProvider.cuda()))
        .contains("some reason")
        .doesNotContain("NVIDIA GPU");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CUDA failure 100: no CUDA-capable device is detected ; GPU=-1",
        "CUDA failure 101: invalid device ordinal ; GPU=7",
        "CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version"
      })
  void aGpuThatIsNotThereIs(String reason) {
    assertThat(describe(OrtErrorCode.ORT_FAIL, reason, ExecutionProvider.cuda()))
        .contains("cannot run on CUDA:0", reason, "NVIDIA GPU");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CUDA failure 2: out of memory ; GPU=0",
        "Failed to allocate memory for requested buffer of size 123"
      })
  void theMemoryOfAGpuHasItsOwnSettings(String reason) {
    var limited = new ExecutionProvider.Cuda(0, OptionalLong.of(1_000_000));
    for (OrtErrorCode code :
        List.of(
            OrtErrorCode.ORT_FAIL, OrtErrorCode.ORT_RUNTIME_EXCEPTION, OrtErrorCode.ORT_EP_FAIL)) {
      assertThat(describe(code, reason, limited))
          .contains(reason, "memoryLimit (now 1000000 bytes)", "batchTokens")
          .doesNotContain("NVIDIA GPU");
      assertThat(describe(code, reason, ExecutionProvider.cuda()))
          .contains("memoryLimit is not set", "batchTokens");
    }
  }

  @Test
  void aMissingCpuIsTheRuntimesFault() {
    assertThat(
            OrtFailure.missing(
                GRAPH, ExecutionProvider.cpu(), new UnsatisfiedLinkError("no symbol")))
        .contains("cannot run on CPU", "no symbol", "on the class path", OrtFailure.VERSION)
        .doesNotContain("NVIDIA");
  }

  @Test
  void theVersionThatIsNamedIsTheOneThatComesWithThisLibrary() {
    assertThat(OrtFailure.VERSION)
        .isEqualTo(OrtEnvironment.class.getPackage().getImplementationVersion());
  }

  private static String describe(OrtErrorCode code, String reason, ExecutionProvider provider) {
    return OrtFailure.describe(GRAPH, provider, new OrtException(code, reason));
  }

  private static String describe(OrtErrorCode code, String reason) {
    return OrtFailure.describe(GRAPH, ExecutionProvider.cpu(), new OrtException(code, reason));
  }
}

package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** One advice for each of ONNX Runtime's error codes. */
class OrtFailureTest {

  private static final GraphFile GRAPH =
      new GraphFile(ModelFile.of(Path.of("m.onnx")), Optional.empty(), List.of());

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

  private static String describe(OrtErrorCode code, String reason) {
    return OrtFailure.describe(GRAPH, ExecutionProvider.cpu(), new OrtException(code, reason));
  }
}

package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.error.ModelLoadException;
import dev.reranker.onnx.Telemetry.Library;
import dev.reranker.testkit.ChildJvm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is done about a runtime that would report home. */
class TelemetryTest {

  private static final String FILE =
      System.mapLibraryName("onnxruntime").replace("jnilib", "dylib");

  @TempDir private Path folder;

  private Path library(String content) throws IOException {
    return Files.writeString(folder.resolve(FILE), content, StandardCharsets.ISO_8859_1);
  }

  @Test
  void aRuntimeWithTelemetryIsRefusedBeforeItIsLoaded() throws IOException {
    library("\177ELF\0ORT_DISABLE_TELEMETRY\0");
    assertThat(load(Map.of()))
        .isEqualTo(
            "ONNX Runtime %s has telemetry, and the environment variable ORT_DISABLE_TELEMETRY is not set: nothing of it was loaded, since it would send events over the network. Start the process with ORT_DISABLE_TELEMETRY=1, or use ONNX Runtime 1.28, which has none"
                .formatted(folder.resolve(FILE)));
    assertThat(load(Map.of("ORT_DISABLE_TELEMETRY", "0", "CI", "true"))).contains("is '0':");
  }

  @Test
  void switchedOffItIsLoaded() throws IOException {
    library("\177ELF\0ORT_DISABLE_TELEMETRY\0");
    assertThat(load(Map.of("ORT_DISABLE_TELEMETRY", "1")))
        .contains("ONNX Runtime's native library cannot be loaded") // it is none
        .doesNotContain("telemetry");
  }

  private String load(Map<String, String> environment) {
    return ChildJvm.of(Child.class)
        .environment(environment)
        .flags("-Donnxruntime.native.path=" + folder)
        .run()
        .strip();
  }

  static final class Child {
    public static void main(String[] arguments) {
      try {
        System.out.println(OrtRuntime.environment());
      } catch (ModelLoadException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "true", "TRUE", " yes ", "on", "y"})
  void switchesItOff(String value) {
    assertThat(Telemetry.switchedOff(value)).isTrue();
  }

  @ParameterizedTest
  @NullAndEmptySource
  @ValueSource(strings = {"0", "false", "no", "off", "2"})
  void doesNotSwitchItOff(String value) {
    assertThat(Telemetry.switchedOff(value)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.28.0", "1.28.3-rc1", "1.9.0"})
  void before(String version) {
    assertThat(Telemetry.isBeforeTelemetry(version)).isTrue();
  }

  @ParameterizedTest
  @NullAndEmptySource
  @ValueSource(strings = {"1.29.0", "1.100.0", "2.0.0", "1", "0.1.0-SNAPSHOT"})
  void notSurelyBefore(String version) {
    assertThat(Telemetry.isBeforeTelemetry(version)).isFalse();
  }

  @Test
  void theOneThatComesWithThisLibraryHasNone() {
    assertThat(find().reports()).contains(false);
  }

  @Test
  void whereANamedFileIsMissingNothingIsLoaded() {
    assertThat(find("onnxruntime.native.path", folder).reports()).contains(false);
    assertThat(find("onnxruntime.native.onnxruntime.path", folder.resolve("gone")).reports())
        .contains(false);
    assertThat(load(Map.of())).contains("ONNX Runtime's native library cannot be loaded");
  }

  @Test
  void aSettingThatIsNoPathIsAMissingFile() {
    assertThat(find("onnxruntime.native.path", "a\0b").reports()).contains(false);
    assertThat(find("onnxruntime.native.onnxruntime.path", "a\0b").reports()).contains(false);
    assertThat(find("os.arch", "sparc", "java.library.path", "a\0b").reports()).isEmpty();
  }

  @Test
  void whatCannotBeLookedAtIsRefusedToo() throws IOException {
    Files.createDirectory(folder.resolve(FILE));
    assertThat(load(Map.of()))
        .isEqualTo(
            "ONNX Runtime %s cannot be looked at, so that it may have telemetry, and the environment variable ORT_DISABLE_TELEMETRY is not set: nothing of it was loaded. Start the process with ORT_DISABLE_TELEMETRY=1, which does no harm where there is none"
                .formatted(folder.resolve(FILE)));
    assertThat(load(Map.of("ORT_DISABLE_TELEMETRY", "1")))
        .contains("ONNX Runtime's native library cannot be loaded");
  }

  @Test
  void whatIsNotFoundIsNotKnown() {
    assertThat(find("onnxruntime.native.onnxruntime.skip", "true").reports()).isEmpty();
    assertThat(find("os.arch", "sparc", "java.library.path", "").reports()).isEmpty();
  }

  @Test
  void eachPlaceThatTheRuntimeLooksIn() throws IOException {
    Path file = library("\0https://mobile.events.data.microsoft.com/\0");
    var reports = new Library(file.toString(), Optional.of(true));
    assertThat(find("onnxruntime.native.path", folder)).isEqualTo(reports);
    assertThat(find("onnxruntime.native.onnxruntime.path", file)).isEqualTo(reports);
    assertThat(find("os.arch", "sparc", "java.library.path", folder)).isEqualTo(reports);
  }

  @Test
  void aBuildOfAnyVersionWithoutTelemetryPasses() throws IOException {
    Path file = library("\177ELF 1.30.0");
    assertThat(find("onnxruntime.native.path", folder))
        .isEqualTo(new Library(file.toString(), Optional.of(false)));
  }

  private static Library find(Object... settings) {
    var properties = new Properties();
    properties.putAll(System.getProperties());
    for (int i = 0; i < settings.length; i += 2) {
      properties.put(settings[i], settings[i + 1].toString());
    }
    return Library.find(properties);
  }

  @Test
  void theMarkIsFoundAcrossReads() throws IOException {
    for (int before = (1 << 16) - 30; before < (1 << 16) + 3; before++) {
      String content = "x".repeat(before) + "ORT_DISABLE_TELEMETRY" + "x".repeat(before);
      assertThat(Telemetry.hasMark(slowly(content))).as("after %d", before).isTrue();
      assertThat(Telemetry.hasMark(slowly(content.replace("LEM", "MEL")))).isFalse();
    }
  }

  /** Gives at most 40,000 bytes a read. */
  private static InputStream slowly(String content) {
    return new ByteArrayInputStream(content.getBytes(StandardCharsets.ISO_8859_1)) {
      @Override
      public int read(byte[] into, int offset, int length) {
        return super.read(into, offset, Math.min(length, 40_000));
      }
    };
  }
}

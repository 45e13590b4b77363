package dev.reranker.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import dev.reranker.error.ModelLoadException;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ONNX Runtime in this JVM: started without telemetry, usable until the last shutdown hook is over,
 * its unpacked natives gone at exit.
 *
 * <p>ONNX Runtime unpacks its natives to a new folder {@code onnxruntime-java…} in {@code
 * java.io.tmpdir} and has the JVM delete folder and files at exit, but in the order that finds the
 * folder not empty yet, so each process would leave an empty folder behind. A process that is
 * killed leaves the files too, and Windows does not delete a library that is loaded.
 */
final class OrtRuntime {

  private static final Logger log = LoggerFactory.getLogger(OrtRuntime.class);

  private OrtRuntime() {}

  /**
   * The one environment of the JVM, which may be the application's too.
   *
   * @throws ModelLoadException if the natives cannot be loaded, or would report home
   */
  static OrtEnvironment environment() {
    Telemetry.refuse();
    OrtEnvironment environment;
    try {
      environment = OrtEnvironment.getEnvironment();
    } catch (RuntimeException | LinkageError e) {
      throw new ModelLoadException(
          "ONNX Runtime's native library cannot be loaded ("
              + rootCause(e)
              + "): it is unpacked to the folder of the system property java.io.tmpdir ("
              + System.getProperty("java.io.tmpdir")
              + "), which must be writable and allow executables; or unpack it yourself and name"
              + " its folder in onnxruntime.native.path"
              + named(System.getProperty("onnxruntime.native.path"))
              + ". On macOS and Arm use the artifact onnxruntime instead of onnxruntime_gpu",
          e);
    }
    Natives.FOLDER.ifPresent(folder -> log.debug("{} is removed at exit", folder));
    if (!Held.HELD) {
      log.warn(
          "System.exit while a model runs may crash the JVM: this version of ONNX Runtime's Java"
              + " binding is unknown ({}); take the one that this library asks for",
          OrtEnvironment.class.getPackage().getImplementationVersion());
    }
    try {
      // Windows' events, which have no variable; they are only heard where somebody records them.
      environment.setTelemetry(false);
    } catch (OrtException e) {
      log.debug("telemetry events could not be switched off", e);
    }
    return environment;
  }

  private static String named(@Nullable String folder) {
    return folder == null ? "" : " (now " + folder + ")";
  }

  private static Throwable rootCause(Throwable e) {
    return e.getCause() == null ? e : rootCause(e.getCause());
  }

  /**
   * One more reference to the native environment. ONNX Runtime's own shutdown hook gives the first
   * one back, at the same time as other hooks wait for requests under way: without this the
   * environment would be gone below their runs, which ends the process by a signal
   * (microsoft/onnxruntime#31352).
   */
  private static final class Held {

    static final boolean HELD = hold();

    private static boolean hold() {
      try {
        Field api = Class.forName("ai.onnxruntime.OnnxRuntime").getDeclaredField("ortApiHandle");
        api.setAccessible(true);
        Method create =
            OrtEnvironment.class.getDeclaredMethod(
                "createHandle", long.class, int.class, String.class);
        create.setAccessible(true);
        create.invoke(
            null,
            api.getLong(null),
            OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING.getValue(),
            OrtEnvironment.DEFAULT_NAME);
        return true;
      } catch (ReflectiveOperationException | RuntimeException e) {
        log.debug("no reference to ONNX Runtime's environment", e);
        return false;
      }
    }
  }

  /** The folder of the natives; its removal is registered once, when this class is initialised. */
  private static final class Natives {

    static final Optional<Path> FOLDER = folder();

    static {
      FOLDER.ifPresent(Natives::removeAtExit);
    }

    private static Optional<Path> folder() {
      try {
        Field field = Class.forName("ai.onnxruntime.OnnxRuntime").getDeclaredField("tempDirectory");
        field.setAccessible(true);
        return Optional.ofNullable((Path) field.get(null));
      } catch (ReflectiveOperationException | RuntimeException e) {
        log.debug("an empty folder onnxruntime-java… will stay in java.io.tmpdir", e);
        return Optional.empty();
      }
    }

    private static void removeAtExit(Path folder) {
      try {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder), "onnxruntime-java"));
      } catch (IllegalStateException e) {
        log.debug("{} stays: the JVM is shutting down", folder, e);
      }
    }

    /** Nothing is said of what cannot be deleted: the JVM is going, and so may be the logging. */
    private static void remove(Path folder) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.deleteIfExists(file);
        }
        Files.deleteIfExists(folder);
      } catch (IOException e) {
        // Windows: a loaded library.
      }
    }
  }
}

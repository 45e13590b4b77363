package dev.reranker.onnx;

import ai.onnxruntime.OrtEnvironment;
import dev.reranker.error.ModelLoadException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Refuses an ONNX Runtime that would report home, before its native library is loaded.
 *
 * <p>The version that this library depends on has no telemetry. From 1.29 on the official builds
 * for Linux and macOS have, switched on by default: creating the environment writes a device id and
 * a queue of events to the cache folder and starts a thread that sends them; {@code
 * OrtEnvironment.setTelemetry(false)} can only be called when that has happened. What stops it is
 * the environment variable {@value #SWITCH}, read once when the runtime starts. An application may
 * bring such a runtime; whether it did is read from the native library itself, which names the
 * variable, so that a build without telemetry passes whatever its version.
 *
 * <p>The variable is asked for and not set from here. {@code setenv} in a process whose other
 * threads may be reading the environment is a data race in the C library, which has crashed JVMs;
 * Java has no call for it before 22; and neither {@link System#getenv} nor a child process would
 * see what was set. Who starts the process sets it safely, in one line.
 */
final class Telemetry {

  /** The variable that switches it off; 1, true, yes, on or y. */
  static final String SWITCH = "ORT_DISABLE_TELEMETRY";

  private static final Set<String> OFF = Set.of("1", "true", "yes", "on", "y");

  /** What a native library with telemetry has in it: the switch, and where the events go. */
  private static final List<String> MARKS = List.of(SWITCH, "events.data.microsoft.com");

  private static final String NATIVE_PATH = "onnxruntime.native.path";
  private static final String LIBRARY_PATH = "onnxruntime.native.onnxruntime.path";
  private static final String LIBRARY_SKIP = "onnxruntime.native.onnxruntime.skip";

  private static final Pattern VERSION = Pattern.compile("1\\.(\\d{1,6})\\..*");

  private Telemetry() {}

  /**
   * Checks the runtime that would be loaded; loads and initialises nothing of it.
   *
   * @throws ModelLoadException if it has telemetry, or cannot be looked at, and {@value #SWITCH}
   *     does not switch it off
   */
  static void refuse() {
    if (!switchedOff(System.getenv(SWITCH))) {
      Checked.ONCE.refuse(System.getenv(SWITCH));
    }
  }

  static boolean switchedOff(@Nullable String value) {
    return value != null && OFF.contains(value.strip().toLowerCase(Locale.ROOT));
  }

  /** The runtime of this JVM, looked at once: a JVM loads one and keeps it. */
  private static final class Checked {
    static final Library ONCE = Library.find(System.getProperties());
  }

  /**
   * What is known of a runtime that is not loaded yet.
   *
   * @param where its native library, for people
   * @param reports whether it has telemetry; false if a setting names a file that does not exist,
   *     since nothing is loaded then; empty if it is not known
   */
  record Library(String where, Optional<Boolean> reports) {

    /** Looks where ONNX Runtime looks for its native library, in that order. */
    static Library find(Properties properties) {
      String file = System.mapLibraryName("onnxruntime").replace("jnilib", "dylib");
      if (Boolean.parseBoolean(properties.getProperty(LIBRARY_SKIP))) {
        return unknown("that the application loads itself (" + LIBRARY_SKIP + ")");
      }
      String folder = properties.getProperty(NATIVE_PATH);
      if (folder != null) {
        return named(folder, file);
      }
      String path = properties.getProperty(LIBRARY_PATH);
      if (path != null) {
        return named(path);
      }
      String resource = "native/" + platform(properties) + "/" + file;
      if (OrtEnvironment.class.getResource(resource) != null) {
        return inJar(resource);
      }
      return Stream.of(properties.getProperty("java.library.path", "").split(File.pathSeparator))
          .filter(entry -> !entry.isEmpty())
          .flatMap(entry -> path(entry, file).stream())
          .filter(Files::isRegularFile)
          .findFirst()
          .map(Library::in)
          .orElseGet(() -> unknown(file + " of the system"));
    }

    private static Library unknown(String where) {
      return new Library(where, Optional.empty());
    }

    /** Of a file that does not exist ONNX Runtime says so and loads nothing. */
    private static Library named(String first, String... more) {
      return path(first, more)
          .filter(Files::exists)
          .map(Library::in)
          .orElseGet(() -> new Library(first, Optional.of(false)));
    }

    /** Empty where no file can have such a name. */
    private static Optional<Path> path(String first, String... more) {
      try {
        return Optional.of(Path.of(first, more));
      } catch (InvalidPathException e) {
        return Optional.empty();
      }
    }

    private static Library in(Path file) {
      try (InputStream in = Files.newInputStream(file)) {
        return new Library(file.toString(), Optional.of(hasMark(in)));
      } catch (IOException e) {
        return unknown(file.toString());
      }
    }

    private static Library inJar(String resource) {
      Package runtime = OrtEnvironment.class.getPackage();
      String version = runtime.getImplementationVersion();
      // Saves reading 28 MB; a jar that was repacked has lost its title and is read.
      if ("onnxruntime".equals(runtime.getImplementationTitle()) && isBeforeTelemetry(version)) {
        return new Library(version, Optional.of(false));
      }
      String where = version == null ? "on the class path" : version;
      try (InputStream in = OrtEnvironment.class.getResourceAsStream(resource)) {
        return in == null ? unknown(where) : new Library(where, Optional.of(hasMark(in)));
      } catch (IOException e) {
        return unknown(where);
      }
    }

    void refuse(@Nullable String value) {
      if (reports.isEmpty()) {
        throw new ModelLoadException(
            "ONNX Runtime %s cannot be looked at, so that it may have telemetry, and the environment variable %s is %s: nothing of it was loaded. Start the process with %s=1, which does no harm where there is none"
                .formatted(where, SWITCH, said(value), SWITCH));
      }
      if (reports.get()) {
        throw new ModelLoadException(
            "ONNX Runtime %s has telemetry, and the environment variable %s is %s: nothing of it was loaded, since it would send events over the network. Start the process with %s=1, or use ONNX Runtime 1.28, which has none"
                .formatted(where, SWITCH, said(value), SWITCH));
      }
    }

    private static String said(@Nullable String value) {
      return value == null ? "not set" : "'" + value + "'";
    }
  }

  /** Whether it is a version of the time before telemetry came, in 1.29. */
  static boolean isBeforeTelemetry(@Nullable String version) {
    Matcher matcher = VERSION.matcher(version == null ? "" : version);
    return matcher.matches() && Integer.parseInt(matcher.group(1)) < 29;
  }

  /** Whether a native library has the marks of telemetry. */
  static boolean hasMark(InputStream library) throws IOException {
    int overlap = MARKS.stream().mapToInt(String::length).max().orElseThrow() - 1;
    var window = new byte[1 << 16];
    int kept = 0;
    int read;
    while ((read = library.read(window, kept, window.length - kept)) > 0) {
      int filled = kept + read;
      var text = new String(window, 0, filled, StandardCharsets.ISO_8859_1);
      if (MARKS.stream().anyMatch(text::contains)) {
        return true;
      }
      kept = Math.min(overlap, filled);
      System.arraycopy(window, filled - kept, window, 0, kept);
    }
    return false;
  }

  /** The folder of a platform's natives in ONNX Runtime's jar. */
  private static String platform(Properties properties) {
    String os = properties.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String arch = properties.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    String system =
        os.contains("mac") || os.contains("darwin") ? "osx" : os.contains("win") ? "win" : "linux";
    return system + "-" + (arch.startsWith("amd64") || arch.startsWith("x86_64") ? "x64" : arch);
  }
}

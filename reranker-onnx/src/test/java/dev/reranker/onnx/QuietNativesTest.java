package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import dev.reranker.testkit.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * What README says of the network and of files, seen from below the JVM, native code included: a
 * process with a bare environment (no build server's variable, which would switch telemetry off)
 * and empty folders loads, scores and exits.
 */
@EnabledOnOs(OS.LINUX)
class QuietNativesTest {

  @TempDir private Path root;

  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void makeFolders() {
    environment.put("PATH", "/usr/bin:/bin");
    environment.put("HOME", folder("home").toString());
    environment.put("TMPDIR", folder("tmp").toString());
    environment.put("XDG_CACHE_HOME", folder("cache").toString());
    environment.put("XDG_CONFIG_HOME", folder("config").toString());
    environment.put("XDG_DATA_HOME", folder("data").toString());
    environment.put("XDG_STATE_HOME", folder("state").toString());
    folder("work");
  }

  private Path folder(String name) {
    try {
      return Files.createDirectories(root.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ChildJvm child(Class<?> main) {
    return ChildJvm.of(main)
        .environment(environment)
        .in(folder("work"))
        .flags("-Djava.io.tmpdir=" + folder("tmp"), "-Duser.home=" + folder("home"))
        .flags("-XX:-UsePerfData"); // the JVM's own file in /tmp
  }

  /** The files that are there, by their paths, and the empty folders. */
  private Set<String> left() throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(path -> Files.isRegularFile(path) || isEmpty(path))
          .map(path -> root.relativize(path).toString())
          .collect(Collectors.toSet());
    }
  }

  private static boolean isEmpty(Path folder) {
    try (Stream<Path> inside = Files.list(folder)) {
      return inside.findAny().isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final Set<String> NOTHING =
      Set.of("home", "tmp", "cache", "config", "data", "state", "work");

  @Test
  void theRuntimeAloneLeavesNoFile() throws IOException {
    assertThat(child(RuntimeAlone.class).run().strip()).isEqualTo("ran");
    Set<String> left = left();
    // ONNX Runtime's own fault, which the library mends.
    left.removeIf(path -> path.matches("tmp/onnxruntime-java\\d+"));
    left.add("tmp");
    assertThat(left).isEqualTo(NOTHING);
  }

  @Test
  void theTokenizersLibraryIsAllThatStays() throws IOException {
    assertThat(child(LoadScoreAndExit.class).run()).endsWith("scored\n");
    Set<String> left = left();
    assertThat(left)
        .filteredOn(path -> !NOTHING.contains(path))
        .singleElement()
        .asString()
        .matches("home/\\.djl\\.ai/tokenizers/[^/]+/libtokenizers\\.so");
    left.add("home");
    assertThat(left).containsAll(NOTHING);
  }

  @Test
  void withoutAHomeItStaysInTheTemporaryFolder() throws IOException {
    environment.remove("HOME");
    environment.keySet().removeIf(name -> name.startsWith("XDG_"));
    ChildJvm child = child(LoadScoreAndExit.class).flags("-Duser.home=?"); // of no known user
    assertThat(child.run()).endsWith("scored\n");
    assertThat(left())
        .filteredOn(path -> !NOTHING.contains(path))
        .singleElement()
        .asString()
        .matches("tmp/\\.djl\\.ai/tokenizers/[^/]+/libtokenizers\\.so");
  }

  @Test
  void nothingIsConnectedLookedUpStartedOrWrittenElsewhere() throws Exception {
    SystemCalls calls = trace(LoadScoreAndExit.class, "scored");
    assertThat(calls.connections()).isEmpty();
    assertThat(calls.lookUps()).isEmpty();
    // JNA, which DJL looks for a GPU with, asks where libraries are.
    assertThat(calls.programs()).isSubsetOf("java", "jspawnhelper", "ldconfig");
    assertThat(calls.written())
        .isNotEmpty()
        .allMatch(path -> path.startsWith(root.resolve("home/.djl.ai")) || isOfTheRuntime(path));
  }

  private boolean isOfTheRuntime(Path path) {
    return path.toString().matches("\\Q" + root + "\\E/tmp/onnxruntime-java\\d+(/[^/]+)?");
  }

  @Test
  void theRuntimeAloneConnectsLooksUpStartsAndWritesNothing() throws Exception {
    SystemCalls calls = trace(RuntimeAlone.class, "ran");
    assertThat(calls.connections()).isEmpty();
    assertThat(calls.lookUps()).isEmpty();
    assertThat(calls.programs()).containsOnly("java");
    assertThat(calls.written()).isNotEmpty().allMatch(this::isOfTheRuntime);
  }

  @Test
  void theTraceSeesAConnectionALookUpAProgramAndAFile() throws Exception {
    SystemCalls calls = trace(Noisy.class, "tried");
    assertThat(calls.connections()).anyMatch(call -> call.contains("htons(9)"));
    assertThat(calls.lookUps()).contains("/etc/hosts");
    assertThat(calls.programs()).contains("true");
    assertThat(calls.written()).contains(root.resolve("work/noise"), root.resolve("cache/noise"));
  }

  private SystemCalls trace(Class<?> main, String last) throws Exception {
    Path trace = root.resolve("trace");
    assertThat(child(main).under(SystemCalls.into(trace)).run()).endsWith(last + "\n");
    return SystemCalls.read(trace, folder("work"));
  }

  /** What an application does. */
  static final class LoadScoreAndExit {
    public static void main(String[] arguments) {
      try (var reranker = OnnxReranker.builder().build();
          var embedder = TestModels.embedder()) {
        reranker.score("whale", List.of("ocean"));
        embedder.embedQuery("whale");
      }
      System.out.println("scored");
    }
  }

  /** ONNX Runtime as anybody uses it, without a word of this library in between. */
  static final class RuntimeAlone {
    public static void main(String[] arguments) throws Exception {
      OrtEnvironment environment = OrtEnvironment.getEnvironment();
      byte[] graph = new TinyModel().bytes();
      try (OrtSession session = environment.createSession(graph, new OrtSession.SessionOptions())) {
        System.out.println(session.getInputNames().isEmpty() ? "no input" : "ran");
      }
    }
  }

  /** Does what is looked for, without leaving the machine. */
  static final class Noisy {
    public static void main(String[] arguments) throws Exception {
      try (var socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getByName("localhost"), 9));
      } catch (IOException e) {
        // Nobody listens there.
      }
      new ProcessBuilder("true").start().waitFor();
      Files.createFile(Path.of("noise"));
      Files.createFile(Path.of(System.getenv("XDG_CACHE_HOME"), "noise"));
      System.out.println("tried");
    }
  }
}

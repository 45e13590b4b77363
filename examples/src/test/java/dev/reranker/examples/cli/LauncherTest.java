package dev.reranker.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * bin/rerank and benchmarks/bin/benchmark, with JDKs that only say who they are; in folders with
 * spaces in their names, and an environment of nothing but what a test gives.
 */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {

  @TempDir private Path temporary;
  private Path folder;
  private Path launcher;
  private Path benchmark;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void copyLaunchers() throws IOException {
    folder = Files.createDirectory(temporary.resolve("a folder"));
    // Older than the build, so that the benchmarks are not built again.
    Files.createFile(folder.resolve("pom.xml"));
    Files.createDirectories(folder.resolve("benchmarks/src"));
    Files.createFile(folder.resolve("benchmarks/pom.xml"));
    Files.createDirectories(folder.resolve("reranker-onnx/late-l6"));
    launcher = copy(Path.of("bin", "rerank"), "examples");
    copy(Path.of("bin", "jdk.sh"), "examples");
    benchmark = copy(Path.of("..", "benchmarks", "bin", "benchmark"), "benchmarks");
    environment.put("PATH", "/usr/bin:/bin");
    environment.put("HOME", folder.toString());
  }

  private Path copy(Path script, String module) throws IOException {
    Path copy =
        Files.createDirectories(folder.resolve(module).resolve("bin"))
            .resolve(script.getFileName());
    Files.copy(script, copy);
    makeExecutable(copy);
    Files.writeString(
        Files.createDirectories(folder.resolve(module).resolve("target")).resolve("classpath.txt"),
        "lib.jar");
    return copy;
  }

  private static void makeExecutable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Path script(Path file, String content) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + content + "\n");
    makeExecutable(file);
    return file;
  }

  private Path jdk(String version) throws IOException {
    return jdk(folder.resolve("jdk " + version), version);
  }

  private Path jdk(Path home, String version) throws IOException {
    script(home.resolve("bin/java"), "echo jdk " + version + " \"$@\"");
    Files.writeString(
        home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
    return home;
  }

  private void onPath(Path binaries) {
    environment.put("PATH", binaries + ":/usr/bin:/bin");
  }

  private String launch() throws Exception {
    return run(launcher.toString(), "search", "two words");
  }

  private String run(String... command) throws Exception {
    var builder = new ProcessBuilder(new ArrayList<>(List.of(command)));
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  @Test
  void javaHomeComesFirst() throws Exception {
    environment.put("JAVA_HOME", jdk("21.0.4").toString());
    onPath(jdk("25").resolve("bin"));
    assertThat(launch())
        .startsWith("jdk 21.0.4 --enable-native-access=ALL-UNNAMED ")
        .endsWith(":lib.jar dev.reranker.examples.cli.Rerank search two words\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"17.0.15", "1.8.0_402", "9-internal", "unknown"})
  void aJavaHomeThatIsTooOldIsPassedOver(String version) throws Exception {
    environment.put("JAVA_HOME", jdk(version).toString());
    onPath(jdk("22.0.1").resolve("bin"));
    assertThat(launch()).startsWith("jdk 22.0.1 ");
  }

  @Test
  void aJavaHomeThatIsNoJdkIsPassedOver() throws Exception {
    onPath(jdk("22.0.1").resolve("bin"));
    environment.put("JAVA_HOME", folder.resolve("gone").toString());
    assertThat(launch()).startsWith("jdk 22.0.1 ");
    environment.put("JAVA_HOME", "");
    assertThat(launch()).startsWith("jdk 22.0.1 ");
  }

  @Test
  void aRuntimeWithoutAReleaseFileIsAskedForItsVersion() throws Exception {
    Path jre = folder.resolve("jre");
    script(
        jre.resolve("bin/java"),
        "[ \"$1\" = -version ] && echo 'openjdk version \"23.0.1\" 2024-10-15' >&2 || echo jre $1");
    environment.put("JAVA_HOME", jre.toString());
    assertThat(launch()).startsWith("jre --enable-native-access");
  }

  @Test
  void aLinkOnThePathIsFollowed() throws Exception {
    Path links = Files.createDirectory(folder.resolve("links"));
    Files.createSymbolicLink(links.resolve("java"), jdk("24").resolve("bin/java"));
    onPath(links);
    assertThat(launch()).startsWith("jdk 24 ");
  }

  @Test
  void aWrapperOnThePathIsAskedForItsJdk() throws Exception {
    Path shims = folder.resolve("shims");
    script(
        shims.resolve("java"), "echo '    java.home = " + jdk("24.0.2") + "' >&2; [ -n \"$1\" ]");
    onPath(shims);
    assertThat(launch()).startsWith("jdk 24.0.2 ");
  }

  @Test
  void aJavaOnThePathThatFailsIsPassedOver() throws Exception {
    Path shims = folder.resolve("shims");
    script(shims.resolve("java"), "echo no version is set >&2; exit 126");
    onPath(shims);
    jdk(folder.resolve(".jdks/newest of all"), "999");
    assertThat(launch()).startsWith("jdk 999 ");
  }

  @Test
  void theNewestOfTheUsualPlacesIsTaken() throws Exception {
    onPath(jdk("17").resolve("bin"));
    jdk(folder.resolve(".sdkman/candidates/java/998-tem"), "998.0.1");
    jdk(folder.resolve(".jdks/newest of all"), "999");
    assertThat(launch()).startsWith("jdk 999 ");
  }

  @Test
  void noHomeIsNeeded() throws Exception {
    environment.remove("HOME");
    environment.put("JAVA_HOME", jdk("17").toString());
    onPath(jdk("16").resolve("bin"));
    assertThat(launch()).doesNotContain("parameter not set", "HOME:");
    environment.put("JAVA_HOME", jdk("22").toString());
    assertThat(launch()).startsWith("jdk 22 ");
  }

  @Test
  void whereThereIsNoneTheErrorSaysWhatJavaHomeIs() throws Exception {
    environment.put("JAVA_HOME", jdk("17").toString());
    String search = "set -eu; . \"$0\"; find_jdk 1000 || no_jdk 1000";
    assertThat(run("sh", "-c", search, launcher.resolveSibling("jdk.sh").toString()))
        .isEqualTo(
            "needs a JDK 1000 or newer, for example Temurin 25: install one, or set JAVA_HOME to it (it is %s, a JDK 17)\n"
                .formatted(folder.resolve("jdk 17")));
  }

  @Test
  void aProgramThatIsNeededIsLookedFor() throws Exception {
    environment.put("JAVA_HOME", jdk("1001").toString());
    Path whole = jdk(folder.resolve(".jdks/whole"), "1000");
    script(whole.resolve("bin/javac"), "true");
    String search = "set -eu; . \"$0\"; find_jdk 1000 javac";
    assertThat(run("sh", "-c", search, launcher.resolveSibling("jdk.sh").toString()))
        .isEqualTo(whole + "\n");
  }

  @Test
  void beforeTheBuildTheCommandIsNamed() throws Exception {
    environment.put("JAVA_HOME", jdk("21").toString());
    Files.delete(folder.resolve("examples/target/classpath.txt"));
    assertThat(launch()).contains("rerank: not built yet", "mvn -q");
  }

  @Test
  void theLauncherMayBeALink() throws Exception {
    environment.put("JAVA_HOME", jdk("21").toString());
    Path link = Files.createSymbolicLink(folder.resolve("rerank"), launcher);
    assertThat(run(link.toString(), "score")).endsWith("cli.Rerank score\n");
  }

  @Test
  void optionsAndTheSwitchOfTelemetryReachJava() throws Exception {
    Path jdk = jdk("21");
    script(jdk.resolve("bin/java"), "echo \"$ORT_DISABLE_TELEMETRY\" \"$2\" \"$3\"");
    environment.put("JAVA_HOME", jdk.toString());
    environment.put("RERANK_JAVA_OPTS", "-Xmx8g -Xss2m");
    environment.put("ORT_DISABLE_TELEMETRY", "0");
    assertThat(launch()).isEqualTo("1 -Xmx8g -Xss2m\n");
    assertThat(run(benchmark.toString(), "--smoke")).startsWith("1 ");
  }

  @Test
  void theBenchmarksFindTheSameJdk() throws Exception {
    environment.put("JAVA_HOME", jdk("17").toString());
    onPath(jdk("22.0.1").resolve("bin"));
    assertThat(run(benchmark.toString(), "--smoke"))
        .startsWith("jdk 22.0.1 ")
        .contains(" -cp " + folder.toRealPath().resolve("benchmarks/target/classes") + ":lib.jar ")
        .endsWith(" --smoke\n");
  }
}

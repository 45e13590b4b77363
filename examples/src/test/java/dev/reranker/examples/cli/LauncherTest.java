package dev.reranker.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** bin/rerank, with JDKs that only say who they are. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {

  @TempDir private Path folder;
  private Path launcher;

  @BeforeEach
  void copyLauncher() throws IOException {
    launcher = Files.createDirectories(folder.resolve("app/bin")).resolve("rerank");
    Files.copy(Path.of("bin", "rerank"), launcher);
    makeExecutable(launcher);
    Files.writeString(
        Files.createDirectories(folder.resolve("app/target")).resolve("classpath.txt"), "lib.jar");
  }

  private static void makeExecutable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Path jdk(String version) throws IOException {
    Path jdk = folder.resolve("jdk-" + version);
    Path java = Files.createDirectories(jdk.resolve("bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\necho jdk " + version + " \"$@\"\n");
    makeExecutable(java);
    Files.writeString(
        jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
    return jdk;
  }

  private String launch(Path javaHome, Path onPath) throws Exception {
    var builder = new ProcessBuilder(launcher.toString(), "search", "two words");
    builder.environment().clear();
    builder.environment().put("HOME", folder.toString());
    builder.environment().put("JAVA_HOME", javaHome.toString());
    builder.environment().put("PATH", onPath.resolve("bin") + ":/usr/bin:/bin");
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  @Test
  void javaHomeComesFirst() throws Exception {
    assertThat(launch(jdk("21.0.4"), jdk("25")))
        .startsWith("jdk 21.0.4 --enable-native-access=ALL-UNNAMED ")
        .endsWith(":lib.jar dev.reranker.examples.cli.Rerank search two words\n");
  }

  @Test
  void aJavaHomeThatIsTooOldIsPassedOver() throws Exception {
    assertThat(launch(jdk("17.0.15"), jdk("22.0.1"))).startsWith("jdk 22.0.1 ");
    assertThat(launch(jdk("1.8.0_402"), jdk("22.0.1"))).startsWith("jdk 22.0.1 ");
  }

  @Test
  void beforeTheBuildTheCommandIsNamed() throws Exception {
    Files.delete(folder.resolve("app/target/classpath.txt"));
    assertThat(launch(jdk("21"), jdk("21"))).contains("rerank: not built yet", "mvn -q");
  }
}

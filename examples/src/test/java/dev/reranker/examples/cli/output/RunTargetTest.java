package dev.reranker.examples.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunTargetTest {

  private static final String KEY = "0123456789abcdef01234567";
  private static final String Q1 = "q1 Q0 a 1 1.0 t\n";
  private static final String Q2 = "q2 Q0 a 1 1.0 t\nq2 Q0 b 2 0.5 t\n";

  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private RunTarget.Begun begin(Path place, boolean resume) throws IOException {
    return begin(place.toString(), KEY, resume);
  }

  private RunTarget.Begun begin(String place, String key, boolean resume) throws IOException {
    return RunTarget.at(place, new PrintWriter(out, true), resume)
        .begin(key, 3, resume, new PrintWriter(err, true));
  }

  private void writeAll(Path place) throws IOException {
    try (var run = begin(place, false)) {
      run.write(Q1);
      run.write(Q2);
      run.complete();
    }
  }

  private Path onlyPart() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".part")).findFirst().orElseThrow();
    }
  }

  @Test
  void aFileAppearsWhenTheRunIsComplete() throws Exception {
    Path file = folder.resolve("my.run");
    try (var run = begin(file, false)) {
      run.write(Q1);
      assertThat(file).doesNotExist();
      run.complete();
    }
    assertThat(file).hasContent(Q1);
    assertThat(folder).isDirectoryContaining("glob:**/my.run");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).hasSize(1);
    }
    assertThat(err).hasToString("");
  }

  @Test
  void aFileThatIsThereStaysUntilThenAndKeepsItsPermissions() throws Exception {
    Path file = Files.writeString(folder.resolve("my.run"), "old");
    boolean posix = Files.getFileStore(file).supportsFileAttributeView("posix");
    if (posix) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }
    try (var run = begin(file, false)) {
      run.write(Q1);
      assertThat(file).hasContent("old");
      run.complete();
    }
    assertThat(file).hasContent(Q1);
    if (posix) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-r-----");
    }
  }

  @Test
  void aUsersOwnFileOfASimilarNameIsNotTouched() throws Exception {
    for (String name : new String[] {"my.run.part", "my.run.1.part", "my.run.tmp"}) {
      Files.writeString(folder.resolve(name), "mine");
    }
    writeAll(folder.resolve("my.run"));
    assertThat(folder.resolve("my.run")).hasContent(Q1 + Q2);
    assertThat(folder.resolve("my.run.part")).hasContent("mine");
    assertThat(folder.resolve("my.run.1.part")).hasContent("mine");
    assertThat(folder.resolve("my.run.tmp")).hasContent("mine");
  }

  @Test
  void aLinkStaysALinkAndItsTargetIsWritten() throws Exception {
    Path real = Files.writeString(Files.createDirectories(folder.resolve("d")).resolve("r"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("latest.run"), Path.of("d/r"));
    Path second = Files.createSymbolicLink(folder.resolve("second.run"), link);
    writeAll(second);
    assertThat(link).isSymbolicLink();
    assertThat(second).isSymbolicLink();
    assertThat(real).isRegularFile().hasContent(Q1 + Q2);
    Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), Path.of("d/new"));
    writeAll(dangling);
    assertThat(dangling).isSymbolicLink();
    assertThat(folder.resolve("d/new")).hasContent(Q1 + Q2);
    Path circle = Files.createSymbolicLink(folder.resolve("circle"), Path.of("circle"));
    assertThatThrownBy(() -> begin(circle, false)).hasMessageContaining("circle");
  }

  @Test
  void foldersAreRefusedAtOnce() throws Exception {
    Path empty = Files.createDirectories(folder.resolve("results"));
    assertThatThrownBy(() -> begin(empty, false)).hasMessageContaining("results: is a folder");
    assertThat(empty).isEmptyDirectory();
    Path link = Files.createSymbolicLink(folder.resolve("link"), empty);
    assertThatThrownBy(() -> begin(link, false)).hasMessageContaining("link: is a folder");
    assertThatThrownBy(() -> begin(folder + "/absent/", KEY, false))
        .hasMessageContaining("absent/: is a folder");
    assertThatThrownBy(() -> begin(folder.resolve("absent/my.run"), false))
        .hasMessageContaining("absent: no such folder");
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> begin(file.resolve("my.run"), false))
        .hasMessageContaining("file: no such folder");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFolderThatCannotBeWrittenToIsRefusedAtOnce() {
    assertThatThrownBy(() -> begin(Path.of("/proc/my.run"), false))
        .hasMessageContaining("/proc: no file can be made in this folder");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aPipeIsWrittenTo() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertThatThrownBy(() -> RunTarget.at(pipe.toString(), new PrintWriter(out), true))
        .hasMessageContaining("--resume needs a file to go on with; --out " + pipe);
    var read =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return Files.readString(pipe);
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    writeAll(pipe);
    assertThat(read.get()).isEqualTo(Q1 + Q2);
    assertThat(Files.isRegularFile(pipe)).isFalse();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aDeviceIsWrittenToAndStays() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("null"), Path.of("/dev/null"));
    writeAll(link);
    assertThat(link).isSymbolicLink();
    assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();
    try (var run = begin("/dev/full", KEY, false)) {
      assertThatThrownBy(() -> run.write(Q1))
          .isInstanceOf(StandardOutput.Failure.class)
          .hasMessageStartingWith("/dev/full: ");
    } catch (StandardOutput.Failure atClosing) {
      // What could not be written is still there.
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"})
  void standardOutputHasSeveralNames(String name) throws Exception {
    try (var run = begin(name, KEY, false)) {
      run.write(Q1);
      assertThat(out).hasToString(Q1);
      run.write(Q2);
      run.complete();
    }
    assertThat(out).hasToString(Q1 + Q2);
    assertThatThrownBy(() -> RunTarget.at(name, new PrintWriter(out), true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--resume needs a file to go on with; --out " + name);
  }

  @Test
  void whatWasAnsweredIsKeptAndGoneOnWith() throws Exception {
    Path file = folder.resolve("my.run");
    try (var run = begin(file, false)) {
      run.write(Q1);
      run.write(Q2);
    }
    assertThat(file).doesNotExist();
    Path part = onlyPart();
    assertThat(part).hasContent(Q1 + Q2);
    assertThat(err)
        .asString()
        .contains("2 of 3 queries are answered and kept in " + part, "--resume");

    try (var run = begin(file, true)) {
      assertThat(run.answered()).as("the last may be there in part only").containsExactly("q1");
      run.write(Q2);
      run.write("q3 Q0 c 1 1.0 t\n");
      run.complete();
    }
    assertThat(file).hasContent(Q1 + Q2 + "q3 Q0 c 1 1.0 t\n");
    assertThat(part).doesNotExist();
  }

  @Test
  void aTornLineIsDropped() throws Exception {
    Path file = folder.resolve("my.run");
    try (var run = begin(file, false)) {
      run.write(Q1);
    }
    Files.writeString(onlyPart(), Q1 + "q2 Q0 a 1 1.0 t\nq2 Q0 b", StandardCharsets.UTF_8);
    try (var run = begin(file, true)) {
      assertThat(run.answered()).containsExactly("q1");
      run.write(Q2);
      run.complete();
    }
    assertThat(file).hasContent(Q1 + Q2);
  }

  @Test
  void anotherRunIsNotGoneOnWith() throws Exception {
    Path file = folder.resolve("my.run");
    try (var run = begin(file, false)) {
      run.write(Q1);
    }
    String otherKey = KEY.replace('0', 'f');
    assertThatThrownBy(() -> begin(file.toString(), otherKey, true))
        .hasMessageContaining("was begun with another corpus, other queries, models or settings");
    assertThat(onlyPart()).hasContent(Q1);
    try (var run = begin(file, false)) {
      assertThat(run.answered()).as("without --resume").isEmpty();
      run.complete();
    }
    assertThat(onlyPart()).hasContent(Q1);
  }

  @Test
  void aRunThatIsBeingWrittenIsNotGoneOnWith() throws Exception {
    Path file = folder.resolve("my.run");
    try (var running = begin(file, false)) {
      running.write(Q1);
      try (var second = begin(file, true)) {
        assertThat(second.answered()).isEmpty();
        assertThat(err).asString().contains("it begins anew");
        second.write(Q2);
        second.complete();
      }
      running.write(Q2);
      running.complete();
    }
    assertThat(file).hasContent(Q1 + Q2);
  }

  @Test
  void nothingAnsweredLeavesNothing() throws Exception {
    begin(folder.resolve("my.run"), false).close();
    assertThat(folder).isEmptyDirectory();
    assertThat(err).hasToString("");
  }

  @Test
  void aTargetThatBecameSomethingElseIsNotReplaced() throws Exception {
    Path file = folder.resolve("my.run");
    try (var run = begin(file, false)) {
      run.write(Q1);
      Files.createSymbolicLink(file, Path.of("elsewhere"));
      assertThatThrownBy(run::complete).hasMessageContaining("is no longer a regular file");
    }
    assertThat(Files.isSymbolicLink(file)).isTrue();
    assertThat(Files.exists(folder.resolve("elsewhere"), LinkOption.NOFOLLOW_LINKS)).isFalse();
    assertThat(onlyPart()).hasContent(Q1);
  }
}

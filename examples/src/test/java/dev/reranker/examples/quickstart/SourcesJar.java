package dev.reranker.examples.quickstart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Makes small sources jars for tests. */
public final class SourcesJar {

  private SourcesJar() {}

  /** A jar of these entries, name and text in turn, deleted when the JVM ends. */
  public static Path of(String... namesAndTexts) {
    try {
      Path jar = Files.createTempFile("sources", ".jar");
      jar.toFile().deleteOnExit();
      try (var zip = new ZipOutputStream(Files.newOutputStream(jar))) {
        for (int i = 0; i < namesAndTexts.length; i += 2) {
          zip.putNextEntry(new ZipEntry(namesAndTexts[i]));
          zip.write(namesAndTexts[i + 1].getBytes(StandardCharsets.UTF_8));
        }
      }
      return jar;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

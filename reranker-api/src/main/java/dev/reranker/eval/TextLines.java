package dev.reranker.eval;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The lines of a UTF-8 file, counted, so that an error can name the place. */
final class TextLines implements Closeable {

  private final Path file;
  private final BufferedReader reader;
  private int number;

  private TextLines(Path file, BufferedReader reader) {
    this.file = file;
    this.reader = reader;
  }

  static TextLines open(Path file) throws IOException {
    try {
      return new TextLines(file, Files.newBufferedReader(file));
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(file.toString(), null, "no such file");
    }
  }

  /** The next line, or null at the end. */
  @Nullable String next() throws IOException {
    number++;
    try {
      return reader.readLine();
    } catch (CharacterCodingException e) {
      throw new IOException(file + ": not UTF-8 text, near line " + number, e);
    }
  }

  /** The number of the line read last, from 1. */
  int number() {
    return number;
  }

  IOException malformed(String what) {
    return new IOException("%s:%d: %s".formatted(file, number, what));
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}

package dev.reranker.eval;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a UTF-8 text, counted, so that an error can name the place.
 *
 * {@snippet :
 * try (var lines = TextLines.open(Path.of("topics.tsv.gz"))) {
 *   for (String line = lines.next(); line != null; line = lines.next()) {
 *     if (!line.contains("\t")) {
 *       throw lines.malformed("no tab");        // "topics.tsv.gz:17: no tab"
 *     }
 *   }
 * }
 * }
 *
 * <p>A text that is compressed with gzip is unpacked while it is read, whatever its name. A byte
 * order mark of UTF-8 at the beginning is no part of the text. Lines end with a line feed, a
 * carriage return, or both; the last one may go without. What is not such a text is refused and
 * never guessed at: bytes that are not UTF-8, null bytes, UTF-16 and UTF-32, other ways of
 * compression, gzip data that is damaged or cut short.
 *
 * <p>Only the current line is held in memory, of at most 1 GiB. Not thread-safe.
 */
public final class TextLines implements Closeable {

  private static final int LONGEST_LINE = 1 << 30;

  private final String name;
  private final InputStream source;
  private @Nullable InputStream text;
  private final byte[] buffer = new byte[1 << 14];
  private int from;
  private int to;
  private byte[] line = new byte[256];
  private int length;
  private boolean afterCarriageReturn;
  private long number;

  private TextLines(String name, InputStream source) {
    this.name = name;
    this.source = source;
  }

  /**
   * Opens a file.
   *
   * @param file what to read; may be a named pipe
   * @return its lines, which the caller closes
   * @throws IOException if there is no such file, it is a folder, or it cannot be opened
   */
  public static TextLines open(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new FileSystemException(file.toString(), null, "is a folder; a file is needed");
    }
    try {
      return new TextLines(file.toString(), Files.newInputStream(file));
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(file.toString(), null, "no such file");
    }
  }

  /**
   * Lines from a stream, which is first read at the first call of {@link #next}.
   *
   * @param name what errors call it, for example {@code "stdin"}
   * @param in the bytes; closed by {@link #close}
   * @return its lines
   */
  public static TextLines of(String name, InputStream in) {
    return new TextLines(Objects.requireNonNull(name, "name"), Objects.requireNonNull(in, "in"));
  }

  /**
   * Reads the next line.
   *
   * @return the line without its end, or null after the last
   * @throws IOException if reading fails or the bytes are not a text as described above; the
   *     message names the source and the line
   */
  public @Nullable String next() throws IOException {
    number++;
    try {
      if (text == null) {
        text = TextBytes.of(source);
      }
      return readLine(text) ? decode() : null;
    } catch (TextBytes.OtherForm e) {
      throw new IOException(name + ": " + e.getMessage(), e);
    } catch (EOFException e) {
      throw malformed("the gzip data ends too early: the file was cut short", e);
    } catch (ZipException e) {
      throw malformed("damaged gzip data: " + e.getMessage(), e);
    } catch (FileSystemException e) {
      throw e;
    } catch (Malformed e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(name + ": " + e.getMessage(), e);
    }
  }

  /** Brings the next line into {@link #line}; false at the end of the text. */
  private boolean readLine(InputStream in) throws IOException {
    length = 0;
    while (true) {
      if (from == to) {
        from = 0;
        to = Math.max(0, in.read(buffer));
        if (to == 0) {
          return length > 0;
        }
      }
      if (afterCarriageReturn) {
        afterCarriageReturn = false;
        if (buffer[from] == '\n') {
          from++;
          continue;
        }
      }
      int end = from;
      while (end < to && buffer[end] != '\n' && buffer[end] != '\r') {
        end++;
      }
      append(from, end);
      from = end;
      if (end < to) {
        from++;
        afterCarriageReturn = buffer[end] == '\r';
        return true;
      }
    }
  }

  private void append(int start, int end) throws IOException {
    int more = end - start;
    if (length > LONGEST_LINE - more) {
      throw malformed("a line of more than " + LONGEST_LINE + " bytes");
    }
    if (length + more > line.length) {
      line = Arrays.copyOf(line, Math.max(length + more, (int) Math.min(2L * length, 1 << 30)));
    }
    System.arraycopy(buffer, start, line, length, more);
    length += more;
  }

  private String decode() throws IOException {
    int bits = 0;
    for (int i = 0; i < length; i++) {
      if (line[i] == 0) {
        throw malformed(
            "a null byte, so this is no text in UTF-8: if it is UTF-16, convert it, for example"
                + " with: iconv -f UTF-16LE -t UTF-8");
      }
      bits |= line[i];
    }
    if (bits >= 0) {
      return new String(line, 0, length, StandardCharsets.ISO_8859_1);
    }
    ByteBuffer bytes = ByteBuffer.wrap(line, 0, length);
    String decoded;
    try {
      decoded = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      int position = bytes.position();
      throw malformed(
          "not UTF-8 text: byte 0x%02x at position %d of the line; if it is Latin-1, convert it, for example with: iconv -f ISO-8859-1 -t UTF-8"
              .formatted(line[position] & 0xff, position + 1),
          e);
    }
    if (decoded.charAt(0) == '\ufeff') {
      throw malformed(
          "a byte order mark at the start of a line in the middle of the text: take it out");
    }
    return decoded;
  }

  /**
   * The place of the line read last.
   *
   * @return its number, from 1
   */
  public long number() {
    return number;
  }

  /**
   * An error in the line read last, for the caller to throw.
   *
   * @param what what is wrong with it
   * @return an exception whose message is {@code source:line: what}
   */
  public IOException malformed(String what) {
    return new Malformed(name + ":" + number + ": " + what, null);
  }

  private IOException malformed(String what, IOException cause) {
    return new Malformed(name + ":" + number + ": " + what, cause);
  }

  private static final class Malformed extends IOException {
    private static final long serialVersionUID = 1;

    Malformed(String message, @Nullable IOException cause) {
      super(message, cause);
    }
  }

  /** Closes the file or stream. */
  @Override
  public void close() throws IOException {
    if (text != null) {
      text.close();
    }
    source.close();
  }
}

package dev.reranker.eval;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextLinesTest {

  @TempDir private Path folder;

  private static List<String> lines(TextLines lines) throws IOException {
    var read = new ArrayList<String>();
    try (lines) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        read.add(line);
        assertThat(lines.number()).isEqualTo(read.size());
      }
    }
    return read;
  }

  private static List<String> lines(byte... bytes) throws IOException {
    return lines(TextLines.of("text", new ByteArrayInputStream(bytes)));
  }

  private static List<String> lines(String text) throws IOException {
    return lines(text.getBytes(UTF_8));
  }

  private static byte[] gzip(byte... bytes) throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    }
    return packed.toByteArray();
  }

  private static byte[] join(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** Gives what it has byte by byte and says that nothing is available, as a slow pipe does. */
  private static InputStream slow(byte[] bytes) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public int read(byte[] into, int offset, int length) {
        return super.read(into, offset, Math.min(1, length));
      }

      @Override
      public int available() {
        return 0;
      }
    };
  }

  @Test
  void linesEndInEachOfTheThreeWays() throws Exception {
    assertThat(lines("a\nb\r\nc\rd\r\r\n\n\re"))
        .containsExactly("a", "b", "c", "d", "", "", "", "e");
    assertThat(lines("a\n")).containsExactly("a");
    assertThat(lines("a\r")).containsExactly("a");
    assertThat(lines("\n")).containsExactly("");
    assertThat(lines("")).isEmpty();
  }

  @Test
  void otherSeparatorsOfUnicodeArePartOfALine() throws Exception {
    assertThat(lines("a\u2028b\u0085c\u000bd\fe")).containsExactly("a\u2028b\u0085c\u000bd\fe");
  }

  @Test
  void linesAreThoseOfBufferedReaderWhateverTheSizeOfTheReads() throws Exception {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    String alphabet = "a\u00e9\u9bc9\n\r";
    var text = new StringBuilder();
    for (int i = 0; i < 40_000; i++) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    text.append("\ud83d\udc0b");
    byte[] bytes = text.toString().getBytes(UTF_8);
    List<String> expected = text.toString().lines().toList();
    assertThat(lines(bytes)).as("seed %d", seed).isEqualTo(expected);
    assertThat(lines(TextLines.of("slow", slow(bytes)))).as("seed %d", seed).isEqualTo(expected);
    assertThat(lines(TextLines.of("slow", slow(gzip(bytes)))))
        .as("seed %d", seed)
        .isEqualTo(expected);
  }

  @Test
  void aLineMayBeLong() throws Exception {
    String word = "whale ".repeat(1_000_000);
    assertThat(lines(word + "\nb")).containsExactly(word, "b");
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheText() throws Exception {
    assertThat(lines("\ufeffa\nb")).containsExactly("a", "b");
    assertThat(lines(gzip("\ufeffa".getBytes(UTF_8)))).containsExactly("a");
    assertThat(lines("\ufeff")).isEmpty();
    assertThatThrownBy(() -> lines("a\n\ufeffb"))
        .hasMessageStartingWith("text:2: a byte order mark at the start of a line");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16", "X-UTF-16LE-BOM", "X-UTF-32BE-BOM", "X-UTF-32LE-BOM"})
  void textInAnotherUnicodeFormIsRefusedByName(String charset) {
    byte[] bytes = "{\"_id\": \"a\"}\n".getBytes(Charset.forName(charset));
    assertThatThrownBy(() -> lines(bytes))
        .hasMessageContaining("text: this is text in " + charset.replaceAll("^X-|[BL]E-BOM", ""))
        .hasMessageContaining("iconv -f UTF-");
  }

  @Test
  void nullBytesAreRefused() {
    assertThatThrownBy(() -> lines("a\nb\u0000"))
        .hasMessageStartingWith("text:2: a null byte, so this is no text in UTF-8");
    assertThatThrownBy(() -> lines("ab".getBytes(java.nio.charset.StandardCharsets.UTF_16LE)))
        .hasMessageContaining("text:1: a null byte")
        .hasMessageContaining("UTF-16");
  }

  @Test
  void theLineThatIsNotUtf8IsNamed() {
    byte[] latin1 = ("good\n".repeat(5000) + "caf\u00e9 bar\n" + "good\n").getBytes(ISO_8859_1);
    assertThatThrownBy(() -> lines(latin1))
        .hasMessageStartingWith("text:5001: not UTF-8 text: byte 0xe9 at position 4 of the line")
        .hasMessageContaining("iconv -f ISO-8859-1");
    byte[] cut = Arrays.copyOf("a\n\u9bc9".getBytes(UTF_8), 4);
    assertThatThrownBy(() -> lines(cut)).hasMessageStartingWith("text:2: not UTF-8 text");
  }

  @Test
  void gzipIsSeenByContentInOneMemberOrSeveral() throws Exception {
    byte[] a = gzip("a\nb".getBytes(UTF_8));
    byte[] b = gzip("c\nd\n".getBytes(UTF_8));
    assertThat(lines(a)).containsExactly("a", "b");
    assertThat(lines(join(a, b))).containsExactly("a", "bc", "d");
    assertThat(lines(TextLines.of("pipe", slow(join(a, b, a)))))
        .containsExactly("a", "bc", "d", "a", "b");
    assertThat(lines(join(a, new byte[100]))).as("padded, as on a tape").containsExactly("a", "b");
    assertThat(lines(gzip())).isEmpty();
  }

  @Test
  void headersOfGzipMayHaveFurtherParts() throws Exception {
    byte[] plain = gzip("a".getBytes(UTF_8));
    byte[] header = Arrays.copyOf(plain, 10);
    header[3] = 2 | 4 | 8 | 16;
    byte[] extra = {3, 0, 1, 2, 3};
    byte[] names = "name\0comment\0".getBytes(ISO_8859_1);
    byte[] crc = {0, 0};
    byte[] rest = Arrays.copyOfRange(plain, 10, plain.length);
    assertThat(lines(join(header, extra, names, crc, rest))).containsExactly("a");
  }

  @Test
  void gzipThatIsCutShortAnywhereIsAnError() throws Exception {
    byte[] two = join(gzip("a\nb\n".getBytes(UTF_8)), gzip("c\n".getBytes(UTF_8)));
    int first = gzip("a\nb\n".getBytes(UTF_8)).length;
    for (int length = 2; length < two.length; length++) {
      byte[] cut = Arrays.copyOf(two, length);
      if (length != first) {
        assertThatThrownBy(() -> lines(cut))
            .as("%d bytes of %d", length, two.length)
            .isInstanceOf(IOException.class)
            .hasMessageContaining("cut short");
      }
    }
  }

  @Test
  void damagedGzipIsAnError() throws Exception {
    byte[] packed = gzip("whales sleep, bread rises, whales sleep".getBytes(UTF_8));
    byte[] garbage = join(packed, "more".getBytes(UTF_8));
    assertThatThrownBy(() -> lines(garbage))
        .hasMessageContaining("damaged gzip data: something else follows after its end");
    for (int i = 10; i < packed.length; i++) {
      byte[] damaged = packed.clone();
      damaged[i] ^= 0x55;
      assertThatThrownBy(() -> lines(damaged))
          .as("byte %d", i)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("text:");
    }
    byte[] twice = gzip(packed);
    assertThatThrownBy(() -> lines(twice)).hasMessageContaining("compressed with gzip twice");
  }

  @Test
  void aBombOfNullBytesEndsAtItsFirstLine() throws Exception {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      byte[] megabyte = new byte[1 << 20];
      megabyte[1000] = '\n';
      for (int i = 0; i < 64; i++) {
        gzip.write(megabyte);
      }
    }
    assertThat(packed.size()).isLessThan(100_000);
    assertThatThrownBy(() -> lines(packed.toByteArray())).hasMessageContaining("text:1: a null");
  }

  @ParameterizedTest
  @CsvSource({
    "28b52ffd00, zstd",
    "fd377a585a00, xz",
    "425a683931415926, bzip2",
    "04224d1800, lz4",
    "504b030414, zip"
  })
  void otherCompressionIsRefusedByName(String hex, String name) {
    byte[] bytes = java.util.HexFormat.of().parseHex(hex);
    assertThatThrownBy(() -> lines(bytes))
        .hasMessageStartingWith("text: compressed with " + name + "; unpack it first, with: ");
  }

  @Test
  void textThatBeginsLikeSomethingElseIsRead() throws Exception {
    assertThat(lines("BZh is a word")).containsExactly("BZh is a word");
    assertThat(lines("P")).containsExactly("P");
    assertThat(lines("PK")).containsExactly("PK");
    assertThat(lines("(x")).containsExactly("(x");
  }

  @Test
  void aLineIsReadBeforeTheNextIsThere() throws Exception {
    try (var writing = new PipedOutputStream();
        var lines = TextLines.of("pipe", new PipedInputStream(writing))) {
      writing.write("{}\r\n".getBytes(UTF_8));
      writing.flush();
      assertThat(lines.next()).isEqualTo("{}");
      writing.write("b\r".getBytes(UTF_8));
      writing.flush();
      assertThat(lines.next()).isEqualTo("b");
    }
  }

  @Test
  void whatCannotBeReadIsNamed() throws Exception {
    assertThatThrownBy(() -> TextLines.open(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(folder + ": is a folder");
    assertThatThrownBy(() -> TextLines.open(folder.resolve("absent")))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("absent: no such file");
    Path link = Files.createSymbolicLink(folder.resolve("circle"), folder.resolve("circle"));
    assertThatThrownBy(() -> TextLines.open(link))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("circle");
    var broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("Input/output error");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return read();
          }
        };
    assertThatThrownBy(() -> lines(TextLines.of("disk", broken)))
        .hasMessage("disk: Input/output error");
  }

  @Test
  void aSymbolicLinkIsFollowed() throws Exception {
    Path real = Files.writeString(folder.resolve("real"), "a\n");
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    assertThat(lines(TextLines.open(link))).containsExactly("a");
  }
}

package dev.reranker.eval;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Recognises by its first bytes what a text comes as: plain, with a byte order mark, or compressed.
 */
final class TextBytes {

  private static final int LONGEST_START = 8;

  private TextBytes() {}

  /** A text in a form that is not read; the message says which. */
  static final class OtherForm extends IOException {
    private static final long serialVersionUID = 1;

    OtherForm(String message) {
      super(message);
    }
  }

  /** What a text begins with, in its form. Longer starts come before those that begin them. */
  private enum Form {
    GZIP("", "1f8b"),
    MARKED("", "efbbbf"),
    UTF_32_LE(text("UTF-32"), "fffe0000"),
    UTF_32_BE(text("UTF-32"), "0000feff"),
    UTF_16_LE(text("UTF-16"), "fffe"),
    UTF_16_BE(text("UTF-16"), "feff"),
    ZSTD(packed("zstd", "zstd -d"), "28b52ffd"),
    XZ(packed("xz", "unxz"), "fd377a585a00"),
    BZIP2(packed("bzip2", "bunzip2"), "425a683931415926"),
    LZ4(packed("lz4", "lz4 -d"), "04224d18"),
    ZIP(packed("zip", "unzip"), "504b0304"),
    PLAIN("", "");

    private final String refusal;

    /** A character for each byte. */
    private final String start;

    Form(String refusal, String hex) {
      this.refusal = refusal;
      this.start = new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1);
    }

    private static String text(String name) {
      return "this is text in %s; convert it to UTF-8, for example with: iconv -f %s -t UTF-8"
          .formatted(name, name);
    }

    private static String packed(String name, String command) {
      return "compressed with " + name + "; unpack it first, with: " + command;
    }

    /** Whether the first n bytes may be, or begin, this form's start. */
    boolean fits(byte[] head, int n) {
      for (int i = 0; i < Math.min(n, start.length()); i++) {
        if ((head[i] & 0xff) != start.charAt(i)) {
          return false;
        }
      }
      return true;
    }
  }

  /** The bytes of the text itself. */
  static InputStream of(InputStream raw) throws IOException {
    var in = new PushbackInputStream(raw, LONGEST_START);
    Form form = recognise(in);
    if (form != Form.GZIP) {
      return plain(in, form);
    }
    var unpacked = new PushbackInputStream(new GzipMembers(in), LONGEST_START);
    Form inner = recognise(unpacked);
    if (inner == Form.GZIP) {
      throw new OtherForm("compressed with gzip twice; unpack it first, with: gunzip");
    }
    return plain(unpacked, inner);
  }

  private static InputStream plain(PushbackInputStream in, Form form) throws IOException {
    if (form == Form.MARKED) {
      in.skipNBytes(form.start.length());
    } else if (form != Form.PLAIN) {
      throw new OtherForm(form.refusal);
    }
    return in;
  }

  /** Reads no more than it needs to decide: somebody may be typing. All of it is pushed back. */
  private static Form recognise(PushbackInputStream in) throws IOException {
    byte[] head = new byte[LONGEST_START];
    int n = 0;
    while (isUndecided(head, n)) {
      int next = in.read();
      if (next < 0) {
        break;
      }
      head[n++] = (byte) next;
    }
    in.unread(head, 0, n);
    for (Form form : Form.values()) {
      if (n >= form.start.length() && form.fits(head, n)) {
        return form;
      }
    }
    return Form.PLAIN;
  }

  private static boolean isUndecided(byte[] head, int n) {
    for (Form form : Form.values()) {
      if (form.start.length() > n && form.fits(head, n)) {
        return true;
      }
    }
    return false;
  }
}

package dev.reranker.eval;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.List;

/**
 * Recognises by its first bytes what a text comes as: plain, with a byte order mark, or compressed.
 */
final class TextBytes {

  private static final String TO_UTF_8 =
      "convert it to UTF-8, for example with: iconv -f %s -t UTF-8";

  private static final Form GZIP = new Form("gzip", "", 0x1f, 0x8b);
  private static final Form BOM = new Form("UTF-8", "", 0xef, 0xbb, 0xbf);

  /** Longer beginnings come before those that they begin with. */
  private static final List<Form> FORMS =
      List.of(
          GZIP,
          BOM,
          text("UTF-32", 0xff, 0xfe, 0, 0),
          text("UTF-32", 0, 0, 0xfe, 0xff),
          text("UTF-16", 0xff, 0xfe),
          text("UTF-16", 0xfe, 0xff),
          packed("zstd", "zstd -d", 0x28, 0xb5, 0x2f, 0xfd),
          packed("xz", "unxz", 0xfd, '7', 'z', 'X', 'Z', 0),
          packed("bzip2", "bunzip2", 'B', 'Z', 'h', '9', '1', 'A', 'Y', '&'),
          packed("lz4", "lz4 -d", 0x04, 0x22, 0x4d, 0x18),
          packed("zip", "unzip", 'P', 'K', 3, 4));

  private static final int LONGEST = 8;

  private TextBytes() {}

  /** A text in a form that is not read; the message says which. */
  static final class OtherForm extends IOException {
    private static final long serialVersionUID = 1;

    OtherForm(String message) {
      super(message);
    }
  }

  /** What begins so, and why it is refused. */
  private record Form(String name, String refusal, int... start) {

    boolean begins(byte[] head, int n) {
      for (int i = 0; i < Math.min(n, start.length); i++) {
        if ((head[i] & 0xff) != start[i]) {
          return false;
        }
      }
      return true;
    }
  }

  private static Form text(String name, int... start) {
    return new Form(name, "this is text in " + name + "; " + TO_UTF_8.formatted(name), start);
  }

  private static Form packed(String name, String command, int... start) {
    return new Form(name, "compressed with " + name + "; unpack it first, with: " + command, start);
  }

  /** The bytes of the text itself. */
  static InputStream of(InputStream raw) throws IOException {
    var in = new PushbackInputStream(raw, LONGEST);
    Form form = recognise(in);
    if (form != GZIP) {
      return plain(in, form);
    }
    var unpacked = new PushbackInputStream(new GzipMembers(in), LONGEST);
    Form inner = recognise(unpacked);
    if (inner == GZIP) {
      throw new OtherForm("compressed with gzip twice; unpack it first, with: gunzip");
    }
    return plain(unpacked, inner);
  }

  private static InputStream plain(PushbackInputStream in, Form form) throws IOException {
    if (form == BOM) {
      in.skipNBytes(BOM.start.length);
    } else if (form != PLAIN) {
      throw new OtherForm(form.refusal);
    }
    return in;
  }

  private static final Form PLAIN = new Form("plain", "");

  /** Reads no more than it needs to decide: somebody may be typing. All of it is pushed back. */
  private static Form recognise(PushbackInputStream in) throws IOException {
    byte[] head = new byte[LONGEST];
    int n = 0;
    Form found = PLAIN;
    boolean more = true;
    while (more) {
      int next = in.read();
      more = next >= 0;
      if (more) {
        head[n++] = (byte) next;
      }
      int known = n;
      boolean undecided =
          FORMS.stream().anyMatch(form -> form.start.length > known && form.begins(head, known));
      more &= undecided;
    }
    for (Form form : FORMS) {
      if (n >= form.start.length && form.begins(head, n)) {
        found = form;
        break;
      }
    }
    in.unread(head, 0, n);
    return found;
  }
}

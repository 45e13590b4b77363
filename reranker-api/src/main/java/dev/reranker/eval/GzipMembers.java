package dev.reranker.eval;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Unpacks gzip data, RFC 1952: one member or several behind each other, as after {@code cat a.gz
 * b.gz}, and null bytes after the last.
 *
 * <p>{@link java.util.zip.GZIPInputStream} asks {@code available()} whether there is a further
 * member, which a pipe answers with 0 whenever its writer is slow, and takes a further member whose
 * header is damaged for the end: text would be missing, and nobody told.
 */
final class GzipMembers extends InputStream {

  private static final int HEADER_CRC = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;

  private final PushbackInputStream in;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final byte[] packed = new byte[1 << 13];
  private int given;
  private boolean inMember;
  private boolean atEnd;

  GzipMembers(InputStream in) throws IOException {
    this.in = new PushbackInputStream(in, packed.length);
    readHeader();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!atEnd) {
      if (!inMember && !nextMember()) {
        atEnd = true;
        break;
      }
      int unpacked = inflate(bytes, offset, length);
      if (unpacked > 0) {
        crc.update(bytes, offset, unpacked);
        return unpacked;
      }
      if (inflater.finished()) {
        endMember();
      } else if (inflater.needsInput()) {
        feed();
      } else {
        throw new ZipException("it needs a dictionary");
      }
    }
    return -1;
  }

  private int inflate(byte[] bytes, int offset, int length) throws ZipException {
    try {
      return inflater.inflate(bytes, offset, length);
    } catch (DataFormatException e) {
      throw (ZipException) new ZipException(String.valueOf(e.getMessage())).initCause(e);
    }
  }

  private void feed() throws IOException {
    given = in.read(packed);
    if (given < 0) {
      throw new EOFException();
    }
    inflater.setInput(packed, 0, given);
  }

  private void endMember() throws IOException {
    int rest = inflater.getRemaining();
    in.unread(packed, given - rest, rest);
    if (little(4) != crc.getValue()) {
      throw new ZipException("its check sum is another");
    }
    if (little(4) != (inflater.getBytesWritten() & 0xffffffffL)) {
      throw new ZipException("its length is another");
    }
    inMember = false;
  }

  private boolean nextMember() throws IOException {
    int first = in.read();
    while (first == 0) {
      first = in.read();
    }
    if (first < 0) {
      return false;
    }
    in.unread(first);
    readHeader();
    return true;
  }

  private void readHeader() throws IOException {
    if (little(2) != 0x8b1f) {
      throw new ZipException("something else follows after its end");
    }
    if (little(1) != 8) {
      throw new ZipException("an unknown way of compression");
    }
    int flags = (int) little(1);
    skip(6);
    if ((flags & EXTRA) != 0) {
      skip((int) little(2));
    }
    if ((flags & NAME) != 0) {
      skipText();
    }
    if ((flags & COMMENT) != 0) {
      skipText();
    }
    if ((flags & HEADER_CRC) != 0) {
      skip(2);
    }
    inflater.reset();
    crc.reset();
    given = 0;
    inMember = true;
  }

  private void skip(int bytes) throws IOException {
    in.skipNBytes(bytes);
  }

  private void skipText() throws IOException {
    while (little(1) != 0) {
      // Up to the null byte.
    }
  }

  /** A number of this many bytes, the lowest first. */
  private long little(int bytes) throws IOException {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException();
      }
      value |= (long) next << (8 * i);
    }
    return value;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}

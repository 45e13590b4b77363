package dev.reranker.prepared;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * What a model read of one passage ahead of any query: bytes that an application may keep anywhere,
 * beside the passage or instead of its text. The model that made them scores queries against them
 * in a fraction of the time that the text takes.
 *
 * <p>The bytes begin with a version and the fingerprint of what made them; what follows is the
 * model's affair. Whoever scores refuses those of another fingerprint. Immutable; equal to another
 * with the same bytes.
 */
public final class PreparedPassage {

  /** "RRP", then the version of this frame. */
  private static final byte[] MAGIC = {'R', 'R', 'P', 1};

  /** The magic, the fingerprint's length in 2 bytes, the content's in 4. */
  private static final int FIXED = MAGIC.length + Short.BYTES + Integer.BYTES;

  private static final int LONGEST_FINGERPRINT = 1000;

  private final byte[] bytes;
  private final String fingerprint;

  private PreparedPassage(byte[] bytes, String fingerprint) {
    this.bytes = bytes;
    this.fingerprint = fingerprint;
  }

  /**
   * Reads back what {@link #bytes()} gave.
   *
   * @param bytes all of them; copied
   * @return the prepared passage
   * @throws IllegalArgumentException if they are not such bytes, of another version, or cut short
   */
  public static PreparedPassage of(byte[] bytes) {
    Objects.requireNonNull(bytes, "bytes");
    if (bytes.length < FIXED || !Arrays.equals(bytes, 0, 3, MAGIC, 0, 3)) {
      throw new IllegalArgumentException(
          "these %,d bytes are no prepared passage, which begins with 'RRP': prepare the passage again"
              .formatted(bytes.length));
    }
    if (bytes[3] != MAGIC[3]) {
      throw new IllegalArgumentException(
          "the prepared passage is of version %d; this release reads version %d: prepare the passage again"
              .formatted(Byte.toUnsignedInt(bytes[3]), MAGIC[3]));
    }
    ByteBuffer in = ByteBuffer.wrap(bytes).position(MAGIC.length);
    int name = Short.toUnsignedInt(in.getShort());
    long whole =
        name > bytes.length - FIXED ? -1 : FIXED + name + (long) in.getInt(in.position() + name);
    if (whole != bytes.length) {
      throw new IllegalArgumentException(
          "the prepared passage has %,d bytes where %s were written: it was cut short or damaged; prepare the passage again"
              .formatted(bytes.length, whole < 0 ? "more" : "%,d".formatted(whole)));
    }
    byte[] label = Arrays.copyOfRange(bytes, in.position(), in.position() + name);
    var fingerprint = new String(label, StandardCharsets.UTF_8);
    if (!isFingerprint(fingerprint) || !Arrays.equals(utf8(fingerprint), label)) {
      throw new IllegalArgumentException(
          "the prepared passage has %d bytes that are no fingerprint: it was damaged; prepare the passage again"
              .formatted(name));
    }
    return new PreparedPassage(bytes.clone(), fingerprint);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static boolean isFingerprint(String name) {
    return !name.isBlank() && utf8(name).length <= LONGEST_FINGERPRINT;
  }

  /**
   * Puts a model's bytes into the frame, for preparers.
   *
   * @param fingerprint the identity of what made them, at most 1,000 bytes in UTF-8
   * @param content what the model needs to score the passage; copied
   * @return the prepared passage
   * @throws IllegalArgumentException if the fingerprint is blank, too long, or has no UTF-8 form
   */
  public static PreparedPassage of(String fingerprint, byte[] content) {
    byte[] name = utf8(fingerprint);
    if (!isFingerprint(fingerprint)
        || !fingerprint.equals(new String(name, StandardCharsets.UTF_8))) {
      throw new IllegalArgumentException(
          "a fingerprint has from 1 to %,d bytes of UTF-8, not blank, and no lone surrogate; this one has %,d"
              .formatted(LONGEST_FINGERPRINT, name.length));
    }
    ByteBuffer out = ByteBuffer.allocate(Math.addExact(FIXED + name.length, content.length));
    out.put(MAGIC).putShort((short) name.length).put(name).putInt(content.length).put(content);
    return new PreparedPassage(out.array(), fingerprint);
  }

  /**
   * The bytes to keep, for {@link #of(byte[])}.
   *
   * @return a copy
   */
  public byte[] bytes() {
    return bytes.clone();
  }

  /**
   * The identity of what made it: {@code PassagePreparer.preparedFingerprint()}.
   *
   * @return the fingerprint
   */
  public String fingerprint() {
    return fingerprint;
  }

  /**
   * What the model wrote, for preparers.
   *
   * @return read-only, big-endian, from position 0 to its limit
   */
  public ByteBuffer content() {
    int start = FIXED + utf8(fingerprint).length;
    return ByteBuffer.wrap(bytes, start, bytes.length - start).slice().asReadOnlyBuffer();
  }

  /**
   * How many bytes it takes to keep.
   *
   * @return the length of {@link #bytes()}
   */
  public int size() {
    return bytes.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PreparedPassage that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** For people: the size and the fingerprint. */
  @Override
  public String toString() {
    return "%,d bytes prepared by %s".formatted(bytes.length, fingerprint);
  }
}

package dev.reranker.cache;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * A pair of query and passage before a model: the SHA-256 digest of all that changes the score. The
 * texts count as they are, char by char, so that no two different ones are taken for the same,
 * whatever a tokenizer makes of them. Two keys are equal if their digests are.
 *
 * <p>Immutable. Takes about 64 bytes.
 */
public final class ScoreKey {

  private static final byte TEXT = 1;
  private static final byte PREPARED = 2;

  private final byte[] digest;

  private ScoreKey(byte[] digest) {
    this.digest = digest;
  }

  /**
   * A passage that the model reads.
   *
   * @param model the model's identity, with all settings that change a raw output
   * @param query the query's text
   * @param passage the passage's text
   * @return the key
   */
  public static ScoreKey ofText(String model, String query, String passage) {
    return new ScoreKey(new Parts(TEXT).add(model).add(query).add(passage).digest());
  }

  /**
   * A passage that was prepared.
   *
   * @param model the model's identity, with all settings that change a raw output
   * @param query the query's text
   * @param preparer the identity of what prepared the passage
   * @param content what was prepared, from its position to its limit, which stay
   * @return the key
   */
  public static ScoreKey ofPrepared(
      String model, String query, String preparer, ByteBuffer content) {
    return new ScoreKey(
        new Parts(PREPARED).add(model).add(query).add(preparer).add(content).digest());
  }

  /** Parts of a digest, each with its length before it, so that none runs into the next. */
  private static final class Parts {

    private final MessageDigest sha;

    Parts(byte kind) {
      try {
        sha = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-256", e);
      }
      sha.update(kind);
    }

    Parts add(String text) {
      ByteBuffer chars = ByteBuffer.allocate(Character.BYTES * text.length());
      chars.asCharBuffer().put(text);
      return add(chars);
    }

    Parts add(ByteBuffer bytes) {
      sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.remaining()));
      sha.update(bytes.duplicate());
      return this;
    }

    byte[] digest() {
      return sha.digest();
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ScoreKey key && Arrays.equals(digest, key.digest);
  }

  @Override
  public int hashCode() {
    return ByteBuffer.wrap(digest).getInt();
  }
}

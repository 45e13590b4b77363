package dev.reranker.lucene;

import java.nio.ByteBuffer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.DoublePoint;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.UnicodeUtil;

/**
 * How metadata values lie in the index, so that they come back with their types.
 *
 * <p>Each is one term, its {@code toString()}, whatever its type: Lucene wants a field to be
 * indexed the same way in all documents. Numbers are points of a second field besides, for ranges.
 * Types that Lucene stores are stored as they are, the other ones as bytes: a letter and the
 * number.
 */
final class MetadataFields {

  /** UTF-8 takes at most 3 bytes per char. */
  private static final int LONG_VALUE_PREFIX = IndexWriter.MAX_TERM_LENGTH / 3;

  private static final byte BOOLEAN = 'Z';
  private static final byte SHORT = 'S';
  private static final byte BYTE = 'B';

  private MetadataFields() {}

  /** How the fields of numbers end, and no metadata key does. */
  static final String NUMBERS = ".number";

  /** The field of a key's numbers. */
  static String numbers(String key) {
    return key + NUMBERS;
  }

  /**
   * Checks that a value can be kept.
   *
   * @throws IllegalArgumentException naming the document, the key and the class, if it cannot
   */
  static void check(Object value, String key, long position, String id) {
    boolean kept =
        switch (value) {
          case String s -> true;
          case Boolean b -> true;
          case Integer i -> true;
          case Long l -> true;
          case Float f -> true;
          case Double d -> true;
          case Short s -> true;
          case Byte b -> true;
          default -> false;
        };
    if (!kept) {
      throw new IllegalArgumentException(
          "document %d ('%s') has under the metadata key '%s' a value of %s; an index keeps strings, booleans, and numbers of Java's primitive types: make one of those of it, or keep it elsewhere under the document's id"
              .formatted(position, id, key, value.getClass().getName()));
    }
  }

  /** Adds the fields of a checked value. */
  static void add(Document fields, String key, Object value) {
    fields.add(new StringField(key, term(value.toString()), Field.Store.NO));
    fields.add(stored(key, value));
    if (value instanceof Number number) {
      fields.add(new DoublePoint(numbers(key), number.doubleValue()));
    }
  }

  /** What of a value is indexed: all of it, or as many characters as surely fit. */
  private static String term(String value) {
    int bytes = UnicodeUtil.calcUTF16toUTF8Length(value, 0, value.length());
    return bytes > IndexWriter.MAX_TERM_LENGTH ? value.substring(0, LONG_VALUE_PREFIX) : value;
  }

  private static StoredField stored(String key, Object value) {
    return switch (value) {
      case Integer i -> new StoredField(key, i);
      case Long l -> new StoredField(key, l);
      case Float f -> new StoredField(key, f);
      case Double d -> new StoredField(key, d);
      case Boolean b -> new StoredField(key, new byte[] {BOOLEAN, (byte) (b ? 1 : 0)});
      case Byte b -> new StoredField(key, new byte[] {BYTE, b});
      case Short s -> new StoredField(key, ByteBuffer.allocate(3).put(SHORT).putShort(s).array());
      default -> new StoredField(key, value.toString());
    };
  }

  /** The value of a stored field. */
  static Object value(IndexableField field) {
    Number number = field.numericValue();
    BytesRef bytes = field.binaryValue();
    if (number != null) {
      return number;
    }
    return bytes == null ? field.stringValue() : value(bytes);
  }

  private static Object value(BytesRef stored) {
    ByteBuffer bytes = ByteBuffer.wrap(stored.bytes, stored.offset, stored.length);
    byte type = bytes.get();
    return switch (type) {
      case BOOLEAN -> bytes.get() != 0;
      case SHORT -> bytes.getShort();
      case BYTE -> bytes.get();
      default ->
          throw new IllegalStateException(
              "a metadata value is stored as type "
                  + type
                  + ", which a newer version must have written");
    };
  }
}

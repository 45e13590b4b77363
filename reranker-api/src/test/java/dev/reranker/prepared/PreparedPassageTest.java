package dev.reranker.prepared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.testkit.RandomText;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PreparedPassageTest {

  private static final byte[] CONTENT = {1, 2, 3, 4, 5};
  private static final PreparedPassage PASSAGE = PreparedPassage.of("modèle:42", CONTENT);

  /** Behind "RRP" and the version. */
  private static final int NAME_LENGTH = 4;

  private static final int NAME = NAME_LENGTH + Short.BYTES;

  /** The name is 10 bytes long. */
  private static final int CONTENT_LENGTH = NAME + 10;

  private static byte[] content(PreparedPassage passage) {
    byte[] content = new byte[passage.content().remaining()];
    passage.content().get(content);
    return content;
  }

  /** Refused as an argument, whatever is wrong with it. */
  private static void assertRefused(byte[] bytes, String... because) {
    assertThatThrownBy(() -> PreparedPassage.of(bytes))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .contains(List.of(because))
        .endsWith("prepare the passage again");
  }

  @Test
  void whatWasKeptIsReadBack() {
    PreparedPassage read = PreparedPassage.of(PASSAGE.bytes());
    assertThat(read).isEqualTo(PASSAGE).hasSameHashCodeAs(PASSAGE);
    assertThat(read.fingerprint()).isEqualTo("modèle:42");
    assertThat(content(read)).isEqualTo(CONTENT);
    assertThat(read.size()).isEqualTo(read.bytes().length).isEqualTo(CONTENT_LENGTH + 4 + 5);
    assertThat(read).hasToString("25 bytes prepared by modèle:42");
  }

  @Test
  void anyContentIsReadBack() {
    var random = new Random(RandomText.seed());
    for (int round = 0; round < 200; round++) {
      byte[] content = new byte[random.nextInt(500)];
      random.nextBytes(content);
      String fingerprint = "f" + "ü".repeat(random.nextInt(500));
      PreparedPassage read = PreparedPassage.of(PreparedPassage.of(fingerprint, content).bytes());
      assertThat(read.fingerprint()).isEqualTo(fingerprint);
      assertThat(content(read)).isEqualTo(content);
    }
  }

  @Test
  void noContentIsContent() {
    PreparedPassage read = PreparedPassage.of(PreparedPassage.of("m", new byte[0]).bytes());
    assertThat(read.content().hasRemaining()).isFalse();
  }

  @Test
  void equalIsWhatHasTheSameBytes() {
    assertThat(PreparedPassage.of("modèle:42", CONTENT)).isEqualTo(PASSAGE);
    assertThat(PreparedPassage.of("modèle:43", CONTENT)).isNotEqualTo(PASSAGE);
    assertThat(PreparedPassage.of("modèle:42", new byte[5])).isNotEqualTo(PASSAGE);
    assertThat(PASSAGE).isNotEqualTo("modèle:42");
  }

  @Test
  void bytesAreCopied() {
    byte[] content = CONTENT.clone();
    PreparedPassage made = PreparedPassage.of("modèle:42", content);
    byte[] bytes = PASSAGE.bytes();
    PreparedPassage read = PreparedPassage.of(bytes);
    Arrays.fill(content, (byte) 9);
    Arrays.fill(bytes, (byte) 9);
    Arrays.fill(read.bytes(), (byte) 9);
    assertThat(made).isEqualTo(PASSAGE);
    assertThat(read).isEqualTo(PASSAGE);
  }

  @Test
  void contentIsAViewOfItsOwnThatCannotBeWritten() {
    ByteBuffer content = PASSAGE.content();
    assertThat(content.isReadOnly()).isTrue();
    assertThat(content.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
    assertThat(content.position()).isZero();
    assertThat(content.limit()).isEqualTo(CONTENT.length);
    content.get();
    assertThat(PASSAGE.content().position()).isZero();
  }

  @Test
  void cutShortAtAnyLengthItIsRefused() {
    byte[] whole = PASSAGE.bytes();
    for (int length = 0; length < whole.length; length++) {
      assertRefused(Arrays.copyOf(whole, length), "bytes");
    }
    assertRefused(
        Arrays.copyOf(whole, whole.length - 1), "has 24 bytes where 25 were written", "cut short");
  }

  @Test
  void bytesBehindItAreRefused() {
    byte[] whole = PASSAGE.bytes();
    assertRefused(Arrays.copyOf(whole, whole.length + 1), "has 26 bytes where 25 were written");
  }

  @Test
  void anotherVersionIsNamed() {
    for (int version : new int[] {0, 2, 127, 128, 255}) {
      byte[] bytes = PASSAGE.bytes();
      bytes[3] = (byte) version;
      assertRefused(bytes, "is of version " + version + ";", "reads version 1");
    }
  }

  @Test
  void foreignBytesAreRefused() {
    for (byte[] foreign :
        new byte[][] {{}, new byte[25], "a passage, as text".getBytes(StandardCharsets.UTF_8)}) {
      assertRefused(foreign, "these " + foreign.length + " bytes", "begins with 'RRP'");
    }
  }

  @Test
  void lengthsOfTheNameThatLieAreRefused() {
    for (int lie : new int[] {0, 1, 9, 11, 15, 16, 1000, Short.MAX_VALUE, Short.MIN_VALUE, -1}) {
      byte[] bytes = PASSAGE.bytes();
      ByteBuffer.wrap(bytes).putShort(NAME_LENGTH, (short) lie);
      assertRefused(bytes, "damaged");
    }
  }

  @Test
  void lengthsOfTheContentThatLieAreRefused() {
    for (int lie :
        new int[] {
          0, 4, 6, Integer.MAX_VALUE, Integer.MAX_VALUE - 19, Integer.MIN_VALUE, -1, -20
        }) {
      byte[] bytes = PASSAGE.bytes();
      ByteBuffer.wrap(bytes).putInt(CONTENT_LENGTH, lie);
      assertRefused(bytes, "has 25 bytes where", "cut short or damaged");
    }
  }

  @Test
  void aNameThatIsNoTextIsRefused() {
    byte[] bytes = PASSAGE.bytes();
    bytes[NAME] = (byte) 0xff;
    assertRefused(bytes, "10 bytes that are no fingerprint");
    byte[] blank = PASSAGE.bytes();
    Arrays.fill(blank, NAME, CONTENT_LENGTH, (byte) ' ');
    assertRefused(blank, "10 bytes that are no fingerprint");
  }

  @Test
  void randomDamageIsRefusedOrLeavesAWholePassage() {
    var random = new Random(RandomText.seed());
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = PASSAGE.bytes();
      if (random.nextInt(4) == 0) {
        bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
      }
      for (int i = random.nextInt(4); i >= 0 && bytes.length > 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        PreparedPassage read = PreparedPassage.of(bytes);
        assertThat(PreparedPassage.of(read.fingerprint(), content(read)).bytes()).isEqualTo(bytes);
      } catch (IllegalArgumentException refused) {
        assertThat(refused).hasMessageContaining("prepare the passage again");
      }
    }
  }

  @Test
  void fingerprintsThatNameNothingAreRefused() {
    for (String wrong : new String[] {"", " \n", "x".repeat(1001), "ü".repeat(501), "m\ud83d"}) {
      assertThatThrownBy(() -> PreparedPassage.of(wrong, CONTENT))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("a fingerprint has from 1 to 1,000 bytes");
    }
    assertThat(PreparedPassage.of("x".repeat(1000), CONTENT).fingerprint()).hasSize(1000);
  }

  @Test
  @SuppressWarnings("NullAway") // null is what it is about
  void nullIsNamed() {
    assertThatThrownBy(() -> PreparedPassage.of(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("bytes");
  }
}

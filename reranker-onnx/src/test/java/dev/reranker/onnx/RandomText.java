package dev.reranker.onnx;

import java.util.Random;

/** Random texts. */
final class RandomText {

  private static final String[] WORDS =
      ("the whale sleeps half brain ocean rest deep blue animal breath surface internationalization"
              + " query index vector 2024 it's don't e.g. https://example.org/a?b=c naïve café")
          .split(" ");

  private static final String[] PIECES = {
    "antidisestablishmentarianism",
    "x",
    "\n",
    "  ",
    "\t",
    "\u00a0",
    "\u3000",
    "\u200b",
    "\u0000",
    "クジラは眠る",
    "鲸鱼怎样睡觉",
    "고래",
    "ｶﾅ",
    "кит спит",
    "كيف تنام الحيتان",
    "व्हेल",
    "e\u0301",
    "ﬁ",
    "İ",
    "ß",
    "🐋",
    "👨‍👩‍👧‍👦",
    "\ud83d",
    "\udc0b",
    "[SEP]",
    "[CLS]",
    "##ing",
    "don't",
    "3.14",
    "...",
    "—",
    "\ufffd"
  };

  private final Random random;

  RandomText(Random random) {
    this.random = random;
  }

  /** English words, about one token each. */
  String words(int count) {
    var text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
    }
    return text.toString();
  }

  /** Anything a text may hold: scripts, white space or none, emoji, lone surrogates, controls. */
  String mixed(int characters) {
    double space = random.nextDouble();
    boolean monotone = random.nextInt(4) == 0;
    String piece = piece();
    var text = new StringBuilder();
    while (text.length() < characters) {
      piece = monotone ? piece : piece();
      text.append(piece);
      if (random.nextDouble() < space) {
        text.append(' ');
      }
    }
    // The cut may fall between surrogates.
    return text.substring(0, characters);
  }

  private String piece() {
    return switch (random.nextInt(4)) {
      case 0 -> PIECES[random.nextInt(PIECES.length)];
      case 1 -> Character.toString(random.nextInt(0x20, 0x3000));
      case 2 -> Character.toString('a' + random.nextInt(26)).repeat(1 + random.nextInt(150));
      default -> WORDS[random.nextInt(WORDS.length)];
    };
  }
}

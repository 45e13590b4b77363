package dev.reranker.onnx;

import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The special tokens and type ids that a model wants around one or two texts, for example {@code
 * [CLS] query [SEP] passage [SEP]}.
 *
 * @param specials what stands before the first text, between the texts, and behind the last: one
 *     entry more than there are texts
 * @param specialTypes the type ids of {@code specials}
 * @param textTypes the type id of each text
 * @param unattended how many tokens at the end the others do not see
 */
record TokenTemplate(
    List<int[]> specials, List<int[]> specialTypes, int[] textTypes, int unattended) {

  TokenTemplate(List<int[]> specials, List<int[]> specialTypes, int[] textTypes) {
    this(specials, specialTypes, textTypes, 0);
  }

  /**
   * With more tokens at the end, of the type 0.
   *
   * @param id of each
   * @param unseen how many of them the others do not see
   */
  TokenTemplate filledUp(int id, int count, int unseen) {
    int last = specials.size() - 1;
    int[] ids = Arrays.copyOf(specials.get(last), specials.get(last).length + count);
    Arrays.fill(ids, ids.length - count, ids.length, id);
    var allIds = new ArrayList<>(specials);
    var allTypes = new ArrayList<>(specialTypes);
    allIds.set(last, ids);
    allTypes.set(last, Arrays.copyOf(specialTypes.get(last), ids.length));
    return new TokenTemplate(List.copyOf(allIds), List.copyOf(allTypes), textTypes, unseen);
  }

  /** How many special tokens a row has. */
  int overhead() {
    int count = 0;
    for (int[] part : specials) {
      count += part.length;
    }
    return count;
  }

  /** A row's tokens, special ones included. */
  int length(TokenIds[] texts) {
    int length = overhead();
    for (TokenIds text : texts) {
      length += text.count();
    }
    return length;
  }

  /**
   * Writes one row: the texts with everything around them, then padding to {@code length}.
   *
   * @param types where the type ids go, in step with {@code ids}
   */
  void put(
      TokenIds[] texts, int length, int padId, LongBuffer ids, LongBuffer mask, LongBuffer types) {
    int used = 0;
    for (int part = 0; part < specials.size(); part++) {
      int[] special = specials.get(part);
      for (int i = 0; i < special.length; i++) {
        ids.put(special[i]);
        types.put(specialTypes.get(part)[i]);
      }
      used += special.length;
      if (part < texts.length) {
        TokenIds text = texts[part];
        ids.put(text.ids(), 0, text.count());
        for (int i = 0; i < text.count(); i++) {
          types.put(textTypes[part]);
        }
        used += text.count();
      }
    }
    for (int i = 0; i < length; i++) {
      mask.put(i < used - unattended ? 1 : 0);
    }
    for (int i = used; i < length; i++) {
      ids.put(padId);
      types.put(0);
    }
  }

  /**
   * Learns the template from one encoding that the tokenizer made itself.
   *
   * @param ids the encoding's ids
   * @param types its type ids
   * @param texts for each position the text it belongs to, from 0, or -1 for a special token
   * @param count how many texts were encoded
   */
  static TokenTemplate learn(long[] ids, long[] types, int[] texts, int count) {
    int[][] specials = new int[count + 1][];
    int[][] specialTypes = new int[count + 1][];
    int[] textTypes = new int[count];
    int at = 0;
    for (int part = 0; part <= count; part++) {
      int from = at;
      while (at < ids.length && texts[at] == -1) {
        at++;
      }
      specials[part] = ints(ids, from, at);
      specialTypes[part] = ints(types, from, at);
      if (part < count) {
        if (at == ids.length || texts[at] != part) {
          throw new IllegalArgumentException("text " + part + " is not where it was expected");
        }
        textTypes[part] = (int) types[at];
        while (at < ids.length && texts[at] == part) {
          at++;
        }
      }
    }
    if (at != ids.length) {
      throw new IllegalArgumentException("the texts do not stand in order");
    }
    return new TokenTemplate(List.of(specials), List.of(specialTypes), textTypes);
  }

  private static int[] ints(long[] values, int from, int to) {
    return Arrays.stream(values, from, to).mapToInt(Math::toIntExact).toArray();
  }
}

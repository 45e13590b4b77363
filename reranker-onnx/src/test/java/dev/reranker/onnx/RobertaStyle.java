package dev.reranker.onnx;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;

/**
 * A tokenizer like RoBERTa's, small: byte-level BPE with a handful of merges, pairs joined as
 * {@code <s> a </s></s> b </s>}, and no type ids.
 */
final class RobertaStyle {

  private static final String[] SPECIAL = {"<s>", "<pad>", "</s>", "<unk>"};
  private static final String[][] MERGES = {
    {"h", "a"},
    {"l", "e"},
    {"ha", "le"},
    {"Ġ", "w"},
    {"Ġw", "hale"},
    {"e", "e"},
    {"s", "l"},
    {"sl", "ee"}
  };

  private RobertaStyle() {}

  static byte[] tokenizer() {
    var vocabulary = new JsonObject();
    var added = new JsonArray();
    for (String token : SPECIAL) {
      var entry = new JsonObject();
      entry.addProperty("id", vocabulary.size());
      entry.addProperty("content", token);
      for (String flag : new String[] {"single_word", "lstrip", "rstrip", "normalized"}) {
        entry.addProperty(flag, false);
      }
      entry.addProperty("special", true);
      added.add(entry);
      vocabulary.addProperty(token, vocabulary.size());
    }
    addBytes(vocabulary);
    var merges = new JsonArray();
    for (String[] merge : MERGES) {
      merges.add(merge[0] + " " + merge[1]);
      vocabulary.addProperty(merge[0] + merge[1], vocabulary.size());
    }
    var model = new JsonObject();
    model.addProperty("type", "BPE");
    model.add("vocab", vocabulary);
    model.add("merges", merges);

    var split = new JsonObject();
    split.addProperty("type", "ByteLevel");
    split.addProperty("add_prefix_space", false);
    split.addProperty("trim_offsets", true);
    JsonObject join = split.deepCopy();
    join.addProperty("type", "RobertaProcessing");
    join.add("sep", special("</s>", 2));
    join.add("cls", special("<s>", 0));

    var tokenizer = new JsonObject();
    tokenizer.addProperty("version", "1.0");
    tokenizer.add("added_tokens", added);
    tokenizer.add("pre_tokenizer", split);
    tokenizer.add("post_processor", join);
    tokenizer.add("model", model);
    return tokenizer.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static JsonArray special(String token, int id) {
    var pair = new JsonArray();
    pair.add(token);
    pair.add(id);
    return pair;
  }

  /** GPT-2's alphabet: printable bytes stand for themselves, the others for U+0100 and up. */
  private static void addBytes(JsonObject vocabulary) {
    int shifted = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean printable = (b > 0x20 && b < 0x7f) || (b > 0xa0 && b != 0xad);
      vocabulary.addProperty(Character.toString(printable ? b : shifted++), vocabulary.size());
    }
  }
}

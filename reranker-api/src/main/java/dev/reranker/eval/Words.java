package dev.reranker.eval;

import java.util.HashMap;
import java.util.Map;

/** Keeps one copy of each word: a run names the same documents for many queries. */
final class Words {

  private final Map<String, String> seen = new HashMap<>();

  String one(String word) {
    String before = seen.putIfAbsent(word, word);
    return before == null ? word : before;
  }
}

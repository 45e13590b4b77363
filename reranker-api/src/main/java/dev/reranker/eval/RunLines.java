package dev.reranker.eval;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/** The lines of one query while a run file is read; in arrays, since there may be millions. */
final class RunLines {

  private String[] documents = new String[16];
  private float[] scores = new float[16];
  private long[] lines = new long[16];
  private int size;

  void add(String document, float score, long line) {
    if (size == documents.length) {
      documents = Arrays.copyOf(documents, 2 * size);
      scores = Arrays.copyOf(scores, 2 * size);
      lines = Arrays.copyOf(lines, 2 * size);
    }
    documents[size] = document;
    scores[size] = score;
    lines[size++] = line;
  }

  /** The first position whose document was there before. */
  OptionalInt repeated() {
    Set<String> seen = new HashSet<>();
    return IntStream.range(0, size).filter(i -> !seen.add(documents[i])).findFirst();
  }

  String document(int position) {
    return documents[position];
  }

  long line(int position) {
    return lines[position];
  }

  /** In trec_eval's order: the higher score first, then the greater id by its bytes in UTF-8. */
  List<String> ranked() {
    Comparator<Integer> better =
        Comparator.<Integer>comparingDouble(i -> scores[i])
            .thenComparing(i -> documents[i], RunLines::byCodePoints)
            .reversed();
    return IntStream.range(0, size).boxed().sorted(better).map(i -> documents[i]).toList();
  }

  /** As UTF-8 orders: a surrogate stands for a greater character than any other. */
  private static int byCodePoints(String a, String b) {
    int same = 0;
    int shorter = Math.min(a.length(), b.length());
    while (same < shorter && a.charAt(same) == b.charAt(same)) {
      same++;
    }
    if (same == shorter) {
      return a.length() - b.length();
    }
    char left = a.charAt(same);
    char right = b.charAt(same);
    boolean oneIsSurrogate = Character.isSurrogate(left) != Character.isSurrogate(right);
    return oneIsSurrogate ? (Character.isSurrogate(left) ? 1 : -1) : left - right;
  }
}

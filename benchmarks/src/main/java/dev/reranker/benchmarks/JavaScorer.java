package dev.reranker.benchmarks;

import java.util.Arrays;
import java.util.List;

/**
 * The scorer in plain Java on int8 rows: loops over neighbours in memory without sums across them,
 * which the JVM turns into vector instructions.
 */
final class JavaScorer implements LateScorer.Worker {

  /** A match this much below the best, times {@link #sharp}, has no share in the attention. */
  private static final float NOTHING = -12;

  private final float[] w1;
  private final float[] b1;
  private final float[] w2;
  private final float b2;
  private final float sharp;
  private final float a0;
  private final float a1;
  private final float a2;
  private final float a3;
  private final float k1;
  private final float gain;
  private final float bias;
  private final int hidden;

  private float[] rows = {};
  private float[] columns = {};
  private float[] matches = {};
  private float[] shares = {};
  private int[] counted = {};

  JavaScorer(ScorerWeights weights) {
    b1 = weights.get("m1b");
    hidden = b1.length;
    w1 = weights.get("m1_q").clone();
    float[] scales = weights.get("m1_s");
    for (int i = 0; i < w1.length; i++) {
      w1[i] *= scales[i % hidden];
    }
    w2 = weights.get("m2");
    b2 = weights.number("m2b");
    sharp = weights.number("sharp");
    a0 = weights.number("a0");
    a1 = weights.number("a1");
    a2 = weights.number("a2");
    a3 = weights.number("a3");
    k1 = weights.number("k1");
    gain = weights.number("g");
    bias = weights.number("bb");
  }

  @Override
  public void score(LateVectors query, List<LateVectors.Rounded> batch, float[] logits, int at) {
    float[] own = own(query);
    for (int i = 0; i < batch.size(); i++) {
      logits[at + i] = score(query, own, batch.get(i));
    }
  }

  /** What the hidden layer gets of the query alone, token after token. */
  private float[] own(LateVectors query) {
    int size = query.size();
    var own = new float[query.tokens() * hidden];
    var layer = new float[hidden];
    for (int token = 0; token < query.tokens(); token++) {
      System.arraycopy(b1, 0, layer, 0, hidden);
      for (int k = 0; k < size; k++) {
        add(layer, query.vectors()[token * size + k], (size + k) * hidden);
      }
      System.arraycopy(layer, 0, own, token * hidden, hidden);
    }
    return own;
  }

  private void add(float[] layer, float value, int from) {
    for (int h = 0; h < layer.length; h++) {
      layer[h] = Math.fma(value, w1[from + h], layer[h]);
    }
  }

  private float score(LateVectors query, float[] own, LateVectors.Rounded passage) {
    int size = query.size();
    int tokens = passage.tokens();
    reserve(tokens, size);
    unfold(passage);
    var attended = new float[size];
    var layer = new float[hidden];
    float sum = 0;
    for (int token = 0; token < query.tokens(); token++) {
      match(query.vectors(), token * size, size, tokens, passage.scales());
      float best = greatest(matches, tokens);
      attend(passage, best, attended);
      int same = same(query.ids()[token], passage.ids());
      float exact = Math.min(same, 1);
      float often = same / (same + k1);
      System.arraycopy(own, token * hidden, layer, 0, hidden);
      perceive(query.vectors(), token * size, attended, layer);
      add(layer, best, 3 * size * hidden);
      add(layer, exact, (3 * size + 1) * hidden);
      add(layer, often, (3 * size + 2) * hidden);
      float rest = gelu(layer);
      sum += query.weights()[token] * (gain * (a1 * best + a2 * exact + a3 * often) + rest + b2);
    }
    return gain * a0 * dot(query.mean(), passage.mean()) + sum + bias;
  }

  private void reserve(int tokens, int size) {
    if (matches.length < tokens) {
      rows = new float[tokens * size];
      columns = new float[tokens * size];
      matches = new float[tokens];
      shares = new float[tokens];
      counted = new int[tokens];
    }
  }

  /** The rows as floats, without their scales, and the same by columns. */
  private void unfold(LateVectors.Rounded passage) {
    byte[] from = passage.rows();
    float[] to = rows;
    for (int i = 0; i < from.length; i++) {
      to[i] = from[i];
    }
    transpose(to, columns, passage.tokens(), passage.size());
  }

  private static void transpose(float[] rows, float[] columns, int tokens, int size) {
    for (int from = 0; from < tokens; from += 16) {
      int to = Math.min(tokens, from + 16);
      for (int k = 0; k < size; k++) {
        for (int token = from; token < to; token++) {
          columns[k * tokens + token] = rows[token * size + k];
        }
      }
    }
  }

  private void match(float[] query, int from, int size, int tokens, float[] scales) {
    Arrays.fill(matches, 0, tokens, 0);
    int k = 0;
    for (; k + 8 <= size; k += 8) {
      eight(query, from + k, k * tokens, tokens);
    }
    for (; k < size; k++) {
      one(query[from + k], k * tokens, tokens);
    }
    for (int token = 0; token < tokens; token++) {
      matches[token] *= scales[token];
    }
  }

  private void eight(float[] query, int at, int row, int tokens) {
    float q0 = query[at];
    float q1 = query[at + 1];
    float q2 = query[at + 2];
    float q3 = query[at + 3];
    float q4 = query[at + 4];
    float q5 = query[at + 5];
    float q6 = query[at + 6];
    float q7 = query[at + 7];
    float[] all = columns;
    float[] to = matches;
    for (int j = 0; j < tokens; j++) {
      float a = Math.fma(q0, all[row + j], to[j]);
      float b = q1 * all[row + tokens + j];
      a = Math.fma(q2, all[row + 2 * tokens + j], a);
      b = Math.fma(q3, all[row + 3 * tokens + j], b);
      a = Math.fma(q4, all[row + 4 * tokens + j], a);
      b = Math.fma(q5, all[row + 5 * tokens + j], b);
      a = Math.fma(q6, all[row + 6 * tokens + j], a);
      b = Math.fma(q7, all[row + 7 * tokens + j], b);
      to[j] = a + b;
    }
  }

  private void one(float value, int row, int tokens) {
    for (int j = 0; j < tokens; j++) {
      matches[j] = Math.fma(value, columns[row + j], matches[j]);
    }
  }

  private static float greatest(float[] values, int count) {
    float greatest = values[0];
    for (int i = 1; i < count; i++) {
      greatest = Math.max(greatest, values[i]);
    }
    return greatest;
  }

  /** The passage's vectors in the shares of a softmax over the matches. */
  private void attend(LateVectors.Rounded passage, float best, float[] attended) {
    int size = attended.length;
    int tokens = passage.tokens();
    int count = 0;
    for (int token = 0; token < tokens; token++) {
      counted[count] = token;
      count += sharp * (matches[token] - best) > NOTHING ? 1 : 0;
    }
    float sum = 0;
    for (int i = 0; i < count; i++) {
      shares[i] = (float) Math.exp(sharp * (matches[counted[i]] - best));
      sum += shares[i];
    }
    Arrays.fill(attended, 0);
    for (int i = 0; i < count; i++) {
      int token = counted[i];
      share(rows, token * size, shares[i] / sum * passage.scales()[token], attended);
    }
  }

  private static void share(float[] rows, int from, float share, float[] to) {
    for (int k = 0; k < to.length; k++) {
      to[k] = Math.fma(share, rows[from + k], to[k]);
    }
  }

  private static int same(int id, int[] ids) {
    int count = 0;
    for (int other : ids) {
      count += other == id ? 1 : 0;
    }
    return count;
  }

  private void perceive(float[] query, int from, float[] attended, float[] layer) {
    int size = attended.length;
    for (int k = 0; k < size; k += 2) {
      float u0 = query[from + k];
      float u1 = query[from + k + 1];
      four(
          layer,
          k * hidden,
          u0 * attended[k],
          u1 * attended[k + 1],
          (2 * size + k) * hidden,
          Math.abs(u0 - attended[k]),
          Math.abs(u1 - attended[k + 1]));
    }
  }

  private void four(float[] layer, int row, float a, float b, int other, float c, float d) {
    int next = layer.length;
    float[] weights = w1;
    for (int h = 0; h < layer.length; h++) {
      float x = Math.fma(a, weights[row + h], layer[h]);
      float y = b * weights[row + next + h];
      x = Math.fma(c, weights[other + h], x);
      y = Math.fma(d, weights[other + next + h], y);
      layer[h] = x + y;
    }
  }

  /** The second layer over gelu of the first; changes the first. */
  private float gelu(float[] layer) {
    for (int h = 0; h < layer.length; h++) {
      float x = layer[h];
      layer[h] = 0.5f * x * (1 + erf(x * 7.0710677e-1f)) * w2[h];
    }
    float sum = 0;
    for (float value : layer) {
      sum += value;
    }
    return sum;
  }

  /** A quotient of polynomials, to 1e-6. */
  private static float erf(float value) {
    float x = Math.max(-4, Math.min(4, value));
    float s = x * x;
    float p = Math.fma(-2.7261424e-10f, s, 2.7706815e-8f);
    p = Math.fma(p, s, -2.101024e-6f);
    p = Math.fma(p, s, -5.6925062e-5f);
    p = Math.fma(p, s, -7.3499064e-4f);
    p = Math.fma(p, s, -2.9546e-3f);
    p = Math.fma(p, s, -1.6096033e-2f);
    float q = Math.fma(-1.45660715e-5f, s, -2.1337405e-4f);
    q = Math.fma(q, s, -1.682827e-3f);
    q = Math.fma(q, s, -7.3733293e-3f);
    q = Math.fma(q, s, -1.4264739e-2f);
    return x * p / q;
  }

  private static float dot(float[] a, float[] b) {
    float sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum = Math.fma(a[i], b[i], sum);
    }
    return sum;
  }
}

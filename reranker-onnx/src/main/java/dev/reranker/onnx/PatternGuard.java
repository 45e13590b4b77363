package dev.reranker.onnx;

import java.util.Optional;

/**
 * Finds regular expressions that may take time beyond all bounds on some text, or rather: of which
 * it cannot be seen that they do not. The tokenizers' native library ends the process when a match
 * takes too many steps.
 *
 * <p>Refused are: a repeated group that has a repetition or a choice inside; two repetitions one
 * after another that what follows may make fail; and references back. The patterns of GPT-2, Llama,
 * Qwen, DeepSeek and the like have none of these.
 */
final class PatternGuard {

  /** Deeper nesting is no pattern but an attack on the stack. */
  private static final int MOST_DEPTH = 50;

  private final String pattern;
  private int at;

  private PatternGuard(String pattern) {
    this.pattern = pattern;
  }

  /** What is wrong with a pattern; empty if nothing is. */
  static Optional<String> fault(String pattern) {
    var guard = new PatternGuard(pattern);
    try {
      guard.group(0);
      return guard.at < pattern.length() ? Optional.of("a ')' too many") : Optional.empty();
    } catch (Refused e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (StringIndexOutOfBoundsException e) {
      return Optional.of("it ends too early");
    }
  }

  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refused(String why) {
      super(why, null, false, false);
    }
  }

  /** Reads branches to the end or a closing bracket; returns whether it repeats or chooses. */
  private boolean group(int depth) {
    if (depth > MOST_DEPTH) {
      throw new Refused("it is nested too deeply");
    }
    boolean repeats = false;
    boolean chooses = false;
    int loops = 0; // unbounded repetitions before what must match
    int open = 0; // those since
    while (at < pattern.length() && pattern.charAt(at) != ')') {
      if (pattern.charAt(at) == '|') {
        at++;
        chooses = true;
        loops = 0;
        open = 0;
        continue;
      }
      boolean complex = element(depth);
      int[] times = times();
      if (times[1] > 1 && complex) {
        throw new Refused("a repeated group repeats or chooses inside");
      }
      repeats |= complex || times[0] != 1 || times[1] != 1;
      if (times[0] > 0) { // it may fail, and then what came before is tried in other ways
        loops += open;
        open = 0;
        if (loops > 1) {
          throw new Refused("repetitions follow each other, and what follows them may fail");
        }
      }
      if (times[1] == Integer.MAX_VALUE || complex) {
        open++;
      }
    }
    return repeats || chooses;
  }

  /** Reads one element; returns whether it is a group that repeats or chooses. */
  private boolean element(int depth) {
    char c = pattern.charAt(at++);
    return switch (c) {
      case '\\' -> {
        escape(pattern.charAt(at++));
        yield false;
      }
      case '[' -> {
        characters(depth);
        yield false;
      }
      case '(' -> {
        if (at < pattern.length() && pattern.charAt(at) == '?') {
          head();
        }
        boolean complex = group(depth + 1);
        if (pattern.charAt(at++) != ')') {
          throw new Refused("a ')' is missing");
        }
        yield complex;
      }
      default -> false;
    };
  }

  private void escape(char escaped) {
    if ((Character.isDigit(escaped) && escaped != '0') || escaped == 'k' || escaped == 'g') {
      throw new Refused("it refers back");
    }
    if (at < pattern.length() && pattern.charAt(at) == '{' && "pPxuo".indexOf(escaped) >= 0) {
      at = pattern.indexOf('}', at) + 1;
      if (at == 0) {
        throw new Refused("a '}' is missing");
      }
    }
  }

  /** Skips what stands behind a group's bracket: {@code ?:}, {@code ?i:}, {@code ?!}, names. */
  private void head() {
    at++;
    while (":=!>".indexOf(pattern.charAt(at)) < 0) {
      char c = pattern.charAt(at);
      if (!Character.isLetter(c) && c != '-' && c != '<') {
        throw new Refused("a group begins in a way that is not known");
      }
      at++;
    }
    at++;
  }

  /** A class of characters, which may have others inside. */
  private void characters(int depth) {
    if (depth > MOST_DEPTH) {
      throw new Refused("it is nested too deeply");
    }
    if (pattern.charAt(at) == '^') {
      at++;
    }
    boolean first = true;
    while (first || pattern.charAt(at) != ']') {
      char c = pattern.charAt(at++);
      if (c == '\\') {
        at++;
      } else if (c == '[') {
        characters(depth + 1);
      }
      first = false;
    }
    at++;
  }

  /** How many times the element before may stand, at least and at most. */
  private int[] times() {
    int least = 1;
    int most = 1;
    boolean more = true;
    while (more && at < pattern.length()) {
      switch (pattern.charAt(at)) {
        case '*' -> {
          least = 0;
          most = Integer.MAX_VALUE;
          at++;
        }
        case '+' -> {
          most = Integer.MAX_VALUE;
          at++;
        }
        case '?' -> {
          least = most == 1 ? 0 : least; // behind a repetition it makes that a lazy one
          at++;
        }
        case '{' -> {
          int end = pattern.indexOf('}', at);
          String inside = end < 0 ? "" : pattern.substring(at + 1, end);
          if (!inside.matches("\\d{1,4}(,\\d{0,4})?|,\\d{1,4}")) {
            more = false; // a brace as it is
            break;
          }
          int comma = inside.indexOf(',');
          String low = comma < 0 ? inside : inside.substring(0, comma);
          String high = comma < 0 ? inside : inside.substring(comma + 1);
          least = low.isEmpty() ? 0 : Integer.parseInt(low);
          most = high.isEmpty() ? Integer.MAX_VALUE : Integer.parseInt(high);
          at = end + 1;
        }
        default -> more = false;
      }
    }
    return new int[] {least, most};
  }
}

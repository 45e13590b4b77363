package dev.reranker.depth;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A {@link Curve} as one line of text. */
final class DepthText {

  private static final Pattern FORM =
      Pattern.compile(
          "depth-model 1 level (\\S+) slope (\\S+) shrink (\\S+) observed (\\d{1,12}) tail (\\S+(?:"
              + " \\S+)*)");

  private DepthText() {}

  static String of(Curve curve) {
    return "depth-model 1 level %s slope %s shrink %s observed %d tail %s"
        .formatted(
            curve.level(),
            curve.slope(),
            curve.shrink(),
            curve.tail().observed(),
            Arrays.stream(curve.tail().residuals())
                .mapToObj(Double::toString)
                .collect(Collectors.joining(" ")));
  }

  static Curve parse(String text) {
    Matcher line = FORM.matcher(text.strip());
    if (!line.matches()) {
      throw wrong(text, "its form is not that of DepthModel.text()", null);
    }
    try {
      double shrink = number(line.group(3));
      long observed = Long.parseLong(line.group(4));
      double[] tail =
          Arrays.stream(line.group(5).split(" ")).mapToDouble(DepthText::number).toArray();
      if (shrink < 0) {
        throw new NumberFormatException("shrink is " + shrink + "; it is at least 0");
      }
      if (tail.length != Tail.steps(observed)) {
        throw new NumberFormatException(
            "the tail has %d numbers; that of %d observations has %d"
                .formatted(tail.length, observed, Tail.steps(observed)));
      }
      for (int i = 1; i < tail.length; i++) {
        if (tail[i] < tail[i - 1]) {
          throw new NumberFormatException("the tail falls from " + tail[i - 1] + " to " + tail[i]);
        }
      }
      return new Curve(
          number(line.group(1)), number(line.group(2)), shrink, new Tail(observed, tail));
    } catch (NumberFormatException e) {
      throw wrong(text, String.valueOf(e.getMessage()), e);
    }
  }

  private static IllegalArgumentException wrong(
      String text, String why, @Nullable NumberFormatException cause) {
    String start = text.length() <= 60 ? text : text.substring(0, 60) + "…";
    return new IllegalArgumentException(
        "'%s' is no depth model (%s): fit one anew".formatted(start, why), cause);
  }

  private static double number(String text) {
    double number = Double.parseDouble(text);
    if (!Double.isFinite(number)) {
      throw new NumberFormatException(text + " is not a finite number");
    }
    return number;
  }
}

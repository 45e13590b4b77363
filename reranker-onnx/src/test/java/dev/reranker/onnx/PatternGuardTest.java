package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which patterns of a tokenizer are let through to native code. */
class PatternGuardTest {

  /** Of GPT-2, cl100k (Llama 3, Qwen), o200k, DeepSeek, Bloom, SentencePiece's converter. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
        "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r"
            + "\\n"
            + "\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r"
            + "\\n"
            + "]*|\\s*[\\r"
            + "\\n"
            + "]+|\\s+(?!\\S)|\\s+",
        "[^\\r"
            + "\\n"
            + "\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r"
            + "\\n"
            + "\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}|"
            + " ?[^\\s\\p{L}\\p{N}]+[\\r"
            + "\\n"
            + "/]*|\\s*[\\r"
            + "\\n"
            + "]+|\\s+(?!\\S)|\\s+",
        "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\\r"
            + "\\n"
            + "\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\\r"
            + "\\n"
            + "]*|\\s*[\\\r"
            + "\\n"
            + "]+|\\s+(?!\\S)|\\s+",
        "[一-龥\u3040-ゟ゠-ヿ]+",
        "\\p{N}{1,3}",
        " ?[^(\\s|[.,!?…。，、।۔،])]+",
        " {2,}",
        "\\s",
        "",
        "{x}",
        "a{,3}"
      })
  void patternsOfKnownTokenizersPass(String pattern) {
    assertThat(PatternGuard.fault(pattern)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(a+)+$",
        "(a|a)*$",
        "(.*)*b",
        "(?:a?){40}a{40}",
        "((ab)?)+c",
        "(?>(?:x|y)+)*",
        "(?i:(a|b)){2,}",
        "a*a*b",
        "\\s*\\s+x",
        ".*.*.*=",
        "(a*)b*c",
        "(a)\\1",
        "(?<x>a)\\k<x>",
        "(a",
        "a)",
        "[a",
        "a\\",
        "\\p{L",
        "(?#x)a",
        "(?",
        "("
      })
  void whatMayTakeTooLongOrCannotBeReadDoesNot(String pattern) {
    assertThat(PatternGuard.fault(pattern)).isNotEmpty();
  }

  @Test
  void deepNestingIsRefused() {
    assertThat(PatternGuard.fault("(".repeat(10_000) + ")".repeat(10_000))).isNotEmpty();
    assertThat(PatternGuard.fault("[".repeat(10_000) + "]".repeat(10_000))).isNotEmpty();
  }

  @Test
  void anyTextHasAnAnswer() {
    Random random = Seeds.print(PatternGuardTest.class);
    String letters = "ab()[]{}*+?|\\^$.,:=!<>-012kgpP";
    for (int i = 0; i < 100_000; i++) {
      var pattern = new StringBuilder();
      for (int length = random.nextInt(20); length > 0; length--) {
        pattern.append(letters.charAt(random.nextInt(letters.length())));
      }
      assertThat(PatternGuard.fault(pattern.toString())).as(pattern.toString()).isNotNull();
    }
  }
}

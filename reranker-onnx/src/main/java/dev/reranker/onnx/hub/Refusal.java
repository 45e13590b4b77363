package dev.reranker.onnx.hub;

import dev.reranker.error.ModelLoadException;

/** What a hub's answer means that is not the thing asked for, and the way out. */
final class Refusal {

  private static final int LONGEST = 200;

  private Refusal() {}

  /**
   * Throws unless an answer is a good one.
   *
   * @param what was asked for
   */
  static void check(HubClient.Answer<?> answer, boolean hasToken, String what) {
    if (!answer.isGood()) {
      throw new ModelLoadException(
          "%s: %s says %s".formatted(what, answer.first(), meaning(answer, hasToken)));
    }
  }

  private static String meaning(HubClient.Answer<?> answer, boolean hasToken) {
    String code = printable(answer.header("X-Error-Code").orElse(""));
    String status = answer.status() + (code.isEmpty() ? "" : " (" + code + ")");
    if (code.equals("GatedRepo")) {
      return status
          + ": accept the terms at the model's page, and set HF_TOKEN to a token of the same"
          + " account";
    }
    return switch (answer.status()) {
      case 401, 403 ->
          status
              + ": it is not there, or private, or gated"
              + (hasToken ? ", or the token cannot read it" : ": if it is there, set HF_TOKEN");
      case 404 ->
          status
              + switch (code) {
                case "RevisionNotFound" -> ": there is no such branch, tag or commit";
                case "EntryNotFound" -> ": there is no such file in this revision";
                default -> ": there is no such model";
              };
      default -> status + ' ' + printable(answer.header("X-Error-Message").orElse(""));
    };
  }

  /** A server's words, without what could mislead a reader of a log. */
  private static String printable(String text) {
    String clean = text.replaceAll("\\p{Cntrl}", " ").strip();
    return clean.length() <= LONGEST ? clean : clean.substring(0, LONGEST) + "…";
  }
}

package dev.reranker.examples.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reranker.Hit;
import dev.reranker.RerankResult;
import dev.reranker.examples.cli.input.JsonLines;
import dev.reranker.examples.cli.input.StandardInput;
import dev.reranker.onnx.OnnxReranker;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "score",
    description = {
      "Score passages against queries.",
      "Reads lines of {\"query\": \"…\", \"passages\": [\"…\"]} from standard input and answers"
          + " each",
      "at once with a line of {\"logits\": […], \"scores\": […]} in the order of the passages.",
      "Blank lines are skipped; the input may be compressed with gzip. The first line that cannot"
          + " be answered ends the command with",
      "exit code 1; the answers to the lines before it stand."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ScoreCommand implements Callable<Integer> {

  private static final String FORM = "{\"query\": \"…\", \"passages\": [\"…\"]}";

  @Spec private CommandSpec spec;
  @Mixin private ModelOption model;

  @Override
  public Integer call() throws Exception {
    var out = spec.commandLine().getOut();
    var lines = new JsonLines(StandardInput.lines(), FORM);
    try (OnnxReranker reranker = model.open()) {
      while (lines.next()) {
        out.println(JsonLines.JSON.writeValueAsString(answer(reranker, lines)));
        out.flush();
      }
    }
    return 0;
  }

  private static ObjectNode answer(OnnxReranker reranker, JsonLines lines) throws IOException {
    String query = lines.text("query");
    List<String> passages = lines.texts("passages");
    RerankResult result;
    try {
      result = reranker.rerank(query, passages);
    } catch (IllegalArgumentException e) {
      throw lines.malformed(String.valueOf(e.getMessage()));
    }
    double[] logits = new double[passages.size()];
    double[] scores = new double[passages.size()];
    for (Hit document : result.hits()) {
      logits[document.index()] = document.raw().orElse(document.score());
      scores[document.index()] = document.score();
    }
    ObjectNode answer = JsonLines.JSON.createObjectNode();
    answer.set("logits", JsonLines.JSON.valueToTree(logits));
    answer.set("scores", JsonLines.JSON.valueToTree(scores));
    return answer;
  }
}

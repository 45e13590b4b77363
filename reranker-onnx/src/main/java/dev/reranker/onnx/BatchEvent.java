package dev.reranker.onnx;

import dev.reranker.onnx.BatchPlan.Batch;
import dev.reranker.onnx.Wave.Part;
import java.util.List;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** One run of a model's graph. */
@Name("dev.reranker.Batch")
@Label("Batch")
@Category("Reranker")
@Description("One run of a model over a batch of rows")
@StackTrace(false)
final class BatchEvent extends Event {

  @Label("Model")
  String model = "";

  @Label("Rows")
  int rows;

  @Label("Length")
  @Description("Tokens of the longest row, to which the others are padded")
  int length;

  @Label("Tokens")
  @Description("Without padding")
  long tokens;

  @Label("Padded Tokens")
  long paddedTokens;

  @Label("Requests")
  @Description("How many requests the rows are of")
  int requests;

  void tell(String model, Batch batch, List<Part> parts) {
    this.model = model;
    this.rows = batch.rows().length;
    this.length = batch.length();
    this.tokens = parts.stream().mapToLong(Part::realTokens).sum();
    this.paddedTokens = batch.paddedTokens();
    this.requests = (int) parts.stream().map(Part::wave).distinct().count();
    commit();
  }
}

package dev.reranker.onnx;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The tokenizing of some rows of a request. */
@Name("dev.reranker.Tokenize")
@Label("Tokenize")
@Category("Reranker")
@Description("Texts of one request made into tokens, on the model's threads")
@StackTrace(false)
final class TokenizeEvent extends Event {

  @Label("Model")
  String model = "";

  @Label("Rows")
  int rows;

  void tell(String model, int rows) {
    if (shouldCommit()) {
      this.model = model;
      this.rows = rows;
      commit();
    }
  }
}

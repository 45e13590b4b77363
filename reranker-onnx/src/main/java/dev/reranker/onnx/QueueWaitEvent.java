package dev.reranker.onnx;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** How long a request waited for the model's threads. */
@Name("dev.reranker.QueueWait")
@Label("Queue Wait")
@Category("Reranker")
@Description("How long a request waited while the model's threads worked for others")
@StackTrace(false)
final class QueueWaitEvent extends Event {

  @Label("Model")
  String model = "";

  @Label("Rows")
  int rows;

  @Label("Waited")
  @Description("The time in which none of the request was at work although there was some to do")
  @Timespan(Timespan.NANOSECONDS)
  long waited;

  static void tell(String model, int rows, long waited) {
    var event = new QueueWaitEvent();
    if (event.shouldCommit()) {
      event.model = model;
      event.rows = rows;
      event.waited = waited;
      event.commit();
    }
  }
}

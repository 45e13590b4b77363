package dev.reranker.onnx.hub;

import dev.reranker.error.ModelLoadException;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** A text of a length that one would expect; a longer one is refused before it fills the heap. */
final class LimitedText implements BodySubscriber<String> {

  /** A listing has some 200 bytes a file. */
  private static final int MOST_BYTES = 32 << 20;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(); // is synchronized
  private final CompletableFuture<String> text = new CompletableFuture<>();
  private Flow.@Nullable Subscription subscription;

  /** How many bytes have arrived. */
  long size() {
    return bytes.size();
  }

  @Override
  public CompletionStage<String> getBody() {
    return text;
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    if (subscription != null) {
      given.cancel();
      return;
    }
    subscription = given;
    given.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      if (bytes.size() + buffer.remaining() > MOST_BYTES) {
        if (subscription != null) {
          subscription.cancel();
        }
        text.completeExceptionally(
            new ModelLoadException(
                "the hub's list of files is longer than %d MB".formatted(MOST_BYTES >> 20)));
        return;
      }
      byte[] part = new byte[buffer.remaining()];
      buffer.get(part);
      bytes.writeBytes(part);
    }
  }

  @Override
  public void onError(Throwable failure) {
    text.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    text.complete(bytes.toString(StandardCharsets.UTF_8));
  }
}

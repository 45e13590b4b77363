package dev.reranker.onnx.hub;

import dev.reranker.error.ModelLoadException;
import java.io.IOException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A file that is being downloaded. An answer's bytes go where the answer says that they begin,
 * which need not be where they were asked for: an answer of 200 is the whole file.
 */
final class PartialFile implements BodyHandler<Long>, AutoCloseable {

  private static final Pattern RANGE =
      Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

  private final String name;
  private final long size;
  private final FileChannel channel;
  private final HubProgress progress;

  /** How far it is written; guarded by this, as is the channel's place. */
  private long position;

  /** Whose bytes are written: not those of an answer that was given up. */
  private @Nullable Body current;

  /**
   * Opens what is there of a file, or begins it.
   *
   * @param name the file's, for messages
   * @param size how long it must become
   */
  PartialFile(Path path, String name, long size, HubProgress progress) throws IOException {
    this.name = name;
    this.size = size;
    this.progress = progress;
    this.channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      this.position = channel.size();
      if (position > size) {
        restart();
      }
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  synchronized long position() {
    return position;
  }

  /** Forgets what is there. */
  synchronized void restart() throws IOException {
    current = null;
    seek(0);
  }

  private void seek(long place) throws IOException {
    channel.truncate(place);
    channel.position(place);
    position = place;
  }

  @Override
  public BodySubscriber<Long> apply(ResponseInfo info) {
    int status = info.statusCode();
    if (status != 200 && status != 206) {
      return BodySubscribers.replacing(0L);
    }
    var body = new Body();
    Optional<String> encoding = info.headers().firstValue("Content-Encoding");
    if (encoding.isPresent() && !encoding.get().equalsIgnoreCase("identity")) {
      body.refuse(
          new ModelLoadException(
              "%s comes packed (Content-Encoding: %s), although it was asked for as it is: a proxy on the way may be to blame"
                  .formatted(name, encoding.get())));
      return body;
    }
    try {
      begin(body, info, status);
    } catch (IOException e) {
      body.refuse(e);
    }
    return body;
  }

  private synchronized void begin(Body body, ResponseInfo info, int status) throws IOException {
    current = body;
    Optional<String> range = info.headers().firstValue("Content-Range");
    if (range.isEmpty()) {
      if (status == 206) {
        throw new IOException("a part arrived that does not say which");
      }
      seek(0);
      return;
    }
    Matcher part = RANGE.matcher(range.get().strip());
    if (!part.matches() || Long.parseLong(part.group(1)) > position) {
      throw new IOException(
          "'%s' arrived where %d bytes are there".formatted(range.get(), position));
    }
    seek(Long.parseLong(part.group(1)));
  }

  private synchronized void write(Body from, List<ByteBuffer> buffers) throws IOException {
    if (from != current) {
      throw new IOException("given up");
    }
    for (ByteBuffer buffer : buffers) {
      if (position + buffer.remaining() > size) {
        throw new ModelLoadException(
            "%s is longer than the %d bytes that the hub gave as its size".formatted(name, size));
      }
      while (buffer.hasRemaining()) {
        position += channel.write(buffer);
      }
    }
    try {
      progress.at(name, position, size);
    } catch (RuntimeException e) {
      throw new ModelLoadException("who hears of the download of " + name + " failed", e);
    }
  }

  /** Puts what was written on the disk. */
  synchronized void force() throws IOException {
    channel.force(true);
  }

  @Override
  public synchronized void close() throws IOException {
    channel.close();
  }

  /** Takes one answer's bytes, one list at a time. */
  private final class Body implements BodySubscriber<Long> {

    private final CompletableFuture<Long> end = new CompletableFuture<>();
    private volatile Flow.@Nullable Subscription subscription;

    void refuse(Throwable why) {
      end.completeExceptionally(why);
    }

    @Override
    public CompletionStage<Long> getBody() {
      return end;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      if (subscription != null || end.isDone()) {
        given.cancel();
        return;
      }
      subscription = given;
      given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      Flow.Subscription from = subscription;
      if (from == null || end.isDone()) {
        return;
      }
      try {
        write(this, buffers);
        from.request(1);
      } catch (IOException | RuntimeException | Error e) {
        from.cancel();
        end.completeExceptionally(e);
      }
    }

    @Override
    public void onError(Throwable failure) {
      end.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      end.complete(position());
    }
  }
}

package dev.reranker.onnx.hub;

import dev.reranker.error.ModelLoadException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one content into {@code blobs/}: one at a time of all processes, resumed where an earlier
 * one ended, and under its name only when all of it is there and has the right hash.
 *
 * <p>The partial file is of this library's alone: the JDK locks files by {@code fcntl}, which the
 * {@code flock} of Python's client does not see, so that both may download the same content at
 * once, and the second to end finds the first one's.
 */
final class Download {

  private static final Logger log = LoggerFactory.getLogger(Download.class);

  /** The JDK refuses a second lock on a file within the process, rather than wait. */
  private static final Map<Path, ReentrantLock> HERE = new ConcurrentHashMap<>();

  private final HubCache cache;
  private final HubProgress progress;
  private final Retries retries;

  Download(HubCache cache, HubProgress progress, Retries retries) {
    this.cache = cache;
    this.progress = progress;
    this.retries = retries;
  }

  /** Gets a content, and gives it its name in a snapshot. */
  void run(HubClient client, RemoteFile file) throws IOException {
    Path blob = cache.blob(file.etag());
    Path lock = cache.lock(file.etag());
    Files.createDirectories(HubCache.parent(blob));
    Files.createDirectories(HubCache.parent(lock));
    ReentrantLock here = HERE.computeIfAbsent(lock, path -> new ReentrantLock());
    try {
      here.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ModelLoadException("interrupted while another thread downloads " + file.name(), e);
    }
    try (FileChannel channel =
        FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      boolean locked = lock(channel, file);
      if (!Files.isRegularFile(blob) && !cache.has(file.commit(), file.name())) {
        fetch(client, file, blob, locked);
      }
      cache.place(file.etag(), file.commit(), file.name());
    } finally {
      here.unlock();
    }
  }

  /**
   * Waits for other processes; where files cannot be locked, each gets a partial file of its own.
   */
  @SuppressWarnings("resource") // the lock ends with its channel
  private static boolean lock(FileChannel channel, RemoteFile file) {
    try {
      @Nullable FileLock lock = channel.tryLock();
      if (lock == null) {
        log.info("{}: another process is downloading it", file.name());
        channel.lock();
      }
      return true;
    } catch (java.nio.channels.FileLockInterruptionException e) {
      Thread.currentThread().interrupt();
      throw new ModelLoadException("interrupted while another process downloads " + file.name(), e);
    } catch (IOException | UnsupportedOperationException | OverlappingFileLockException e) {
      log.debug("no lock", e); // the last: another copy of this class in the JVM has it
      return false;
    }
  }

  private void fetch(HubClient client, RemoteFile file, Path blob, boolean locked)
      throws IOException {
    String end = locked ? "" : "." + UUID.randomUUID();
    Path partial = blob.resolveSibling(file.etag() + ".reranker" + end + ".incomplete");
    try {
      requireSpace(partial, file);
      fill(client, file, partial);
      Files.move(
          partial, blob, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      if (!locked) {
        Files.deleteIfExists(partial); // nobody would go on with it
      }
    }
  }

  /** Brings all of a content into a file, and checks it. */
  private void fill(HubClient client, RemoteFile file, Path partial) throws IOException {
    try (var body = new PartialFile(partial, file.name(), file.size(), progress)) {
      boolean resumed = body.position() > 0;
      fill(client, file, body);
      String found = file.hash(partial);
      if (!found.isEmpty() && resumed) {
        log.warn("{}: what an earlier download left does not fit; it starts anew", file.name());
        body.restart();
        fill(client, file, body);
        found = file.hash(partial);
      }
      if (!found.isEmpty()) {
        body.restart();
        throw new ModelLoadException(
            "%s has the hash %s, and the hub says %s: it was dropped; try again, and if it happens again, ask who runs the hub or a proxy on the way"
                .formatted(file.name(), found, file.etag()));
      }
      body.force();
    }
  }

  /** Asks until all of it is there. */
  private void fill(HubClient client, RemoteFile file, PartialFile body) throws IOException {
    if (body.position() == file.size() && file.size() > 0) {
      return;
    }
    HubClient.Answer<Long> answer =
        retries.run(file.address().toString(), () -> more(client, file, body), body::position);
    Refusal.check(answer, client.hasToken(), file.name());
  }

  private static HubClient.Answer<Long> more(HubClient client, RemoteFile file, PartialFile body)
      throws IOException {
    long before = body.position();
    HubClient.Answer<Long> answer = client.content(file.address(), before, body);
    if (answer.status() == 416) {
      body.restart();
      throw new IOException("the hub has no bytes from " + before + " on");
    }
    if (answer.isGood() && body.position() < file.size()) {
      throw new IOException("%d of %d bytes arrived".formatted(body.position(), file.size()));
    }
    return answer;
  }

  private static void requireSpace(Path partial, RemoteFile file) throws IOException {
    FileStore disk = Files.getFileStore(HubCache.parent(partial));
    long there = Files.exists(partial) ? Files.size(partial) : 0;
    if (disk.getUsableSpace() < file.size() - there) {
      throw new ModelLoadException(
          "%s has %d bytes, and the disk of %s has %d left: make room, or set HF_HUB_CACHE to a folder on another disk"
              .formatted(file.name(), file.size(), partial.getParent(), disk.getUsableSpace()));
    }
  }
}

package dev.reranker.testkit;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Plays the hub on the loopback address, and the store beside it that keeps large files. What a
 * test wants answered otherwise it puts in front, by the path's end.
 */
public final class StubHub implements AutoCloseable {

  public static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  /** Where files are large: kept in the store, named by their SHA-256. */
  private static final int LARGE = 500;

  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-");

  /** Answers one request otherwise. */
  @FunctionalInterface
  public interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  /** A request that came. */
  public record Seen(boolean atStore, String method, String path, Headers headers) {
    public String header(String name) {
      return String.valueOf(headers.getFirst(name));
    }

    @Override
    public String toString() {
      return (atStore ? "store " : "") + method + " " + path;
    }
  }

  private final HttpServer hub;
  private final HttpServer store;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, byte[]> files = new TreeMap<>();
  private final Map<String, Queue<Answer>> instead = new ConcurrentHashMap<>();
  private final List<Seen> seen = Collections.synchronizedList(new ArrayList<>());
  private final String id;
  private volatile @Nullable String token;
  private volatile String commit = COMMIT;

  public StubHub(String id) {
    this.id = id;
    this.hub = serve(this::hub);
    this.store = serve(this::store);
  }

  private HttpServer serve(Answer handler) {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setExecutor(threads);
      server.createContext(
          "/",
          exchange -> {
            try (exchange) {
              handler.to(exchange);
            }
          });
      server.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public StubHub file(String name, byte[] content) {
    files.put(name, content);
    return this;
  }

  public StubHub file(String name, String content) {
    return file(name, content.getBytes(StandardCharsets.UTF_8));
  }

  public StubHub requireToken(String wanted) {
    token = wanted;
    return this;
  }

  public StubHub commit(String now) {
    commit = now;
    return this;
  }

  /** The next request whose address ends so is answered otherwise. */
  public StubHub next(String pathEnd, Answer answer) {
    instead.computeIfAbsent(pathEnd, end -> new ConcurrentLinkedQueue<>()).add(answer);
    return this;
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + hub.getAddress().getPort());
  }

  public URI storeEndpoint() {
    return URI.create("http://127.0.0.1:" + store.getAddress().getPort());
  }

  public List<Seen> seen() {
    synchronized (seen) {
      return List.copyOf(seen);
    }
  }

  public void forget() {
    seen.clear();
  }

  /** The tag of a file: its SHA-256 where it is large, otherwise git's hash. */
  public static String etag(byte[] content) {
    try {
      if (content.length >= LARGE) {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
      }
      MessageDigest git = MessageDigest.getInstance("SHA-1");
      git.update(("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(git.digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean isAnsweredOtherwise(HttpExchange exchange, String path) throws IOException {
    for (Map.Entry<String, Queue<Answer>> entry : instead.entrySet()) {
      if (path.endsWith(entry.getKey())) {
        Answer answer = entry.getValue().poll();
        if (answer != null) {
          answer.to(exchange);
          return true;
        }
      }
    }
    return false;
  }

  private void hub(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getRawPath();
    seen.add(new Seen(false, exchange.getRequestMethod(), path, exchange.getRequestHeaders()));
    if (isAnsweredOtherwise(exchange, exchange.getRequestMethod() + " " + path)
        || isAnsweredOtherwise(exchange, path)) {
      return;
    }
    if (token != null
        && !("Bearer " + token).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      status(exchange, 401);
      return;
    }
    if (path.startsWith("/api/models/" + id + "/revision/")) {
      list(exchange);
      return;
    }
    Matcher resolve = Pattern.compile("/" + id + "/resolve/([^/]+)/(.+)").matcher(path);
    byte[] content =
        resolve.matches()
            ? files.get(URLDecoder.decode(resolve.group(2), StandardCharsets.UTF_8))
            : null;
    exchange.getResponseHeaders().set("X-Repo-Commit", commit);
    if (content == null) {
      exchange.getResponseHeaders().set("X-Error-Code", "EntryNotFound");
      status(exchange, 404);
    } else if (content.length >= LARGE) {
      exchange.getResponseHeaders().set("X-Linked-Etag", '"' + etag(content) + '"');
      exchange.getResponseHeaders().set("X-Linked-Size", String.valueOf(content.length));
      exchange.getResponseHeaders().set("ETag", "\"of-the-redirect\"");
      exchange
          .getResponseHeaders()
          .set("Location", storeEndpoint() + "/" + resolve.group(2) + "?sig=secret");
      status(exchange, 302);
    } else {
      exchange.getResponseHeaders().set("ETag", '"' + etag(content) + '"');
      content(exchange, content);
    }
  }

  private void store(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getRawPath();
    seen.add(new Seen(true, exchange.getRequestMethod(), path, exchange.getRequestHeaders()));
    if (isAnsweredOtherwise(exchange, "store" + path)) {
      return;
    }
    byte[] content = files.get(URLDecoder.decode(path.substring(1), StandardCharsets.UTF_8));
    exchange.getResponseHeaders().set("ETag", "\"md5-of-the-store\"");
    content(exchange, content);
  }

  private void list(HttpExchange exchange) throws IOException {
    String siblings =
        files.keySet().stream()
            .map(name -> "{\"rfilename\":\"" + name + "\"}")
            .collect(Collectors.joining(","));
    String answer = "{\"sha\":\"" + commit + "\",\"siblings\":[" + siblings + "]}";
    bytes(exchange, 200, answer.getBytes(StandardCharsets.UTF_8));
  }

  /** All of a content, or the part of it that is asked for. */
  public static void content(HttpExchange exchange, byte[] content) throws IOException {
    Matcher range = RANGE.matcher(String.valueOf(exchange.getRequestHeaders().getFirst("Range")));
    if (!range.matches()) {
      bytes(exchange, 200, content);
      return;
    }
    int from = Integer.parseInt(range.group(1));
    exchange
        .getResponseHeaders()
        .set("Content-Range", "bytes %d-%d/%d".formatted(from, content.length - 1, content.length));
    bytes(exchange, 206, Arrays.copyOfRange(content, from, content.length));
  }

  public static void bytes(HttpExchange exchange, int status, byte[] body) throws IOException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
      exchange.sendResponseHeaders(status, -1);
    } else {
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  public static void status(HttpExchange exchange, int status) throws IOException {
    exchange.sendResponseHeaders(status, -1);
  }

  /** An answer of one status, and headers as name, value, name, value. */
  public static Answer of(int status, String... headers) {
    return exchange -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
      }
      status(exchange, status);
    };
  }

  @Override
  public void close() {
    hub.stop(0);
    store.stop(0);
    threads.shutdownNow();
  }
}

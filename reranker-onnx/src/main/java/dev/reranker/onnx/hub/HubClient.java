package dev.reranker.onnx.hub;

import dev.reranker.error.ModelLoadException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks a hub. Redirects are followed by hand, so that the token goes to the hub's own address only
 * and facts are taken from the hub's answers only.
 */
final class HubClient {

  private static final int MOST_HOPS = 10;

  private final URI endpoint;
  private final Optional<String> token;
  private final Duration answerTimeout;
  private final Duration quietTimeout;
  private @Nullable HttpClient http;

  HubClient(URI endpoint, Optional<String> token, Duration answerTimeout, Duration quietTimeout) {
    this.endpoint = endpoint;
    this.token = token;
    this.answerTimeout = answerTimeout;
    this.quietTimeout = quietTimeout;
  }

  /** Made when it is first needed: it has a thread and file handles of its own. */
  private synchronized HttpClient http() {
    if (http == null) {
      http =
          HttpClient.newBuilder()
              .connectTimeout(answerTimeout)
              .followRedirects(HttpClient.Redirect.NEVER)
              .build();
    }
    return http;
  }

  boolean hasToken() {
    return token.isPresent();
  }

  /** An answer of the hub, and where it was from. */
  record Answer<T>(HttpResponse<T> response, URI first) {

    int status() {
      return response.statusCode();
    }

    Optional<String> header(String name) {
      return response.headers().firstValue(name);
    }

    boolean isGood() {
      return status() == 200 || status() == 206;
    }

    boolean isRedirect() {
      return HubClient.isRedirect(status());
    }
  }

  /**
   * Asks for what the hub itself says of a file: hops that stay at the hub are followed, the one to
   * where contents are kept is not.
   *
   * @throws IOException if there is no answer
   */
  Answer<Void> facts(URI address) throws IOException {
    URI at = address;
    for (int hop = 0; hop <= MOST_HOPS; hop++) {
      HttpResponse<Void> response =
          send(
              request(at).timeout(answerTimeout).method("HEAD", BodyPublishers.noBody()),
              info -> BodySubscribers.discarding(),
              () -> 0);
      Answer<Void> answer = new Answer<>(response, address);
      if (!answer.isRedirect() || answer.header("X-Linked-Etag").isPresent()) {
        return answer;
      }
      URI next = target(response, address);
      if (!isHub(next)) {
        return answer;
      }
      at = next;
    }
    throw loop(address, at);
  }

  /** Gets a text of the hub's own; hops to other places are refused. */
  Answer<String> text(URI address) throws IOException {
    URI at = address;
    for (int hop = 0; hop <= MOST_HOPS; hop++) {
      var text = new LimitedText();
      var response = send(request(at).timeout(answerTimeout).GET(), info -> text, text::size);
      if (!isRedirect(response.statusCode())) {
        return new Answer<>(response, address);
      }
      URI next = target(response, address);
      if (!isHub(next)) {
        throw new ModelLoadException(
            "%s sends to %s, which is another place than the hub: set HF_ENDPOINT to the address that is meant"
                .formatted(address, withoutQuery(next)));
      }
      at = next;
    }
    throw loop(address, at);
  }

  /**
   * Gets a file's content, from wherever the hub sends to.
   *
   * @param from the first byte that is wanted
   * @param body takes the content of a status of 200 or 206
   */
  Answer<Long> content(URI address, long from, PartialFile body) throws IOException {
    URI at = address;
    for (int hop = 0; hop <= MOST_HOPS; hop++) {
      HttpRequest.Builder request = request(at).GET();
      if (from > 0) {
        request.header("Range", "bytes=" + from + "-");
      }
      HttpResponse<Long> response = send(request, body, body::position);
      if (!isRedirect(response.statusCode())) {
        return new Answer<>(response, address);
      }
      at = target(response, address);
    }
    throw loop(address, at);
  }

  private HttpRequest.Builder request(URI at) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(at)
            .header("Accept-Encoding", "identity")
            .header("User-Agent", "reranker (Java " + Runtime.version().feature() + ")");
    if (at.getScheme().equalsIgnoreCase("http")) {
      // Over plain HTTP the JDK offers HTTP/2 in a form on which some servers lose a request.
      request.version(HttpClient.Version.HTTP_1_1);
    }
    if (isHub(at)) {
      token.ifPresent(value -> request.header("Authorization", "Bearer " + value));
    }
    return request;
  }

  /** Whether an address is of the hub itself, so that the token may go there. */
  private boolean isHub(URI at) {
    return at.getScheme().equalsIgnoreCase(endpoint.getScheme())
        && endpoint.getHost().equalsIgnoreCase(at.getHost())
        && port(at) == port(endpoint);
  }

  private static int port(URI uri) {
    if (uri.getPort() >= 0) {
      return uri.getPort();
    }
    return uri.getScheme().toLowerCase(Locale.ROOT).equals("https") ? 443 : 80;
  }

  private static boolean isRedirect(int status) {
    return List.of(301, 302, 303, 307, 308).contains(status);
  }

  private static URI target(HttpResponse<?> response, URI first) {
    String location = response.headers().firstValue("Location").orElse("");
    URI next;
    try {
      next = response.uri().resolve(location);
    } catch (IllegalArgumentException e) {
      throw new ModelLoadException(
          "%s sends to '%s', which is no address".formatted(first, location), e);
    }
    boolean wasSafe = response.uri().getScheme().equalsIgnoreCase("https");
    String scheme = String.valueOf(next.getScheme()).toLowerCase(Locale.ROOT);
    if (location.isEmpty()
        || next.getHost() == null
        || !(scheme.equals("https") || (scheme.equals("http") && !wasSafe))) {
      throw new ModelLoadException(
          "%s sends to '%s': only https is followed from https, and http from http"
              .formatted(first, withoutQuery(next)));
    }
    return next;
  }

  private static ModelLoadException loop(URI first, URI last) {
    return new ModelLoadException(
        "%s sends on and on, %d times, at last to %s"
            .formatted(first, MOST_HOPS, withoutQuery(last)));
  }

  /** What may be printed: signed addresses have their key in the query. */
  private static String withoutQuery(URI uri) {
    String text = uri.toString();
    int query = text.indexOf('?');
    return query < 0 ? text : text.substring(0, query) + "?…";
  }

  /**
   * Sends and waits as long as bytes arrive.
   *
   * @param arrived changes with each that did
   */
  private <T> HttpResponse<T> send(
      HttpRequest.Builder request, BodyHandler<T> handler, LongSupplier arrived)
      throws IOException {
    CompletableFuture<HttpResponse<T>> sent = http().sendAsync(request.build(), handler);
    long before = arrived.getAsLong();
    while (true) {
      try {
        return sent.get(quietTimeout.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        long now = arrived.getAsLong();
        if (now == before) {
          sent.cancel(true);
          throw new IOException("nothing arrived for " + quietTimeout.toSeconds() + " s", e);
        }
        before = now;
      } catch (InterruptedException e) {
        sent.cancel(true);
        Thread.currentThread().interrupt();
        throw new ModelLoadException("interrupted while a model was downloaded", e);
      } catch (ExecutionException e) {
        throw cause(e);
      }
    }
  }

  /** What a body refused is an answer of ours, however deep the client has wrapped it. */
  private static IOException cause(ExecutionException failure) {
    for (@Nullable Throwable e = failure.getCause(); e != null; e = e.getCause()) {
      if (e instanceof ModelLoadException refused) {
        throw refused;
      }
    }
    return failure.getCause() instanceof IOException e ? e : new IOException(failure.getCause());
  }
}

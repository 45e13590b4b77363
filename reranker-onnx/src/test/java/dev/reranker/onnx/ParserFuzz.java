package dev.reranker.onnx;

import dev.reranker.error.ModelLoadException;
import dev.reranker.onnx.hub.HubFuzz;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Every parser of ours of files that somebody else wrote, fed with any bytes: it answers, or
 * refuses with an exception of its own; nothing else, and soon. The first byte chooses the parser.
 * For <a href="https://github.com/CodeIntelligenceTesting/jazzer">Jazzer</a>:
 *
 * <pre>
 * java -cp jazzer.jar:TEST-CLASS-PATH com.code_intelligence.jazzer.Jazzer \
 *   --target_class=dev.reranker.onnx.ParserFuzz --instrumentation_includes='dev.reranker.**' \
 *   -max_total_time=1800 -timeout=10 -rss_limit_mb=3000
 * </pre>
 *
 * <p>{@link ParserFuzzTest} runs a little of it with each build.
 */
public final class ParserFuzz {

  private static final List<Parser> PARSERS =
      List.of(
          bytes -> ExternalData.of(new ByteArrayInputStream(bytes)).sizes().size(),
          bytes -> PreparedContent.read(ByteBuffer.wrap(bytes), 4, 1).tokens(),
          bytes -> Safetensors.open(file(bytes)).read("linear.weight", 2, 3).length,
          bytes ->
              Vocabulary.of(file(bytes), Set.of("[MASK]", ","), Optional.empty())
                  .idOrUnknown(",")
                  .orElse(0),
          bytes -> TokenizerFile.prepare(file(bytes), rules(false)).length,
          bytes -> TokenizerFile.prepare(file(bytes), rules(true)).length,
          bytes -> PatternGuard.fault(text(bytes)).map(String::length).orElse(0),
          bytes -> config(bytes).maxLength(),
          bytes -> new RerankerConfig(config(bytes)).activation(1).name().length(),
          bytes -> ColbertConfig.of(config(bytes)).map(ColbertConfig::queryLength).orElse(0),
          bytes -> LateConfig.of(config(bytes)).map(LateConfig::maxLength).orElse(0),
          HubFuzz::listing,
          HubFuzz::names);

  /** Reads bytes; what it returns is of no interest but that it was computed. */
  @FunctionalInterface
  interface Parser {
    int read(byte[] bytes) throws IOException;
  }

  private ParserFuzz() {}

  /** How many parsers there are. */
  static int parsers() {
    return PARSERS.size();
  }

  /** Jazzer's entry. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
    try {
      if (PARSERS.get(Byte.toUnsignedInt(input[0]) % PARSERS.size()).read(bytes)
          == Integer.MIN_VALUE) {
        throw new IllegalStateException("no parser gives this");
      }
    } catch (ModelLoadException | IllegalArgumentException | IOException e) {
      // Refused, as it should be.
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static ModelFile file(byte[] bytes) {
    return new ModelFile("fuzzed", Optional.empty(), () -> new ByteArrayInputStream(bytes));
  }

  private static TokenizerRules rules(boolean lowerCase) {
    return TokenizerRules.of(
        config(
            lowerCase
                ? "{\"do_lower_case\": true}".getBytes(StandardCharsets.UTF_8)
                : new byte[] {'{', '}'}));
  }

  /** Every file of the model has this content. */
  private static ModelConfig config(byte[] bytes) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(new Everywhere(bytes));
    try {
      return new ModelConfig(ModelSource.classpath("fuzzed"));
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** Finds the same bytes under each name. */
  private static final class Everywhere extends ClassLoader {

    private final byte[] bytes;

    Everywhere(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public URL getResource(String name) {
      try {
        return URL.of(
            URI.create("fuzz:/file"),
            new URLStreamHandler() {
              @Override
              protected URLConnection openConnection(URL url) {
                return new URLConnection(url) {
                  @Override
                  public void connect() {}

                  @Override
                  public InputStream getInputStream() {
                    return new ByteArrayInputStream(bytes);
                  }
                };
              }
            });
      } catch (MalformedURLException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}

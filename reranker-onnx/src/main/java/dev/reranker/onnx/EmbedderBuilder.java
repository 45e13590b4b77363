package dev.reranker.onnx;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The settings that every embedder has; not thread-safe.
 *
 * @param <B> the builder itself
 */
abstract class EmbedderBuilder<B extends EmbedderBuilder<B>> extends ModelBuilder<B> {

  private Optional<String> queryPrompt = Optional.empty();
  private Optional<String> passagePrompt = Optional.empty();

  EmbedderBuilder() {}

  /**
   * Sets what is put before each query; default: the model's prompt {@code query}, otherwise the
   * one that it calls its default, if it has one.
   *
   * @param prompt the text, with its trailing space; empty for none
   * @return this
   */
  public B queryPrompt(String prompt) {
    this.queryPrompt = Optional.of(prompt);
    return self();
  }

  /**
   * Sets what is put before each passage; default: the model's prompt {@code document}, {@code
   * passage} or {@code corpus}, otherwise the one that it calls its default, if it has one.
   *
   * @param prompt the text, with its trailing space; empty for none
   * @return this
   */
  public B passagePrompt(String prompt) {
    this.passagePrompt = Optional.of(prompt);
    return self();
  }

  boolean hasQueryPrompt() {
    return queryPrompt.isPresent();
  }

  boolean hasPassagePrompt() {
    return passagePrompt.isPresent();
  }

  EngineSettings settings() {
    return settings(
        () -> {
          throw new IllegalStateException(
              "an embedder needs a model: call model(ModelSource.directory(..))");
        });
  }

  /**
   * Loads the model and hands it over; releases it again if the embedder does not want it.
   *
   * @param outputs names of the wanted output, the preferred first
   */
  <E> E open(
      EngineSettings settings,
      ModelConfig config,
      List<String> outputs,
      Function<TextEncoder, E> embedder) {
    LateConfig.refuse(config);
    var prompts = new EmbedderConfig(config);
    String query = queryPrompt.orElseGet(prompts::queryPrompt);
    String passage = passagePrompt.orElseGet(prompts::passagePrompt);
    Engine engine = Engine.open(settings, config, 1, outputs);
    try {
      return embedder.apply(new TextEncoder(engine, query, passage));
    } catch (RuntimeException | Error e) {
      engine.close();
      throw e;
    }
  }
}

package dev.reranker.onnx;

import dev.reranker.error.ModelLoadException;
import dev.reranker.onnx.Modules.Module;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** What a bi-encoder's files say of the way from token vectors to the vector of a text. */
final class EmbedderConfig {

  private static final String POOLING_ADVICE =
      "mean and CLS pooling are supported: choose one with pooling(..), or export the graph with"
          + " its pooling, as sentence_embedding";

  /** The names of releases before 5.4 for what later ones call by a word. */
  private static final Map<String, String> OLD_MODES =
      Map.of(
          "pooling_mode_cls_token", "cls",
          "pooling_mode_mean_tokens", "mean",
          "pooling_mode_max_tokens", "max",
          "pooling_mode_mean_sqrt_len_tokens", "mean_sqrt_len_tokens",
          "pooling_mode_weightedmean_tokens", "weightedmean",
          "pooling_mode_lasttoken", "lasttoken");

  private final ModelConfig model;
  private final Modules modules;

  EmbedderConfig(ModelConfig model) {
    this.model = model;
    this.modules = model.modules();
  }

  /**
   * The pooling of a graph that gives token vectors: what the pooling module's file names; the mean
   * where there is neither such a file nor {@code modules.json}.
   *
   * @param prompts whether anything is put before texts
   */
  Pooling pooling(boolean prompts) {
    List<Module> pooling = modules.all("Pooling");
    JsonFile file = poolingFile();
    if (modules.present() && (pooling.size() > 1 || (pooling.isEmpty() && !file.present()))) {
      throw new ModelLoadException(
          "modules.json in %s lists %d pooling modules, and the graph gives token vectors: choose with pooling(..)"
              .formatted(model.source(), pooling.size()));
    }
    if (!file.present()) {
      return withoutFile(file);
    }
    requirePromptPooled(file, prompts);
    return pooling(file);
  }

  /**
   * Refuses a model that leaves its prompt out of pooling, whether the graph pools or not: what a
   * graph pools is all that the attention mask shows it, the prompt too.
   *
   * @param prompts whether anything is put before texts
   */
  void requirePromptPooled(boolean prompts) {
    requirePromptPooled(poolingFile(), prompts);
  }

  private static void requirePromptPooled(JsonFile file, boolean prompts) {
    if (!file.flag("include_prompt").orElse(true) && prompts) {
      throw file.refuse(
          "include_prompt",
          "leaving the prompt out of pooling (include_prompt false) is not supported: choose"
              + " pooling(..) to pool the graph's token vectors with it, or empty prompts");
    }
  }

  private JsonFile poolingFile() {
    List<Module> pooling = modules.all("Pooling");
    String folder = pooling.isEmpty() ? "1_Pooling" : pooling.get(0).path();
    return JsonFile.read(
        model.source(), folder.isEmpty() ? "config.json" : folder + "/config.json");
  }

  private Pooling withoutFile(JsonFile file) {
    if (modules.present()) {
      throw new ModelLoadException(
          "%s is missing in %s, though modules.json names its folder: get it, or choose with pooling(..)"
              .formatted(file.name(), model.source()));
    }
    if (model.swift().has("task_type")) {
      throw model
          .swift()
          .refuse("task_type", "how its vectors are pooled is not saved: choose with pooling(..)");
    }
    return Pooling.MEAN;
  }

  private static Pooling pooling(JsonFile file) {
    Set<String> old = new LinkedHashSet<>();
    var keys = new ArrayList<String>();
    for (String key : file.keys()) {
      if (key.startsWith("pooling_mode_") && file.flag(key).orElse(false)) {
        old.add(OLD_MODES.getOrDefault(key, key));
        keys.add(key);
      }
    }
    List<String> modes = file.texts("pooling_mode");
    if (!modes.isEmpty() && !old.isEmpty() && !old.equals(Set.copyOf(modes))) {
      throw file.refuse(
          "pooling_mode", "%s says otherwise: choose with pooling(..)".formatted(keys));
    }
    List<String> wanted = modes.isEmpty() ? List.copyOf(old) : modes;
    if (wanted.equals(List.of("mean"))) {
      return Pooling.MEAN;
    }
    if (wanted.equals(List.of("cls"))) {
      return Pooling.CLS;
    }
    if (modes.isEmpty()) {
      throw new ModelLoadException(
          "%s asks for %s; %s"
              .formatted(
                  file.where(),
                  keys.isEmpty() ? "no pooling mode that is known" : keys,
                  POOLING_ADVICE));
    }
    throw file.refuse("pooling_mode", POOLING_ADVICE);
  }

  /**
   * Refuses modules between transformer and vector that are not computed here, and orders of them.
   * A graph that gives {@code sentence_embedding} has them inside.
   */
  void requireModules(boolean inside) {
    if (inside) {
      return;
    }
    modules.requireKnown(model.source());
    int last = -1;
    for (Module module : modules.list()) {
      int place = List.of("Transformer", "Pooling", "Normalize").indexOf(module.simpleName());
      if (place < 0) {
        continue;
      }
      if (place < last || (place == last && place == 0)) {
        throw new ModelLoadException(
            "modules.json in %s lists %s; the order Transformer, Pooling, Normalize is supported"
                .formatted(model.source(), modules.list().stream().map(Module::type).toList()));
      }
      last = place;
    }
  }

  /**
   * Whether vectors are brought to length 1: as {@code modules.json} lists; yes where there is no
   * such file.
   */
  boolean normalize() {
    boolean normalize = !modules.present();
    for (Module module : modules.all("Normalize")) {
      normalize |= normalizes(module, "sentence_embedding");
    }
    Optional<String> similarity = model.sentenceTransformers().text("similarity_fn_name");
    String name = similarity.orElse("cosine");
    boolean fits =
        switch (name) {
          case "cosine" -> true;
          case "dot", "euclidean" -> normalize; // Of unit vectors both order as the cosine does.
          default -> false;
        };
    if (!fits) {
      throw model
          .sentenceTransformers()
          .refuse(
              "similarity_fn_name",
              "the cosine is what vectors are compared by, and these are not of length 1: say"
                  + " normalize(true) if the cosine suits the model, or normalize(false) to compare"
                  + " them yourself");
    }
    return normalize;
  }

  private boolean normalizes(Module module, String wanted) {
    if (module.path().isEmpty()) {
      return true;
    }
    JsonFile file = JsonFile.read(model.source(), module.path() + "/config.json");
    String input = file.text("module_input_name").orElse(wanted);
    String output = file.text("module_output_name").orElse(input);
    if (!input.equals(wanted) || !output.equals(wanted)) {
      throw file.refuse(
          input.equals(wanted) ? "module_output_name" : "module_input_name",
          wanted + " is supported: choose with normalize(..)");
    }
    return true;
  }

  /** To how many values vectors are cut. */
  OptionalInt dimension() {
    return model.sentenceTransformers().number("truncate_dim", 1);
  }

  /**
   * What is put before queries: the prompt {@code query}, otherwise the one that is called the
   * default.
   */
  String queryPrompt() {
    JsonFile prompts = prompts();
    Optional<String> prompt = prompts.text("query").or(() -> defaultPrompt("queryPrompt(..)"));
    if (prompt.isEmpty()) {
      List<String> others =
          prompts.keys().stream()
              .filter(name -> !Set.of("document", "passage", "corpus").contains(name))
              .filter(name -> !prompts.text(name).orElse("").isEmpty())
              .toList();
      if (!others.isEmpty()) {
        throw model
            .sentenceTransformers()
            .refuse(
                "prompts",
                "none is called query, and none the default: choose with queryPrompt(..), which"
                    + " may be empty");
      }
    }
    return prompt.orElse("");
  }

  /** What is put before passages: the prompt of one of three names, otherwise the default one. */
  String passagePrompt() {
    JsonFile prompts = prompts();
    var found = new LinkedHashSet<String>();
    for (String name : List.of("document", "passage", "corpus")) {
      prompts.text(name).ifPresent(found::add);
    }
    if (found.size() > 1) {
      throw model
          .sentenceTransformers()
          .refuse(
              "prompts",
              "document, passage and corpus are names of the same one here: choose with"
                  + " passagePrompt(..)");
    }
    return found.stream().findFirst().or(() -> defaultPrompt("passagePrompt(..)")).orElse("");
  }

  private JsonFile prompts() {
    return model.sentenceTransformers().object("prompts");
  }

  private Optional<String> defaultPrompt(String wayOut) {
    Optional<String> name = model.sentenceTransformers().text("default_prompt_name");
    if (name.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> prompt = prompts().text(name.get());
    if (prompt.isEmpty()) {
      throw model
          .sentenceTransformers()
          .refuse("default_prompt_name", "'prompts' has none of that name: choose with " + wayOut);
    }
    return prompt;
  }
}

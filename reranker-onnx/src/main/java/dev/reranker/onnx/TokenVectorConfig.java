package dev.reranker.onnx;

import com.google.gson.JsonElement;
import dev.reranker.onnx.Modules.Module;
import java.util.List;
import java.util.Set;

/** What a late-interaction model's files ask for that is not done here. */
final class TokenVectorConfig {

  private static final String WAY_OUT =
      " is not done: say plainTokens(true) to take the token vectors as they are";

  private final ModelConfig model;

  TokenVectorConfig(ModelConfig model) {
    this.model = model;
  }

  /** Refuses keys that change which token vectors a text has, and how many. */
  void requirePlain() {
    refuse(model.sentenceBert(), "query_expansion", "padding queries with [MASK]");
    refuse(model.sentenceBert(), "query_length", "a length of its own for queries");
    refuse(model.sentenceBert(), "document_length", "a length of its own for passages");
    JsonFile saved = model.sentenceTransformers();
    boolean colbert = saved.text("model_type").orElse("").equals("ColBERT");
    if (colbert || saved.has("do_query_expansion")) {
      if (saved.flag("do_query_expansion").orElse(true)) {
        throw saved.refuse(
            saved.has("do_query_expansion") ? "do_query_expansion" : "model_type",
            "padding queries with [MASK]" + WAY_OUT);
      }
    }
    refuse(saved, "query_expansion", "padding queries with [MASK]");
    refuse(saved, "query_length", "a length of its own for queries");
    refuse(saved, "document_length", "a length of its own for passages");
    refuse(saved, "skiplist_words", "leaving words out of passages");
    String similarity = saved.text("similarity_fn_name").orElse("maxsim");
    if (!Set.of("maxsim", "MaxSim", "cosine", "dot").contains(similarity)) {
      throw saved.refuse(
          "similarity_fn_name",
          "token vectors are compared by MaxSim: say plainTokens(true) if that suits the model");
    }
    for (Module module : model.modules().all("MultiVectorMask")) {
      JsonFile mask = JsonFile.read(model.source(), module.path() + "/config.json");
      refuse(mask, "skiplist_words", "leaving words out of passages");
      refuse(mask, "keep_only_token_ids", "keeping some tokens only");
    }
  }

  private static void refuse(JsonFile file, String key, String what) {
    JsonElement value = file.element(key).orElse(null);
    if (value != null && !(value.isJsonArray() && value.getAsJsonArray().isEmpty())) {
      throw file.refuse(key, what + WAY_OUT);
    }
  }

  /** Refuses the markers that PyLate puts before texts as tokens; here they are prompts. */
  void requirePrompts(boolean query, boolean passage) {
    JsonFile saved = model.sentenceTransformers();
    if (!query && saved.has("query_prefix")) {
      throw saved.refuse("query_prefix", "say it as queryPrompt(..), if it is one token");
    }
    if (!passage && saved.has("document_prefix")) {
      throw saved.refuse("document_prefix", "say it as passagePrompt(..), if it is one token");
    }
  }

  /** Modules that {@code modules.json} lists and only a graph exported with them computes. */
  List<String> otherModules() {
    return model.modules().list().stream()
        .filter(module -> !module.known() && !module.is("MultiVectorMask"))
        .map(Module::type)
        .toList();
  }
}

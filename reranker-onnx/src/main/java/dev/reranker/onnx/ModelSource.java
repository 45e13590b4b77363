package dev.reranker.onnx;

import dev.reranker.error.ModelLoadException;
import dev.reranker.onnx.hub.HubModel;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where a model's files are: a directory, the Hugging Face hub, the class path, or single files.
 *
 * <p>The files are those of the Hugging Face layout. Two are required: the graph ({@code
 * model.onnx} or {@code onnx/model.onnx}, with its weights in files beside it or not; another one
 * by {@link #graph(String)}) and {@code tokenizer.json}. The others tell the model's facts where
 * they are present. Each of their keys that can change a score is read in every form that
 * Transformers, sentence-transformers (up to 6), Optimum and ms-swift write, or refused with a
 * {@link ModelLoadException} that names file, key, value and the way out; none is taken for a
 * default. A null is a missing key. What the builder says makes the files' word irrelevant.
 *
 * <table>
 * <caption>Files and keys; → what to call on the builder where one is refused</caption>
 * <tr><th>File<th>Keys<th>What happens
 * <tr><td>config.json<td>model_type, max_position_embeddings, n_positions<td>bound the length; models that count positions as RoBERTa does lose those up to the padding id
 * <tr><td>config.json<td>pad_token_id<td>fills rows; default 0, or 1 for models like RoBERTa
 * <tr><td>config.json<td>id2label, label2id<td>of two labels: their names say which one is relevant, otherwise refused → {@code positiveLabel(..)}; of one label, no effect
 * <tr><td>config.json<td>sentence_transformers.activation_fn, sbert_ce_default_activation_function<td>torch's Sigmoid, Identity, and Softmax of two labels; others refused → {@code activation(..)}
 * <tr><td>config.json<td>problem_type<td>of one label, and single_label_classification: no effect; others refused → {@code activation(..)}
 * <tr><td>config.json<td>late_interaction<td>a reranker that encodes query and passage apart: its two graphs, sizes, special tokens and lengths; {@link OnnxReranker} alone takes it, and reads query and passage together only where {@link #graph(String)} chooses the one graph of both
 * <tr><td>config.json<td>all others<td>shape the graph, which has them inside
 * <tr><td>tokenizer.json<td>normalizer, pre_tokenizer, post_processor, model, added_tokens<td>as they are; where only a chat template (in tokenizer_config.json or a file of its own) tells query and passage apart, the model is refused
 * <tr><td>tokenizer.json<td>truncation, padding<td>off: texts are cut here, at their end, and results say so
 * <tr><td>tokenizer.json<td>regular expressions<td>refused where they may take time beyond bounds: native code would end the process
 * <tr><td>tokenizer_config.json<td>model_max_length<td>the length, unless sentence-transformers' file names one
 * <tr><td>tokenizer_config.json<td>do_lower_case, strip_accents, add_prefix_space, add_bos_token, add_eos_token<td>must agree with {@code tokenizer.json}, otherwise refused
 * <tr><td>tokenizer_config.json<td>truncation_side, split_special_tokens<td>{@code right} and false; others refused
 * <tr><td>tokenizer_config.json<td>padding_side and others<td>no effect
 * <tr><td>sentence_bert_config.json (or its six older names)<td>max_seq_length; tokenizer_args, processor_kwargs: model_max_length; processing_kwargs: text.max_length<td>the length
 * <tr><td>sentence_bert_config.json<td>do_lower_case<td>texts are lower-cased before the tokenizer's normalizer
 * <tr><td>sentence_bert_config.json<td>other arguments for the tokenizer, chat templates, other ways through the transformer (modality_config)<td>refused
 * <tr><td>sentence_bert_config.json<td>transformer_task<td>must fit what the model is loaded as
 * <tr><td>sentence_bert_config.json<td>query_expansion, query_length, document_length<td>refused by {@link OnnxMultiVectorEmbedder} → {@code plainTokens(true)}
 * <tr><td>modules.json<td>type<td>Transformer, Pooling and Normalize of sentence-transformers, under their names of any release; others refused, unless the graph gives sentence_embedding and so has them inside
 * <tr><td>modules.json<td>path<td>where the module's own files are
 * <tr><td>the pooling module's config.json<td>pooling_mode, pooling_mode_*<td>mean and CLS; others refused → {@code pooling(..)}
 * <tr><td>the pooling module's config.json<td>include_prompt<td>false is refused where there is a prompt → {@code pooling(..)}
 * <tr><td>the normalising module's config.json<td>module_input_name, module_output_name<td>sentence_embedding; others refused → {@code normalize(..)}
 * <tr><td>config_sentence_transformers.json<td>model_type<td>must fit what the model is loaded as
 * <tr><td>config_sentence_transformers.json<td>activation_fn<td>as in {@code config.json}, which it goes before
 * <tr><td>config_sentence_transformers.json<td>prompts, default_prompt_name<td>query, and document, passage or corpus, otherwise the default one; a cross-encoder's default one stands before the query; what is not clear is refused → {@code queryPrompt(..)}, {@code passagePrompt(..)}
 * <tr><td>config_sentence_transformers.json<td>similarity_fn_name<td>cosine, and what orders as it does; others refused → {@code normalize(..)}
 * <tr><td>config_sentence_transformers.json<td>truncate_dim<td>vectors are cut to it
 * <tr><td>config_sentence_transformers.json<td>query_prefix, document_prefix, do_query_expansion, skiplist_words (PyLate)<td>refused by {@link OnnxMultiVectorEmbedder}
 * <tr><td>config_sentence_transformers.json<td>of a ColBERT (PyLate): query_prefix, document_prefix, query_length, document_length, do_query_expansion, attend_to_expansion_tokens, skiplist_words, similarity_fn_name<td>{@link OnnxReranker}: honoured, with PyLate's defaults; a query beyond query_length is read whole, up to document_length
 * <tr><td>artifact.metadata (Stanford's ColBERT)<td>query_token_id, doc_token_id, query_maxlen, doc_maxlen, attend_to_mask_tokens, mask_punctuation, similarity, dim<td>{@link OnnxReranker}: honoured
 * <tr><td>a ColBERT's Dense modules: config.json, model.safetensors<td>in_features, out_features, bias, activation_function, use_residual<td>{@link OnnxReranker}: computed where the graph ends before them; an unknown function is refused
 * <tr><td>args.json (ms-swift)<td>task_type, template, problem_type<td>must fit; chat templates, generative rerankers and embedders without modules.json are refused
 * <tr><td>ort_config.json, quantize_config.json (Optimum)<td>all<td>no effect: they say how the graph was made
 * </table>
 *
 * <p>Nothing is downloaded but by {@link #hub}, and nothing is read before a model is built from
 * the source.
 */
public final class ModelSource {

  static final List<String> GRAPH = List.of("model.onnx", "onnx/model.onnx");
  static final List<String> TOKENIZER = List.of("tokenizer.json");

  private final String name;
  private final Kind kind;
  private final String place;
  private final Function<String, @Nullable ModelFile> files;
  private final Supplier<List<String>> graphs;
  private final List<String> graph;
  private final boolean chosen;

  private enum Kind {
    DIRECTORY,
    HUB,
    CLASS_PATH,
    SINGLE_FILES
  }

  private ModelSource(
      String name,
      Kind kind,
      String place,
      Function<String, @Nullable ModelFile> files,
      Supplier<List<String>> graphs,
      List<String> graph,
      boolean chosen) {
    this.name = name;
    this.kind = kind;
    this.place = place;
    this.files = files;
    this.graphs = graphs;
    this.graph = graph;
    this.chosen = chosen;
  }

  /**
   * A directory in the Hugging Face layout.
   *
   * @param directory the directory; links in it are followed
   * @return the source, named after the directory
   */
  public static ModelSource directory(Path directory) {
    Path absolute = directory.toAbsolutePath().normalize();
    return new ModelSource(
        fileName(absolute),
        Kind.DIRECTORY,
        "directory " + absolute,
        file -> {
          requireDirectory(absolute);
          return ModelFile.at(absolute.resolve(file));
        },
        () -> GraphNames.in(absolute),
        GRAPH,
        false);
  }

  /**
   * A model by its name on the Hugging Face hub, all else by the environment's variables; the same
   * as {@code hub(HubModel.of(id))}. What the cache does not have is downloaded when a model is
   * built from it.
   *
   * @param id {@code org/name}
   * @return the source, of that name
   * @throws IllegalArgumentException if this is no such name
   */
  public static ModelSource hub(String id) {
    return hub(HubModel.of(id));
  }

  /**
   * A model on the Hugging Face hub. What the cache does not have is downloaded when a model is
   * built from it: the graph, the files of its weights, the tokenizer, and the small ones that tell
   * the model's facts; no other graph.
   *
   * @param model which one, and where it is kept
   * @return the source, named after the model
   */
  public static ModelSource hub(HubModel model) {
    return new ModelSource(
        model.id(),
        Kind.HUB,
        model.toString(),
        file -> HubFiles.find(model, file),
        () -> HubFiles.graphs(model),
        GRAPH,
        false);
  }

  /**
   * The model that a graph file belongs to: the file's directory, or the one above it if that is
   * called {@code onnx}. The same as {@code directory(..).graph(..)}.
   *
   * @param graph the ONNX file
   * @return the source, named after the directory
   */
  public static ModelSource graphFile(Path graph) {
    Path absolute = graph.toAbsolutePath().normalize();
    Path directory = Objects.requireNonNullElse(absolute.getParent(), absolute);
    Path above = directory.getParent();
    if (above != null && fileName(directory).equals("onnx")) {
      directory = above;
    }
    return directory(directory).graph(directory.relativize(absolute).toString().replace('\\', '/'));
  }

  /**
   * A folder on the class path in the Hugging Face layout, found by the thread's context class
   * loader or the one that loaded this library.
   *
   * @param folder the folder, for example {@code "models/my-reranker"}
   * @return the source, named after the folder's last part
   */
  public static ModelSource classpath(String folder) {
    String root = folder.replaceAll("^/+|/+$", "");
    Function<String, @Nullable ModelFile> files = file -> resource(root + "/" + file);
    return new ModelSource(
        root.substring(root.lastIndexOf('/') + 1),
        Kind.CLASS_PATH,
        "class path folder " + root,
        files,
        () -> GraphNames.USUAL.stream().filter(file -> files.apply(file) != null).toList(),
        GRAPH,
        false);
  }

  /**
   * The two required files, each by its path, without the optional ones.
   *
   * @param model the ONNX file
   * @param tokenizer the tokenizer's JSON file
   * @return the source, named after the ONNX file
   */
  public static ModelSource files(Path model, Path tokenizer) {
    Map<String, Path> paths =
        Map.of(GRAPH.get(0), model.toAbsolutePath(), TOKENIZER.get(0), tokenizer.toAbsolutePath());
    return new ModelSource(
        withoutExtension(fileName(model)),
        Kind.SINGLE_FILES,
        "files " + model.toAbsolutePath() + " and " + tokenizer.toAbsolutePath(),
        file -> {
          Path path = paths.get(file);
          return path == null ? null : ModelFile.at(path);
        },
        List::of,
        GRAPH,
        false);
  }

  /**
   * The two required files as class path resources, without the optional ones.
   *
   * @param model the ONNX file's resource name
   * @param tokenizer the tokenizer JSON's resource name
   * @return the source, named after the ONNX file
   */
  public static ModelSource resources(String model, String tokenizer) {
    Map<String, String> names = Map.of(GRAPH.get(0), model, TOKENIZER.get(0), tokenizer);
    return new ModelSource(
        withoutExtension(model.substring(model.lastIndexOf('/') + 1)),
        Kind.SINGLE_FILES,
        "class path resources " + model + " and " + tokenizer,
        file -> {
          String resource = names.get(file);
          return resource == null ? null : resource(resource);
        },
        List::of,
        GRAPH,
        false);
  }

  /**
   * The same model with another graph, for example a quantised one; all other files stay in effect.
   *
   * @param file the ONNX file, relative to the model's folder, for example {@code
   *     "onnx/model_quantized.onnx"}
   * @return a new source of the same name
   * @throws IllegalStateException if this source was made from single files
   */
  public ModelSource graph(String file) {
    if (kind == Kind.SINGLE_FILES) {
      throw new IllegalStateException(
          "the graph of " + place + " is already chosen: give another file instead");
    }
    return new ModelSource(name, kind, place, files, graphs, List.of(file), true);
  }

  /**
   * The name under which models from here appear in results.
   *
   * @return the name
   */
  public String name() {
    return name;
  }

  /** Where errors say the files were looked for. */
  @Override
  public String toString() {
    return place;
  }

  /** The first of these files that is there. */
  Optional<ModelFile> find(List<String> candidates) {
    return candidates.stream().map(files).filter(Objects::nonNull).findFirst();
  }

  /** Whether a graph was chosen, by its name or its file. */
  boolean hasChosenGraph() {
    return kind == Kind.SINGLE_FILES || chosen;
  }

  /** The same with other graphs to look for, the preferred first, unless one was chosen. */
  ModelSource preferring(List<String> preferred) {
    return hasChosenGraph()
        ? this
        : new ModelSource(name, kind, place, files, graphs, preferred, false);
  }

  /** The graph: the chosen file, or the one with the usual name. */
  ModelFile graph() {
    return find(graph).orElseThrow(this::noGraph).check();
  }

  /** The first of these files; an error that names them where none is there. */
  ModelFile require(List<String> candidates) {
    return find(candidates).orElseThrow(() -> missing(candidates)).check();
  }

  private ModelLoadException missing(List<String> candidates) {
    return new ModelLoadException(
        "%s is missing in %s: a model needs model.onnx (or onnx/model.onnx) and tokenizer.json%s"
            .formatted(String.join(" or ", candidates), place, above(candidates)));
  }

  /** Whoever gives the folder of the graphs means the one above. */
  private String above(List<String> candidates) {
    for (String file : candidates) {
      try {
        if (kind == Kind.DIRECTORY && files.apply("../" + file) != null) {
          return "; "
              + file
              + " is in the directory above: give that one, and choose the graph by"
              + " ModelSource.directory(..).graph(..) if it is not model.onnx";
        }
      } catch (ModelLoadException e) {
        return "";
      }
    }
    return "";
  }

  private ModelLoadException noGraph() {
    List<String> there = graphs.get();
    if (there.isEmpty()) {
      return missing(chosen ? graph : GRAPH);
    }
    return new ModelLoadException(
        "%s is missing in %s, but %s %s there: choose one by ModelSource.%s(..).graph(\"%s\")"
            .formatted(
                String.join(" or ", chosen ? graph : GRAPH),
                place,
                String.join(", ", there),
                there.size() == 1 ? "is" : "are",
                kind == Kind.HUB ? "hub" : "directory",
                there.get(0)));
  }

  private static void requireDirectory(Path directory) {
    if (Files.isDirectory(directory)) {
      return;
    }
    String what = Files.exists(directory) ? " is not a directory" : " does not exist";
    String advice =
        fileName(directory).endsWith(".onnx") && Files.exists(directory)
            ? ": give ModelSource.graphFile(..), or the directory and its graph(..)"
            : ": give the directory with the model's files, "
                + "model.onnx (or onnx/model.onnx) and tokenizer.json";
    throw new ModelLoadException(directory + what + advice);
  }

  private static @Nullable ModelFile resource(String resource) {
    URL url = null;
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    if (context != null) {
      url = context.getResource(resource);
    }
    if (url == null) {
      url = ModelSource.class.getResource("/" + resource);
    }
    return url == null ? null : ModelFile.of(url);
  }

  private static String fileName(Path path) {
    Path name = path.getFileName();
    return name == null ? path.toString() : name.toString();
  }

  private static String withoutExtension(String file) {
    return file.contains(".") ? file.substring(0, file.lastIndexOf('.')) : file;
  }
}

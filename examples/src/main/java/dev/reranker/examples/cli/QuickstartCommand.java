package dev.reranker.examples.cli;

import dev.reranker.Pipeline;
import dev.reranker.examples.quickstart.LuceneJavadoc;
import dev.reranker.onnx.OnnxReranker;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "quickstart",
    sortOptions = false,
    description = {
      "See what reranking does: three questions over Lucene's API documentation, and yours.",
      "For each, the five best of the first stage, then the five best after reranking.",
      "At the end, what it saves that the index holds the passages prepared."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class QuickstartCommand implements Callable<Integer> {

  private static final int TOP = 5;

  private static final List<String> QUESTIONS =
      List.of(
          "what happens when two processes open the same index for writing",
          "how can several threads search the same index",
          "how to sort search results by a numeric field");

  @Spec private CommandSpec spec;
  @Mixin private FirstStageOptions firstStage;
  @Mixin private ModelOption model;
  @Mixin private CombineOption combine;

  @Option(
      names = "--sources",
      paramLabel = "JAR",
      description = "Java sources to read; default: lucene-core's, which the build brings.")
  private @Nullable Path sources;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Path jar = sources == null ? BuildFolder.path().resolve("lucene-core-sources.jar") : sources;
    try (OnnxReranker reranker = model.open();
        FirstStage first = open(jar, reranker)) {
      Pipeline pipeline =
          Pipeline.builder()
              .retrieve(first.retriever(), firstStage.depth())
              .rerank(reranker, firstStage.depth(), combine.combiner(reranker))
              .build();
      out.printf(
          Locale.ROOT,
          "%,d passages of Lucene's API documentation; the top %d are reranked.%n",
          first.size(),
          firstStage.depth());
      out.println(combine.account(reranker, first.models()));
      for (String question : QUESTIONS) {
        answer(pipeline, question, out);
      }
      if (first.models().prepares()) {
        BothWays.compare(reranker, first.retriever(), firstStage.depth(), QUESTIONS, out);
      }
      Terminal.find().ifPresent(console -> converse(console, pipeline, out));
    }
    return 0;
  }

  private FirstStage open(Path jar, OnnxReranker reranker) throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    if (!Files.exists(jar)) {
      throw new NoSuchFileException(
          jar.toString(), null, "no such file; the build brings it: mvn -q -DskipTests verify");
    }
    if (Files.isDirectory(jar)) {
      throw new FileSystemException(jar.toString(), null, "is a folder; a sources jar is needed");
    }
    // The bytes, since parsing them takes seconds.
    String content = new String(Files.readAllBytes(jar), StandardCharsets.ISO_8859_1);
    List<String> identity = List.of(LuceneJavadoc.FORM, content);
    return FirstStage.open(
        firstStage,
        IndexModels.open(firstStage, Optional.of(reranker)),
        identity,
        () -> {
          err.println("first use: reading and indexing Lucene's API documentation, about a minute");
          err.flush();
          return LuceneJavadoc.read(jar);
        },
        err);
  }

  private static void answer(Pipeline pipeline, String question, PrintWriter out) {
    out.println();
    out.println("=".repeat(Layout.WIDTH));
    out.println("Question: " + question);
    out.println();
    Layout.compare(pipeline.search(question), TOP, out);
  }

  /** Answers what the user types, until an empty line or the end of input. */
  private static void converse(Console console, Pipeline pipeline, PrintWriter out) {
    while (true) {
      String question = console.readLine("%nYour question (empty line: end): ");
      if (question == null || question.isBlank()) {
        return;
      }
      try {
        answer(pipeline, question.strip(), out);
      } catch (IllegalArgumentException e) {
        out.println(e.getMessage());
        out.flush();
      }
    }
  }
}

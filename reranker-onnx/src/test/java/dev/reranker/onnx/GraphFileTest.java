package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.reranker.error.ModelLoadException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Graphs with their weights elsewhere, in odd places, of another version, or damaged. */
class GraphFileTest {

  private static final String DATA = "model.onnx_data";
  private static final String POINTER =
      "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n";

  @TempDir private Path directory;

  @Test
  void weightsBesideTheGraphAreRead() throws IOException {
    float[] whole = score(new TinyModel().in(directory.resolve("whole")));
    assertThat(score(new TinyModel().dataFile(DATA).in(directory.resolve("split"))))
        .containsExactly(whole);
    assertThat(GraphFile.open(ModelFile.of(directory.resolve("split/model.onnx"))).data())
        .extracting(ModelFile::name)
        .containsExactly(directory.resolve("split").resolve(DATA).toString());
  }

  @Test
  void aCacheOfLinksIsRead() throws IOException {
    Path blobs = Files.createDirectories(directory.resolve("models--me--rr/blobs"));
    Path root = directory.resolve("models--me--rr/snapshots/abc");
    Path snapshot = Files.createDirectories(root.resolve("onnx"));
    new TinyModel().dataFile(DATA).at(blobs.resolve("model.onnx"));
    Files.move(blobs.resolve("model.onnx"), blobs.resolve("b1"));
    Files.move(blobs.resolve(DATA), blobs.resolve("b2"));
    Files.write(blobs.resolve("b3"), TinyModel.tokenizer());
    Files.createSymbolicLink(snapshot.resolve("model.onnx"), Path.of("../../../blobs/b1"));
    Files.createSymbolicLink(snapshot.resolve(DATA), Path.of("../../../blobs/b2"));
    Files.createSymbolicLink(root.resolve("tokenizer.json"), Path.of("../../blobs/b3"));
    assertThat(score(ModelSource.directory(root)))
        .containsExactly(score(new TinyModel().in(directory.resolve("whole"))));
  }

  @Test
  void missingWeightsAreNamed() throws IOException {
    ModelSource source = new TinyModel().dataFile(DATA).in(directory);
    Files.delete(directory.resolve(DATA));
    assertRefused(
        () -> score(source), directory.resolve(DATA) + ", which is missing", "beside the graph");
  }

  @Test
  void weightsThatAreCutShortAreNamed() throws IOException {
    ModelSource source = new TinyModel().dataFile(DATA).in(directory);
    Files.write(directory.resolve(DATA), new byte[1000]);
    assertRefused(() -> score(source), DATA + " has 1000 bytes", "cut short", "get it again");
  }

  @Test
  void aPointerOfGitLfsInPlaceOfWeightsIsNamed() throws IOException {
    ModelSource source = new TinyModel().dataFile(DATA).in(directory);
    Files.writeString(directory.resolve(DATA), POINTER);
    assertRefused(() -> score(source), DATA, "Git LFS", "git lfs pull");
  }

  @Test
  void aDirectoryInPlaceOfWeightsIsNamed() throws IOException {
    ModelSource source = new TinyModel().dataFile(DATA).in(directory);
    Files.delete(directory.resolve(DATA));
    Files.createDirectory(directory.resolve(DATA));
    assertRefused(() -> score(source), directory.resolve(DATA) + " is a directory");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"./model.onnx", "onnx/../model.onnx", "../m/model.onnx", ".//./model.onnx"})
  void weightsBesideAGraphWhosePathTakesDetoursAreRead(String graph) throws IOException {
    Path model = Files.createDirectories(directory.resolve("m"));
    Files.createDirectory(model.resolve("onnx"));
    float[] whole = score(new TinyModel().dataFile(DATA).in(model));
    Path detour = Path.of(model + "/" + graph);
    assertThat(score(ModelSource.files(detour, model.resolve("tokenizer.json"))))
        .containsExactly(whole);
    assertThat(score(ModelSource.graphFile(detour))).containsExactly(whole);
    assertThat(score(ModelSource.directory(model).graph(graph))).containsExactly(whole);
  }

  @Test
  void weightsBesideAGraphWithARelativePathAreRead() {
    float[] whole = score(new TinyModel().dataFile(DATA).in(directory));
    Path here = Path.of("").toAbsolutePath().relativize(directory.toAbsolutePath());
    assertThat(here).isRelative();
    assertThat(score(ModelSource.files(here.resolve("model.onnx"), here.resolve("tokenizer.json"))))
        .containsExactly(whole);
  }

  @ParameterizedTest
  @ValueSource(strings = {"./onnx/model.onnx", "onnx/./model.onnx", "../m/onnx/model.onnx"})
  void weightsBesideAGraphChosenByADetourAreRead(String graph) throws IOException {
    Path model = Files.createDirectories(directory.resolve("m"));
    Files.write(model.resolve("tokenizer.json"), TinyModel.tokenizer());
    new TinyModel().dataFile(DATA).at(model.resolve("onnx/model.onnx"));
    assertThat(score(ModelSource.directory(model).graph(graph)))
        .containsExactly(score(new TinyModel().in(directory.resolve("whole"))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"./weights.bin", "sub/../weights.bin", "sub/weights.bin"})
  void aLocationInsideTheFolderMayTakeADetour(String location) throws IOException {
    Files.createDirectories(directory.resolve("m/sub"));
    float[] whole = score(new TinyModel().in(directory.resolve("whole")));
    assertThat(score(new TinyModel().dataFile(location).in(directory.resolve("m"))))
        .containsExactly(whole);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../weights", "/weights", "a/../../weights"})
  void weightsOutsideTheFolderAreRefused(String location) throws IOException {
    Path model = directory.resolve("m");
    Files.createDirectories(model);
    Files.write(model.resolve("model.onnx"), new TinyModel().dataFile(location).bytes());
    Files.write(model.resolve("tokenizer.json"), TinyModel.tokenizer());
    assertRefused(() -> score(ModelSource.directory(model)), location, "outside its own directory");
  }

  @Test
  void weightsBehindALinkThatLeadsElsewhereAreNamed() throws IOException {
    ModelSource source = new TinyModel().dataFile(DATA).in(directory.resolve("m"));
    Path other = Files.createDirectory(directory.resolve("other"));
    Files.move(directory.resolve("m").resolve(DATA), other.resolve("w"));
    Files.createSymbolicLink(directory.resolve("m").resolve(DATA), other.resolve("w"));
    assertRefused(() -> score(source), DATA, "behind a link that leads elsewhere", "copy them");
  }

  @ParameterizedTest
  @ValueSource(strings = {"with space", "Ümläute", "模型", "emoji 😀🐋", "a'b", "100%25", "ﬁ ́e"})
  void anyPathLoads(String name) throws IOException {
    float[] whole = score(new TinyModel().in(directory.resolve("plain")));
    assertThat(score(new TinyModel().in(directory.resolve(name)))).containsExactly(whole);
    assertThat(score(new TinyModel().dataFile("gewichte é.bin").in(directory.resolve(name + "2"))))
        .containsExactly(whole);
  }

  @Test
  void aPathBeyondTheBasicPlaneLeavesNothingBehind() throws IOException {
    Path temp = Path.of(System.getProperty("java.io.tmpdir"));
    List<String> before = links(temp);
    score(new TinyModel().dataFile(DATA).in(directory.resolve("🐋")));
    assertThat(links(temp)).isEqualTo(before);
  }

  private static List<String> links(Path temp) throws IOException {
    try (var files = Files.list(temp)) {
      return files.map(Path::toString).filter(f -> f.contains("reranker-link")).sorted().toList();
    }
  }

  @ParameterizedTest
  @CsvSource({"99, 17", "8, 99"})
  void aGraphThatIsTooNewIsNotCalledDamaged(long irVersion, long opset) {
    ModelSource source = new TinyModel().versions(irVersion, opset).in(directory);
    assertRefused(() -> score(source), "newer than this runtime", "update ONNX Runtime", "lower");
    assertThatThrownBy(() -> score(source)).message().doesNotContain("damaged", "get it again");
  }

  @Test
  void aGraphWithAnUnknownOperatorIsNotCalledDamaged() throws IOException {
    var graph =
        new OnnxGraph()
            .input("input_ids", OnnxGraph.INT64, "batch", "sequence")
            .input("attention_mask", OnnxGraph.INT64, "batch", "sequence")
            .node("NoSuchOperator", List.of("input_ids"), "logits")
            .output("logits", OnnxGraph.FLOAT, "batch", 1);
    ModelSource source = new TinyModel().in(directory);
    Files.write(directory.resolve("model.onnx"), graph.bytes());
    assertRefused(() -> score(source), "NoSuchOperator", "the file is whole", "export");
    assertThatThrownBy(() -> score(source)).message().doesNotContain("damaged", "get it again");
  }

  @Test
  void aFileThatMayNotBeReadIsNamed() throws IOException {
    ModelSource source = new TinyModel().in(directory);
    Path graph = directory.resolve("model.onnx");
    Files.setPosixFilePermissions(graph, PosixFilePermissions.fromString("-w-------"));
    assumeFalse(Files.isReadable(graph), "this user may read anything");
    assertRefused(() -> score(source), graph + " cannot be read", "readable");
  }

  @Test
  void tensorsInSubgraphsAndAttributesAreFound() throws IOException {
    byte[] bytes = new TinyModel().dataFile(DATA).bytes();
    Map<String, Long> found = ExternalData.of(new ByteArrayInputStream(bytes)).sizes();
    assertThat(found).containsOnlyKeys(DATA);
    assertThat(found.get(DATA)).isEqualTo(new TinyModel().dataFile(DATA).data().length);
  }

  @Test
  void whatIsNoGraphNeverEndsInAnotherException() {
    Random random = Seeds.print(GraphFileTest.class);
    byte[] good = new TinyModel().dataFile(DATA).bytes();
    for (int round = 0; round < 2000; round++) {
      byte[] bad = Arrays.copyOf(good, random.nextInt(Math.min(good.length, 4000)));
      for (int i = 0; i < 3 && bad.length > 0; i++) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      try {
        assertThat(ExternalData.of(new ByteArrayInputStream(bad))).isNotNull();
      } catch (IOException e) {
        assertThat(e).isNotNull();
      }
    }
  }

  private static void assertRefused(ThrowingCallable load, String... parts) {
    assertThatThrownBy(load).isInstanceOf(ModelLoadException.class).hasMessageContainingAll(parts);
  }

  private static float[] score(ModelSource source) {
    try (var reranker = OnnxReranker.builder().model(source).build()) {
      return reranker.score("how do whales sleep", List.of("ocean", "half of its brain"));
    }
  }
}

package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtSession;
import dev.reranker.error.ModelLoadException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From one execution provider to the next. */
class GraphLoaderTest {

  private static final List<ExecutionProvider> TWICE =
      List.of(ExecutionProvider.cpu(), ExecutionProvider.cpu());

  private final List<OrtSession> taken = new ArrayList<>();
  private GraphFile graph;

  @BeforeEach
  void write(@TempDir Path directory) {
    graph = GraphFile.open(new TinyModel().in(directory).graph());
  }

  @ParameterizedTest
  @ValueSource(
      classes = {UnsatisfiedLinkError.class, NoClassDefFoundError.class, LinkageError.class})
  void aLibraryThatIsMissingIsTheProvidersFault(Class<? extends LinkageError> type)
      throws Exception {
    LinkageError missing = type.getConstructor(String.class).newInstance("libcudnn.so.9");
    String answer =
        load(
            () -> {
              throw missing;
            },
            () -> "from the second");
    assertThat(answer).isEqualTo("from the second");
    assertClosed(taken.get(0));
    taken.get(1).close();
  }

  @Test
  void whereTheCpuHasNoLibraryTheRuntimeIsToBlame() {
    var missing = new UnsatisfiedLinkError("libonnxruntime.so");
    assertThatThrownBy(
            () ->
                load(
                    () -> {
                      throw missing;
                    },
                    () -> {
                      throw missing;
                    }))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContainingAll("cannot run on CPU", "libonnxruntime.so", OrtFailure.VERSION)
        .hasMessageNotContaining("NVIDIA")
        .hasCause(missing);
    taken.forEach(GraphLoaderTest::assertClosed);
  }

  @Test
  void whatTheSecondSaysDoesNotHideTheFirst() {
    var refused = new ModelLoadException("no such output");
    assertThatThrownBy(
            () ->
                load(
                    () -> {
                      throw new UnsatisfiedLinkError("libcudnn.so.9");
                    },
                    () -> {
                      throw refused;
                    }))
        .isSameAs(refused)
        .satisfies(
            e ->
                assertThat(e.getSuppressed())
                    .singleElement()
                    .satisfies(first -> assertThat(first).hasMessageContaining("libcudnn.so.9")));
    taken.forEach(GraphLoaderTest::assertClosed);
  }

  /** What is done with a session. */
  @FunctionalInterface
  private interface Step {
    String run();
  }

  private String load(Step... steps) {
    return GraphLoader.load(
        "m",
        OrtRuntime.environment(),
        graph,
        TWICE,
        1,
        (session, provider) -> {
          taken.add(session);
          return steps[taken.size() - 1].run();
        });
  }

  private static void assertClosed(OrtSession session) {
    assertThatThrownBy(session::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }
}

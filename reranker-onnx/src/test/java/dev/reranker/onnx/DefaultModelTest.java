package dev.reranker.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reranker.error.ModelLoadException;
import dev.reranker.testkit.ChildJvm;
import org.junit.jupiter.api.Test;

class DefaultModelTest {

  @Test
  void isNamedAfterItsFolder() {
    try (var reranker = OnnxReranker.builder().build()) {
      assertThat(reranker.info().name()).isEqualTo("late-l6");
      assertThat(reranker.info().maxLength()).isEqualTo(512);
    }
  }

  @Test
  void whereItIsNotOnTheClassPathTheErrorNamesTheDependency() {
    assertThat(ChildJvm.of(Child.class).without("late-l6").run().strip())
        .isEqualTo(
            "no model was given and the default one is not on the class path: add the dependency"
                + " dev.reranker:reranker-late-l6, or call model(ModelSource.directory(..))");
  }

  static final class Child {
    public static void main(String[] arguments) {
      try (var reranker = OnnxReranker.builder().build()) {
        System.out.println("loaded " + reranker.name());
      } catch (ModelLoadException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}

package dev.reranker.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChecksTest {

  @Test
  void copiesInOrder() {
    var list = new ArrayList<>(List.of("a", "b", "c"));
    List<String> copy = Checks.copyOf(list, "passage");
    list.clear();
    assertThat(copy).containsExactly("a", "b", "c");
  }

  @Test
  void namesTheNull() {
    assertThatThrownBy(() -> Checks.copyOf(Arrays.asList("a", null, "c"), "passage"))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("passage 1 of 3 is null");
  }

  @Test
  void readsALazyListOnce() {
    var reads = new int[3];
    var lazy =
        new AbstractList<String>() {
          @Override
          public String get(int index) {
            reads[index]++;
            return "text " + index;
          }

          @Override
          public int size() {
            return reads.length;
          }
        };
    assertThat(Checks.copyOf(lazy, "passage")).containsExactly("text 0", "text 1", "text 2");
    assertThat(reads).containsExactly(1, 1, 1);
  }
}

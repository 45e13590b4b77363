package dev.reranker.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How the three libraries are built: sizes, what is public, and which way the arrows run. */
class HouseTest {

  private static final Path ROOT = Path.of("").toAbsolutePath().resolveSibling("");
  private static final List<String> MODULES =
      List.of("reranker-api", "reranker-onnx", "reranker-lucene");

  private static final int PUBLIC_TYPES_PER_PACKAGE = 20;
  private static final int LINES_PER_FILE = 400;

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .importPaths(MODULES.stream().map(m -> ROOT.resolve(m + "/target/classes")).toList());

  @Test
  void noPackageHasMorePublicTypesThanOneCanKnow() {
    Map<String, List<String>> types = new TreeMap<>();
    for (JavaClass type : CLASSES) {
      if (type.isTopLevelClass() && type.getModifiers().contains(JavaModifier.PUBLIC)) {
        types
            .computeIfAbsent(type.getPackageName(), p -> new java.util.ArrayList<>())
            .add(type.getSimpleName());
      }
    }
    assertThat(types).containsKeys("dev.reranker", "dev.reranker.onnx", "dev.reranker.lucene");
    types.forEach(
        (name, names) ->
            assertThat(names).as(name).hasSizeLessThanOrEqualTo(PUBLIC_TYPES_PER_PACKAGE));
  }

  @Test
  void noFileIsTooLongToBeReadInOneGo() throws IOException {
    Map<String, Long> tooLong = new TreeMap<>();
    int files = 0;
    for (String module : MODULES) {
      try (Stream<Path> tree = Files.walk(ROOT.resolve(module + "/src/main/java"))) {
        for (Path file : tree.filter(f -> f.toString().endsWith(".java")).toList()) {
          files++;
          try (Stream<String> lines = Files.lines(file)) {
            long count = lines.count();
            if (count > LINES_PER_FILE) {
              tooLong.put(file.getFileName().toString(), count);
            }
          }
        }
      }
    }
    assertThat(files).isGreaterThan(50);
    assertThat(tooLong).isEmpty();
  }

  /** Nested types count as their outermost one. */
  @Test
  void noTypesDependOnEachOtherInACircle() {
    SlicesRuleDefinition.slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass type) {
                return SliceIdentifier.of(outermost(type).getName());
              }

              @Override
              public String getDescription() {
                return "top-level types";
              }
            })
        .should()
        .beFreeOfCycles()
        .check(CLASSES);
  }

  @Test
  void noPackagesDependOnEachOtherInACircle() {
    SlicesRuleDefinition.slices()
        .matching("(dev.reranker..)")
        .should()
        .beFreeOfCycles()
        .check(CLASSES);
  }

  @Test
  void arrowsRunDownOnly() {
    assertThat(packagesThat("dev.reranker"))
        .noneMatch(p -> p.contains("onnx") || p.contains("lucene"));
    assertThat(packagesThat("dev.reranker.onnx")).noneMatch(p -> p.contains("lucene"));
    assertThat(packagesThat("dev.reranker.lucene")).noneMatch(p -> p.contains("onnx"));
  }

  /** The packages that the types of one package use. */
  private static List<String> packagesThat(String name) {
    return CLASSES.stream()
        .filter(type -> type.getPackageName().equals(name))
        .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
        .map(Dependency::getTargetClass)
        .map(JavaClass::getPackageName)
        .distinct()
        .collect(Collectors.toList());
  }

  private static JavaClass outermost(JavaClass type) {
    return type.getEnclosingClass().map(HouseTest::outermost).orElse(type);
  }
}

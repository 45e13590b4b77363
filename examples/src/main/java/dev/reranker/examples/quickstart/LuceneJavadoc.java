package dev.reranker.examples.quickstart;

import com.github.javaparser.JavaParser;
import com.github.javaparser.ParseResult;
import com.github.javaparser.ParserConfiguration;
import com.github.javaparser.ParserConfiguration.LanguageLevel;
import com.github.javaparser.ast.CompilationUnit;
import com.github.javaparser.ast.Node;
import com.github.javaparser.ast.body.CallableDeclaration;
import com.github.javaparser.ast.body.TypeDeclaration;
import com.github.javaparser.ast.nodeTypes.NodeWithJavadoc;
import com.github.javaparser.ast.nodeTypes.modifiers.NodeWithAccessModifiers;
import com.github.javaparser.javadoc.Javadoc;
import dev.reranker.Document;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * The API documentation in a Lucene sources jar, a passage for each documented public class,
 * constructor and method that is not marked as internal. Documentation longer than a passage is cut
 * between paragraphs into several.
 */
public final class LuceneJavadoc {

  /** Names the way passages are made; changes with it. */
  public static final String FORM = "Javadoc passages, 1";

  /** About 120 tokens: one answer, and short enough that embedding all of them takes no minute. */
  private static final int PASSAGE_CHARS = 500;

  /** Shorter documentation says no more than its title. */
  private static final int SHORTEST_CHARS = 40;

  private final JavaParser parser =
      new JavaParser(
          new ParserConfiguration()
              .setLanguageLevel(LanguageLevel.BLEEDING_EDGE)
              .setCharacterEncoding(StandardCharsets.UTF_8));
  private final List<Document> passages = new ArrayList<>();

  private LuceneJavadoc() {}

  /**
   * Reads the passages.
   *
   * @param sources the sources jar
   * @return a document a passage, in the jar's order; its metadata has the {@code title}
   * @throws IOException if the jar cannot be read or has no documentation
   */
  public static List<Document> read(Path sources) throws IOException {
    if (!Files.exists(sources)) {
      throw new NoSuchFileException(
          sources.toString(), null, "no such file; the build brings it: mvn -q verify");
    }
    var reader = new LuceneJavadoc();
    try (var jar = new ZipFile(sources.toFile())) {
      List<ZipEntry> files =
          jar.stream()
              .filter(e -> e.getName().endsWith(".java") && !e.getName().contains("/internal/"))
              .collect(Collectors.toList());
      for (ZipEntry file : files) {
        try (InputStream in = jar.getInputStream(file)) {
          ParseResult<CompilationUnit> parsed = reader.parser.parse(in);
          parsed.getResult().ifPresent(reader::addTypes);
        }
      }
    } catch (ZipException e) {
      throw new IOException(sources + ": not a jar: " + e.getMessage(), e);
    }
    if (reader.passages.isEmpty()) {
      throw new IOException(sources + ": no documented public Java class in it");
    }
    return List.copyOf(reader.passages);
  }

  private void addTypes(CompilationUnit file) {
    String packageName = file.getPackageDeclaration().map(p -> p.getNameAsString()).orElse("");
    for (TypeDeclaration<?> type : file.getTypes()) {
      addType(packageName + ".", "", type);
    }
  }

  private void addType(String packagePrefix, String outer, TypeDeclaration<?> type) {
    if (!isApi(type)) {
      return;
    }
    String name = outer + type.getNameAsString();
    add(packagePrefix + name, name, type);
    for (Node member : type.getMembers()) {
      if (member instanceof TypeDeclaration<?> inner) {
        addType(packagePrefix, name + ".", inner);
      } else if (member instanceof CallableDeclaration<?> callable && isApi(callable)) {
        String signature =
            callable.getParameters().stream()
                .map(p -> p.getType().asString() + (p.isVarArgs() ? "..." : ""))
                .collect(Collectors.joining(","));
        String call = callable.getNameAsString() + "(" + signature + ")";
        add(packagePrefix + name + "#" + call, name + "." + call.replace(",", ", "), callable);
      }
    }
  }

  /** Members of an interface are public without saying so. */
  private static <T extends Node & NodeWithAccessModifiers<?>> boolean isApi(T node) {
    boolean inInterface =
        node.getParentNode()
            .filter(p -> p instanceof TypeDeclaration<?> t && isInterface(t))
            .isPresent();
    return node.isPublic() || node.isProtected() || inInterface;
  }

  private static boolean isInterface(TypeDeclaration<?> type) {
    return type.isAnnotationDeclaration()
        || (type.isClassOrInterfaceDeclaration()
            && type.asClassOrInterfaceDeclaration().isInterface());
  }

  private void add(String id, String title, NodeWithJavadoc<?> documented) {
    List<String> paragraphs =
        documented
            .getJavadoc()
            .filter(javadoc -> !isInternal(javadoc))
            .map(JavadocText::paragraphs)
            .orElse(List.of());
    if (paragraphs.stream().mapToInt(String::length).sum() < SHORTEST_CHARS) {
      return;
    }
    List<String> texts = passages(paragraphs);
    for (int i = 0; i < texts.size(); i++) {
      passages.add(
          new Document(
              i == 0 ? id : id + "~" + (i + 1),
              title + ": " + texts.get(i),
              Map.of("title", i == 0 ? title : title + ", part " + (i + 1))));
    }
  }

  private static boolean isInternal(Javadoc javadoc) {
    return javadoc.getBlockTags().stream()
        .anyMatch(tag -> tag.getTagName().equals("lucene.internal"));
  }

  /** Whole paragraphs together, as many as fit; one that is too long alone stays whole. */
  private static List<String> passages(List<String> paragraphs) {
    var texts = new ArrayList<String>();
    var text = new StringBuilder();
    for (String paragraph : paragraphs) {
      if (!text.isEmpty() && text.length() + paragraph.length() > PASSAGE_CHARS) {
        texts.add(text.toString());
        text.setLength(0);
      }
      text.append(text.isEmpty() ? "" : " ").append(paragraph);
    }
    texts.add(text.toString());
    return texts;
  }
}

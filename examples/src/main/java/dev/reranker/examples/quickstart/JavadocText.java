package dev.reranker.examples.quickstart;

import com.github.javaparser.javadoc.Javadoc;
import com.github.javaparser.javadoc.JavadocBlockTag;
import com.github.javaparser.javadoc.description.JavadocDescription;
import com.github.javaparser.javadoc.description.JavadocDescriptionElement;
import com.github.javaparser.javadoc.description.JavadocInlineTag;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Entities;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeTraversor;

/** Javadoc as plain text: no tags, no HTML, one string a paragraph. */
final class JavadocText {

  /** A reference that {@code @link} may hold, and the label behind it. */
  private static final Pattern REFERENCE =
      Pattern.compile("(?<reference>[\\w.$#]+(\\([^)]*\\))?)\\s*(?<label>.*)", Pattern.DOTALL);

  private static final Pattern PACKAGE = Pattern.compile("\\b([a-z_]\\w*\\.)+(?=[A-Z])");

  private static final Set<String> INLINE =
      Set.of("a", "b", "code", "em", "i", "span", "strong", "sub", "sup", "tt", "u", "var", "font");

  private JavadocText() {}

  /** The description, then each documented parameter, result and exception. */
  static List<String> paragraphs(Javadoc javadoc) {
    var paragraphs = new ArrayList<>(plain(html(javadoc.getDescription())));
    for (JavadocBlockTag tag : javadoc.getBlockTags()) {
      String prefix =
          switch (tag.getType()) {
            case PARAM -> tag.getName().orElse("") + ": ";
            case RETURN -> "Returns ";
            case THROWS, EXCEPTION -> "Throws " + tag.getName().orElse("") + ": ";
            default -> "";
          };
      String text = String.join(" ", plain(html(tag.getContent())));
      if (!prefix.isEmpty() && !text.isEmpty() && !paragraphs.contains(prefix + text)) {
        paragraphs.add(prefix + text);
      }
    }
    return paragraphs;
  }

  private static String html(JavadocDescription description) {
    var html = new StringBuilder();
    for (JavadocDescriptionElement element : description.getElements()) {
      html.append(element instanceof JavadocInlineTag tag ? html(tag) : element.toText());
    }
    return html.toString();
  }

  private static String html(JavadocInlineTag tag) {
    String content = tag.getContent().strip();
    return switch (tag.getName()) {
      case "code", "literal", "snippet" -> Entities.escape(content);
      case "link", "linkplain", "value" -> label(content);
      default -> "";
    };
  }

  /** The label of a link, or its target without the package: {@code IndexWriter.commit()}. */
  private static String label(String content) {
    var matcher = REFERENCE.matcher(content);
    if (!matcher.matches()) {
      return Entities.escape(content);
    }
    String label = matcher.group("label").strip();
    if (!label.isEmpty()) {
      return label;
    }
    String reference = matcher.group("reference").replace('#', '.');
    return PACKAGE
        .matcher(reference.startsWith(".") ? reference.substring(1) : reference)
        .replaceAll("");
  }

  private static List<String> plain(String html) {
    var text = new StringBuilder();
    NodeTraversor.traverse(
        (Node node, int depth) -> {
          if (node instanceof TextNode words) {
            text.append(words.getWholeText().replaceAll("\\s+", " "));
          } else if (node instanceof Element element && !INLINE.contains(element.tagName())) {
            text.append(element.tagName().equals("td") ? ' ' : '\n');
          }
        },
        Jsoup.parseBodyFragment(html).body());
    return text.toString()
        .lines()
        .map(line -> line.strip().replaceAll(" +", " "))
        .filter(line -> !line.isEmpty())
        .toList();
  }
}

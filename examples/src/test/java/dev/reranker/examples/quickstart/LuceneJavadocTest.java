package dev.reranker.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reranker.Document;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LuceneJavadocTest {

  private static List<Document> passages(String source) throws IOException {
    return LuceneJavadoc.read(SourcesJar.of("p/A.java", "package p;\n" + source));
  }

  @Test
  void classesConstructorsAndMethodsArePassages() throws Exception {
    List<Document> passages =
        passages(
            """
            /** Documentation of the class, long enough to be kept. */
            public class A {
              /** Documentation of the constructor, long enough. */
              protected A(int... sizes) {}
              /** Documentation of the method, also long enough. */
              public void search(Query query, java.util.List<String> fields) {}
              public interface Inner {
                /** Public without saying so, as all in an interface. */
                void run();
              }
            }
            """);
    assertThat(passages)
        .containsExactly(
            new Document(
                "p.A",
                "A: Documentation of the class, long enough to be kept.",
                Map.of("title", "A")),
            new Document(
                "p.A#A(int...)",
                "A.A(int...): Documentation of the constructor, long enough.",
                Map.of("title", "A.A(int...)")),
            new Document(
                "p.A#search(Query,java.util.List<String>)",
                "A.search(Query, java.util.List<String>): Documentation of the method, also long"
                    + " enough.",
                Map.of("title", "A.search(Query, java.util.List<String>)")),
            new Document(
                "p.A.Inner#run()",
                "A.Inner.run(): Public without saying so, as all in an interface.",
                Map.of("title", "A.Inner.run()")));
  }

  @Test
  void whatUsersCannotCallIsLeftOut() throws Exception {
    assertThat(
            passages(
                """
                /** The only passage of this file that is kept. */
                public class A {
                  /** Private, and therefore no part of the API, however long. */
                  private void hidden() {}
                  /**
                   * Marked as internal, and therefore no part of the API.
                   *
                   * @lucene.internal
                   */
                  public void internal() {}
                  /** Too short. */
                  public void brief() {}
                }
                """))
        .extracting(Document::id)
        .containsExactly("p.A");
  }

  @Test
  void tagsAndHtmlBecomePlainText() throws Exception {
    assertThat(
            passages(
                """
                /**
                 * Opens {@code List<String>} with a {@link org.x.Reader#open(int, int)} or {@linkplain
                 * org.x.Writer a writer}, 1 &lt; 2.
                 *
                 * <ul>
                 *   <li>One <b>bold</b> item
                 *   <li>Two
                 * </ul>
                 *
                 * @param <T> a type
                 * @return what was <i>opened</i>
                 * @see Other
                 */
                public class A {}
                """))
        .extracting(Document::text)
        .containsExactly(
            "A: Opens List<String> with a Reader.open(int, int) or a writer, 1 < 2. One bold item"
                + " Two <T>: a type Returns what was opened");
  }

  @Test
  void longDocumentationIsCutBetweenParagraphs() throws Exception {
    List<Document> passages =
        passages(
            "/** %s\n * <p>%s\n * <p>%s */\npublic class A {}"
                .formatted("a ".repeat(150), "b ".repeat(60), "c ".repeat(90)));
    assertThat(passages).extracting(Document::id).containsExactly("p.A", "p.A~2");
    assertThat(passages.get(0).text()).endsWith("b b");
    assertThat(passages.get(1).text()).startsWith("A: c c");
    assertThat(passages.get(1).metadata()).isEqualTo(Map.of("title", "A, part 2"));
  }

  @Test
  void aJarWithoutDocumentationIsAnError() {
    assertThatThrownBy(() -> passages("class A {}"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no documented public Java class");
    assertThatThrownBy(() -> LuceneJavadoc.read(Path.of("absent.jar")))
        .hasMessageContaining("absent.jar");
  }

  @Test
  void theRealCorpusHasThousandsOfPassages() throws Exception {
    List<Document> passages = LuceneJavadoc.read(Path.of("target", "lucene-core-sources.jar"));
    assertThat(passages).hasSizeBetween(2_000, 8_000);
    assertThat(passages).extracting(Document::id).doesNotHaveDuplicates();
    assertThat(passages)
        .extracting(Document::id)
        .contains("org.apache.lucene.search.IndexSearcher#search(Query,int)");
  }
}

package dev.reranker.examples.existing;

import dev.reranker.Reranker;
import dev.reranker.lucene.CrossEncoderRescorer;
import dev.reranker.lucene.PassageSource;
import dev.reranker.onnx.OnnxReranker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.queryparser.classic.MultiFieldQueryParser;
import org.apache.lucene.queryparser.classic.ParseException;
import org.apache.lucene.queryparser.classic.QueryParser;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;

/** The same search, whose best hundred hits a cross-encoder reads again. */
final class RerankedHelpSearch implements AutoCloseable {

  private static final Analyzer ANALYZER = new EnglishAnalyzer();

  private final DirectoryReader reader;
  private final IndexSearcher searcher;
  private final Reranker reranker;

  RerankedHelpSearch(Directory directory, Reranker reranker) throws IOException {
    reader = DirectoryReader.open(directory);
    searcher = new IndexSearcher(reader);
    this.reranker = reranker;
  }

  static void index(List<Article> articles, Directory directory) throws IOException {
    try (var writer = new IndexWriter(directory, new IndexWriterConfig(ANALYZER))) {
      for (Article article : articles) {
        var document = new Document();
        document.add(new TextField("title", article.title(), Field.Store.YES));
        document.add(new TextField("body", article.body(), Field.Store.YES));
        writer.addDocument(document);
      }
    }
  }

  /** The titles of the best articles, best first. */
  List<String> search(String question, int n) throws IOException, ParseException {
    var parser = new MultiFieldQueryParser(new String[] {"title", "body"}, ANALYZER);
    Query query = parser.parse(QueryParser.escape(question.toLowerCase(Locale.ROOT)));
    TopDocs found = searcher.search(query, 100);
    TopDocs hits =
        CrossEncoderRescorer.withMissingTextLast(
                reranker, question, PassageSource.stored("title", "body"))
            .rescore(searcher, found, n);
    List<String> titles = new ArrayList<>();
    for (ScoreDoc hit : hits.scoreDocs) {
      titles.add(searcher.storedFields().document(hit.doc).get("title"));
    }
    return titles;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }

  public static void main(String[] args) throws Exception {
    try (var directory = new ByteBuffersDirectory()) {
      index(Article.all(), directory);
      try (var reranker = OnnxReranker.builder().build();
          var help = new RerankedHelpSearch(directory, reranker)) {
        help.search("how long does the battery of my phone last", 3).forEach(System.out::println);
      }
    }
  }
}

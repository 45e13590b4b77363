package dev.reranker.lucene;

import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.TermToBytesRefAttribute;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;

/**
 * Any text as a query: its analysed terms, each once, weighted by how often the text has it, as
 * BM25 weights a query's terms. A text of more terms than half of Lucene's clause limit keeps those
 * that fewest documents have, which decide the order anyway; the other half is left to filters.
 */
record WordsFirstPass(String field, Analyzer analyzer) implements FirstPass {

  @Override
  public Ready ready(IndexSearcher searcher, FirstPassRequest request) throws IOException {
    Query query = request.filtered(query(searcher.getIndexReader(), request.text()));
    return limit -> TieOrder.best(searcher, query, limit, request.idField());
  }

  private Query query(IndexReader reader, String text) throws IOException {
    Map<BytesRef, Integer> counts = count(text);
    List<BytesRef> terms = keep(reader, List.copyOf(counts.keySet()));
    if (terms.isEmpty()) {
      return MatchNoDocsQuery.INSTANCE;
    }
    var query = new BooleanQuery.Builder();
    for (BytesRef bytes : terms) {
      Query term = new TermQuery(new Term(field, bytes));
      int count = counts.getOrDefault(bytes, 1);
      query.add(count == 1 ? term : new BoostQuery(term, count), BooleanClause.Occur.SHOULD);
    }
    return query.build();
  }

  private Map<BytesRef, Integer> count(String text) throws IOException {
    Map<BytesRef, Integer> counts = new LinkedHashMap<>();
    try (TokenStream tokens = analyzer.tokenStream(field, text)) {
      var term = tokens.addAttribute(TermToBytesRefAttribute.class);
      tokens.reset();
      while (tokens.incrementToken()) {
        counts.merge(BytesRef.deepCopyOf(term.getBytesRef()), 1, Integer::sum);
      }
      tokens.end();
    }
    return counts;
  }

  private List<BytesRef> keep(IndexReader reader, List<BytesRef> terms) throws IOException {
    int limit = Math.max(1, IndexSearcher.getMaxClauseCount() / 2);
    if (terms.size() <= limit) {
      return terms;
    }
    Map<BytesRef, Integer> frequencies = new LinkedHashMap<>();
    for (BytesRef term : terms) {
      int frequency = reader.docFreq(new Term(field, term));
      if (frequency > 0) {
        frequencies.put(term, frequency);
      }
    }
    return frequencies.entrySet().stream()
        .sorted(Map.Entry.<BytesRef, Integer>comparingByValue(Comparator.naturalOrder()))
        .limit(limit)
        .map(Map.Entry::getKey)
        .toList();
  }
}

/** Retrieve-then-rerank with Lucene: KNN and BM25 first stages. */
@org.jspecify.annotations.NullMarked
module dev.reranker.lucene {
  requires transitive dev.reranker;
  requires transitive org.apache.lucene.core;
  requires org.apache.lucene.backward_codecs;
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports dev.reranker.lucene;
}

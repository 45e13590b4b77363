/** Retrieve-then-rerank: the interfaces, records and pipeline, free of native code. */
@org.jspecify.annotations.NullMarked
module dev.reranker {
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports dev.reranker;
  exports dev.reranker.error;
  exports dev.reranker.eval;
}

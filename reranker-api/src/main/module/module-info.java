/** Retrieve-then-rerank: the interfaces, records and pipeline, free of native code. */
@SuppressWarnings("module") // the modules that share the internal package are built after this one
@org.jspecify.annotations.NullMarked
module dev.reranker {
  requires jdk.jfr;
  requires org.slf4j;
  requires static com.github.benmanes.caffeine;
  requires static transitive org.jspecify;

  exports dev.reranker;
  exports dev.reranker.cache;
  exports dev.reranker.depth;
  exports dev.reranker.error;
  exports dev.reranker.eval;
  exports dev.reranker.passage;
  exports dev.reranker.prepared;
  exports dev.reranker.resilience;
  exports dev.reranker.internal to
      dev.reranker.onnx,
      dev.reranker.lucene;
}

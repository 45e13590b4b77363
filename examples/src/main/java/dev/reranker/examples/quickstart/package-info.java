/** The quickstart's corpus: Lucene's own API documentation as passages. */
@NullMarked
package dev.reranker.examples.quickstart;

import org.jspecify.annotations.NullMarked;

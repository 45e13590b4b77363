/** One small program for each way of using the library. */
@NullMarked
package dev.reranker.examples;

import org.jspecify.annotations.NullMarked;

/** The {@code rerank} command line. */
@NullMarked
package dev.reranker.examples.cli;

import org.jspecify.annotations.NullMarked;

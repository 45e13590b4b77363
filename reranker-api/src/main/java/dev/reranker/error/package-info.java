/**
 * What goes wrong at run time: {@link dev.reranker.error.RerankException} and its kinds. Wrong
 * arguments are {@link java.lang.IllegalArgumentException} and {@link
 * java.lang.NullPointerException}, calls after {@code close()} {@link
 * java.lang.IllegalStateException}.
 */
@NullMarked
package dev.reranker.error;

import org.jspecify.annotations.NullMarked;

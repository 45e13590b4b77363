/** Scores that were computed before. */
@NullMarked
package dev.reranker.cache;

import org.jspecify.annotations.NullMarked;

/** Searches in an application's meters, by Micrometer. */
@NullMarked
package dev.reranker.examples.metrics;

import org.jspecify.annotations.NullMarked;

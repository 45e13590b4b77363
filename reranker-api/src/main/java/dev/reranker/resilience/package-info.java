/** What keeps a search alive while one of its models or indexes is ill. */
@NullMarked
package dev.reranker.resilience;

import org.jspecify.annotations.NullMarked;

/** What a model read of a passage ahead of any query, to be kept beside the passage. */
@NullMarked
package dev.reranker.prepared;

import org.jspecify.annotations.NullMarked;

/**
 * What the library's own modules share; not for applications: it changes without notice.
 *
 * <p>A package of its own, exported to those modules alone.
 */
@NullMarked
package dev.reranker.internal;

import org.jspecify.annotations.NullMarked;

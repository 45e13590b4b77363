/** For the library's own modules; not for applications, and without any promise to them. */
@NullMarked
package dev.reranker.internal;

import org.jspecify.annotations.NullMarked;

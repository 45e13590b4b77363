/** Where results go, so that none is lost and nothing of the user's is. */
@NullMarked
package dev.reranker.examples.cli.output;

import org.jspecify.annotations.NullMarked;

/** What the user brings: documents, queries, standard input. */
@NullMarked
package dev.reranker.examples.cli.input;

import org.jspecify.annotations.NullMarked;

/**
 * A Lucene application before and after it reranks: {@code diff HelpSearch.java
 * RerankedHelpSearch.java}.
 */
@NullMarked
package dev.reranker.examples.existing;

import org.jspecify.annotations.NullMarked;

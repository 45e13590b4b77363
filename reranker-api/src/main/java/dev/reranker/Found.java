package dev.reranker;

import java.util.List;

/**
 * What a retriever found, and the reports of those that it asked in turn.
 *
 * @param hits in order, ranks 1, 2, 3…, no document twice
 * @param parts one report for each retriever of a fusion; empty for others
 */
record Found(List<Hit> hits, List<StageReport> parts) {}

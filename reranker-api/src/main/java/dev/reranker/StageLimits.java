package dev.reranker;

/**
 * What a stage of one search is held to.
 *
 * @param most how many of the best are needed
 * @param minScore what the reranker scored lower is left out
 * @param window how many of the first hits are scored
 * @param mostCandidates more than this many to score are refused
 * @param partial what becomes of an answer that came too late to be whole
 */
record StageLimits(
    int most, double minScore, int window, int mostCandidates, FailurePolicy.Partial partial) {}

/**
 * How good a ranking is: judgements ({@link dev.reranker.eval.Qrels}), rankings ({@link
 * dev.reranker.eval.Run}) and the measures that hold one against the other ({@link
 * dev.reranker.eval.Metric}), in the file formats and with the conventions of trec_eval.
 */
@NullMarked
package dev.reranker.eval;

import org.jspecify.annotations.NullMarked;

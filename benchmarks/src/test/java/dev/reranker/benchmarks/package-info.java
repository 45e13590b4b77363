@org.jspecify.annotations.NullMarked
package dev.reranker.benchmarks;

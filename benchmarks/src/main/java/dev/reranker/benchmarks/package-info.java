/**
 * What this library costs, in time and memory, beside what a Java team would pick instead: same
 * model file, same ONNX Runtime, same machine, same run.
 */
@NullMarked
package dev.reranker.benchmarks;

import org.jspecify.annotations.NullMarked;

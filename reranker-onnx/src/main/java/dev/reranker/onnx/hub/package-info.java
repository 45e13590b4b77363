/**
 * Models by their name on the Hugging Face hub: {@link dev.reranker.onnx.hub.HubModel} brings the
 * files that loading asks for into the cache that Hugging Face's own clients use, and finds those
 * that they brought. Only code that names a model here opens a connection.
 *
 * <p>Nothing here is null unless it says {@code @Nullable}.
 */
@NullMarked
package dev.reranker.onnx.hub;

import org.jspecify.annotations.NullMarked;

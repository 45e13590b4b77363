package dev.reranker.lucene;

import java.io.IOException;
import org.apache.lucene.store.Directory;

/** Where an index lies. */
@FunctionalInterface
interface Place {

  Directory open() throws IOException;
}

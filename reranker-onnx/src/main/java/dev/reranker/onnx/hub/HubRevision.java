package dev.reranker.onnx.hub;

import java.net.URI;

/**
 * What is asked for, and how.
 *
 * @param id {@code org/name}
 * @param revision a branch, a tag or a commit
 * @param endpoint the hub
 * @param offline whether no connection may be opened
 * @param refresh whether the hub is asked for a branch's newest commit
 */
record HubRevision(String id, String revision, URI endpoint, boolean offline, boolean refresh) {

  @Override
  public String toString() {
    return "model " + id + " (" + revision + ") of " + endpoint;
  }
}

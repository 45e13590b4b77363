package dev.reranker.onnx.hub;

/** Hears how far a download has come. */
@FunctionalInterface
public interface HubProgress {

  /**
   * More of a file has arrived, or all of it. Called from one thread at a time for each file, often
   * for large ones; what it throws fails the download.
   *
   * @param file the file's name in the repository
   * @param done bytes that are there; it goes back where a download starts anew
   * @param total the file's size in bytes
   */
  void at(String file, long done, long total);
}

package dev.reranker.lucene;

import dev.reranker.error.RetrievalException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.ReadOnlyFileSystemException;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.store.LockObtainFailedException;

/** Says what a failure of Lucene means and what to do about it. */
final class IndexFailure {

  private IndexFailure() {}

  /** The same failure for a caller: what was being done, to what, why it failed, the way out. */
  static RetrievalException of(String doing, String where, Throwable cause) {
    return new RetrievalException(
        "cannot %s %s: %s (%s)".formatted(doing, where, wayOut(cause), reason(cause)), cause);
  }

  private static String wayOut(Throwable cause) {
    return switch (cause) {
      case LockObtainFailedException e ->
          "another writer, in this or another process, has it open; close that one, or only search"
              + " beside it, by readOnly()";
      case IndexFormatTooOldException e ->
          "a Lucene release before the last two major ones wrote it; index the documents again";
      case IndexFormatTooNewException e ->
          "a newer Lucene release wrote it; update lucene-core and lucene-backward-codecs, or"
              + " index the documents again";
      case CorruptIndexException e -> damaged();
      case IndexNotFoundException e -> damaged();
      case NoSuchFileException e -> damaged();
      case FileNotFoundException e -> damaged();
      case java.io.EOFException e -> damaged();
      case AccessDeniedException e -> notWritable();
      case ReadOnlyFileSystemException e -> notWritable();
      default ->
          isDiskFull(cause)
              ? "the disk is full; free some space, close the index and open it again: the last"
                  + " commit is unharmed"
              : "reading or writing failed; what was committed is unharmed unless the disk is";
    };
  }

  private static String damaged() {
    return "a file of it is damaged or missing; restore it from a copy or index the documents"
        + " again";
  }

  private static String notWritable() {
    return "this process may not write there, or not even read; give it the right to, choose"
        + " another directory, or, if it may read, only search the index, by readOnly()";
  }

  private static boolean isDiskFull(Throwable cause) {
    String message = String.valueOf(cause.getMessage()).toLowerCase(java.util.Locale.ROOT);
    return message.contains("no space left")
        || message.contains("not enough space")
        || message.contains("quota exceeded");
  }

  private static String reason(Throwable cause) {
    String message = cause.getMessage();
    String name = cause.getClass().getSimpleName();
    return message == null ? name : name + ": " + message;
  }

  /** Whether an I/O failure hides in an exception that Lucene wraps around it. */
  static Throwable root(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && !(cause instanceof IOException)) {
      cause = cause.getCause();
    }
    return cause;
  }
}

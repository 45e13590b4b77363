package dev.reranker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Several retrievers, asked at the same time, whose candidates make one list. */
record FusedRetriever(String name, List<Retriever> retrievers, Vote vote) implements Retriever {

  /** What one retriever's list adds to the scores of its candidates. */
  @FunctionalInterface
  interface Vote {
    /**
     * One number a candidate, in the list's order.
     *
     * @param retriever the retriever's position
     */
    double[] of(int retriever, List<Candidate> found);
  }

  /** A document, who found it, and the sum of what they gave. */
  private static final class Fused {
    private final List<Candidate> sightings = new ArrayList<>();
    private double score;
  }

  @Override
  public List<Candidate> retrieve(String query, int k) {
    Retriever.checkArguments(query, k);
    Map<String, Fused> byId = new LinkedHashMap<>();
    List<List<Candidate>> lists = askAll(query, k);
    for (int i = 0; i < lists.size(); i++) {
      List<Candidate> found = lists.get(i);
      double[] votes = vote.of(i, found);
      for (int j = 0; j < votes.length; j++) {
        Fused fused = byId.computeIfAbsent(found.get(j).document().id(), id -> new Fused());
        fused.sightings.add(found.get(j));
        fused.score += votes[j];
      }
    }
    List<Candidate> fused = new ArrayList<>(byId.size());
    byId.values().forEach(document -> fused.add(candidate(document)));
    fused.sort(Candidate.BEST_FIRST);
    return Ranking.renumber(fused.subList(0, Math.min(k, fused.size())));
  }

  private Candidate candidate(Fused fused) {
    List<StageScore> earlier = new ArrayList<>();
    for (Candidate sighting : fused.sightings) {
      earlier.addAll(sighting.earlier());
      earlier.add(sighting.current());
    }
    // Rank 1 for all until they are sorted, so that ties fall through to the id.
    Document document = fused.sightings.get(0).document();
    return new Candidate(document, new StageScore(name, 1, fused.score), earlier);
  }

  private List<List<Candidate>> askAll(String query, int k) {
    List<Future<List<Candidate>>> answers = new ArrayList<>(retrievers.size());
    List<List<Candidate>> lists = new ArrayList<>(retrievers.size());
    // Closing the threads waits for all of them, so nothing runs on after a failure.
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Retriever retriever : retrievers) {
        answers.add(threads.submit(() -> retriever.retrieve(query, k)));
      }
      try {
        for (int i = 0; i < answers.size(); i++) {
          lists.add(answer(retrievers.get(i), answers.get(i)));
        }
      } catch (InterruptedException e) {
        threads.shutdownNow();
        Thread.currentThread().interrupt();
        throw new RetrievalException(
            "the thread was interrupted while '" + name + "' waited for its retrievers", e);
      }
    }
    return lists;
  }

  private List<Candidate> answer(Retriever retriever, Future<List<Candidate>> answer)
      throws InterruptedException {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String message =
          "retriever '%s' of '%s' failed: %s".formatted(retriever.name(), name, reason(cause));
      if (cause instanceof Error error) {
        throw error;
      }
      throw switch (cause) {
        case IllegalArgumentException wrong -> new IllegalArgumentException(message, wrong);
        case IllegalStateException closed -> new IllegalStateException(message, closed);
        case InferenceException model -> new InferenceException(message, model);
        default -> new RetrievalException(message, cause);
      };
    }
  }

  private static String reason(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.toString() : message;
  }
}

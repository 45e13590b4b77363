package dev.reranker.benchmarks;

import dev.reranker.onnx.ModelSource;
import dev.reranker.onnx.OnnxReranker;

/** Who takes part. To add a peer, implement {@link Contestant} and name it here. */
public enum Entry {

  /** This library as a user gets it. */
  RERANKER("reranker") {
    @Override
    Contestant open(ModelFiles files, Request request) {
      return new RerankerContestant(ModelSource.directory(files.apart()));
    }
  },

  /** This library where no two calls share a batch. */
  ALONE("reranker, no sharing") {
    @Override
    Contestant open(ModelFiles files, Request request) {
      return new RerankerContestant(
          OnnxReranker.builder()
              .model(ModelSource.directory(files.apart()))
              .shareBatches(false)
              .build());
    }
  },

  /** This library on passages prepared ahead of time. */
  PREPARED("reranker, prepared") {
    @Override
    Contestant open(ModelFiles files, Request request) {
      return new PreparedContestant(files.apart(), request);
    }
  },

  /** This library on the one graph that peers run: what encoding apart gains. */
  PLAIN_GRAPH("reranker, plain graph") {
    @Override
    Contestant open(ModelFiles files, Request request) {
      return new RerankerContestant(files.plainGraph());
    }
  },

  /** LangChain4j's OnnxScoringModel. */
  LANGCHAIN4J("LangChain4j") {
    @Override
    Contestant open(ModelFiles files, Request request) {
      return new LangChain4jContestant(files.plain());
    }
  },

  /** DJL's CrossEncoderTranslator on its ONNX Runtime engine. */
  DJL("DJL") {
    @Override
    Contestant open(ModelFiles files, Request request) throws Exception {
      return new DjlContestant(files.plain());
    }
  },

  /** What hand-written integrations do. */
  NAIVE("naive loop") {
    @Override
    Contestant open(ModelFiles files, Request request) throws Exception {
      return new NaiveContestant(files.plain());
    }
  },

  /** ONNX Runtime alone: the limit. */
  RAW("raw ONNX Runtime") {
    @Override
    Contestant open(ModelFiles files, Request request) throws Exception {
      return RawContestant.calibrated(files.plain(), request);
    }
  };

  private final String title;

  Entry(String title) {
    this.title = title;
  }

  /** How tables call it. */
  String title() {
    return title;
  }

  /**
   * Loads the model.
   *
   * @param request what will be scored; the raw runtime packs it ahead of time, this library
   *     prepares it
   */
  abstract Contestant open(ModelFiles files, Request request) throws Exception;
}

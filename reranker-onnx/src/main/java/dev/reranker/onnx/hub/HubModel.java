package dev.reranker.onnx.hub;

import dev.reranker.error.ModelLoadException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model by its name on the Hugging Face hub. Its files are taken from the cache that Hugging
 * Face's own clients use, and what is not there is downloaded into it: only the files that loading
 * asks for, each checked by its SHA-256 or git hash before it gets its name.
 *
 * {@snippet :
 * Reranker reranker =
 *     OnnxReranker.builder()
 *         .model(ModelSource.hub("cross-encoder/ms-marco-MiniLM-L6-v2"))
 *         .build();
 * }
 *
 * <p><b>When the hub is asked.</b> Not at all, where the revision is in the cache with the files
 * that loading asks for; so a branch stays what it was when it was first downloaded, until {@link
 * Builder#refresh}. One request for the list of files, where the cache does not know whether the
 * revision has one of the optional files: another program that brought only part of the model does
 * not say so. If the hub cannot be reached then, the cache's files are used, with a warning. Never,
 * {@linkplain Builder#offline offline}.
 *
 * <p><b>Environment.</b> {@code HF_HOME}, {@code HF_HUB_CACHE}, {@code HF_ENDPOINT}, {@code
 * HF_TOKEN}, {@code HF_TOKEN_PATH}, {@code HF_HUB_OFFLINE}, {@code HF_HUB_DISABLE_SYMLINKS}, {@code
 * HF_HUB_DISABLE_IMPLICIT_TOKEN}, {@code HF_HUB_ETAG_TIMEOUT} and {@code HF_HUB_DOWNLOAD_TIMEOUT}
 * mean what they mean to Hugging Face's clients; what the builder says goes before. Proxies are
 * those of the JVM ({@code -Dhttps.proxyHost}). On the module path the application {@code requires
 * java.net.http}.
 *
 * <p><b>What fails.</b> A connection that breaks is tried again, and resumes; so does the next
 * call, or process. 429 and 5xx are waited out as the hub asks, up to a minute. All else is a
 * {@link ModelLoadException} that names the address, the status and the way out. The token is sent
 * to the hub's own address alone, and is in no message.
 *
 * <p>Thread-safe. Nothing happens before a file is asked for.
 */
public final class HubModel {

  private final HubRevision revision;
  private final Repository repository;

  private HubModel(Builder builder) {
    Environment environment = builder.environment;
    this.revision =
        new HubRevision(
            builder.id,
            builder.revision,
            builder.endpoint == null ? environment.endpoint() : builder.endpoint,
            builder.offline == null ? environment.offline() : builder.offline,
            builder.refresh);
    Path cache = builder.cache == null ? environment.cache() : builder.cache;
    Optional<String> token =
        builder.token == null ? environment.token() : Optional.of(builder.token);
    this.repository =
        new Repository(
            revision,
            new HubCache(cache, builder.id, environment.links()),
            new HubClient(
                revision.endpoint(),
                token,
                environment.answerTimeout(),
                environment.downloadTimeout()),
            builder.progress,
            builder.retries);
  }

  /**
   * A model by its name, all else by the environment; the same as {@code builder(id).build()}.
   *
   * @param id {@code org/name}
   * @return the model
   * @throws IllegalArgumentException if this is no such name
   */
  public static HubModel of(String id) {
    return builder(id).build();
  }

  /**
   * Starts a model.
   *
   * @param id {@code org/name}
   * @return a new builder
   * @throws IllegalArgumentException if this is no such name
   */
  public static Builder builder(String id) {
    return new Builder(HubNames.id(id));
  }

  /**
   * The model's name.
   *
   * @return {@code org/name}
   */
  public String id() {
    return revision.id();
  }

  /**
   * What was asked for: a branch, a tag or a commit.
   *
   * @return the revision
   */
  public String revision() {
    return revision.revision();
  }

  /**
   * The commit that the revision stands for; asks the hub if the cache does not know it.
   *
   * @return 40 hexadecimal digits
   * @throws ModelLoadException if nobody knows
   */
  public String commit() {
    return repository.commit();
  }

  /**
   * A file of the model, downloaded if it is not in the cache.
   *
   * @param name its name in the repository, for example {@code "onnx/model.onnx"}
   * @return where it is, or empty if the revision has no such file; offline, if it is not in the
   *     cache
   * @throws ModelLoadException if it cannot be had, or the name leaves the repository
   */
  public Optional<Path> file(String name) {
    return repository.file(name);
  }

  /**
   * The files that the revision has.
   *
   * @return their names, in order; offline, of those in the cache
   * @throws ModelLoadException if the hub cannot be asked
   */
  public List<String> files() {
    return repository.names();
  }

  /**
   * Whether only the cache is used.
   *
   * @return whether no connection may be opened
   */
  public boolean isOffline() {
    return revision.offline();
  }

  /** Name, revision and hub, for messages. */
  @Override
  public String toString() {
    return revision.toString();
  }

  /** Collects the settings; not thread-safe. */
  public static final class Builder {

    private final String id;
    private Environment environment = Environment.ofProcess();
    private Retries retries = Retries.USUAL;
    private String revision = "main";
    private @Nullable URI endpoint;
    private @Nullable String token;
    private @Nullable Path cache;
    private @Nullable Boolean offline;
    private boolean refresh;
    private HubProgress progress = (file, done, total) -> {};

    private Builder(String id) {
      this.id = id;
    }

    /**
     * Sets the branch, tag or commit; default: {@code "main"}. A commit never changes.
     *
     * @param revision its name, or 40 hexadecimal digits
     * @return this
     * @throws IllegalArgumentException if it is no such name
     */
    public Builder revision(String revision) {
      this.revision = HubNames.revision(revision);
      return this;
    }

    /**
     * Sets the hub; default: {@code HF_ENDPOINT}, otherwise {@code https://huggingface.co}.
     *
     * @param endpoint its address
     * @return this
     * @throws ModelLoadException if it is no http or https address
     */
    public Builder endpoint(URI endpoint) {
      this.endpoint = Environment.endpoint("the endpoint", endpoint.toString());
      return this;
    }

    /**
     * Sets the token for private and gated models; default: {@code HF_TOKEN}, otherwise what {@code
     * hf auth login} left.
     *
     * @param token not blank; sent to the hub's own address alone
     * @return this
     * @throws IllegalArgumentException if it is blank or no header can hold it
     */
    public Builder token(String token) {
      if (!Environment.isToken(token.strip())) {
        throw new IllegalArgumentException(
            "the token is blank or has characters that no token has: copy it again");
      }
      this.token = token.strip();
      return this;
    }

    /**
     * Sets the cache's folder; default: {@code HF_HUB_CACHE}, otherwise {@code hub} in {@code
     * HF_HOME}, otherwise {@code ~/.cache/huggingface/hub}.
     *
     * @param folder made if it is missing
     * @return this
     */
    public Builder cache(Path folder) {
      this.cache = Objects.requireNonNull(folder, "folder");
      return this;
    }

    /**
     * Sets whether only the cache is used; default: {@code HF_HUB_OFFLINE}, otherwise false.
     *
     * @param offline whether no connection may be opened
     * @return this
     */
    public Builder offline(boolean offline) {
      this.offline = offline;
      return this;
    }

    /**
     * Sets whether the hub is asked for the branch's newest commit, even where the cache has one;
     * default: false. Where the hub cannot be reached, the cache's is used, with a warning.
     *
     * @param refresh whether it is asked
     * @return this
     */
    public Builder refresh(boolean refresh) {
      this.refresh = refresh;
      return this;
    }

    /**
     * Sets who hears how far a download has come; default: nobody.
     *
     * @param progress called on threads of the HTTP client
     * @return this
     */
    public Builder progress(HubProgress progress) {
      this.progress = Objects.requireNonNull(progress, "progress");
      return this;
    }

    /** What the process's environment would say, for tests. */
    Builder environment(Environment environment) {
      this.environment = environment;
      return this;
    }

    /** How long it waits before it asks again, for tests. */
    Builder retries(Duration first) {
      this.retries = new Retries(first, Retries.USUAL.longest());
      return this;
    }

    /**
     * Makes the model; nothing is read or asked for yet, except the environment and a token's file.
     *
     * @return the model
     * @throws ModelLoadException if a variable of the environment has a value that it cannot have
     */
    public HubModel build() {
      return new HubModel(this);
    }
  }
}

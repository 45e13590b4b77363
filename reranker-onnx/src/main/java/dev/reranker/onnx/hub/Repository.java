package dev.reranker.onnx.hub;

import dev.reranker.error.ModelLoadException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One revision of a model: in the cache what is there, from the hub what is not. The hub is asked
 * for a list of the files once, when the first thing is wanted that the cache does not know.
 */
final class Repository {

  private static final Logger log = LoggerFactory.getLogger(Repository.class);

  private final HubRevision model;
  private final HubCache cache;
  private final HubClient client;
  private final Download download;
  private final Retries retries;

  /** All of what follows is set when it is first needed; guarded by this. */
  private @Nullable String commit;

  private @Nullable Listing listing;
  private boolean unreachable;

  Repository(
      HubRevision model, HubCache cache, HubClient client, HubProgress progress, Retries retries) {
    this.model = model;
    this.cache = cache;
    this.client = client;
    this.retries = retries;
    this.download = new Download(cache, progress, retries);
  }

  /** The commit that the revision stands for. */
  synchronized String commit() {
    if (commit == null) {
      commit = model.refresh() && !model.offline() ? newest() : known();
    }
    return commit;
  }

  /** As the cache has it; only if it has none, as the hub has it. */
  private String known() {
    if (HubNames.isCommit(model.revision())) {
      return model.revision();
    }
    Optional<String> ref = cache.ref(model.revision());
    if (ref.isPresent() && cache.hasSnapshot(ref.get())) {
      return ref.get();
    }
    if (!model.offline()) {
      return surelyListed().commit();
    }
    if (ref.isPresent()) {
      throw new ModelLoadException(
          "%s is offline, and %s says %s, of which %s is missing: go online once, or ask for a commit that is there %s"
              .formatted(
                  model,
                  cache.refFile(model.revision()),
                  ref.get(),
                  cache.snapshot(ref.get()),
                  cache.snapshots()));
    }
    List<String> there = cache.snapshots();
    throw new ModelLoadException(
        there.isEmpty()
            ? "%s is offline, and %s has nothing of it: go online once (without HF_HUB_OFFLINE), or copy that folder from a machine that was"
                .formatted(model, cache.folder())
            : "%s is offline, and %s is missing, which would say what '%s' is; of the commit %s there are files: ask for it by revision(\"%s\")"
                .formatted(
                    model,
                    cache.refFile(model.revision()),
                    model.revision(),
                    String.join(" and of ", there),
                    there.getFirst()));
  }

  private String newest() {
    try {
      return listed().commit();
    } catch (IOException e) {
      Optional<String> ref = cache.ref(model.revision()).filter(cache::hasSnapshot);
      if (ref.isEmpty()) {
        throw unreachable(e);
      }
      log.warn("{}: what is in the cache is used, newest or not ({})", model, e.getMessage());
      unreachable = true;
      return ref.get();
    }
  }

  /**
   * A file, which is downloaded if it is not here.
   *
   * @return empty if the revision has no such file
   */
  synchronized Optional<Path> file(String name) {
    HubNames.file(name);
    String of = commit();
    Path path = cache.file(of, name);
    if (cache.has(of, name)) {
      return Optional.of(path);
    }
    boolean dangling = cache.isDangling(of, name);
    if (model.offline() || unreachable) {
      return dangling ? Optional.of(path) : Optional.empty();
    }
    if (!dangling && cache.knowsAbsence(of, name)) {
      return Optional.empty();
    }
    Listing listed;
    try {
      listed = listed();
    } catch (IOException e) {
      if (!cache.hasSnapshot(of)) {
        throw unreachable(e);
      }
      log.warn(
          "{}: nobody can say whether it has {} beside what is in the cache ({})",
          model,
          name,
          e.getMessage());
      unreachable = true;
      return dangling ? Optional.of(path) : Optional.empty();
    }
    if (!listed.files().containsKey(name)) {
      cache.noteAbsence(of, name);
      return Optional.empty();
    }
    bring(name, of, listed.files().get(name));
    return Optional.of(path);
  }

  /** The names of all files of the revision; of those that are here, if the hub cannot be asked. */
  synchronized List<String> names() {
    return model.offline() || unreachable
        ? cache.names(commit())
        : List.copyOf(surelyListed().files().keySet());
  }

  private Listing surelyListed() {
    try {
      return listed();
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  private ModelLoadException unreachable(IOException e) {
    return new ModelLoadException(
        "%s cannot be asked for (%s): check the network, a proxy (-Dhttps.proxyHost), or HF_ENDPOINT"
            .formatted(model, e.getMessage()),
        e);
  }

  /**
   * What the hub says of the revision.
   *
   * @throws IOException if it cannot be reached
   */
  private Listing listed() throws IOException {
    if (listing == null) {
      String revision = commit == null ? model.revision() : commit;
      URI address = HubNames.listing(model.endpoint(), model.id(), revision);
      HubClient.Answer<String> answer =
          retries.run(
              address.toString(), () -> client.text(URI.create(address + "?blobs=true")), () -> 0);
      Refusal.check(answer, client.hasToken(), model.toString());
      listing = Listing.parse(answer.response().body(), address);
      note(listing.commit());
    }
    return listing;
  }

  /** For the next start. */
  private void note(String found) {
    if (HubNames.isCommit(model.revision()) || commit != null) {
      return;
    }
    try {
      cache.ref(model.revision(), found);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private void bring(String name, String of, Listing.@Nullable Entry entry) {
    URI address = HubNames.content(model.endpoint(), model.id(), of, name);
    try {
      var facts = retries.run(address.toString(), () -> client.facts(address), () -> 0);
      if (!facts.isRedirect()) {
        Refusal.check(facts, client.hasToken(), name + " of " + model);
      }
      download.run(client, describe(name, of, address, facts, entry));
    } catch (java.nio.file.FileSystemException e) {
      throw unwritable(e);
    } catch (IOException e) {
      throw new ModelLoadException(
          "%s of %s cannot be downloaded from %s (%s): what has arrived is kept; try again"
              .formatted(name, model, address, e.getMessage()),
          e);
    }
  }

  private RemoteFile describe(
      String name,
      String of,
      URI address,
      HubClient.Answer<Void> facts,
      Listing.@Nullable Entry entry) {
    String said = facts.header("X-Repo-Commit").orElse(of);
    if (!said.equals(of)) {
      throw new ModelLoadException(
          "%s answers with commit %s where %s was asked for".formatted(address, said, of));
    }
    String etag =
        facts
            .header("X-Linked-Etag")
            .or(() -> facts.header("ETag"))
            .map(RemoteFile::etag)
            .orElse("");
    if (entry != null && !RemoteFile.isHash(etag)) {
      etag = entry.hash().orElse(etag);
    }
    OptionalLong size = number(facts.header("X-Linked-Size"));
    if (size.isEmpty() && !facts.isRedirect() && facts.header("Content-Encoding").isEmpty()) {
      size = number(facts.header("Content-Length"));
    }
    if (size.isEmpty() && entry != null) {
      size = entry.size();
    }
    if (etag.isEmpty() || size.isEmpty() || size.getAsLong() < 0) {
      throw new ModelLoadException(
          "%s has no ETag or no size in its headers: this is not a hub's answer; check HF_ENDPOINT"
              .formatted(address));
    }
    return new RemoteFile(name, of, address, etag, size.getAsLong());
  }

  private static OptionalLong number(Optional<String> header) {
    try {
      return header.isPresent()
          ? OptionalLong.of(Long.parseLong(header.get().strip()))
          : OptionalLong.empty();
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  private ModelLoadException unwritable(IOException e) {
    return new ModelLoadException(
        "%s cannot be kept in %s (%s): set HF_HUB_CACHE or HF_HOME to a folder that can be written"
            .formatted(model, cache.folder(), e),
        e);
  }
}

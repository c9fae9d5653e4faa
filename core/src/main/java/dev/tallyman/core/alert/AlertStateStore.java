package dev.tallyman.core.alert;

import dev.tallyman.core.store.Blobs;
import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.PutResult;
import dev.tallyman.core.store.Store;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** The state of the alerts of an organization in a store, replaced by compare-and-set. */
final class AlertStateStore {
  private final Blobs blobs;
  private final Key key;

  AlertStateStore(Store store, String organization) {
    this.blobs = new Blobs(store);
    this.key = new Key("O#" + organization + "#B", "board");
  }

  /**
   * A state as it was read.
   *
   * @param version 0 if there is none yet
   */
  record Held(AlertState state, long version, boolean parted) {}

  Held load() {
    return blobs
        .get(key)
        .map(
            blob -> new Held(blobs.decode(blob, AlertState::decode), blob.version(), blob.parted()))
        .orElseGet(() -> new Held(AlertState.EMPTY, 0, false));
  }

  /** Replaces what was read unless somebody else did; returns whether it did. */
  boolean replace(Held held, AlertState with) {
    Condition unchanged =
        held.version() == 0 ? new Condition.Absent() : new Condition.VersionIs(held.version());
    return blobs.put(
            key, held.version() + 1, Optional.empty(), with.encode(), unchanged, held.parted())
        instanceof PutResult.Stored;
  }

  /** Takes what was published out of the outbox. */
  void published(Set<String> notifications) {
    Held held = load();
    while (held.state().outbox().stream().anyMatch(each -> notifications.contains(each.id()))
        && !replace(held, held.state().without(notifications))) {
      held = load();
    }
  }

  /** Tells nothing of a budget or condition until then; an instant that is over ends it. */
  void mute(String subject, Instant until, Instant now) {
    Held held = load();
    while (!replace(held, held.state().muting(subject, until, now))) {
      held = load();
    }
  }
}

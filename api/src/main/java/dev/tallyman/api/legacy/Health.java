package dev.tallyman.api.legacy;

import dev.tallyman.core.store.Store;
import dev.tallyman.core.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether the store can be written. However often this is asked, one small item is written, in
 * place of the one before, and seldom. Safe for use by many threads.
 */
final class Health {
  /** How long a write that worked is taken for an answer. */
  private static final Duration WORKED = Duration.ofSeconds(10);

  /** How long one that failed is: whoever mends the store wants to see it soon. */
  private static final Duration FAILED = Duration.ofSeconds(1);

  private final Store store;
  private @Nullable Finding last;

  Health(Store store) {
    this.store = store;
  }

  /**
   * What the last write came to.
   *
   * @param ok whether it worked
   * @param at when it was tried
   */
  record Finding(boolean ok, Instant at) {
    private boolean holdsAt(Instant now) {
      return !now.isBefore(at) && now.isBefore(at.plus(ok ? WORKED : FAILED));
    }
  }

  /** The last finding, or a new one if that is too old; one caller writes while others wait. */
  synchronized Finding at(Instant now) {
    Finding found = last;
    if (found == null || !found.holdsAt(now)) {
      found = new Finding(isWritable(), now);
      last = found;
    }
    return found;
  }

  private boolean isWritable() {
    try {
      store.probe();
      return true;
    } catch (StoreException _) {
      return false;
    }
  }
}

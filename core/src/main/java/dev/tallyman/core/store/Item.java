package dev.tallyman.core.store;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * What a store keeps under one key.
 *
 * @param key where
 * @param version compared by {@link Condition}s; its meaning belongs to the writer
 * @param expires from when on the item is absent, rounded down to whole seconds; empty for never
 * @param bytes at most 350,000 bytes
 */
public record Item(Key key, long version, Optional<Instant> expires, Bytes bytes) {
  /** The most bytes an item may hold: DynamoDB allows 400 KB for keys and attributes together. */
  public static final int MAX_BYTES = 350_000;

  public Item {
    expires = expires.map(at -> at.truncatedTo(ChronoUnit.SECONDS));
    if (bytes.length() > MAX_BYTES) {
      throw new IllegalArgumentException(
          "an item of " + bytes.length() + " bytes; at most " + MAX_BYTES + " fit");
    }
  }

  /** Whether the item counts as absent at this time. */
  public boolean expiredAt(Instant now) {
    return expires.filter(at -> !at.isAfter(now)).isPresent();
  }
}

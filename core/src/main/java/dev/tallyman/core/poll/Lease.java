package dev.tallyman.core.poll;

import dev.tallyman.core.store.Bytes;
import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Item;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.PutResult;
import dev.tallyman.core.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * The right to poll an organization, held by at most one poller at a time; it expires by itself
 * when its holder dies.
 */
final class Lease implements AutoCloseable {
  private static final Duration LENGTH = Duration.ofMinutes(2);
  private static final Duration RENEW_AFTER = Duration.ofSeconds(30);
  private static final Bytes NOTHING = Bytes.copyOf(new byte[0]);

  private final Store store;
  private final InstantSource clock;
  private final Key key;
  private final long holder;
  private Instant renewed;

  private Lease(Store store, InstantSource clock, Key key, long holder, Instant renewed) {
    this.store = store;
    this.clock = clock;
    this.key = key;
    this.holder = holder;
    this.renewed = renewed;
  }

  /** The lease, or empty while another poller holds it. */
  static Optional<Lease> acquire(Store store, String organization, InstantSource clock) {
    Instant now = clock.instant();
    // Any number that no other holder has: two pollers started by one trigger share the instant.
    long holder = new SplittableRandom().nextLong(1, Long.MAX_VALUE);
    var lease = new Lease(store, clock, new Key("O#" + organization + "#L", "poll"), holder, now);
    return lease.write(now, new Condition.Absent()) ? Optional.of(lease) : Optional.empty();
  }

  /** Keeps the lease; answers false if another poller has taken it. */
  boolean keep() {
    Instant now = clock.instant();
    if (now.isBefore(renewed.plus(RENEW_AFTER))) {
      return true;
    }
    renewed = now;
    return write(now, new Condition.VersionIs(holder)) || write(now, new Condition.Absent());
  }

  @Override
  public void close() {
    store.delete(key, new Condition.VersionIs(holder));
  }

  private boolean write(Instant now, Condition condition) {
    var item = new Item(key, holder, Optional.of(now.plus(LENGTH)), NOTHING);
    return store.put(item, condition) instanceof PutResult.Stored;
  }
}

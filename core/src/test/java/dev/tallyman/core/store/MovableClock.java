package dev.tallyman.core.store;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands still until a test moves it. */
public final class MovableClock implements InstantSource {
  private final AtomicReference<Instant> now;

  /** A clock that stands at this time. */
  public MovableClock(Instant now) {
    this.now = new AtomicReference<>(now);
  }

  /** A clock that stands at this time, as ISO 8601. */
  public static MovableClock at(String now) {
    return new MovableClock(Instant.parse(now));
  }

  @Override
  public Instant instant() {
    return now.get();
  }

  /** Moves the clock forward, or back by a negative duration. */
  public void advance(Duration by) {
    now.updateAndGet(before -> before.plus(by));
  }

  /** Puts the clock to this time. */
  public void set(Instant to) {
    now.set(to);
  }
}

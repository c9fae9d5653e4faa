package dev.tallyman.aws;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * How much longer calls of AWS may be tried again: until shortly before the invocation of a
 * function ends, or, where there is none, for 15 seconds. Safe for use by many threads.
 */
public final class TimeLeft implements Supplier<Duration> {
  /** Where nothing else bounds it. */
  static final Duration USUAL = Duration.ofSeconds(15);

  /** Room for one attempt that has begun, and for saying what it came to. */
  private static final Duration MARGIN = Clients.ATTEMPT.plusSeconds(1);

  /** Nanoseconds of this process, or 0 before the first invocation. */
  private volatile long end;

  /**
   * An invocation begins.
   *
   * @param left how long it may take
   */
  public void begin(Duration left) {
    // Never 0, which means that there is none.
    end = (System.nanoTime() + left.minus(MARGIN).toNanos()) | 1;
  }

  /** What is left; zero or less once it is over. */
  @Override
  public Duration get() {
    long known = end;
    return known == 0 ? USUAL : Duration.ofNanos(known - System.nanoTime());
  }
}

package dev.tallyman.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The wish to end, known to all who wait. */
final class Stop {
  private final CountDownLatch latch = new CountDownLatch(1);

  void now() {
    latch.countDown();
  }

  boolean wanted() {
    return latch.getCount() == 0;
  }

  /** Waits so long or until the end is wanted; returns whether it is. */
  boolean await(Duration longest) {
    try {
      return latch.await(Math.max(0, longest.toNanos()), TimeUnit.NANOSECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  void await() {
    try {
      latch.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}

package dev.tallyman.cli.process;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The wish to end, known to all who wait. */
public final class Stop {
  private final CountDownLatch latch = new CountDownLatch(1);

  public void now() {
    latch.countDown();
  }

  public boolean wanted() {
    return latch.getCount() == 0;
  }

  /** Waits so long or until the end is wanted; returns whether it is. */
  public boolean await(Duration longest) {
    try {
      return latch.await(Math.max(0, longest.toNanos()), TimeUnit.NANOSECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  public void await() {
    try {
      latch.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}

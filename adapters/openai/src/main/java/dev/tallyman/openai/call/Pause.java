package dev.tallyman.openai.call;

import java.time.Duration;

/** Waits between two attempts; tests pass one that only counts. */
@FunctionalInterface
public interface Pause {
  /**
   * Returns after this much of the clock's time, which may run faster than real time.
   *
   * @throws InterruptedException if the thread was interrupted meanwhile
   */
  void sleep(Duration duration) throws InterruptedException;
}

package dev.tallyman.openai.call;

import java.time.Duration;
import java.time.Instant;

/**
 * How much longer one call may keep us waiting: what is left of the call's own real time, and of
 * the deadline. Only waiting counts, so that a slow reader is not taken for a slow provider.
 */
final class CallTimer {
  private final Time time;
  private final Instant deadline;
  private Duration left;

  CallTimer(Time time, Duration callTimeout, Instant deadline) {
    this.time = time;
    this.left = callTimeout;
    this.deadline = deadline;
  }

  /** How long the next wait may last, in real time; zero when the time is used up. */
  Duration left() {
    Duration untilDeadline = time.realUntil(deadline);
    Duration shorter = left.compareTo(untilDeadline) < 0 ? left : untilDeadline;
    return shorter.isNegative() ? Duration.ZERO : shorter;
  }

  /** Counts a wait that took this long. */
  void waited(Duration duration) {
    left = left.minus(duration);
  }
}

package dev.tallyman.openai.call;

import dev.tallyman.core.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The clock that deadlines are told by, which may be an accelerated one, and a way to wait.
 *
 * @param clock tells deadlines
 * @param pause waits in the clock's time
 */
public record Time(InstantSource clock, Pause pause) {
  /** Time in which waiting really waits: the one place that sleeps. */
  public static Time real(InstantSource clock) {
    return new Time(clock, duration -> Thread.sleep(realTime(clock, duration)));
  }

  /** How much of the clock's time is left until then; never negative. */
  public Duration until(Instant deadline) {
    Instant now = clock.instant();
    return now.isBefore(deadline) ? Duration.between(now, deadline) : Duration.ZERO;
  }

  /** How much real time is left until then, for waiting on a socket. */
  public Duration realUntil(Instant deadline) {
    return realTime(clock, until(deadline));
  }

  private static Duration realTime(InstantSource clock, Duration duration) {
    return clock instanceof Clock accelerated ? accelerated.realTime(duration) : duration;
  }
}

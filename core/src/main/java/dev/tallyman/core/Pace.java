package dev.tallyman.core;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Translates between the time that everything goes by and the time that one really waits. */
public record Pace(InstantSource clock) {
  /** How long to wait for this much of the clock's time. */
  public Duration real(Duration told) {
    return clock instanceof Clock c ? c.realTime(told) : told;
  }

  /** How much of the clock's time passes in this much real time. */
  public Duration told(Duration real) {
    return clock instanceof Clock c ? real.multipliedBy(c.factor()) : real;
  }

  /** The time that one really waits by. */
  public InstantSource real() {
    return clock instanceof Clock c ? c.real() : clock;
  }

  /** The clock's time when this much real time will have passed. */
  public Instant in(Duration real) {
    return clock.instant().plus(told(real));
  }
}

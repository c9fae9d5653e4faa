package dev.tallyman.core;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;

/**
 * Time that starts at a chosen instant and runs at a chosen speed: for demonstrations and proofs
 * over weeks of simulated time.
 *
 * @param start what this clock says at {@code wall}
 * @param wall the real instant at which it says so
 * @param factor how many of its seconds pass in a real one, at least 1
 * @param real the real time
 */
public record Clock(Instant start, Instant wall, long factor, InstantSource real)
    implements InstantSource {
  /** The environment variable that sets a clock for every process of one proof. */
  public static final String VARIABLE = "TALLYMAN_CLOCK";

  public Clock {
    if (factor < 1) {
      throw new IllegalArgumentException("a clock's factor is at least 1, not " + factor);
    }
  }

  /**
   * The clock that a text describes: {@code start,wall,factor}, for instance {@code
   * 2026-11-01T00:00:00Z,2026-11-21T09:00:00Z,600}.
   *
   * @throws IllegalArgumentException if it is malformed; the message says what is expected
   */
  public static Clock parse(String text, InstantSource real) {
    String[] parts = text.split(",", -1);
    try {
      if (parts.length == 3) {
        return new Clock(
            Instant.parse(parts[0].strip()),
            Instant.parse(parts[1].strip()),
            Long.parseLong(parts[2].strip()),
            real);
      }
    } catch (DateTimeParseException | NumberFormatException _) {
      // Reported below, with the whole text.
    }
    throw new IllegalArgumentException(
        VARIABLE
            + " is '"
            + text
            + "'; expected start,wall,factor such as"
            + " 2026-11-01T00:00:00Z,2026-11-21T09:00:00Z,600");
  }

  @Override
  public Instant instant() {
    return start.plus(Duration.between(wall, real.instant()).multipliedBy(factor));
  }

  /** How long one has to wait in real time for this much of the clock's time to pass. */
  public Duration realTime(Duration simulated) {
    return simulated.dividedBy(factor);
  }
}

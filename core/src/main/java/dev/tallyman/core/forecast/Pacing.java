package dev.tallyman.core.forecast;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether a limit is used faster or slower than lasts the window.
 *
 * @param standing ahead, on or behind
 * @param due what would have been used by now if the limit were used up exactly at the end of the
 *     window, in its usual rhythm; evenly where nothing is known of that
 * @param percentage by how much of the limit use is ahead of that; below 0 if it is behind
 */
public record Pacing(Standing standing, long due, double percentage) {
  /** Up to this share of the limit, in percent, use is on its pace. */
  public static final int ON_PERCENT = 2;

  /** How use stands against its pace. */
  public enum Standing {
    /** In deficit: more was used than is due. */
    AHEAD,
    /** On pace: what is due was used, give or take {@value #ON_PERCENT} % of the limit. */
    ON,
    /** In reserve: less was used than is due. */
    BEHIND
  }

  /**
   * The pace of a window; empty while less than {@value Forecast#FIRST_PERCENT} % of it have
   * passed.
   *
   * @param rhythm of what is counted, if anything is known of it
   * @param start when the window begins
   * @param end when it ends
   * @param asOf up to when its use is known
   * @param used from its start to then
   * @param limit of the window, above 0
   */
  public static Optional<Pacing> of(
      Optional<Rhythm> rhythm, Instant start, Instant end, Instant asOf, long used, long limit) {
    if (!Forecast.begun(start, end, asOf)) {
      return Optional.empty();
    }
    Instant now = asOf.isAfter(end) ? end : asOf;
    double passed = Duration.between(start, now).toSeconds();
    double whole = Duration.between(start, end).toSeconds();
    if (rhythm.isPresent() && rhythm.get().usualWeight(start, end) > 0) {
      passed = rhythm.get().usualWeight(start, now);
      whole = rhythm.get().usualWeight(start, end);
    }
    double due = limit * (passed / whole);
    double percentage = 100 * (used - due) / limit;
    Standing standing =
        Math.abs(percentage) <= ON_PERCENT
            ? Standing.ON
            : percentage > 0 ? Standing.AHEAD : Standing.BEHIND;
    return Optional.of(new Pacing(standing, Math.round(due), percentage));
  }
}

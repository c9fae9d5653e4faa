package dev.tallyman.core.metric;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** How long one bucket of an answer lasts, from the finest to the coarsest. */
public enum Granularity {
  /** A minute, where the ledger holds minutes. */
  MINUTE("minute", Duration.ofMinutes(1)),
  /** An hour of UTC. */
  HOUR("hour", Duration.ofHours(1)),
  /** A calendar day of the zone: 23, 24 or 25 hours. */
  DAY("day", Duration.ofDays(1)),
  /** Seven calendar days of the zone, beginning on a Monday. */
  WEEK("week", Duration.ofDays(7)),
  /** A calendar month of the zone. */
  MONTH("month", Duration.ofDays(30)),
  /** The whole range at once. */
  ALL("all", Duration.ofDays(365_000));

  private final String id;
  private final Duration about;

  Granularity(String id, Duration about) {
    this.id = id;
    this.about = about;
  }

  /** The name in the API and on the command line. */
  public String id() {
    return id;
  }

  /** The granularity of this name, or empty. */
  public static Optional<Granularity> of(String id) {
    for (Granularity granularity : values()) {
      if (granularity.id.equals(id)) {
        return Optional.of(granularity);
      }
    }
    return Optional.empty();
  }

  /** How long a bucket lasts, give or take the calendar. */
  public Duration about() {
    return about;
  }

  /** The start of the bucket that holds this instant; for minutes and hours only. */
  public Instant floor(Instant at) {
    long seconds = about.toSeconds();
    return Instant.ofEpochSecond(Math.floorDiv(at.getEpochSecond(), seconds) * seconds);
  }

  /** Whether buckets are at least a day long, so that rollups of days can answer. */
  public boolean daily() {
    return compareTo(DAY) >= 0;
  }
}

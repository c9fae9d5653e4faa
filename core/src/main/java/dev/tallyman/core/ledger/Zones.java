package dev.tallyman.core.ledger;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Collection;

/** Where the days of reporting zones begin and end among the hours of UTC. */
public final class Zones {
  private static final Duration HOUR = Duration.ofHours(1);

  private Zones() {}

  /** When a day of a zone begins; the day's end is the beginning of the next. */
  public static Instant start(LocalDate day, ZoneId zone) {
    return day.atStartOfDay(zone).toInstant();
  }

  /** The day of a zone in which this instant lies. */
  public static LocalDate day(Instant instant, ZoneId zone) {
    return LocalDate.ofInstant(instant, zone);
  }

  /** Whether a midnight of this zone lies inside this hour, so that it belongs to two days. */
  public static boolean straddles(Instant hour, ZoneId zone) {
    Instant lastMoment = hour.plus(HOUR).minusNanos(1);
    return start(day(lastMoment, zone), zone).isAfter(hour);
  }

  /** Whether the hour straddles the midnight of any of these zones. */
  public static boolean straddles(Instant hour, Collection<ZoneId> zones) {
    return zones.stream().anyMatch(zone -> straddles(hour, zone));
  }
}

package dev.tallyman.api.message;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Points in time as callers write them. */
public final class Times {
  public static final String FORMS =
      "a date (2026-11-21), an instant (2026-11-21T09:30:00Z), now, today, yesterday, mtd (from the"
          + " first of the month), 7d (as many days with today), or 24h (as many hours until now)";

  private static final Pattern AGO = Pattern.compile("([0-9]{1,4})([dh])");

  private Times() {}

  /**
   * The instant that a text means.
   *
   * @param zone whose days count
   * @throws Problem if it means none
   */
  public static Instant parse(Parameter parameter, String text, ZoneId zone, Instant now) {
    LocalDate today = LocalDate.ofInstant(now, zone);
    Matcher ago = AGO.matcher(text);
    try {
      return switch (text) {
        case "now" -> now;
        case "today" -> start(today, zone);
        case "yesterday" -> start(today.minusDays(1), zone);
        case "mtd" -> start(today.withDayOfMonth(1), zone);
        default -> ago.matches() ? ago(ago, today, zone, now) : written(text, zone);
      };
    } catch (DateTimeException _) {
      throw Problem.parameter(
          parameter.name(),
          parameter.name()
              + " is '"
              + Parameter.shown(text)
              + "'; expected "
              + FORMS
              + ". A plus sign in a URL is written %2B.");
    }
  }

  private static Instant ago(Matcher ago, LocalDate today, ZoneId zone, Instant now) {
    int count = Integer.parseInt(ago.group(1));
    if (count == 0) {
      throw new DateTimeException("no time at all");
    }
    return "d".equals(ago.group(2))
        ? start(today.minusDays(count - 1L), zone)
        : now.minus(Duration.ofHours(count)).truncatedTo(ChronoUnit.MINUTES);
  }

  private static Instant written(String text, ZoneId zone) {
    if (!text.contains("T")) {
      return start(LocalDate.parse(text), zone);
    }
    boolean zoned = text.endsWith("Z") || text.matches(".*[+-][0-9]{2}(:?[0-9]{2})?");
    return zoned
        ? OffsetDateTime.parse(text).toInstant()
        : LocalDateTime.parse(text).atZone(zone).toInstant();
  }

  private static Instant start(LocalDate day, ZoneId zone) {
    return day.atStartOfDay(zone).toInstant();
  }
}

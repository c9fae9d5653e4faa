package dev.tallyman.core.budget;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.Locale;

/**
 * A stretch of the calendar in which a budget counts. It is addressed by its id, so that nothing
 * ever needs to be reset: {@code 2026-11-20T14@UTC}, {@code 2026-11-20@Europe/Rome}, {@code
 * 2026-W47@UTC}, {@code 2026-11@UTC}, {@code 2026-Q4@UTC}.
 *
 * @param kind how long it is
 * @param zone whose calendar counts; always UTC for hours
 * @param id unique among all windows of all kinds and zones
 * @param start when it begins
 * @param end when the next one begins
 */
public record Window(WindowKind kind, ZoneId zone, String id, Instant start, Instant end) {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final ZoneId UTC = ZoneId.of("UTC");

  /**
   * The window of this kind in which an instant lies. A day begins when clocks first show it, so
   * that one midnight is enough where clocks go back over it.
   */
  public static Window at(WindowKind kind, ZoneId zone, Instant instant) {
    if (kind == WindowKind.HOUR) {
      Instant start = instant.truncatedTo(ChronoUnit.HOURS);
      String hour = start.toString().substring(0, "2026-11-20T14".length());
      return new Window(kind, UTC, hour + "@UTC", start, start.plus(HOUR));
    }
    ZoneId named = zone.normalized().equals(ZoneOffset.UTC) ? UTC : zone;
    LocalDate first = first(kind, LocalDate.ofInstant(instant, named));
    Instant end = next(kind, first).atStartOfDay(named).toInstant();
    if (!instant.isBefore(end)) {
      // Clocks went back over midnight: for a while they show the day before once more.
      first = next(kind, first);
      end = next(kind, first).atStartOfDay(named).toInstant();
    }
    return new Window(
        kind,
        named,
        name(kind, first) + "@" + named.getId(),
        first.atStartOfDay(named).toInstant(),
        end);
  }

  /** The window after this one. */
  public Window next() {
    return at(kind, zone, end);
  }

  /** The window before this one. */
  public Window previous() {
    return at(kind, zone, start.minusNanos(1));
  }

  /** Whether the window is over at this time. */
  public boolean endedAt(Instant now) {
    return !end.isAfter(now);
  }

  /** The first day; for an hour the day of UTC in which it lies. */
  public LocalDate firstDay() {
    return LocalDate.ofInstant(start, zone);
  }

  /** The day after the last. */
  public LocalDate endDay() {
    return LocalDate.ofInstant(end.minusNanos(1), zone).plusDays(1);
  }

  private static LocalDate first(WindowKind kind, LocalDate day) {
    return switch (kind) {
      case HOUR, DAY -> day;
      case WEEK -> day.minusDays(day.getDayOfWeek().getValue() - 1L);
      case MONTH -> day.withDayOfMonth(1);
      case QUARTER -> day.withDayOfMonth(1).minusMonths((day.getMonthValue() - 1L) % 3);
    };
  }

  private static LocalDate next(WindowKind kind, LocalDate first) {
    return switch (kind) {
      case HOUR, DAY -> first.plusDays(1);
      case WEEK -> first.plusWeeks(1);
      case MONTH -> first.plusMonths(1);
      case QUARTER -> first.plusMonths(3);
    };
  }

  private static String name(WindowKind kind, LocalDate first) {
    return switch (kind) {
      case HOUR, DAY -> first.toString();
      case WEEK ->
          String.format(
              Locale.ROOT,
              "%04d-W%02d",
              first.get(IsoFields.WEEK_BASED_YEAR),
              first.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
      case MONTH -> first.toString().substring(0, "2026-11".length());
      case QUARTER -> first.getYear() + "-Q" + first.get(IsoFields.QUARTER_OF_YEAR);
    };
  }
}

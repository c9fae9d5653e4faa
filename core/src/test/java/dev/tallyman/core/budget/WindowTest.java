package dev.tallyman.core.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Windows against a calendar that is kept by hand: it walks through time hour by hour, asks nothing
 * but the zone's offset from UTC, and counts days, weeks, months and quarters itself.
 */
final class WindowTest {
  private static final long DAY = 86_400;
  private static final long HOUR = 3_600;

  /** A day of a zone: which one, counted from 1970, and when it begins. */
  private record Day(long number, long start) {}

  /** A stretch of days that is called something. */
  private record Stretch(String id, long start, long end, long firstDay, long endDay) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void inEveryZoneAreWhatTheCalendarSays(long seed) {
    var random = new SplittableRandom(seed);
    for (String zone : new TreeSet<>(ZoneId.getAvailableZoneIds())) {
      int year = random.nextInt(1971, 2038);
      holds(ZoneId.of(zone), year, random, "seed " + seed + ", " + zone + ", " + year);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Pacific/Apia, 2011", // no 30 December
    "Pacific/Kiritimati, 1994", // no 31 December, the last of a year
    "Pacific/Kwajalein, 1993", // no 21 August
    "America/St_Johns, 2006", // clocks go back at 00:01, so that midnight comes twice
    "America/Sao_Paulo, 2017", // clocks go forward at midnight, which does not exist
    "Asia/Beirut, 2024",
    "Africa/Cairo, 2010",
    "America/Havana, 2026",
    "Australia/Lord_Howe, 2026", // half an hour
    "Antarctica/Troll, 2026", // two hours
    "Asia/Kathmandu, 2026",
    "Africa/Casablanca, 2026",
    "Europe/Dublin, 2028",
    "Europe/Rome, 2024",
    "America/New_York, 2020", // 53 weeks
    "America/Nuuk, 2023",
    "Asia/Gaza, 2026"
  })
  void whereCalendarsAreOddAreWhatTheySay(String zone, int year) {
    holds(ZoneId.of(zone), year, new SplittableRandom(year), zone + ", " + year);
  }

  private static void holds(ZoneId zone, int year, SplittableRandom random, String what) {
    List<Day> days = days(zone, year);
    for (WindowKind kind : WindowKind.values()) {
      if (kind != WindowKind.HOUR) {
        holds(kind, zone, stretches(kind, days), random, what + ", " + kind);
      }
    }
  }

  private static void holds(
      WindowKind kind, ZoneId zone, List<Stretch> stretches, SplittableRandom random, String what) {
    boolean utc = zone.getRules().isFixedOffset() && offset(zone.getRules(), 0) == 0;
    String suffix = "@" + (utc ? "UTC" : zone.getId());
    var ids = new HashSet<String>();
    for (Stretch stretch : stretches) {
      // Of ordinary days some are enough.
      if (stretch.end - stretch.start == DAY && random.nextInt(4) != 0) {
        continue;
      }
      long inside = random.nextLong(stretch.start, stretch.end);
      for (long second : new long[] {stretch.start, inside, stretch.end - 1}) {
        Window window = Window.at(kind, zone, Instant.ofEpochSecond(second));
        if (!window.id().equals(stretch.id + suffix)
            || window.start().getEpochSecond() != stretch.start
            || window.end().getEpochSecond() != stretch.end
            || !window.firstDay().equals(LocalDate.ofEpochDay(stretch.firstDay))
            || !window.endDay().equals(LocalDate.ofEpochDay(stretch.endDay))) {
          assertThat(window + " " + window.firstDay() + " " + window.endDay())
              .as("%s, at %s", what, Instant.ofEpochSecond(second))
              .isEqualTo(stretch.toString());
        }
      }
      Window window = Window.at(kind, zone, Instant.ofEpochSecond(inside));
      Window next = window.next();
      Window previous = window.previous();
      boolean tiled =
          ids.add(window.id())
              && next.previous().equals(window)
              && previous.next().equals(window)
              && next.start().equals(window.end())
              && previous.end().equals(window.start())
              && Window.at(kind, zone, window.end().minusNanos(1)).equals(window);
      if (!tiled) {
        assertThat(List.of(previous, window, next)).as("%s, one after the other", what).isEmpty();
      }
    }
  }

  /**
   * The days of a year, and some before and after: each begins when the date of the zone's clocks
   * is first as late as that.
   */
  private static List<Day> days(ZoneId zone, int year) {
    ZoneRules rules = zone.getRules();
    long from = number(year, 1, 1) * DAY - 10 * DAY;
    long to = number(year + 1, 1, 1) * DAY + 100 * DAY;
    var days = new ArrayList<Day>();
    long latest = Math.floorDiv(from + offset(rules, from), DAY);
    for (long hour = from; hour < to; hour += HOUR) {
      long before = offset(rules, hour);
      long after = offset(rules, hour + HOUR);
      // An hour in which clocks are changed is looked at closely: Liberia's changed at 00:44:30.
      long step = before == after ? HOUR : 30;
      for (long second = hour + step; second <= hour + HOUR; second += step) {
        long local = second + (step < HOUR ? offset(rules, second) : after);
        long number = Math.floorDiv(local, DAY);
        if (number > latest) {
          latest = number;
          days.add(new Day(number, step < HOUR ? second : number * DAY - after));
        }
      }
    }
    return days;
  }

  private static long offset(ZoneRules rules, long second) {
    return rules.getOffset(Instant.ofEpochSecond(second)).getTotalSeconds();
  }

  /** What days add up to, without the first and the last, which may be cut off. */
  private static List<Stretch> stretches(WindowKind kind, List<Day> days) {
    var stretches = new ArrayList<Stretch>();
    int first = 0;
    for (int i = 1; i < days.size(); i++) {
      String id = id(kind, days.get(i).number);
      String before = id(kind, days.get(i - 1).number);
      if (!id.equals(before)) {
        stretches.add(
            new Stretch(
                before,
                days.get(first).start,
                days.get(i).start,
                days.get(first).number,
                days.get(i - 1).number + 1));
        first = i;
      }
    }
    return stretches.subList(1, stretches.size());
  }

  private static String id(WindowKind kind, long number) {
    long[] date = date(number);
    return switch (kind) {
      case HOUR -> throw new IllegalArgumentException("hours have no days");
      case DAY -> padded(date[0], 4) + "-" + padded(date[1], 2) + "-" + padded(date[2], 2);
      case WEEK -> {
        // 1970-01-01 was a Thursday; a week belongs to the year of its Thursday.
        long thursday = Math.floorDiv(number + 3, 7L) * 7;
        long year = date(thursday)[0];
        long week = (thursday - number(year, 1, 1)) / 7 + 1;
        yield padded(year, 4) + "-W" + padded(week, 2);
      }
      case MONTH -> padded(date[0], 4) + "-" + padded(date[1], 2);
      case QUARTER -> padded(date[0], 4) + "-Q" + ((date[1] + 2) / 3);
    };
  }

  private static String padded(long number, int digits) {
    var text = new StringBuilder().append(number);
    while (text.length() < digits) {
      text.insert(0, '0');
    }
    return text.toString();
  }

  private static boolean leap(long year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  }

  private static long length(long year, long month) {
    return switch ((int) month) {
      case 2 -> leap(year) ? 29 : 28;
      case 4, 6, 9, 11 -> 30;
      default -> 31;
    };
  }

  /** The first day of a year, counted from 1970. */
  private static long newYear(long year) {
    long number = 0;
    for (long each = 1970; each < year; each++) {
      number += leap(each) ? 366 : 365;
    }
    for (long each = 1969; each >= year; each--) {
      number -= leap(each) ? 366 : 365;
    }
    return number;
  }

  /** A date as the number of days since 1970-01-01. */
  private static long number(long year, long month, long day) {
    long number = newYear(year) + day - 1;
    for (long m = 1; m < month; m++) {
      number += length(year, m);
    }
    return number;
  }

  /** Year, month and day of a number of days since 1970-01-01. */
  private static long[] date(long number) {
    long year = 1970 + number / 366;
    while (newYear(year + 1) <= number) {
      year++;
    }
    long month = 1;
    long left = number - newYear(year);
    while (left >= length(year, month)) {
      left -= length(year, month);
      month++;
    }
    return new long[] {year, month, left + 1};
  }

  @ParameterizedTest
  @ValueSource(longs = 1)
  void hoursAreThoseOfUtcInEveryZone(long seed) {
    var random = new SplittableRandom(seed);
    for (String zone : new TreeSet<>(ZoneId.getAvailableZoneIds())) {
      long hour = random.nextLong(0, 2_145_916_800L / HOUR);
      Instant inside = Instant.ofEpochSecond(hour * HOUR + random.nextLong(HOUR));
      Window window = Window.at(WindowKind.HOUR, ZoneId.of(zone), inside);
      String what = "seed " + seed + ", " + zone + ", " + inside;
      assertThat(window.start().getEpochSecond()).as(what).isEqualTo(hour * HOUR);
      assertThat(window.end().getEpochSecond()).as(what).isEqualTo(hour * HOUR + HOUR);
      String id = id(WindowKind.DAY, hour / 24) + "T" + padded(hour % 24, 2) + "@UTC";
      assertThat(window.id()).as(what).isEqualTo(id);
      assertThat(window.zone()).as(what).isEqualTo(ZoneId.of("UTC"));
      assertThat(window.next().previous()).as(what).isEqualTo(window);
      assertThat(window.next().start()).as(what).isEqualTo(window.end());
      assertThat(window.firstDay()).as(what).isEqualTo(LocalDate.ofEpochDay(hour / 24));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "HOUR, 2026-11-20T14:59:59Z, UTC, 2026-11-20T14@UTC",
    "DAY, 2026-11-20T23:30:00Z, Europe/Rome, 2026-11-21@Europe/Rome",
    "DAY, 2028-02-29T12:00:00Z, UTC, 2028-02-29@UTC",
    "WEEK, 2027-01-03T12:00:00Z, UTC, 2026-W53@UTC",
    "WEEK, 2024-12-30T12:00:00Z, UTC, 2025-W01@UTC",
    "MONTH, 2026-12-31T23:30:00Z, Asia/Tokyo, 2027-01@Asia/Tokyo",
    "QUARTER, 2026-12-31T23:30:00Z, America/New_York, 2026-Q4@America/New_York"
  })
  void areCalledByKindDateAndZone(WindowKind kind, Instant instant, String zone, String id) {
    assertThat(Window.at(kind, ZoneId.of(zone), instant).id()).isEqualTo(id);
  }

  @Test
  void ofZonesThatAreUtcUnderAnotherNameAreTheSame() {
    Instant instant = Instant.parse("2026-11-20T14:00:00Z");
    Window window = Window.at(WindowKind.DAY, ZoneOffset.UTC, instant);
    for (String zone : List.of("UTC", "Etc/UTC", "GMT", "Etc/GMT", "Zulu", "Etc/UCT", "UTC+0")) {
      assertThat(Window.at(WindowKind.DAY, ZoneId.of(zone), instant)).as(zone).isEqualTo(window);
    }
  }

  @Test
  void midnightThatComesTwiceBeginsOneDay() {
    ZoneId zone = ZoneId.of("America/St_Johns");
    // At 00:01 on 29 October 2006 clocks went back to 23:01 on the 28th.
    Instant midnight = Instant.parse("2006-10-29T02:30:00Z");
    Window day = Window.at(WindowKind.DAY, zone, midnight);
    assertThat(day.id()).isEqualTo("2006-10-29@America/St_Johns");
    assertThat(day.start()).isEqualTo(midnight);
    assertThat(Window.at(WindowKind.DAY, zone, midnight.plusSeconds(1800))).isEqualTo(day);
  }
}

package dev.tallyman.core.forecast;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a window is expected to end.
 *
 * @param expected what will have been used, in the smallest unit of the series
 * @param low in nine of ten windows it is at least this
 * @param high in nine of ten windows it is at most this, so that eight of ten end between
 * @param exhausted when the limit is expected to be used up, at a whole minute; empty if the window
 *     ends before, or if there is no limit
 * @param earliest when it will be used up in the course of things that leads to {@code high}; empty
 *     if not even then
 * @param latest when it will be used up in the course of things that leads to {@code low}; empty if
 *     not then
 */
public record Forecast(
    long expected,
    long low,
    long high,
    Optional<Instant> exhausted,
    Optional<Instant> earliest,
    Optional<Instant> latest) {
  /** Before this share of a window has passed, in percent, nothing is said about its end. */
  public static final int FIRST_PERCENT = 3;

  private static final long DAY = 86_400;
  private static final long MINUTE = 60;

  /**
   * The forecast of a window; empty while less than {@value #FIRST_PERCENT} % of it have passed.
   *
   * @param rhythm of the series that is counted; what has too little history has none
   * @param start when the window begins
   * @param end when it ends
   * @param asOf up to when its use is known
   * @param used from its start to then, in the unit of the rhythm
   * @param today what the series used since the last midnight of UTC, which tells what the rest of
   *     the day will be like; empty if it is not known; not needed for a window that began then
   * @param limit when it is used up is told
   */
  public static Optional<Forecast> of(
      Rhythm rhythm,
      Instant start,
      Instant end,
      Instant asOf,
      long used,
      OptionalLong today,
      OptionalLong limit) {
    if (!begun(start, end, asOf)) {
      return Optional.empty();
    }
    var course = new Course(rhythm, start, asOf, used, today);
    Instant last = asOf.isAfter(end) ? asOf : end;
    return Optional.of(
        new Forecast(
            course.at(last, 0),
            course.at(last, -1),
            course.at(last, 1),
            limit.isEmpty() ? Optional.empty() : course.reaches(limit.getAsLong(), last, 0),
            limit.isEmpty() ? Optional.empty() : course.reaches(limit.getAsLong(), last, 1),
            limit.isEmpty() ? Optional.empty() : course.reaches(limit.getAsLong(), last, -1)));
  }

  /** Whether enough of a window has passed for anything to be said about its end. */
  static boolean begun(Instant start, Instant end, Instant asOf) {
    long passed = Duration.between(start, asOf).toSeconds();
    return passed * 100 >= FIRST_PERCENT * Duration.between(start, end).toSeconds();
  }

  /** From here on. */
  private static final class Course {
    private final Rhythm rhythm;
    private final Instant from;
    private final Instant midnight;
    private final long used;

    /** What the rest of the day is multiplied by, judging from what was seen of it. */
    private double todayFactor = 1;

    /** The same for the days after. */
    private double laterFactor = 1;

    /** The variance of a unit of the rest of the day. */
    private final double todayWeight;

    Course(Rhythm rhythm, Instant start, Instant asOf, long used, OptionalLong today) {
      this.rhythm = rhythm;
      this.from = asOf;
      this.used = used;
      long day = Math.floorDiv(asOf.getEpochSecond(), DAY);
      Instant dawn = Instant.ofEpochSecond(day * DAY);
      midnight = dawn.plusSeconds(DAY);
      int hour = (int) ((asOf.getEpochSecond() - day * DAY) / 3600);
      double due = rhythm.usualWeight(dawn, asOf);
      double rest = rhythm.usualWeight(asOf, midnight);
      OptionalLong seen = start.equals(dawn) ? OptionalLong.of(used) : today;
      if (seen.isPresent() && due > 0) {
        double off = seen.getAsLong() / due - 1;
        todayFactor = Math.max(0, 1 + rhythm.restFactor(day, hour) * off);
        double reach = 2 * rhythm.dayShare(day);
        laterFactor = 1 + History.TODAY_SHARE * due / (due + rest) * Math.clamp(off, -reach, reach);
      }
      // Independent from hour to hour, so that the variance grows as the sum does.
      todayWeight = Week.squaredWeight(rhythm.restShare(day, hour)) * rest;
    }

    /**
     * What will have been used.
     *
     * @param side 0 as expected, 1 and -1 at the borders of the band
     */
    long at(Instant to, int side) {
      double usualToday = rhythm.usualWeight(from, to.isBefore(midnight) ? to : midnight);
      double more = todayFactor * usualToday;
      double variance = todayWeight * usualToday;
      if (to.isAfter(midnight)) {
        double days = Duration.between(midnight, to).toSeconds() / (double) DAY;
        double later = laterFactor * rhythm.levelFactor(days) * rhythm.usualWeight(midnight, to);
        more += later;
        variance +=
            Week.squaredWeight(rhythm.levelShare(days) * later) + rhythm.dayWeights(midnight, to);
      }
      double expected = more + side * Rhythm.BAND_FACTOR * Math.sqrt(variance);
      return used + Math.max(0, Math.round(expected));
    }

    /** The minute in which so much will have been used, or empty if that is not before the end. */
    Optional<Instant> reaches(long limit, Instant end, int side) {
      if (used >= limit) {
        return Optional.of(from);
      }
      if (at(end, side) < limit) {
        return Optional.empty();
      }
      long low = 0;
      long high = Math.ceilDiv(Duration.between(from, end).toSeconds(), MINUTE);
      while (low < high) {
        long middle = (low + high) / 2;
        if (at(from.plusSeconds(middle * MINUTE), side) >= limit) {
          high = middle;
        } else {
          low = middle + 1;
        }
      }
      Instant minute = from.plusSeconds(low * MINUTE);
      return Optional.of(minute.isAfter(end) ? end : minute);
    }
  }
}

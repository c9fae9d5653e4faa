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
   * @param recent what of it was used since the end of the rhythm, which tells what today is like;
   *     not needed for windows that began after that, for which it is all of it
   * @param limit when it is used up is told
   */
  public static Optional<Forecast> of(
      Rhythm rhythm,
      Instant start,
      Instant end,
      Instant asOf,
      long used,
      OptionalLong recent,
      OptionalLong limit) {
    if (!begun(start, end, asOf)) {
      return Optional.empty();
    }
    var course = new Course(rhythm, start, asOf, used, recent);
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

    /** The same for all that follows. */
    private double laterFactor = 1;

    /** How far the rest of the day may be off, but for its hours. */
    private double todayShare;

    Course(Rhythm rhythm, Instant start, Instant asOf, long used, OptionalLong recent) {
      this.rhythm = rhythm;
      this.from = asOf;
      this.used = used;
      long day = Math.floorDiv(asOf.getEpochSecond(), DAY);
      midnight = Instant.ofEpochSecond((day + 1) * DAY);
      double level = Week.squaredWeight(rhythm.errorShare(7));
      double today = Week.squaredWeight(rhythm.dayShare());
      todayShare = Math.sqrt(level + today);
      boolean whole = !start.isBefore(rhythm.until());
      Instant since = whole ? start : rhythm.until();
      double usual = rhythm.usualWeight(since, asOf);
      if ((whole || recent.isPresent()) && since.isBefore(asOf) && usual > 0) {
        double seen = (whole ? used : recent.getAsLong()) / usual;
        double seenDays = Math.max(1, Duration.between(since, asOf).toSeconds() / (double) DAY);
        double noise =
            Week.squaredWeight(rhythm.hourShare())
                * rhythm.week().hourWeights(since, asOf)
                / Week.squaredWeight(usual);
        double all = level + today + noise;
        todayFactor = 1 + (level + today) / all * (seen - 1);
        laterFactor = 1 + level / (level + today / seenDays + noise) * (seen - 1);
        todayShare = Math.sqrt((level + today) * noise / all);
      }
    }

    /**
     * What will have been used.
     *
     * @param side 0 as expected, 1 and -1 at the borders of the band
     */
    long at(Instant to, int side) {
      Instant todayEnd = to.isBefore(midnight) ? to : midnight;
      double today = Math.max(0, todayFactor) * rhythm.usualWeight(from, todayEnd);
      double variance =
          Week.squaredWeight(todayShare * today)
              + Week.squaredWeight(rhythm.hourShare() * Math.max(0, todayFactor))
                  * rhythm.week().hourWeights(from, todayEnd);
      double later = 0;
      if (to.isAfter(midnight)) {
        later = Math.max(0, laterFactor) * rhythm.usualWeight(midnight, to);
        double days = Duration.between(midnight, to).toSeconds() / (double) DAY;
        variance += Week.squaredWeight(rhythm.errorShare(days) * later);
      }
      double more = today + later + side * Rhythm.BAND_FACTOR * Math.sqrt(variance);
      return used + Math.max(0, Math.round(more));
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

package dev.tallyman.core.forecast;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Hours or a day in which a series is far above its own past.
 *
 * @param start the first hour that counts to it
 * @param end the hour after the last
 * @param actual what was used in between, in the smallest unit of the series
 * @param usual what is usual there
 * @param deviationFactor how many times its usual deviation the series was off when it was furthest
 */
public record Anomaly(Instant start, Instant end, long actual, long usual, double deviationFactor) {
  /** Hours further apart are two incidents. */
  public static final Duration APART = Duration.ofHours(24);

  private static final double LEAST_FACTOR = 5.5;
  private static final double LARGEST_FACTOR = 1e6;
  private static final long HOUR = 3600;

  /** How much more than usual. */
  public long excess() {
    return actual - usual;
  }

  /**
   * What is out of the ordinary in some hours: hours whose sum with the two before them is far
   * above what is usual, the oldest first; then days of UTC that are, all in all, where none of
   * their hours is. Hours less than a day apart are one incident.
   *
   * @param baseline of the series, made of what came before
   * @param from the start of the first hour
   * @param amounts by hour, below 0 where nothing is known, which then counts as nothing; the last
   *     one may go on still
   * @param minimum the least excess that matters, of a day; of a week where there was nothing
   *     before, since what deviates passes, and what is new stays
   */
  public static List<Anomaly> find(Baseline baseline, Instant from, long[] amounts, long minimum) {
    List<Anomaly> hours = hours(baseline, from, amounts, minimum);
    var found = new ArrayList<>(hours);
    int place = Baseline.place(from);
    for (int i = Math.floorMod(-place, Week.DAY); i < amounts.length; i += Week.DAY) {
      long actual = 0;
      for (int j = i; j < Math.min(amounts.length, i + Week.DAY); j++) {
        actual += Math.max(0, amounts[j]);
      }
      day(baseline, from.plusSeconds(i * HOUR), actual, minimum)
          .filter(day -> hours.stream().noneMatch(day::overlaps))
          .ifPresent(found::add);
    }
    return found;
  }

  /** Whether both are of one time. */
  public boolean overlaps(Anomaly other) {
    return start.isBefore(other.end) && other.start.isBefore(end);
  }

  private static List<Anomaly> hours(
      Baseline baseline, Instant from, long[] amounts, long minimum) {
    var found = new ArrayList<Anomaly>();
    int place = Baseline.place(from);
    int pace = (baseline.nothing() ? Week.HOURS : Week.DAY) / Baseline.SPAN;
    int begin = -1;
    int last = -1;
    double furthestFactor = 0;
    for (int i = 0; i < amounts.length; i++) {
      double excess = 0;
      int first = Math.max(0, i - Baseline.SPAN + 1);
      for (int j = first; j <= i; j++) {
        int at = (place + j) % Week.HOURS;
        excess += Math.max(0, amounts[j]) - baseline.usualWeight(at);
      }
      double scatter = baseline.scatterWeight((place + i) % Week.HOURS);
      double factor = excess <= 0 ? 0 : Math.min(LARGEST_FACTOR, excess / scatter);
      if (factor < LEAST_FACTOR || excess * pace < minimum) {
        continue;
      }
      if (begin >= 0 && i - last > APART.toHours()) {
        found.add(of(baseline, from, amounts, begin, last, furthestFactor));
        begin = -1;
        furthestFactor = 0;
      }
      if (begin < 0) {
        begin = begins(baseline, place, amounts, first, i);
      }
      last = i;
      furthestFactor = Math.max(furthestFactor, factor);
    }
    if (begin >= 0) {
      found.add(of(baseline, from, amounts, begin, last, furthestFactor));
    }
    return found;
  }

  /** The first of some hours that is above what is usual by more than its deviation. */
  private static int begins(Baseline baseline, int place, long[] amounts, int first, int last) {
    for (int i = first; i < last; i++) {
      int at = (place + i) % Week.HOURS;
      if (amounts[i] > baseline.usualWeight(at) + baseline.scatterWeight(at) / 2) {
        return i;
      }
    }
    return last;
  }

  private static Anomaly of(
      Baseline baseline, Instant from, long[] amounts, int begin, int last, double factor) {
    int place = Baseline.place(from);
    long actual = 0;
    double usual = 0;
    for (int i = begin; i <= last; i++) {
      actual += Math.max(0, amounts[i]);
      usual += baseline.usualWeight((place + i) % Week.HOURS);
    }
    return new Anomaly(
        from.plusSeconds(begin * HOUR),
        from.plusSeconds((last + 1) * HOUR),
        actual,
        Math.round(usual),
        factor);
  }

  private static Optional<Anomaly> day(
      Baseline baseline, Instant start, long actual, long minimum) {
    LocalDate day = LocalDate.ofInstant(start, ZoneOffset.UTC);
    double excess = actual - baseline.dayUsualWeight(day);
    double factor =
        excess <= 0 ? 0 : Math.min(LARGEST_FACTOR, excess / baseline.dayScatterWeight(day));
    if (factor < LEAST_FACTOR || excess < minimum) {
      return Optional.empty();
    }
    return Optional.of(
        new Anomaly(start, start.plus(Duration.ofDays(1)), actual, baseline.usual(day), factor));
  }
}

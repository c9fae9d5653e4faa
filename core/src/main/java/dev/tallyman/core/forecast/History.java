package dev.tallyman.core.forecast;

import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * The last weeks of a series, taken apart: the shape of a week, the level of each day against that
 * shape, and how far hours and days lie from it.
 */
final class History {
  /** What is older says nothing of today. */
  static final int LONGEST_DAYS = 56;

  /** Fewer complete days say nothing at all. */
  static final int FEWEST_DAYS = 3;

  /** From how many weeks on an hour of the week needs no help of its neighbours. */
  private static final int ENOUGH_WEEKS = 4;

  private static final int WEEK_DAYS = 7;
  private static final int MEMORY_DAYS = 28;
  private static final int HALF_LIFE_DAYS = 4;

  /** What a day that is nearly over adds to the level, once it is over. */
  static final double TODAY_SHARE = 1 - Math.pow(0.5, 1.0 / HALF_LIFE_DAYS);

  private static final double CLIP_FACTOR = 2.5;

  /** What a median deviation of what is normally distributed is multiplied by for its deviation. */
  static final double MAD_FACTOR = 1.4826;

  /** The first hour, counted from 1970. */
  final long first;

  /** By hour; what is below 0 is unknown. */
  final long[] amounts;

  /** The first day, counted from 1970. */
  final long firstDay;

  /** How many days of UTC it touches. */
  final int days;

  /** How many of them are known from end to end. */
  final int completeDays;

  /** By place in the week, at level 1. */
  final double[] week;

  /** By day: what was used; of the hours that are known. */
  final double[] used;

  /** By day: what the shape of the week says of the same hours. */
  final double[] due;

  /** By day: the hours that are known. */
  final int[] known;

  private History(long first, long[] amounts) {
    this.first = first;
    this.amounts = amounts;
    firstDay = Math.floorDiv(first, (long) Week.DAY);
    days = (int) (Math.floorDiv(first + amounts.length - 1, (long) Week.DAY) - firstDay + 1);
    used = new double[days];
    due = new double[days];
    known = new int[days];
    for (int i = 0; i < amounts.length; i++) {
      if (amounts[i] >= 0) {
        used[day(i)] += amounts[i];
        known[day(i)]++;
      }
    }
    completeDays = (int) Arrays.stream(known).filter(hours -> hours == Week.DAY).count();
    double[] level = new double[days];
    Arrays.fill(level, 1);
    measure(shape(level));
    // Once more, without growth and without the days on which everything was higher or lower.
    double[] around = aroundLevels();
    week = shape(around);
    measure(week);
  }

  /** Takes a history apart; empty if fewer than {@value #FEWEST_DAYS} days of it are complete. */
  static Optional<History> of(Instant from, long[] amounts) {
    int hours = Math.min(amounts.length, LONGEST_DAYS * Week.DAY);
    if (hours == 0) {
      return Optional.empty();
    }
    long first = Math.floorDiv(from.getEpochSecond(), 3600L) + amounts.length - hours;
    var history =
        new History(first, Arrays.copyOfRange(amounts, amounts.length - hours, amounts.length));
    return history.completeDays < FEWEST_DAYS ? Optional.empty() : Optional.of(history);
  }

  /** The hour after the last. */
  Instant until() {
    return Instant.ofEpochSecond((first + amounts.length) * 3600);
  }

  /** The day, counted from the first, of an hour. */
  int day(int hour) {
    return (int) (Math.floorDiv(first + hour, (long) Week.DAY) - firstDay);
  }

  private void measure(double[] shape) {
    Arrays.fill(due, 0);
    for (int i = 0; i < amounts.length; i++) {
      if (amounts[i] >= 0) {
        due[day(i)] += shape[Week.place(first + i)];
      }
    }
  }

  /** By place in the week: the usual amount, if days are divided by these levels. */
  private double[] shape(double[] levels) {
    double[][] values = new double[Week.HOURS][LONGEST_DAYS / WEEK_DAYS + 2];
    int[] counts = new int[Week.HOURS];
    for (int i = 0; i < amounts.length; i++) {
      if (amounts[i] >= 0) {
        int place = Week.place(first + i);
        values[place][counts[place]++] = amounts[i] / levels[day(i)];
      }
    }
    double[] shape = new double[Week.HOURS];
    for (int place = 0; place < Week.HOURS; place++) {
      shape[place] = centerWeight(values[place], counts[place]);
    }
    help(shape, counts);
    return shape;
  }

  /**
   * The mean of what is not far from the median: a median where amounts jump, else nearly a mean.
   */
  private static double centerWeight(double[] values, int count) {
    if (count == 0) {
      return 0;
    }
    Arrays.sort(values, 0, count);
    double median = medianWeight(values, count);
    double[] away = new double[count];
    for (int i = 0; i < count; i++) {
      away[i] = Math.abs(values[i] - median);
    }
    Arrays.sort(away);
    double reach = CLIP_FACTOR * MAD_FACTOR * medianWeight(away, count);
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += Math.clamp(values[i], median - reach, median + reach);
    }
    return sum / count;
  }

  /** The middle of the first {@code count} numbers, which are sorted. */
  static double medianWeight(double[] sorted, int count) {
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
  }

  /** Where a place was seen rarely, the same hour of days like it says what is missing. */
  private static void help(double[] shape, int[] counts) {
    double[] own = shape.clone();
    for (int place = 0; place < Week.HOURS; place++) {
      if (counts[place] >= ENOUGH_WEEKS) {
        continue;
      }
      boolean weekend = place >= 5 * Week.DAY;
      double alike = meanWeight(own, counts, place % Week.DAY, weekend ? 5 : 0, weekend ? 7 : 5);
      if (alike < 0) {
        alike = Math.max(0, meanWeight(own, counts, place % Week.DAY, 0, 7));
      }
      shape[place] = (own[place] * counts[place] + alike) / (counts[place] + 1);
    }
  }

  private static double meanWeight(double[] own, int[] counts, int hour, int fromDay, int toDay) {
    double sum = 0;
    int count = 0;
    for (int day = fromDay; day < toDay; day++) {
      int place = day * Week.DAY + hour;
      sum += own[place] * counts[place];
      count += counts[place];
    }
    return count == 0 ? -1 : sum / count;
  }

  /** By day the median level of the seven days around it. */
  double[] aroundLevels() {
    double[] around = new double[days];
    for (int day = 0; day < days; day++) {
      int from = Math.max(0, Math.min(day - 3, days - WEEK_DAYS));
      double[] levels = new double[WEEK_DAYS];
      int count = 0;
      for (int i = from; i < Math.min(days, from + WEEK_DAYS); i++) {
        if (due[i] > 0) {
          levels[count++] = used[i] / due[i];
        }
      }
      Arrays.sort(levels, 0, count);
      double level = count == 0 ? 1 : medianWeight(levels, count);
      around[day] = level > 0 ? level : 1;
    }
    return around;
  }

  /**
   * The level after a day: recent days count more, and days far from the others count as if they
   * were nearer.
   *
   * @param day counted from the first
   * @return 1 if nothing is known
   */
  double levelFactor(int day) {
    double[] levels = new double[MEMORY_DAYS];
    double[] weights = new double[MEMORY_DAYS];
    int count = 0;
    for (int i = Math.max(0, day - MEMORY_DAYS + 1); i <= day; i++) {
      if (due[i] > 0) {
        levels[count] = used[i] / due[i];
        weights[count++] = due[i] * Math.pow(0.5, (double) (day - i) / HALF_LIFE_DAYS);
      }
    }
    if (count == 0) {
      return 1;
    }
    double median = medianWeight(levels, weights, count);
    double[] away = new double[count];
    for (int i = 0; i < count; i++) {
      away[i] = Math.abs(levels[i] - median);
    }
    double reach =
        CLIP_FACTOR * MAD_FACTOR * Math.max(medianWeight(away, weights, count), 0.03 * median);
    double sum = 0;
    double weight = 0;
    for (int i = 0; i < count; i++) {
      sum += weights[i] * Math.clamp(levels[i], median - reach, median + reach);
      weight += weights[i];
    }
    return sum / weight;
  }

  private static double medianWeight(double[] values, double[] weights, int count) {
    Integer[] order = new Integer[count];
    double all = 0;
    for (int i = 0; i < count; i++) {
      order[i] = i;
      all += weights[i];
    }
    Arrays.sort(order, (a, b) -> Double.compare(values[a], values[b]));
    double sum = 0;
    for (int i : order) {
      sum += weights[i];
      if (sum >= all / 2) {
        return values[i];
      }
    }
    return values[order[count - 1]];
  }
}

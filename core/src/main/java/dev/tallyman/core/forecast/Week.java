package dev.tallyman.core.forecast;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;

/** An amount for each hour of a week of UTC, Monday 00:00 first. */
final class Week {
  static final int HOURS = 168;
  static final int DAY = 24;

  private static final long SECONDS = 3600;
  // 1970-01-01 was a Thursday.
  private static final int MONDAY = 3 * DAY;

  private final double[] amounts = new double[HOURS];

  /** Up to an hour of the week, the amounts of all hours before it. */
  private final double[] before = new double[HOURS + 1];

  /**
   * Amounts are rounded as {@link Coarse} does, so that a week is the same when it is read back.
   */
  Week(double[] amounts) {
    for (int i = 0; i < HOURS; i++) {
      double amount = Coarse.weight(Coarse.of(amounts[i]));
      this.amounts[i] = amount;
      before[i + 1] = before[i] + amount;
    }
  }

  static double squaredWeight(double value) {
    return value * value;
  }

  /**
   * The place in the week.
   *
   * @param hour counted from 1970
   */
  static int place(long hour) {
    return Math.floorMod(hour + MONDAY, HOURS);
  }

  /** The amount at a place in the week. */
  double hourWeight(int place) {
    return amounts[place];
  }

  /** The amount of a day of UTC, counted from 1970. */
  double dayWeight(long day) {
    int place = place(day * DAY);
    return before[place + DAY] - before[place];
  }

  /** The sum of what lies between two instants; parts of hours count in part. */
  double weight(Instant from, Instant to) {
    return runningWeight(to) - runningWeight(from);
  }

  /** The sum from some Monday long ago to this instant. */
  private double runningWeight(Instant to) {
    long hour = Math.floorDiv(to.getEpochSecond(), SECONDS);
    double part = (double) Math.floorMod(to.getEpochSecond(), SECONDS) / SECONDS;
    long weeks = Math.floorDiv(hour + MONDAY, (long) HOURS);
    int place = place(hour);
    return weeks * before[HOURS] + before[place] + part * amounts[place];
  }

  void write(DataOutput out) throws IOException {
    for (double amount : amounts) {
      out.writeShort(Coarse.of(amount));
    }
  }

  static Week read(DataInput in) throws IOException {
    double[] amounts = new double[HOURS];
    for (int i = 0; i < HOURS; i++) {
      amounts[i] = Coarse.weight(in.readShort());
    }
    return new Week(amounts);
  }
}

package dev.tallyman.core.forecast;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * What is usual for a series: its amount in each hour of the week at the level of the last days,
 * and how far from that it tends to end up. Made once a day, written in {@value #BYTES} bytes, and
 * enough to forecast any window of the series.
 */
public final class Rhythm {
  /** The length of what {@link #encode} gives. */
  public static final int BYTES = 1 + 4 + 1 + 2 * (Week.HOURS + Rhythm.HORIZONS + 2);

  private static final byte FORMAT = 1;

  /** Errors are known for sums over a day, a week, and four weeks. */
  static final int HORIZONS = 3;

  private static final int[] HORIZON_DAYS = {1, 7, 28};

  /** The share of windows whose end lies within the band, and its quantile of a normal error. */
  static final double BAND_SHARE = 0.8;

  static final double BAND_FACTOR = 1.2816;

  /** From which day on levels are told well enough to be measured by. */
  private static final int FIRST_LEVEL_DAY = 7;

  private static final double LEAST_SHARE = 0.01;
  private static final double UNKNOWN_SHARE = 0.35;

  private final Instant until;
  private final int days;
  private final Week week;

  /** By horizon: how far sums are from what was expected, as a share of it. */
  private final double[] errors;

  /** How far a day as a whole is from what is usual, beyond the error of the level. */
  private final double dayShare;

  /** How far an hour is from the rest of its day. */
  private final double hourShare;

  private Rhythm(
      Instant until, int days, Week week, double[] errors, double dayShare, double hourShare) {
    this.until = until;
    this.days = days;
    this.week = week;
    this.errors = errors;
    this.dayShare = dayShare;
    this.hourShare = hourShare;
  }

  /**
   * The rhythm of a series; empty if fewer than three days of UTC are known from end to end.
   *
   * @param from the start of the first hour
   * @param amounts of consecutive hours in the smallest unit of the series, below 0 where unknown;
   *     what is older than the last eight weeks is left aside
   */
  public static Optional<Rhythm> of(Instant from, long[] amounts) {
    return History.of(from, amounts).map(Rhythm::of);
  }

  private static Rhythm of(History history) {
    double level = history.levelFactor(history.days - 1);
    double[] week = history.week.clone();
    for (int place = 0; place < Week.HOURS; place++) {
      week[place] *= level;
    }
    double[] levels = new double[history.days];
    for (int day = 0; day < history.days; day++) {
      levels[day] = history.levelFactor(day);
    }
    double[] errors = new double[HORIZONS];
    for (int i = 0; i < HORIZONS; i++) {
      errors[i] = roundedShare(errorShare(history, levels, HORIZON_DAYS[i]));
    }
    for (int i = 0; i < HORIZONS; i++) {
      if (errors[i] == 0) {
        errors[i] = i == 0 ? UNKNOWN_SHARE : errors[i - 1];
      }
    }
    double beyond =
        Math.sqrt(
            Math.max(
                Week.squaredWeight(errors[0]) - Week.squaredWeight(errors[1]),
                Week.squaredWeight(errors[0]) / 4));
    return new Rhythm(
        history.until(),
        Math.min(255, history.completeDays),
        new Week(week),
        errors,
        roundedShare(beyond),
        roundedShare(hourShare(history)));
  }

  private static double roundedShare(double share) {
    return Coarse.weight(Coarse.of(share));
  }

  /**
   * How far sums over so many days were from what the level before them let expect: the bound of
   * four fifths of them, as a normal deviation. 0 if it was not seen often enough.
   */
  private static double errorShare(History history, double[] levels, int horizon) {
    double[] errors = new double[history.days];
    int count = 0;
    for (int day = FIRST_LEVEL_DAY - 1; day + horizon < history.days; day++) {
      double used = 0;
      double due = 0;
      for (int i = day + 1; i <= day + horizon; i++) {
        used += history.used[i];
        due += history.due[i] * levels[day];
      }
      if (due > 0) {
        errors[count++] = Math.abs(used / due - 1);
      }
    }
    if (count < 5) {
      return 0;
    }
    Arrays.sort(errors, 0, count);
    double bound = errors[(int) Math.ceil(BAND_SHARE * count) - 1];
    return Math.max(LEAST_SHARE, bound / BAND_FACTOR);
  }

  /** By how much the hours of a usual day scatter around that day's own level. */
  private static double hourShare(History history) {
    double[] shares = new double[history.days];
    int count = 0;
    for (int day = 0; day < history.days; day++) {
      if (history.known[day] < Week.DAY || history.due[day] <= 0 || history.used[day] <= 0) {
        continue;
      }
      double level = history.used[day] / history.due[day];
      int first = (int) ((history.firstDay + day) * Week.DAY - history.first);
      double off = 0;
      double all = 0;
      for (int i = first; i < first + Week.DAY; i++) {
        double due = history.week[Week.place(history.first + i)] * level;
        off += Week.squaredWeight(history.amounts[i] - due);
        all += Week.squaredWeight(due);
      }
      shares[count++] = Math.sqrt(off / all);
    }
    Arrays.sort(shares, 0, count);
    return count == 0 ? UNKNOWN_SHARE : Math.max(LEAST_SHARE, History.medianWeight(shares, count));
  }

  /** The hour after the last that it was made from. */
  public Instant until() {
    return until;
  }

  /** How many days of UTC were known from end to end, at most 56. */
  public int days() {
    return days;
  }

  /** What is usual between two instants, in the smallest unit of the series. */
  public long usual(Instant from, Instant to) {
    return Math.round(week.weight(from, to));
  }

  /** {@link #usual} without rounding. */
  double usualWeight(Instant from, Instant to) {
    return week.weight(from, to);
  }

  Week week() {
    return week;
  }

  /** How far an hour is from the rest of its day, as a share. */
  double hourShare() {
    return hourShare;
  }

  /** How far a day is from what is usual, beyond the error of the level, as a share. */
  double dayShare() {
    return dayShare;
  }

  /** How far a sum over so many days tends to be from what is usual, as a share. */
  double errorShare(double horizonDays) {
    double place = Math.log(Math.max(horizonDays, 1));
    int next = horizonDays <= HORIZON_DAYS[1] ? 1 : 2;
    double low = Math.log(HORIZON_DAYS[next - 1]);
    double high = Math.log(HORIZON_DAYS[next]);
    double along = (place - low) / (high - low);
    double error = errors[next - 1] + (errors[next] - errors[next - 1]) * along;
    return Math.max(error, LEAST_SHARE);
  }

  /** For storing: always {@value #BYTES} bytes. */
  public byte[] encode() {
    var bytes = new ByteArrayOutputStream(BYTES);
    try (var out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.writeInt((int) (until.getEpochSecond() / 3600));
      out.writeByte(days);
      week.write(out);
      for (double error : errors) {
        out.writeShort(Coarse.of(error));
      }
      out.writeShort(Coarse.of(dayShare));
      out.writeShort(Coarse.of(hourShare));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * What {@link #encode} gave; empty if that was another version of it, so that it has to be made
   * anew.
   */
  public static Optional<Rhythm> decode(byte[] bytes) {
    if (bytes.length != BYTES || bytes[0] != FORMAT) {
      return Optional.empty();
    }
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes, 1, bytes.length - 1))) {
      Instant until = Instant.ofEpochSecond(in.readInt() * 3600L);
      int days = in.readUnsignedByte();
      Week week = Week.read(in);
      double[] errors = new double[HORIZONS];
      for (int i = 0; i < HORIZONS; i++) {
        errors[i] = Coarse.weight(in.readShort());
      }
      return Optional.of(
          new Rhythm(
              until,
              days,
              week,
              errors,
              Coarse.weight(in.readShort()),
              Coarse.weight(in.readShort())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

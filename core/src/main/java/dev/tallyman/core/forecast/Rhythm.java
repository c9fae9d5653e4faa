package dev.tallyman.core.forecast;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What is usual for a series: its amount in each hour of the week at the level of the last days,
 * and how far from that it tends to end up. Made once a day, written in {@value #BYTES} bytes, and
 * enough to forecast any window of the series.
 */
public final class Rhythm {
  /** The length of what {@link #encode} gives. */
  public static final int BYTES =
      1 + 4 + 1 + 2 * (Week.HOURS + 2 * Rhythm.KINDS * Week.DAY + Rhythm.KINDS + 4);

  private static final byte FORMAT = 1;

  /** Working days and weekends scatter differently. */
  private static final int KINDS = 2;

  /** The share of windows whose end lies within the band, and its quantile of a normal error. */
  private static final double BAND_SHARE = 0.8;

  static final double BAND_FACTOR = 1.2816;

  /** From which day on levels are told well enough to be measured by. */
  private static final int FIRST_LEVEL_DAY = 7;

  private static final long DAY = 86_400;
  private static final int WEEK_DAYS = 7;
  private static final int MONTH_DAYS = 28;

  /** Fewer errors than this say nothing of those to come. */
  private static final int FEWEST_ERRORS = 5;

  private static final double LEAST_SHARE = 0.005;
  private static final double UNKNOWN_SHARE = 0.35;

  /** What is known of a few errors is known badly. */
  private static final double DOUBT_FACTOR = 1.1;

  private final Instant until;
  private final int days;
  private final Week week;

  /** By kind of day and hour: how much of what a day was off until then, its rest is off. */
  private final double[] restFactors;

  /** By kind of day and hour: how far the rest of the day is from that, as a share of its usual. */
  private final double[] restShares;

  /** By kind of day: how far a day is from the level of its time. */
  private final double[] dayShares;

  /** How far the level of a week, and of four weeks, is from that before it. */
  private final double weekShare;

  private final double monthShare;

  /** What sums over a week, and over four weeks, tend to be as a part of what is expected. */
  private final double weekFactor;

  private final double monthFactor;

  /** The variance of a week, but for that of its level. */
  private final double weekWeight;

  private Rhythm(
      Instant until,
      int days,
      Week week,
      double[] restFactors,
      double[] restShares,
      double[] dayShares,
      double[] others) {
    this.until = until;
    this.days = days;
    this.week = week;
    this.restFactors = restFactors;
    this.restShares = restShares;
    this.dayShares = dayShares;
    weekShare = others[0];
    monthShare = others[1];
    weekFactor = others[2];
    monthFactor = others[3];
    double sum = 0;
    for (long day = 0; day < WEEK_DAYS; day++) {
      sum += dayVarianceWeight(day, week.dayWeight(day));
    }
    weekWeight = sum;
  }

  /**
   * The rhythm of a series; empty if fewer than three days of UTC are known from end to end.
   *
   * @param from the start of the first hour
   * @param amounts of consecutive hours in the smallest unit of the series, below 0 where unknown;
   *     what is older than the last eight weeks is left aside
   */
  public static Optional<Rhythm> of(Instant from, long[] amounts) {
    return History.of(from, amounts).map(history -> new Measure(history).rhythm());
  }

  /** 0 for a working day, 1 for a day of a weekend; counted from 1970. */
  static int kind(long day) {
    return Week.place(day * Week.DAY) >= 5 * Week.DAY ? 1 : 0;
  }

  /** Looks at each day of a history as if it were today. */
  private static final class Measure {
    private final History history;

    /** By day: the level that was known when it began. */
    private final double[] levels;

    /** By day, if it is complete, and hour: what was used before it, and what was due. */
    private final double[][] usedBefore;

    private final double[][] dueBefore;

    Measure(History history) {
      this.history = history;
      levels = new double[history.days + 1];
      for (int day = 0; day < history.days; day++) {
        levels[day + 1] = history.levelFactor(day);
      }
      levels[0] = levels[1];
      usedBefore = new double[history.days][0];
      dueBefore = new double[history.days][0];
      for (int day = 0; day < history.days; day++) {
        if (history.known[day] == Week.DAY) {
          sum(day);
        }
      }
    }

    private void sum(int day) {
      double[] used = new double[Week.DAY + 1];
      double[] due = new double[Week.DAY + 1];
      long hour = (history.firstDay + day) * Week.DAY;
      int first = (int) (hour - history.first);
      int place = Week.place(hour);
      for (int i = 0; i < Week.DAY; i++) {
        used[i + 1] = used[i] + history.amounts[first + i];
        due[i + 1] = due[i] + history.week[place + i] * levels[day];
      }
      usedBefore[day] = used;
      dueBefore[day] = due;
    }

    Rhythm rhythm() {
      double[] week = history.week.clone();
      for (int place = 0; place < Week.HOURS; place++) {
        week[place] *= levels[history.days];
      }
      double[] restFactors = new double[KINDS * Week.DAY];
      double[] restShares = new double[KINDS * Week.DAY];
      double[] dayShares = new double[KINDS];
      for (int kind = 0; kind < KINDS; kind++) {
        for (int hour = 0; hour < Week.DAY; hour++) {
          rest(kind, hour, restFactors, restShares);
        }
        dayShares[kind] = restShares[kind * Week.DAY];
      }
      double[] others = new double[4];
      level(WEEK_DAYS, dayShares, others, 0, 2);
      level(MONTH_DAYS, dayShares, others, 1, 3);
      if (others[0] == 0) {
        others[0] = UNKNOWN_SHARE / 2;
        others[2] = 1;
      }
      if (others[1] < others[0]) {
        others[1] = others[0];
      }
      if (others[3] == 0) {
        others[3] = others[2];
      }
      return new Rhythm(
          history.until(),
          Math.min(History.LONGEST_DAYS, history.completeDays),
          new Week(week),
          rounded(restFactors),
          rounded(restShares),
          rounded(dayShares),
          rounded(others));
    }

    private static double[] rounded(double[] numbers) {
      return Arrays.stream(numbers).map(each -> Coarse.weight(Coarse.of(each))).toArray();
    }

    /** How the rest of a day is told from what came before an hour of it. */
    private void rest(int kind, int hour, double[] factors, double[] shares) {
      double[] before = new double[history.days];
      double[] after = new double[history.days];
      int count = 0;
      for (int day = Math.min(FIRST_LEVEL_DAY, history.days - 1); day < history.days; day++) {
        double[] used = usedBefore[day];
        double[] due = dueBefore[day];
        if (used.length == 0 || kind(history.firstDay + day) != kind) {
          continue;
        }
        double restDue = due[Week.DAY] - due[hour];
        if (restDue > 0) {
          before[count] = due[hour] > 0 ? used[hour] / due[hour] - 1 : 0;
          after[count++] = (used[Week.DAY] - used[hour]) / restDue - 1;
        }
      }
      int place = kind * Week.DAY + hour;
      if (count < FEWEST_ERRORS) {
        shares[place] = UNKNOWN_SHARE;
        return;
      }
      double reach = Math.max(2 * boundWeight(before, count), LEAST_SHARE);
      double reachAfter = Math.max(2 * boundWeight(after, count), LEAST_SHARE);
      double both = 0;
      double squares = 0;
      for (int i = 0; i < count; i++) {
        double x = Math.clamp(before[i], -reach, reach);
        both += x * Math.clamp(after[i], -reachAfter, reachAfter);
        squares += x * x;
      }
      // As if some days more had been seen on which the one said nothing of the other.
      factors[place] = squares == 0 ? 0 : Math.clamp(both / (squares * (1 + 3.0 / count)), 0, 1);
      double[] errors = new double[count];
      for (int i = 0; i < count; i++) {
        errors[i] = after[i] - factors[place] * before[i];
      }
      shares[place] =
          Math.max(LEAST_SHARE, DOUBT_FACTOR * boundWeight(errors, count) / BAND_FACTOR);
    }

    /** What four fifths of these are within. */
    private static double boundWeight(double[] errors, int count) {
      double[] sizes = new double[count];
      for (int i = 0; i < count; i++) {
        sizes[i] = Math.abs(errors[i]);
      }
      Arrays.sort(sizes);
      // Between the two that are nearest to the place of the fifth part.
      double at = BAND_SHARE * (count + 1) - 1;
      int low = (int) Math.clamp(Math.floor(at), 0, count - 1);
      int high = Math.min(low + 1, count - 1);
      return sizes[low] + (sizes[high] - sizes[low]) * Math.clamp(at - low, 0, 1);
    }

    /** How sums over so many days lay from what the level before them let expect. */
    private void level(int horizon, double[] dayShares, double[] others, int share, int factor) {
      double[] errors = new double[history.days];
      int count = 0;
      double independent = 0;
      for (int day = FIRST_LEVEL_DAY; day + horizon <= history.days; day++) {
        double used = 0;
        double due = 0;
        double squares = 0;
        for (int i = day; i < day + horizon; i++) {
          used += history.used[i];
          double mine = history.due[i] * levels[day];
          due += mine;
          squares += Week.squaredWeight(mine * dayShares[kind(history.firstDay + i)]);
        }
        if (due > 0) {
          errors[count++] = used / due - 1;
          independent += squares / Week.squaredWeight(due);
        }
      }
      if (count < FEWEST_ERRORS) {
        return;
      }
      double[] sorted = Arrays.copyOf(errors, count);
      Arrays.sort(sorted);
      double usual = History.medianWeight(sorted, count);
      for (int i = 0; i < count; i++) {
        errors[i] -= usual / 2;
      }
      double error = DOUBT_FACTOR * boundWeight(errors, count) / BAND_FACTOR;
      others[share] =
          Math.sqrt(
              Math.max(
                  Week.squaredWeight(LEAST_SHARE),
                  Week.squaredWeight(error) - independent / count));
      others[factor] = 1 + usual / 2;
    }
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

  /** How much of what this day was off until an hour of it, its rest is off. */
  double restFactor(long day, int hour) {
    return restFactors[kind(day) * Week.DAY + hour];
  }

  /** How far the rest of this day, from an hour of it on, is from that. */
  double restShare(long day, int hour) {
    return restShares[kind(day) * Week.DAY + hour];
  }

  /** How far this day is from the level of its time. */
  double dayShare(long day) {
    return dayShares[kind(day)];
  }

  /**
   * The variance of what is used between two instants, but for that of the level.
   *
   * @param midnight of UTC
   */
  double dayWeights(Instant midnight, Instant to) {
    long first = Math.floorDiv(midnight.getEpochSecond(), DAY);
    long end = Math.floorDiv(to.getEpochSecond(), DAY);
    long weeks = (end - first) / WEEK_DAYS;
    double sum = weeks * weekWeight;
    for (long day = first + weeks * WEEK_DAYS; day < end; day++) {
      sum += dayVarianceWeight(day, week.dayWeight(day));
    }
    // As if the hours of the last day were independent, so that the variance grows as the sum does.
    return sum + dayVarianceWeight(end, week.weight(Instant.ofEpochSecond(end * DAY), to));
  }

  private double dayVarianceWeight(long day, double part) {
    return Week.squaredWeight(dayShare(day)) * week.dayWeight(day) * part;
  }

  /** How far the level of so many days to come tends to be from the present one. */
  double levelShare(double horizonDays) {
    return betweenWeight(horizonDays, weekShare, monthShare);
  }

  /** What so many days to come tend to be as a part of the present level. */
  double levelFactor(double horizonDays) {
    return horizonDays < WEEK_DAYS
        ? 1 + (weekFactor - 1) * horizonDays / WEEK_DAYS
        : betweenWeight(horizonDays, weekFactor, monthFactor);
  }

  private static double betweenWeight(double horizonDays, double ofWeek, double ofMonth) {
    double along = (Math.max(horizonDays, WEEK_DAYS) - WEEK_DAYS) / (MONTH_DAYS - WEEK_DAYS);
    return ofWeek + (ofMonth - ofWeek) * Math.min(along, 3);
  }

  /** For storing: always {@value #BYTES} bytes. */
  public byte[] encode() {
    var bytes = new ByteArrayOutputStream(BYTES);
    try (var out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.writeInt((int) (until.getEpochSecond() / 3600));
      out.writeByte(days);
      week.write(out);
      for (double[] part : List.of(restFactors, restShares, dayShares, others())) {
        for (double each : part) {
          out.writeShort(Coarse.of(each));
        }
      }
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
      return Optional.of(
          new Rhythm(
              until,
              days,
              week,
              read(in, KINDS * Week.DAY),
              read(in, KINDS * Week.DAY),
              read(in, KINDS),
              read(in, 4)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private double[] others() {
    return new double[] {weekShare, monthShare, weekFactor, monthFactor};
  }

  private static double[] read(DataInput in, int count) throws IOException {
    double[] numbers = new double[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = Coarse.weight(in.readShort());
    }
    return numbers;
  }
}

package dev.tallyman.core.forecast;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a series usually amounts to, by hour of the week and by day of the week of UTC, and how far
 * from that it usually is. Made once a day and written in {@value #BYTES} bytes.
 */
public final class Baseline {
  /** The length of what {@link #encode} gives. */
  public static final int BYTES = 1 + 4 * (Week.HOURS + Baseline.DAYS);

  /** With fewer complete days of UTC nothing is known well enough to be found unusual. */
  public static final int FEWEST_DAYS = 14;

  /**
   * Of what was never used: a model that a key, known for {@value #FEWEST_DAYS} days and more, has
   * no spend on before.
   */
  public static final Baseline NOTHING =
      new Baseline(
          new Week(new double[Week.HOURS]),
          new Week(new double[Week.HOURS]),
          new double[Baseline.DAYS],
          new double[Baseline.DAYS]);

  private static final int DAYS = 7;
  private static final byte FORMAT = 1;

  /** What was always the same is still not known better than this. */
  private static final double LEAST_SHARE = 0.08;

  /** No hour is known better than this share of the largest. */
  private static final double FLOOR_SHARE = 0.03;

  /** So many hours are looked at together. */
  static final int SPAN = 3;

  /** So many hours before and after scatter alike. */
  private static final int NEAR = 2;

  /** How many deviations an ordinary week reaches. */
  private static final double ORDINARY_FACTOR = 3;

  private final Week usual;

  /** How far an hour and the two before it are from what is usual of them together. */
  private final Week scatter;

  private final double[] dayUsual;
  private final double[] dayScatter;

  private Baseline(Week usual, Week scatter, double[] dayUsual, double[] dayScatter) {
    this.usual = usual;
    this.scatter = scatter;
    this.dayUsual = dayUsual;
    this.dayScatter = dayScatter;
  }

  /**
   * The baseline of a series; empty if fewer than {@value #FEWEST_DAYS} days of UTC are known from
   * end to end.
   *
   * @param from the start of the first hour
   * @param amounts of consecutive hours in the smallest unit of the series, below 0 where unknown;
   *     what is older than the last eight weeks is left aside
   */
  public static Optional<Baseline> of(Instant from, long[] amounts) {
    return History.of(from, amounts)
        .filter(history -> history.completeDays >= FEWEST_DAYS)
        .map(Baseline::of);
  }

  private static Baseline of(History history) {
    double level = history.levelFactor(history.days - 1);
    double[] usual = new double[Week.HOURS];
    double[] dayUsual = new double[DAYS];
    for (int place = 0; place < Week.HOURS; place++) {
      usual[place] = history.week[place] * level;
      dayUsual[place / Week.DAY] += usual[place];
    }
    double[] levels = history.aroundLevels();
    double[] scatter = hours(history, levels, level);
    double[] dayScatter = days(history, levels, level);
    for (int i = 0; i < DAYS; i++) {
      dayUsual[i] = Coarse.weight(Coarse.of(dayUsual[i]));
      dayScatter[i] = Coarse.weight(Coarse.of(dayScatter[i]));
    }
    return new Baseline(new Week(usual), new Week(scatter), dayUsual, dayScatter);
  }

  /**
   * By place in the week: how far the sum of the hour and the two before it is from what is usual.
   * Hours next to each other say it together, and erratic series are judged by what they do in an
   * ordinary week.
   */
  private static double[] hours(History history, double[] levels, double level) {
    double[] due = new double[Week.HOURS];
    double most = 0;
    for (int place = 0; place < Week.HOURS; place++) {
      for (int back = 0; back < SPAN; back++) {
        due[place] += history.week[Math.floorMod(place - back, Week.HOURS)];
      }
      most = Math.max(most, due[place]);
    }
    double[] sums = sums(history, levels);
    int weeks = History.LONGEST_DAYS / DAYS + 1;
    double[][] shares = new double[Week.HOURS][weeks];
    int[] counts = new int[Week.HOURS];
    for (int i = 0; i < sums.length; i++) {
      int place = Week.place(history.first + i);
      if (sums[i] >= 0 && due[place] > 0) {
        shares[place][counts[place]++] = Math.abs(sums[i] / due[place] - 1);
      }
    }
    double ordinary = ordinaryWeight(sums, Week.HOURS);
    double least = Math.max(FLOOR_SHARE * most, 2 * FLOOR_SHARE * ordinary);
    double[] scatter = new double[Week.HOURS];
    double[] near = new double[(2 * NEAR + 1) * weeks];
    for (int place = 0; place < Week.HOURS; place++) {
      int count = 0;
      for (int to = -NEAR; to <= NEAR; to++) {
        int at = Math.floorMod(place + to, Week.HOURS);
        System.arraycopy(shares[at], 0, near, count, counts[at]);
        count += counts[at];
      }
      Arrays.sort(near, 0, count);
      double share = count == 0 ? 0 : History.MAD_FACTOR * History.medianWeight(near, count);
      scatter[place] = Math.max(least, Math.max(LEAST_SHARE, share) * due[place]);
    }
    widen(scatter, sums, due, Week.place(history.first));
    return times(scatter, level);
  }

  /** By hour the sum with the two before it, at level 1; -1 where part of it is unknown. */
  private static double[] sums(History history, double[] levels) {
    double[] sums = new double[history.amounts.length];
    Arrays.fill(sums, -1);
    int known = 0;
    for (int i = 0; i < sums.length; i++) {
      known = history.amounts[i] < 0 ? 0 : known + 1;
      if (known >= SPAN) {
        sums[i] = 0;
        for (int back = 0; back < SPAN; back++) {
          sums[i] += history.amounts[i - back] / levels[history.day(i - back)];
        }
      }
    }
    return sums;
  }

  /** Widens deviations until they would not have been far exceeded in every other week. */
  private static void widen(double[] scatter, double[] sums, double[] due, int firstPlace) {
    int places = scatter.length;
    var factors = new double[sums.length];
    for (int i = 0; i < sums.length; i++) {
      int place = (firstPlace + i) % places;
      factors[i] = sums[i] >= 0 && scatter[place] > 0 ? (sums[i] - due[place]) / scatter[place] : 0;
    }
    double erratic = Math.max(1, ordinaryWeight(factors, places) / ORDINARY_FACTOR);
    times(scatter, erratic);
  }

  private static double[] times(double[] numbers, double factor) {
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] *= factor;
    }
    return numbers;
  }

  /** What is reached in every other week. */
  private static double ordinaryWeight(double[] numbers, int placesOfWeek) {
    int weeks = Math.max(1, numbers.length / placesOfWeek);
    double[] most = new double[weeks];
    for (int i = 0; i < numbers.length; i++) {
      int week = Math.min(weeks - 1, i / placesOfWeek);
      most[week] = Math.max(most[week], numbers[i]);
    }
    Arrays.sort(most);
    return most[(weeks - 1) / 2];
  }

  /** By day of the week the same. */
  private static double[] days(History history, double[] levels, double level) {
    double[] shares = new double[history.days];
    double[] due = new double[DAYS];
    int count = 0;
    for (int place = 0; place < Week.HOURS; place++) {
      due[place / Week.DAY] += history.week[place];
    }
    double[][] away = new double[DAYS][history.days];
    int[] counts = new int[DAYS];
    double[] sums = new double[history.days];
    int firstPlace = Week.place(history.firstDay * Week.DAY) / Week.DAY;
    for (int day = 0; day < history.days; day++) {
      int place = (firstPlace + day) % DAYS;
      sums[day] = history.known[day] == Week.DAY ? history.used[day] / levels[day] : -1;
      if (sums[day] >= 0) {
        double off = Math.abs(sums[day] - due[place]);
        away[place][counts[place]++] = off;
        if (due[place] > 0) {
          shares[count++] = off / due[place];
        }
      }
    }
    Arrays.sort(shares, 0, count);
    double share = count == 0 ? 0 : History.MAD_FACTOR * History.medianWeight(shares, count);
    double least = 2 * FLOOR_SHARE * ordinaryWeight(sums, DAYS);
    double[] scatter = new double[DAYS];
    for (int i = 0; i < DAYS; i++) {
      Arrays.sort(away[i], 0, counts[i]);
      double own =
          counts[i] == 0 ? 0 : History.MAD_FACTOR * History.medianWeight(away[i], counts[i]);
      scatter[i] = Math.max(Math.max(own, least), Math.max(share, LEAST_SHARE) * due[i]);
    }
    widen(scatter, sums, due, firstPlace);
    return times(scatter, level);
  }

  /** What is usual in the hour that begins at this time, in the smallest unit of the series. */
  public long usual(Instant hour) {
    return Math.round(usualWeight(place(hour)));
  }

  /** What is usual on a day of UTC. */
  public long usual(LocalDate day) {
    return Math.round(dayUsual[day.getDayOfWeek().getValue() - 1]);
  }

  /** Whether there was nothing before. */
  boolean nothing() {
    return Arrays.stream(dayUsual).allMatch(each -> each == 0);
  }

  static int place(Instant hour) {
    return Week.place(Math.floorDiv(hour.getEpochSecond(), 3600L));
  }

  double usualWeight(int place) {
    return usual.hourWeight(place);
  }

  double scatterWeight(int place) {
    return scatter.hourWeight(place);
  }

  double dayUsualWeight(LocalDate day) {
    return dayUsual[day.getDayOfWeek().getValue() - 1];
  }

  double dayScatterWeight(LocalDate day) {
    return dayScatter[day.getDayOfWeek().getValue() - 1];
  }

  /** For storing: always {@value #BYTES} bytes. */
  public byte[] encode() {
    var bytes = new ByteArrayOutputStream(BYTES);
    try (var out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      usual.write(out);
      scatter.write(out);
      for (int i = 0; i < DAYS; i++) {
        out.writeShort(Coarse.of(dayUsual[i]));
        out.writeShort(Coarse.of(dayScatter[i]));
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
  public static Optional<Baseline> decode(byte[] bytes) {
    if (bytes.length != BYTES || bytes[0] != FORMAT) {
      return Optional.empty();
    }
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes, 1, bytes.length - 1))) {
      Week usual = Week.read(in);
      Week scatter = Week.read(in);
      double[] dayUsual = new double[DAYS];
      double[] dayScatter = new double[DAYS];
      for (int i = 0; i < DAYS; i++) {
        dayUsual[i] = Coarse.weight(in.readShort());
        dayScatter[i] = Coarse.weight(in.readShort());
      }
      return Optional.of(new Baseline(usual, scatter, dayUsual, dayScatter));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

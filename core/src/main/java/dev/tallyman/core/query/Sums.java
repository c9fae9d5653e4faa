package dev.tallyman.core.query;

import static java.math.BigDecimal.ZERO;

import dev.tallyman.core.ledger.Amounts;
import dev.tallyman.core.ledger.Rollup;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Exact sums by series and bucket. Nearly all amounts fit a long at a fixed scale and are added as
 * such; what does not fit is kept beside.
 */
final class Sums {
  /** The scale of estimates, and enough for all but odd bills. */
  static final int MONEY_SCALE = 12;

  /** 128 MB. */
  private static final long MAX_CELLS = 16_000_000;

  private static final long[] POWERS = powers();

  private final int buckets;
  private final int scale;
  private long[] cells = new long[0];
  private int series;
  private final Map<Long, BigDecimal> beside = new HashMap<>();
  private final BitSet unknown = new BitSet();
  private final BitSet touched = new BitSet();

  /**
   * Sums that are all zero.
   *
   * @param scale of amounts given as longs
   */
  Sums(int buckets, int scale) {
    this.buckets = buckets;
    this.scale = scale;
  }

  /** Makes room for series below this number. */
  void ensure(int count) {
    if (count > series) {
      series = count;
      long needed = (long) count * buckets;
      if (needed > MAX_CELLS) {
        throw new QueryException(
            "granularity",
            "the answer would have "
                + count
                + " series in "
                + buckets
                + " buckets; ask for"
                + " longer buckets, a filter, or fewer groupings",
            List.of());
      }
      if (needed > cells.length) {
        cells =
            Arrays.copyOf(cells, (int) Math.min(MAX_CELLS, Math.max(needed, cells.length * 2L)));
      }
    }
  }

  /** How many series there is room for. */
  int series() {
    return series;
  }

  /** Adds an amount of this scale. */
  void add(int of, int bucket, long amount) {
    int cell = of * buckets + bucket;
    touched.set(cell);
    long before = cells[cell];
    long after = before + amount;
    if (((before ^ after) & (amount ^ after)) < 0) {
      beside.merge((long) cell, BigDecimal.valueOf(amount, scale), BigDecimal::add);
    } else {
      cells[cell] = after;
    }
  }

  /** Adds an amount of any scale. */
  void add(int of, int bucket, BigDecimal amount) {
    int shift = scale - amount.scale();
    if (shift >= 0 && shift < POWERS.length && amount.precision() + shift <= 18) {
      add(of, bucket, amount.unscaledValue().longValue() * POWERS[shift]);
    } else {
      touched.set(of * buckets + bucket);
      beside.merge((long) of * buckets + bucket, amount, BigDecimal::add);
    }
  }

  /** Adds the amount that a row has, if any, of a column in units of this scale. */
  void add(int of, int bucket, Amounts amounts, int row) {
    long units = amounts.units(row);
    if (units != Rollup.ABSENT) {
      add(of, bucket, units);
      return;
    }
    BigDecimal exact = amounts.exact(row);
    if (exact != null) {
      add(of, bucket, exact);
    }
  }

  /** Whether anything was added to a series, or is missing from it. */
  boolean touched(int of) {
    int first = touched.nextSetBit(of * buckets);
    return first >= 0 && first < (of + 1) * buckets;
  }

  /** Whether anything was added to a sum, or is missing from it. */
  boolean touched(int of, int bucket) {
    return touched.get(of * buckets + bucket);
  }

  /** Notes that something of unknown amount is missing from a sum. */
  void miss(int of, int bucket) {
    touched.set(of * buckets + bucket);
    unknown.set(of * buckets + bucket);
  }

  /** Whether a sum lacks something of unknown amount. */
  boolean misses(int of, int bucket) {
    return unknown.get(of * buckets + bucket);
  }

  /** A sum. */
  BigDecimal get(int of, int bucket) {
    int cell = of * buckets + bucket;
    BigDecimal sum = BigDecimal.valueOf(cells[cell], scale);
    if (beside.isEmpty()) {
      return sum;
    }
    BigDecimal more = beside.get((long) cell);
    return more == null ? sum : sum.add(more);
  }

  /** The sum of a series over some buckets. */
  BigDecimal total(int of, BitSet counting) {
    if (!touched(of)) {
      return ZERO;
    }
    long total = 0;
    for (int b = counting.nextSetBit(0); b >= 0; b = counting.nextSetBit(b + 1)) {
      long amount = cells[of * buckets + b];
      long after = total + amount;
      if (!beside.isEmpty() || ((total ^ after) & (amount ^ after)) < 0) {
        return counting.stream().mapToObj(bucket -> get(of, bucket)).reduce(ZERO, BigDecimal::add);
      }
      total = after;
    }
    return BigDecimal.valueOf(total, scale);
  }

  /** Whether the sum of a series over some buckets lacks something of unknown amount. */
  boolean misses(int of, BitSet counting) {
    return !unknown.isEmpty() && counting.stream().anyMatch(bucket -> misses(of, bucket));
  }

  /** Adds a series of other sums of the same shape to one of these. */
  void add(int into, Sums others, int of) {
    if (!others.touched(of)) {
      return;
    }
    for (int b = 0; b < buckets; b++) {
      if (!others.touched(of, b)) {
        continue;
      }
      add(into, b, others.cells[of * buckets + b]);
      if (!others.unknown.isEmpty() && others.misses(of, b)) {
        miss(into, b);
      }
      BigDecimal more = others.beside.isEmpty() ? null : others.beside.get((long) of * buckets + b);
      if (more != null) {
        add(into, b, more);
      }
    }
  }

  private static long[] powers() {
    var powers = new long[18];
    powers[0] = 1;
    for (int i = 1; i < powers.length; i++) {
      powers[i] = powers[i - 1] * 10;
    }
    return powers;
  }
}

package dev.tallyman.core.spend;

import dev.tallyman.core.query.Totals.Total;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sums of one day or hour, by the place of their series. Nearly all fit a long at the scale of
 * their series; what does not is kept beside.
 */
final class Column {
  /** The sum is made, even if it is zero. */
  static final int SUMMED = 1;

  static final int USED = 2;
  static final int CHARGED = 4;
  static final int UNPRICED = 8;
  static final int APPROXIMATE = 16;

  private static final int MOST_BITS = 62;

  private final long hash;
  private long[] usage = {};
  private long[] billed = {};
  private byte[] flags = {};
  private final Map<Integer, BigDecimal> usageBeside = new HashMap<>();
  private final Map<Integer, BigDecimal> billedBeside = new HashMap<>();
  private final Map<Integer, String> leftOut = new HashMap<>();

  /**
   * Without any sum.
   *
   * @param hash of what is summed
   */
  Column(long hash) {
    this.hash = hash;
  }

  long hash() {
    return hash;
  }

  boolean has(int place) {
    return place < flags.length && flags[place] != 0;
  }

  int flags(int place) {
    return place < flags.length ? flags[place] : 0;
  }

  /** One more than the last place that may have a sum. */
  int places() {
    return flags.length;
  }

  /** Notes that a sum is made, zero so far. */
  void begin(int place) {
    ensure(place);
    if (flags[place] != SUMMED) {
      flags[place] = SUMMED;
      usage[place] = 0;
      if (place < billed.length) {
        billed[place] = 0;
      }
      usageBeside.remove(place);
      billedBeside.remove(place);
      leftOut.remove(place);
    }
  }

  /** Adds to a sum that was begun. */
  void add(int place, int scale, Total total) {
    flags[place] |=
        (byte)
            ((total.used() ? USED : 0)
                | (total.charged() ? CHARGED : 0)
                | (total.unpriced() ? UNPRICED : 0)
                | (total.approximate() ? APPROXIMATE : 0));
    total.leftOut().forEach(currency -> leaveOut(place, currency));
    add(usage, usageBeside, place, scale, total.usage());
    if (total.billed().signum() != 0) {
      ensureBilled(place);
      add(billed, billedBeside, place, scale, total.billed());
    }
  }

  private void leaveOut(int place, String currency) {
    leftOut.merge(
        place,
        currency,
        (known, more) -> List.of(known.split(",", -1)).contains(more) ? known : known + "," + more);
  }

  private static void add(
      long[] cells, Map<Integer, BigDecimal> beside, int place, int scale, BigDecimal amount) {
    if (amount.scale() <= scale) {
      BigDecimal scaled = amount.setScale(scale);
      if (scaled.unscaledValue().bitLength() <= MOST_BITS) {
        long before = cells[place];
        long after = before + scaled.unscaledValue().longValue();
        if (((before ^ after) & (scaled.unscaledValue().longValue() ^ after)) >= 0) {
          cells[place] = after;
          return;
        }
      }
    }
    beside.merge(place, amount, BigDecimal::add);
  }

  /** Sets a sum as it was stored. */
  void restore(
      int place,
      int flag,
      long used,
      long charged,
      @Nullable BigDecimal usedBeside,
      @Nullable BigDecimal chargedBeside,
      @Nullable String notCharged) {
    ensure(place);
    flags[place] = (byte) flag;
    usage[place] = used;
    if (charged != 0) {
      ensureBilled(place);
      billed[place] = charged;
    }
    if (usedBeside != null) {
      usageBeside.put(place, usedBeside);
    }
    if (chargedBeside != null) {
      billedBeside.put(place, chargedBeside);
    }
    if (notCharged != null) {
      leftOut.put(place, notCharged);
    }
  }

  long used(int place) {
    return usage[place];
  }

  long charged(int place) {
    return place < billed.length ? billed[place] : 0;
  }

  @Nullable BigDecimal usedBeside(int place) {
    return usageBeside.get(place);
  }

  @Nullable BigDecimal chargedBeside(int place) {
    return billedBeside.get(place);
  }

  /**
   * The currencies of what is billed in others than the series counts, separated by commas; null if
   * nothing is.
   */
  @Nullable String leftOut(int place) {
    return leftOut.get(place);
  }

  /** Takes over the sums of another that this one lacks. */
  void fill(Column other) {
    for (int place = 0; place < other.flags.length; place++) {
      if (other.has(place) && !has(place)) {
        restore(
            place,
            other.flags[place],
            other.used(place),
            other.charged(place),
            other.usedBeside(place),
            other.chargedBeside(place),
            other.leftOut(place));
      }
    }
  }

  private void ensure(int place) {
    if (place >= flags.length) {
      int room = Math.max(place + 1, flags.length + flags.length / 4);
      flags = Arrays.copyOf(flags, room);
      usage = Arrays.copyOf(usage, room);
    }
  }

  private void ensureBilled(int place) {
    if (place >= billed.length) {
      billed = Arrays.copyOf(billed, Math.max(place + 1, flags.length));
    }
  }
}

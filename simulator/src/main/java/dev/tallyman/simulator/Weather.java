package dev.tallyman.simulator;

import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the provider does not know yet, or tells wrongly, at an instant: a pure function of seed,
 * what is asked about, and that instant, and gone 48 hours after the time asked about.
 */
final class Weather {
  /** When nothing is wrong any more. */
  static final int SETTLED_HOURS = 48;

  private static final long LATE = 1;
  private static final long RESTATED = 2;
  private static final long NULLS = 3;
  private static final long MISSING = 4;
  private static final int UNCHANGED = 1000;

  private final long bits;
  private final Set<Fault> faults;
  private final long nowMinute;

  /**
   * @param now when it is asked
   */
  Weather(long seed, Set<Fault> faults, Instant now) {
    this.bits = Hash.of(seed, "weather");
    this.faults = faults;
    this.nowMinute = Math.floorDiv(now.getEpochSecond(), 60L);
  }

  /** Everything known and right: how the world ends up. */
  static Weather settled(long seed) {
    return new Weather(seed, Set.of(), Instant.ofEpochSecond(Long.MAX_VALUE / 1_000_000));
  }

  long nowMinute() {
    return nowMinute;
  }

  /** How many minutes of an hour's traffic are visible, from 0 to 60. */
  int visibleMinutes(Traffic of, long hour) {
    long passed = nowMinute - hour * World.MINUTES;
    if (passed > 0 && passed < 7 * World.MINUTES && faults.contains(Fault.LATE)) {
      long mine = Hash.of(Hash.of(bits, LATE), of.bits, hour);
      if (Hash.below(mine, 4) == 0) {
        passed -= 5 + Hash.below(Hash.of(mine, 1), 355);
      }
    }
    return Math.clamp(passed, 0, World.MINUTES);
  }

  /** By how many thousandths an hour's traffic is told, 1000 being right. */
  int toldAs(Traffic of, long hour) {
    return faults.contains(Fault.RESTATED)
        ? told(Hash.of(Hash.of(bits, RESTATED), of.bits, hour), hour + 1)
        : UNCHANGED;
  }

  private int told(long mine, long endHour) {
    long since = nowMinute - endHour * World.MINUTES;
    if (since >= SETTLED_HOURS * World.MINUTES || Hash.below(mine, 8) != 0) {
      return UNCHANGED;
    }
    // Settles an hour to forty hours after the end.
    long settles = (1 + Hash.below(Hash.of(mine, 1), 40)) * (long) World.MINUTES;
    if (since >= settles) {
      return UNCHANGED;
    }
    int off = 30 + Hash.below(Hash.of(mine, 2), 270);
    return Hash.below(Hash.of(mine, 3), 2) == 0 ? UNCHANGED + off : UNCHANGED - off;
  }

  /** The dimension that is not known yet of an hour's traffic, or null. */
  @Nullable Dimension unknown(Traffic of, long hour) {
    if (!faults.contains(Fault.NULLS)) {
      return null;
    }
    long since = nowMinute - (hour + 1) * World.MINUTES;
    if (since >= SETTLED_HOURS * World.MINUTES) {
      return null;
    }
    long mine = Hash.of(Hash.of(bits, NULLS), of.bits, hour);
    if (Hash.below(mine, 25) != 0
        || since >= (1 + Hash.below(Hash.of(mine, 1), 30)) * (long) World.MINUTES) {
      return null;
    }
    List<Dimension> groupings = of.endpoint.groupings();
    return groupings.get(Hash.below(Hash.of(mine, 2), groupings.size()));
  }

  /**
   * Whether a bucket is absent from answers of this quarter of an hour.
   *
   * @param startMinute and {@code endMinute} counted from 1970
   */
  boolean missing(String path, long startMinute, long endMinute) {
    return faults.contains(Fault.MISSING)
        && nowMinute - endMinute < SETTLED_HOURS * World.MINUTES
        && Hash.below(
                Hash.of(
                    Hash.of(Hash.of(bits, MISSING), path),
                    startMinute,
                    Math.floorDiv(nowMinute, 15)),
                40)
            == 0;
  }

  /**
   * How many hours of a UTC day's charges for this traffic are visible, from 0 to 24: charges are
   * two hours behind usage, and up to a day more when they are late.
   */
  int chargedHours(Traffic of, long day) {
    long passed = Math.floorDiv(nowMinute, World.MINUTES) - day * 24 - 2;
    if (passed > 0 && passed < 2 * 24 && faults.contains(Fault.LATE)) {
      long mine = Hash.of(Hash.of(bits, LATE), of.bits, -day);
      if (Hash.below(mine, 4) == 0) {
        passed -= 1 + Hash.below(Hash.of(mine, 1), 20);
      }
    }
    return Math.clamp(passed, 0, 24);
  }

  /** By how many thousandths a day's charges for this traffic are told, 1000 being right. */
  int chargedAs(Traffic of, long day) {
    return faults.contains(Fault.RESTATED)
        ? told(Hash.of(Hash.of(bits, RESTATED), of.bits, -day), (day + 1) * 24)
        : UNCHANGED;
  }

  /** The path of an endpoint, as {@link #missing} takes it. */
  static String path(Known endpoint) {
    return "usage/" + endpoint.id();
  }
}

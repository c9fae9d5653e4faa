package dev.tallyman.core.poll.records;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * How far back a cycle reads again what it has read before, because the provider's data comes late
 * and is restated: this is the only place that says so. Each cycle reads {@link #EACH_CYCLE} of
 * usage; the constants say what it reads besides when they are due.
 */
@SuppressWarnings("ImmutableEnumChecker") // A method reference; the checker cannot see that.
public enum Lookback {
  HOURLY(Duration.ofHours(1), Duration.ofDays(2), 3, Progress::lastHourly),
  DAILY(Duration.ofDays(1), Duration.ofDays(7), 40, Progress::lastDaily),
  WEEKLY(Duration.ofDays(7), Duration.ofDays(31), 180, Progress::lastWeekly);

  /** How much usage every cycle reads. */
  public static final Duration EACH_CYCLE = Duration.ofHours(6);

  private final Duration every;
  private final Duration usage;
  private final int costDays;
  private final Function<Progress, Optional<Instant>> last;

  Lookback(
      Duration every, Duration usage, int costDays, Function<Progress, Optional<Instant>> last) {
    this.every = every;
    this.usage = usage;
    this.costDays = costDays;
    this.last = last;
  }

  /** How often it is due. */
  public Duration every() {
    return every;
  }

  /** How many days of costs are read then, today included. */
  public int costDays() {
    return costDays;
  }

  /** How much usage is read then, back from the current hour. */
  public Duration usage() {
    return usage;
  }

  /** Those of which a source is due. */
  public static Set<Lookback> due(Progress progress, Instant now) {
    Set<Lookback> due = EnumSet.noneOf(Lookback.class);
    for (Lookback each : values()) {
      Optional<Instant> last = each.last.apply(progress);
      if (last.isEmpty() || !now.isBefore(last.get().plus(each.every))) {
        due.add(each);
      }
    }
    return due;
  }

  /** The longest of those that are due, if any is. */
  public static Optional<Lookback> longest(Collection<Lookback> due) {
    return due.stream().max(Comparator.naturalOrder());
  }
}

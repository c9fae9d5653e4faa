package dev.tallyman.simulator;

import dev.tallyman.core.forecast.Anomaly;
import dev.tallyman.core.forecast.Baseline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Looks for anomalies as if it were then: reads the last hours again and again as the provider
 * tells them at that time, late and restated, and makes baselines once a day.
 */
final class AnomalyBacktest {
  /** The least excess, in billionths of a USD. */
  static final long MINIMUM = 20_000_000_000L;

  /** How long before the first look the past is known. */
  static final Duration PAST = Duration.ofDays(56);

  private static final int DAY = 24;

  /** At this hour baselines are made of what was before midnight. */
  private static final int BASELINE_HOUR = 3;

  /** How many hours are read again each time, and once a day. */
  private static final int AGAIN = 8;

  private static final int SETTLING = 50;

  /** How many hours are looked at each time. */
  private static final int WATCHED = 48;

  final Spend spend;
  private final Map<String, long[]> series = new TreeMap<>();
  private final Map<String, Baseline> baselines = new HashMap<>();
  private final Set<String> known = new HashSet<>();

  /** Everything before {@code first} is known as it is in the end. */
  AnomalyBacktest(World world, Instant first, Duration length) {
    this(world, first, length, (_, _, _) -> {});
  }

  /** The same; what is read is given to a reader too. */
  AnomalyBacktest(World world, Instant first, Duration length, Spend.Reader reader) {
    Instant from = first.minus(PAST);
    spend = new Spend(world, from, (int) PAST.plus(length).toHours(), reader);
    spend.settle(0, (int) PAST.toHours());
    spend.add(series, 0, spend.hours);
    baselines((int) PAST.toHours());
  }

  /** An anomaly of a series that is named as in {@link Spend#seriesOf}. */
  record Found(String series, Anomaly anomaly) {}

  /** What is out of the ordinary at a time, by what is told then. */
  List<Found> look(Instant now) {
    int hour = spend.hour(now);
    boolean morning = hour % DAY == BASELINE_HOUR && now.equals(spend.start(hour));
    int again = morning ? SETTLING : AGAIN;
    spend.tell(now, hour - again, hour + 1);
    spend.add(series, hour - again, hour + 1);
    if (morning) {
      baselines(hour - BASELINE_HOUR);
    }
    var found = new ArrayList<Found>();
    int first = hour - WATCHED;
    series.forEach((name, amounts) -> {
      Optional<Baseline> baseline = baseline(name);
      if (baseline.isPresent()) {
        long[] last = Arrays.copyOfRange(amounts, first, Math.min(hour + 1, amounts.length));
        for (Anomaly each : Anomaly.find(baseline.get(), spend.start(first), last, MINIMUM)) {
          found.add(new Found(name, each));
        }
      }
    });
    return found;
  }

  /** A key's model is only told apart when it is new; then its key has to be known. */
  private Optional<Baseline> baseline(String name) {
    if (!name.startsWith("pair ")) {
      return Optional.ofNullable(baselines.get(name));
    }
    boolean fresh = !known.contains(name) && baselines.containsKey("key " + name.split(" ", -1)[1]);
    return fresh ? Optional.of(Baseline.NOTHING) : Optional.empty();
  }

  private void baselines(int until) {
    int past = (int) PAST.toHours();
    baselines.clear();
    known.clear();
    series.forEach((name, amounts) -> {
      int first = 0;
      while (first < until && amounts[first] == 0) {
        first++;
      }
      if (first == until) {
        return;
      }
      known.add(name);
      if (!name.startsWith("pair ")) {
        // What began within the time is unknown before.
        int begin = Math.max(until - past, first / DAY * DAY);
        Baseline.of(spend.start(begin), Arrays.copyOfRange(amounts, begin, until))
            .ifPresent(baseline -> baselines.put(name, baseline));
      }
    });
  }
}

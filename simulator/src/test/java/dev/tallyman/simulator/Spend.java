package dev.tallyman.simulator;

import dev.tallyman.core.price.Catalogue;
import dev.tallyman.core.price.Estimator;
import dev.tallyman.core.price.Rates;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.UsageRow;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What each combination of project, key and model spends by the hour, in billionths of a USD: what
 * is true in the end, or what the provider has told so far.
 */
final class Spend {
  /** The faults of data that change sums. */
  static final Set<Fault> WEATHER = EnumSet.of(Fault.LATE, Fault.RESTATED, Fault.NULLS);

  private final World world;
  private final Estimator estimator = new Estimator(Catalogue.builtIn(), Rates.NONE);
  final Instant from;
  final int hours;
  private final Reader reader;
  private final Map<Combination, long[]> amounts = new LinkedHashMap<>();

  /** Is given what is read, hour by hour. */
  interface Reader {
    void read(Known endpoint, Instant hour, List<UsageRow> rows);
  }

  /** Each is null where it is not known or where there is none. */
  record Combination(@Nullable String project, @Nullable String key, @Nullable String model) {}

  /** Nothing is known yet. */
  Spend(World world, Instant from, int hours) {
    this(world, from, hours, (_, _, _) -> {});
  }

  /** Nothing is known yet; what will be is given to a reader too. */
  Spend(World world, Instant from, int hours, Reader reader) {
    this.reader = reader;
    this.world = world;
    this.from = from;
    this.hours = hours;
  }

  /** All of it as it is in the end. */
  static Spend settled(World world, Instant from, int hours) {
    var spend = new Spend(world, from, hours);
    spend.settle(0, hours);
    return spend;
  }

  /** Some hours as they are in the end. */
  void settle(int first, int end) {
    read(Weather.settled(world.seed()), first, end);
  }

  /** Some hours as the provider tells them at a time. */
  void tell(Instant now, int first, int end) {
    read(new Weather(world.seed(), WEATHER, now), first, end);
  }

  private void read(Weather weather, int first, int end) {
    for (long[] each : amounts.values()) {
      Arrays.fill(each, Math.max(0, first), Math.min(hours, end), 0);
    }
    for (Known endpoint : Known.values()) {
      var groupings = EnumSet.copyOf(endpoint.groupings());
      var usage = new Usage(world, weather, endpoint, groupings, Map.of());
      for (int hour = Math.max(0, first); hour < Math.min(hours, end); hour++) {
        LocalDate day = LocalDate.ofInstant(start(hour), ZoneOffset.UTC);
        long minute = start(hour).getEpochSecond() / 60;
        List<UsageRow> rows = UsageRows.of(endpoint, usage.rows(minute, minute + 60));
        reader.read(endpoint, start(hour), rows);
        for (UsageRow row : rows) {
          long nano = estimator.estimate(endpoint, row, day).usd().movePointRight(9).longValue();
          if (nano > 0) {
            amounts
                    .computeIfAbsent(
                        new Combination(
                            row.get(Dimension.PROJECT),
                            row.get(Dimension.API_KEY),
                            row.get(Dimension.MODEL)),
                        _ -> new long[hours])[hour] +=
                nano;
          }
        }
      }
    }
  }

  /** The hour, counted from the first, in which an instant lies. */
  int hour(Instant instant) {
    return (int) Math.floorDiv(instant.getEpochSecond() - from.getEpochSecond(), 3600L);
  }

  Instant start(int hour) {
    return from.plusSeconds(3600L * hour);
  }

  /** The names of the series that a combination is part of, the widest first. */
  static List<String> seriesOf(Combination of) {
    var names = new ArrayList<String>();
    names.add("organization");
    if (of.model() != null) {
      names.add("model " + of.model());
    }
    if (of.project() != null) {
      names.add("project " + of.project());
    }
    if (of.key() != null) {
      names.add("key " + of.key());
    }
    return names;
  }

  /** The organization, its projects, keys and models. */
  Map<String, long[]> series() {
    var series = new TreeMap<String, long[]>();
    add(series, 0, hours);
    return series;
  }

  /** Does some hours of all series anew. */
  void add(Map<String, long[]> series, int first, int end) {
    int from = Math.max(0, first);
    int to = Math.min(hours, end);
    series.values().forEach(each -> Arrays.fill(each, from, to, 0));
    amounts.forEach((combination, each) -> {
      for (String name : seriesOf(combination)) {
        long[] sum = series.computeIfAbsent(name, _ -> new long[hours]);
        for (int i = from; i < to; i++) {
          sum[i] += each[i];
        }
      }
    });
  }

  /** The sum of some hours of each combination. */
  Map<Combination, Long> sums(int first, int end) {
    var sums = new HashMap<Combination, Long>();
    amounts.forEach((combination, each) ->
        sums.put(combination, Arrays.stream(each, Math.max(0, first), end).sum()));
    return sums;
  }
}

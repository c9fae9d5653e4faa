package dev.tallyman.core.spend;

import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/**
 * Series that one reading answers, since they are of the same metric, currency and dimensions:
 * whichever values they name, rows are read and grouped once.
 */
final class SeriesQuery {
  /** Up to how many combinations of values a series is found by each of them. */
  private static final int MOST_COMBINATIONS = 256;

  private static final int[] NOWHERE = {};

  private final Metric metric;
  private final String currency;
  private final List<GroupBy> by;
  private final List<Counted> series = new ArrayList<>();
  private final SortedMap<GroupBy, Set<String>> wanted = GroupBy.map();
  private final Map<List<String>, int[]> placesByKeys = new HashMap<>();
  private final List<Counted> wide = new ArrayList<>();
  private final SeriesIndex places;

  private SeriesQuery(Metric metric, String currency, List<GroupBy> by, SeriesIndex places) {
    this.metric = metric;
    this.currency = currency;
    this.by = by;
    this.places = places;
  }

  /** The fewest readings that tell these series. */
  static List<SeriesQuery> of(Collection<Counted> all, SeriesIndex places) {
    record Kind(Metric metric, String currency, List<GroupBy> by) {}
    var readings = new LinkedHashMap<Kind, SeriesQuery>();
    for (Counted each : all) {
      var kind = new Kind(each.metric(), each.currency(), List.copyOf(each.scope().dimensions()));
      readings
          .computeIfAbsent(kind, of -> new SeriesQuery(of.metric(), of.currency(), of.by(), places))
          .add(each);
    }
    return List.copyOf(readings.values());
  }

  private void add(Counted counted) {
    series.add(counted);
    long combinations = 1;
    for (GroupBy each : by) {
      Set<String> values = counted.scope().parts().getOrDefault(each, new TreeSet<>());
      wanted.computeIfAbsent(each, _ -> new TreeSet<>()).addAll(values);
      combinations = Math.min(Integer.MAX_VALUE, combinations * values.size());
    }
    if (combinations > MOST_COMBINATIONS) {
      wide.add(counted);
      return;
    }
    List<List<String>> keys = List.of(List.of());
    for (GroupBy each : by) {
      var longer = new ArrayList<List<String>>();
      for (List<String> before : keys) {
        for (String value : counted.scope().parts().getOrDefault(each, new TreeSet<>())) {
          var key = new ArrayList<>(before);
          key.add(value);
          longer.add(key);
        }
      }
      keys = longer;
    }
    int place = places.of(counted.id());
    keys.forEach(key -> placesByKeys.merge(key, new int[] {place}, SeriesQuery::joined));
  }

  Metric metric() {
    return metric;
  }

  List<GroupBy> by() {
    return by;
  }

  List<Counted> series() {
    return series;
  }

  /** The currency of what is billed. */
  String currency() {
    return currency;
  }

  /** By each dimension the values of which any series wants one. */
  Map<GroupBy, Set<String>> wanted() {
    return wanted;
  }

  /** The scale of all its series. */
  int scale() {
    return series.getFirst().scale();
  }

  /** The places of all series that count rows with these values of its dimensions. */
  int[] placesOf(List<String> keys) {
    int[] found = placesByKeys.getOrDefault(keys, NOWHERE);
    for (Counted each : wide) {
      boolean counts = true;
      for (int i = 0; i < keys.size() && counts; i++) {
        counts =
            each.scope().parts().getOrDefault(by.get(i), new TreeSet<>()).contains(keys.get(i));
      }
      if (counts) {
        found = joined(found, new int[] {places.of(each.id())});
      }
    }
    return found;
  }

  private static int[] joined(int[] one, int[] other) {
    int[] joined = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, joined, one.length, other.length);
    return joined;
  }
}

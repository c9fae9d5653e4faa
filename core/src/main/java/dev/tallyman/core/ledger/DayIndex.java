package dev.tallyman.core.ledger;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known to be whole of one UTC day: the hash of the content of each hour of each endpoint,
 * of the day's costs, and of the user's own prices where estimates followed them. It is written
 * last, so that what it does not mark as complete is done again.
 *
 * @param version of the stored item; 0 if there is none
 * @param entries by place
 */
record DayIndex(long version, SortedMap<Place, Entry> entries) {
  static final DayIndex NONE = new DayIndex(0, Collections.emptySortedMap());

  /** What costs are called among the endpoints. */
  static final String COSTS = "costs";

  /**
   * What the user's own prices are called among the endpoints, by which what is rolled up was last
   * estimated again. Days that never were have no such entry.
   */
  static final String PRICES = "prices";

  DayIndex {
    entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
  }

  /**
   * One bucket of the day.
   *
   * @param of the id of the endpoint, {@link #COSTS} or {@link #PRICES}
   * @param hour 0 to 23; 0 for costs and prices
   */
  record Place(String of, int hour) implements Comparable<Place> {
    /** Whether it is an hour of an endpoint of usage. */
    boolean ofUsage() {
      return !of.equals(COSTS) && !of.equals(PRICES);
    }

    @Override
    public int compareTo(Place other) {
      int order = of.compareTo(other.of);
      return order != 0 ? order : Integer.compare(hour, other.hour);
    }
  }

  /**
   * What is stored of a bucket.
   *
   * @param hash of its content
   * @param seenEmpty whether the last reading, unlike what is stored, was empty
   */
  record Entry(long hash, boolean seenEmpty) {
    /** Of hours and of minutes alike: a table without rows has no columns. */
    private static final long EMPTY = Tables.ofUsage(List.of()).hash();

    /** Whether rows are stored of the bucket. */
    boolean hasRows() {
      return hash != EMPTY;
    }
  }

  @Nullable Entry get(Place place) {
    return entries.get(place);
  }

  DayIndex with(Map<Place, Entry> changes) {
    var merged = new TreeMap<>(entries);
    merged.putAll(changes);
    return new DayIndex(version, merged);
  }

  DayIndex without(Set<Place> places) {
    var left = new TreeMap<>(entries);
    left.keySet().removeAll(places);
    return new DayIndex(version, left);
  }

  static DayIndex decode(long version, Table table) {
    @Nullable String[] of = table.texts("of");
    long[] hours = table.longs("hour");
    long[] hashes = table.longs("hash");
    long[] empty = table.longs("empty");
    var entries = new TreeMap<Place, Entry>();
    for (int i = 0; i < table.size(); i++) {
      String name = of[i];
      if (name == null) {
        throw new IllegalArgumentException("a stored index with a nameless entry");
      }
      entries.put(new Place(name, (int) hours[i]), new Entry(hashes[i], empty[i] != Table.ABSENT));
    }
    return new DayIndex(version, entries);
  }

  Table encode() {
    int size = entries.size();
    var of = new @Nullable String[size];
    var hours = new long[size];
    var hashes = new long[size];
    var empty = new long[size];
    int i = 0;
    for (Map.Entry<Place, Entry> each : entries.entrySet()) {
      of[i] = each.getKey().of();
      hours[i] = each.getKey().hour();
      hashes[i] = each.getValue().hash();
      empty[i] = each.getValue().seenEmpty() ? 1 : Table.ABSENT;
      i++;
    }
    return new Table.Builder(size)
        .texts("of", of)
        .longs("hour", hours)
        .longs("hash", hashes)
        .longs("empty", empty)
        .build();
  }
}

package dev.tallyman.core.ledger;

import dev.tallyman.core.usage.Bucket;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.UsageRow;
import dev.tallyman.core.usage.Width;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the provider said of one hour of one endpoint, by the hour or, where the hour straddles the
 * midnight of a reporting zone, by the minute.
 *
 * @param endpoint whose usage it is
 * @param hour when the hour begins
 * @param rows of the whole hour
 * @param minutes the rows of each minute that has some; empty if it was read by the hour
 * @param byMinute whether it was read by the minute
 * @param whole whether nothing was left out of it because it was malformed
 * @param asked when the provider was asked
 */
public record HourReading(
    UsageEndpoint endpoint,
    Instant hour,
    List<UsageRow> rows,
    SortedMap<Instant, List<UsageRow>> minutes,
    boolean byMinute,
    boolean whole,
    Instant asked) {
  public HourReading {
    rows = List.copyOf(rows);
    minutes = Collections.unmodifiableSortedMap(new TreeMap<>(minutes));
  }

  /** A reading of an hour bucket. */
  public static HourReading ofHour(Bucket bucket, Instant asked) {
    if (bucket.width() != Width.HOUR) {
      throw new IllegalArgumentException("not an hour: " + bucket.width());
    }
    return new HourReading(
        bucket.endpoint(),
        bucket.start(),
        bucket.rows(),
        Collections.emptySortedMap(),
        false,
        bucket.whole(),
        asked);
  }

  /**
   * A reading of the minutes of one hour.
   *
   * @param buckets minute buckets of one endpoint within one hour; at least one
   * @param whole whether none of them, and nothing of them, was left out
   */
  public static HourReading ofMinutes(List<Bucket> buckets, boolean whole, Instant asked) {
    Bucket first = buckets.getFirst();
    Instant hour = Width.HOUR.floor(first.start());
    var minutes = new TreeMap<Instant, List<UsageRow>>();
    for (Bucket bucket : buckets) {
      if (bucket.width() != Width.MINUTE || !Width.HOUR.floor(bucket.start()).equals(hour)) {
        throw new IllegalArgumentException("minutes of one hour, not " + bucket.start());
      }
      if (!bucket.rows().isEmpty()) {
        minutes.put(bucket.start(), bucket.rows());
      }
    }
    return ofMinutes(first.endpoint(), hour, minutes, whole, asked);
  }

  static HourReading ofMinutes(
      UsageEndpoint endpoint,
      Instant hour,
      SortedMap<Instant, List<UsageRow>> minutes,
      boolean whole,
      Instant asked) {
    var all = new ArrayList<UsageRow>();
    minutes.values().forEach(all::addAll);
    return new HourReading(endpoint, hour, Bucket.merged(all), minutes, true, whole, asked);
  }

  /** What was read, by columns: by the minute if it was read by the minute. */
  Table table() {
    return byMinute ? minuteTable() : Tables.ofUsage(rows);
  }

  private Table minuteTable() {
    var all = new ArrayList<UsageRow>();
    minutes.values().forEach(all::addAll);
    var of = new long[all.size()];
    int i = 0;
    for (var each : minutes.entrySet()) {
      long minute = (each.getKey().getEpochSecond() - hour.getEpochSecond()) / 60;
      for (int row = 0; row < each.getValue().size(); row++) {
        of[i++] = minute;
      }
    }
    return Tables.ofMinutes(all, of);
  }
}

package dev.tallyman.core.usage;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The rows of one endpoint in one aligned span of time: the unit of reading and of replacing.
 *
 * @param endpoint whose usage it is
 * @param start aligned to the width, inclusive
 * @param width how long it lasts
 * @param rows sorted by their dimensions, each combination once
 * @param whole whether these are all rows of it, none being left out because it was malformed
 */
public record Bucket(
    UsageEndpoint endpoint, Instant start, Width width, List<UsageRow> rows, boolean whole) {
  public Bucket {
    if (!width.floor(start).equals(start)) {
      throw new IllegalArgumentException(
          "a bucket of width " + width.parameter() + " cannot start at " + start);
    }
    rows = List.copyOf(rows);
    for (int i = 1; i < rows.size(); i++) {
      if (rows.get(i - 1).compareTo(rows.get(i)) >= 0) {
        throw new IllegalArgumentException("rows of a bucket are sorted and distinct");
      }
    }
  }

  /** A bucket of all its rows. */
  public Bucket(UsageEndpoint endpoint, Instant start, Width width, List<UsageRow> rows) {
    this(endpoint, start, width, rows, true);
  }

  /**
   * A bucket of rows in any order; rows of equal dimensions are added up.
   *
   * @throws ArithmeticException if a sum exceeds a long
   */
  public static Bucket of(UsageEndpoint endpoint, Instant start, Width width, List<UsageRow> rows) {
    return new Bucket(endpoint, start, width, merged(rows));
  }

  /** These rows sorted by their dimensions, equal dimensions added up. */
  public static List<UsageRow> merged(List<UsageRow> rows) {
    var sorted = new ArrayList<>(rows);
    Collections.sort(sorted);
    var merged = new ArrayList<UsageRow>(sorted.size());
    for (UsageRow row : sorted) {
      int last = merged.size() - 1;
      if (last >= 0 && merged.get(last).sameDimensions(row)) {
        merged.set(last, merged.get(last).plus(row));
      } else {
        merged.add(row);
      }
    }
    return merged;
  }

  /** The instant at which the bucket ends, exclusive. */
  public Instant end() {
    return start.plus(width.duration());
  }
}

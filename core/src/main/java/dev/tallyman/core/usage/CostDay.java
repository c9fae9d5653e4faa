package dev.tallyman.core.usage;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * All that was charged on one UTC day.
 *
 * @param day in UTC
 * @param rows sorted by what is charged, each combination once
 * @param whole whether these are all rows of it, none being left out because it was malformed
 */
public record CostDay(LocalDate day, List<CostRow> rows, boolean whole) {
  public CostDay {
    rows = List.copyOf(rows);
    for (int i = 1; i < rows.size(); i++) {
      if (rows.get(i - 1).compareTo(rows.get(i)) >= 0) {
        throw new IllegalArgumentException("cost rows of a day are sorted and distinct");
      }
    }
  }

  /** A day of all its rows. */
  public CostDay(LocalDate day, List<CostRow> rows) {
    this(day, rows, true);
  }

  /** A day of all its rows in any order; rows of the same combination are added up. */
  public static CostDay of(LocalDate day, List<CostRow> rows) {
    return of(day, rows, true);
  }

  /**
   * A day of rows in any order; rows of the same combination are added up.
   *
   * @param whole whether none was left out
   */
  public static CostDay of(LocalDate day, List<CostRow> rows, boolean whole) {
    var sorted = new ArrayList<>(rows);
    Collections.sort(sorted);
    var merged = new ArrayList<CostRow>(sorted.size());
    for (CostRow row : sorted) {
      int last = merged.size() - 1;
      if (last >= 0 && merged.get(last).compareTo(row) == 0) {
        merged.set(last, merged.get(last).plus(row));
      } else {
        merged.add(row);
      }
    }
    return new CostDay(day, merged, whole);
  }
}

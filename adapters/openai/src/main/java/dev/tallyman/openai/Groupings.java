package dev.tallyman.openai;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether the groupings that were asked for came back. A provider that ignores a grouping answers
 * with sums that look like rows; they must not be taken for what they are not. A single grouping
 * may be null on every row (usage without a tracked key), so only a field that no row has at all is
 * held against the answer, or several groupings that are all null on all rows.
 */
final class Groupings {
  private final List<String> fields;
  private long present;
  private long valued;
  private boolean rows;

  /**
   * Nothing seen yet.
   *
   * @param fields asked for, fewer than 64; the first has bit 0 in {@link #sawRow}
   */
  Groupings(List<String> fields) {
    this.fields = List.copyOf(fields);
  }

  /** The names of the fields asked for. */
  List<String> fields() {
    return fields;
  }

  /**
   * Takes note of a row.
   *
   * @param presentBits a bit for each field that it has
   * @param valuedBits a bit for each field that it has and that is not null
   */
  void sawRow(long presentBits, long valuedBits) {
    rows = true;
    present |= presentBits;
    valued |= valuedBits;
  }

  /** Whether all came back, as far as rows tell. */
  boolean confirmed() {
    return rows && absent().isEmpty() && !allNull();
  }

  /**
   * Fails unless all came back or there is no row that could tell.
   *
   * @throws MalformedAnswer naming the fields that are missing
   */
  void check() throws MalformedAnswer {
    if (!rows) {
      return;
    }
    List<String> absent = absent();
    if (!absent.isEmpty()) {
      throw new MalformedAnswer(
          "the grouping by " + String.join(", ", absent) + " was asked for but no row has it.");
    }
    if (allNull()) {
      throw new MalformedAnswer(
          "the grouping by "
              + String.join(", ", fields)
              + " was asked for but is null on every row.");
    }
  }

  private boolean allNull() {
    return fields.size() > 1 && valued == 0;
  }

  private List<String> absent() {
    var absent = new ArrayList<String>();
    for (int i = 0; i < fields.size(); i++) {
      if ((present & 1L << i) == 0) {
        absent.add(fields.get(i));
      }
    }
    return absent;
  }
}

package dev.tallyman.openai.read;

import java.util.List;

/**
 * Whether the groupings that were asked for came back. A provider that ignores them answers with
 * sums that look like rows; they must not be taken for what they are not. A field that a row leaves
 * out is null, as serializers write it that skip empty values; and a single grouping may be null on
 * every row (usage without a tracked key). So only several groupings that are all null on all rows
 * are held against an answer.
 */
public final class Groupings {
  private final List<String> fields;
  private boolean rows;
  private boolean valued;

  /**
   * Nothing seen yet.
   *
   * @param fields asked for
   */
  public Groupings(List<String> fields) {
    this.fields = List.copyOf(fields);
  }

  /**
   * Takes note of a row.
   *
   * @param hasValue whether any of the fields has a value in it
   */
  void sawRow(boolean hasValue) {
    rows = true;
    valued |= hasValue;
  }

  /** Whether they came back, as far as rows tell. */
  boolean confirmed() {
    return rows && !allNull();
  }

  /**
   * Fails unless they came back or there is no row that could tell.
   *
   * @throws MalformedAnswer naming the fields that are missing
   */
  void check() throws MalformedAnswer {
    if (rows && allNull()) {
      throw new MalformedAnswer(
          "the grouping by "
              + String.join(", ", fields)
              + " was asked for but is null on every row.");
    }
  }

  private boolean allNull() {
    return fields.size() > 1 && !valued;
  }
}

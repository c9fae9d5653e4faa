package dev.tallyman.core.query;

import dev.tallyman.core.ledger.Codes;
import dev.tallyman.core.metric.GroupBy;

/** Rows by columns, as they are grouped and added up; a column is decoded only when asked for. */
interface Rows {
  /** How many there are. */
  int size();

  /** What each row has of a dimension. */
  Codes codes(GroupBy by);

  /** Adds the amount of each row that has a series to it, in one bucket. */
  void addTo(Sums sums, int[] series, int bucket);
}

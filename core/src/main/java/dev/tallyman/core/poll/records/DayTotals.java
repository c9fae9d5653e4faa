package dev.tallyman.core.poll.records;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The totals of a UTC day as they stood at the end of a cycle.
 *
 * @param day in UTC
 * @param poolTokens tokens used from each pool, by the name of its model group
 * @param requests model requests of all endpoints but web searches
 * @param estimated USD
 */
public record DayTotals(
    LocalDate day, SortedMap<String, Long> poolTokens, long requests, BigDecimal estimated) {
  public DayTotals {
    poolTokens = Collections.unmodifiableSortedMap(new TreeMap<>(poolTokens));
  }
}

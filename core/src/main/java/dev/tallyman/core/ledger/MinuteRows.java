package dev.tallyman.core.ledger;

import dev.tallyman.core.usage.UsageRow;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is stored of the minutes of one hour of one endpoint.
 *
 * @param hour when the hour begins
 * @param rows by the start of the minute; a minute without usage is missing
 */
public record MinuteRows(Instant hour, SortedMap<Instant, List<UsageRow>> rows) {
  public MinuteRows {
    rows = Collections.unmodifiableSortedMap(new TreeMap<>(rows));
  }
}

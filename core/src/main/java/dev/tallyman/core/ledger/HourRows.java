package dev.tallyman.core.ledger;

import dev.tallyman.core.usage.UsageRow;
import java.time.Instant;
import java.util.List;

/**
 * What is stored of one hour of one endpoint.
 *
 * @param hour when it begins
 * @param asked when the provider was asked for it
 * @param rows sorted by their dimensions
 */
public record HourRows(Instant hour, Instant asked, List<UsageRow> rows) {
  public HourRows {
    rows = List.copyOf(rows);
  }
}

package dev.tallyman.core.ledger;

import dev.tallyman.core.usage.UsageRow;
import java.time.Instant;
import java.util.List;

/**
 * What an hour said before the provider restated it.
 *
 * @param hour when it begins
 * @param asked when the provider was asked for what it said then
 * @param before the rows that are no longer so, sorted by their dimensions
 */
public record Revision(Instant hour, Instant asked, List<UsageRow> before) {
  public Revision {
    before = List.copyOf(before);
  }
}

package dev.tallyman.core.ledger;

import dev.tallyman.core.usage.CostDay;
import java.time.Instant;

/**
 * What a day's costs said before the provider restated them.
 *
 * @param asked when the provider was asked for what it said then
 * @param before the rows that are no longer so
 */
public record CostRevision(Instant asked, CostDay before) {}

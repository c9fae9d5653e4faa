package dev.tallyman.core.spend;

import dev.tallyman.core.forecast.Anomaly;
import dev.tallyman.core.forecast.Driver;
import dev.tallyman.core.metric.GroupBy;
import java.util.Optional;

/**
 * Spend that is far from its own past.
 *
 * @param by of one project, key or model; empty for the organization
 * @param id whose it is; empty for the organization, and for spend of no project, key or model
 * @param anomaly when, and how far; amounts in billionths of a USD
 * @param driver where most of the excess comes from
 */
public record Finding(Optional<GroupBy> by, String id, Anomaly anomaly, Driver driver) {
  /** The same for as long as it is spend of the same thing. */
  public String subject() {
    return by.map(dimension -> dimension.id() + "=" + id).orElse("organization");
  }
}

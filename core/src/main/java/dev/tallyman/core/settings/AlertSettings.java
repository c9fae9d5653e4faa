package dev.tallyman.core.settings;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/**
 * Who is told of what, and from when on.
 *
 * @param channels the names of the channels that are told of budgets which name none, of stale data
 *     and of keys that expire; every channel unless the document says otherwise
 * @param conditions the names of the channels that are told of anomalies, unpriced models, drift
 *     and forecasts; empty unless the document says otherwise
 * @param anomalyUsd how much more than usual has to be spent for an anomaly, in USD
 * @param driftPercent how far estimates may be from bills, in percent of the bill
 * @param poolPercent the only threshold of the pools' budgets, in percent
 * @param publicUrl where links of messages lead, without a trailing slash; empty for the server's
 *     own address
 */
public record AlertSettings(
    List<String> channels,
    List<String> conditions,
    BigDecimal anomalyUsd,
    BigDecimal driftPercent,
    BigDecimal poolPercent,
    Optional<String> publicUrl) {
  public AlertSettings {
    channels = List.copyOf(channels);
    conditions = List.copyOf(conditions);
  }
}

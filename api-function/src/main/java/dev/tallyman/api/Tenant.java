package dev.tallyman.api;

import dev.tallyman.core.ledger.Ledger;
import dev.tallyman.core.poll.CycleRecord;
import dev.tallyman.core.poll.EndpointResult;
import dev.tallyman.core.poll.Organization;
import dev.tallyman.core.poll.Records;
import dev.tallyman.core.settings.Settings;
import java.time.Instant;
import java.util.Optional;

/**
 * The organization that a call is about, with all that is kept of it.
 *
 * @param known empty if it was never read
 */
record Tenant(
    String id, Optional<Organization> known, Settings settings, Ledger ledger, Records records) {
  boolean simulated() {
    return known.map(Organization::simulated).orElse(false);
  }

  /** When an endpoint was last read, or empty if it never was. */
  static Optional<Instant> lastSuccess(Optional<CycleRecord> latest, String endpoint) {
    return latest
        .map(cycle -> cycle.endpoints().get(endpoint))
        .flatMap(EndpointResult::lastSuccess);
  }
}

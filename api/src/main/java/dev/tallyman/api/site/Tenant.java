package dev.tallyman.api.site;

import dev.tallyman.core.ledger.Ledger;
import dev.tallyman.core.poll.Organization;
import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.poll.records.EndpointResult;
import dev.tallyman.core.poll.records.Records;
import dev.tallyman.core.settings.OrganizationSettings;
import dev.tallyman.core.settings.Settings;
import java.time.Instant;
import java.util.Optional;

/**
 * The organization that a call is about, with all that is kept of it.
 *
 * @param known empty if it was never read
 */
public record Tenant(
    String id, Optional<Organization> known, Settings settings, Ledger ledger, Records records) {
  public boolean simulated() {
    return known.map(Organization::simulated).orElse(false);
  }

  /** What the provider calls it, or what we do where it does not say. */
  public String account() {
    return known.flatMap(Organization::providerId).orElse(id);
  }

  /** What it is called in the settings, if it stands there. */
  public Optional<String> name() {
    return settings.organizations().stream()
        .filter(each -> each.id().equals(id))
        .map(OrganizationSettings::name)
        .findFirst();
  }

  /** When an endpoint was last read, or empty if it never was. */
  public static Optional<Instant> lastSuccess(Optional<CycleRecord> latest, String endpoint) {
    return latest
        .map(cycle -> cycle.endpoints().get(endpoint))
        .flatMap(EndpointResult::lastSuccess);
  }
}

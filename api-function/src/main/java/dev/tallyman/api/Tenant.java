package dev.tallyman.api;

import dev.tallyman.core.ledger.Ledger;
import dev.tallyman.core.poll.CycleRecord;
import dev.tallyman.core.poll.Organization;
import dev.tallyman.core.poll.Organizations;
import dev.tallyman.core.poll.Records;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.settings.SettingsStore;
import java.time.Instant;
import java.util.Optional;

/**
 * The organization that a call is about, with all that is kept of it.
 *
 * @param known empty if it was never read
 */
record Tenant(
    String id, Optional<Organization> known, Settings settings, Ledger ledger, Records records) {
  static final Parameter ORG =
      Parameter.text("org", "The organization, by our id; without it the usual one is meant.");

  /**
   * The organization of a call.
   *
   * @throws Problem if it names one that was never read
   */
  static Tenant of(Site site, Call call) {
    String id = call.text(ORG).orElseGet(site::organization);
    var organizations = new Organizations(site.store());
    // Any text but an id would be no key of the store.
    Optional<Organization> known =
        id.matches("[a-z0-9][a-z0-9-]{0,62}") ? organizations.find(id) : Optional.empty();
    if (known.isEmpty() && !id.equals(site.organization())) {
      String ids = String.join(", ", organizations.all().stream().map(Organization::id).toList());
      throw Problem.parameter(
          ORG.name(),
          "There is no organization '"
              + Parameter.shown(id)
              + "'; known: "
              + (ids.isEmpty() ? "none yet" : ids)
              + ".");
    }
    Settings settings = settings(site);
    return new Tenant(
        id,
        known,
        settings,
        new Ledger(site.store(), id, settings.retention()),
        new Records(site.store(), id, settings.retention().cycles()));
  }

  /** The settings in force. */
  static Settings settings(Site site) {
    return site.overrides().apply(new SettingsStore(site.store()).load().settings());
  }

  boolean simulated() {
    return known.map(Organization::simulated).orElse(false);
  }

  /** When an endpoint was last read, or empty if it never was. */
  static Optional<Instant> lastSuccess(Optional<CycleRecord> latest, String endpoint) {
    return latest
        .map(cycle -> cycle.endpoints().get(endpoint))
        .flatMap(dev.tallyman.core.poll.EndpointResult::lastSuccess);
  }
}

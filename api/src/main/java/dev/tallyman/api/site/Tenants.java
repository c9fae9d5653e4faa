package dev.tallyman.api.site;

import dev.tallyman.api.message.Call;
import dev.tallyman.api.message.Parameter;
import dev.tallyman.api.message.Problem;
import dev.tallyman.api.message.Route;
import dev.tallyman.core.Slug;
import dev.tallyman.core.ledger.Ledger;
import dev.tallyman.core.poll.Organization;
import dev.tallyman.core.poll.Organizations;
import dev.tallyman.core.poll.records.Records;
import dev.tallyman.core.settings.Permits;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.settings.SettingsStore;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the organization that a call is about, and the settings in force. */
public final class Tenants {
  public static final Parameter ORG =
      Parameter.text("org", "The organization, by our id; without it the usual one is meant.");

  private final Site site;
  private final SettingsStore stored;
  private volatile @Nullable InForce last;

  public Tenants(Site site) {
    this.site = site;
    this.stored = new SettingsStore(site.store());
  }

  /**
   * The id of the organization that a call to a route is about, as far as it has the form of one.
   */
  public Optional<String> id(Route route, Call call) {
    return route.parameters().stream().anyMatch(each -> each.name().equals(ORG.name()))
        ? Optional.of(
                call.query().all(ORG.name()).stream().findFirst().orElseGet(site.organization()))
            .filter(Slug::is)
        : Optional.empty();
  }

  /**
   * The organization of a call.
   *
   * @throws Problem if it names one that was never read
   */
  public Tenant of(Call call) {
    return of(call.text(ORG));
  }

  /**
   * The organization of this name, by our id.
   *
   * @throws Problem if it was never read
   */
  public Tenant named(String id) {
    return of(Optional.of(id));
  }

  private Tenant of(Optional<String> named) {
    String id = named.orElseGet(site.organization());
    var organizations = new Organizations(site.store());
    Optional<Organization> known = Slug.is(id) ? organizations.find(id) : Optional.empty();
    if (known.isEmpty() && named.isPresent() && !id.equals(site.organization().get())) {
      String ids = String.join(", ", organizations.all().stream().map(Organization::id).toList());
      throw Problem.parameter(
          ORG.name(),
          "There is no organization '"
              + Parameter.shown(id)
              + "'; known: "
              + (ids.isEmpty() ? "none yet" : ids)
              + ".");
    }
    Settings settings = settings();
    return new Tenant(
        id,
        known,
        settings,
        new Ledger(site.store(), id, settings.usage().retention()),
        new Records(site.store(), id, settings.usage().retention().cycles()));
  }

  /** The stored settings with what the environment says above them. */
  public Settings settings() {
    Settings before = stored.load().settings();
    InForce known = last;
    if (known == null || !known.before().equals(before)) {
      known = new InForce(before, site.overrides().apply(before));
      last = known;
    }
    return known.after();
  }

  /** Which keys and secrets settings may choose among. */
  public Permits permits() {
    return site.permits();
  }

  /** Where the settings are kept. */
  public SettingsStore stored() {
    return stored;
  }

  private record InForce(Settings before, Settings after) {}
}

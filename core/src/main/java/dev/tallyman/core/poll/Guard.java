package dev.tallyman.core.poll;

import dev.tallyman.core.poll.ReadOutcome.Origin;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Keeps the ledgers of different organizations, and of simulated and real ones, apart. */
final class Guard {
  private final Organizations organizations;
  private final String id;
  private final InstantSource clock;
  private @Nullable Organization known;

  Guard(Organizations organizations, String id, InstantSource clock) {
    this.organizations = organizations;
    this.id = id;
    this.clock = clock;
    this.known = organizations.find(id).orElse(null);
  }

  /**
   * Lets an answer pass, or refuses it before anything of it is kept.
   *
   * @throws WrongOrganizationException if the ledger is another organization's
   */
  void check(Origin origin) {
    Organization before = known;
    if (before == null) {
      remember(new Organization(id, origin.organization(), origin.simulated(), clock.instant()));
      return;
    }
    if (before.simulated() != origin.simulated()) {
      throw new WrongOrganizationException(
          "the ledger of '%s' is %s, but the answer is %s: keep them in different data folders"
              .formatted(id, nature(before.simulated()), nature(origin.simulated())));
    }
    Optional<String> provider = origin.organization();
    if (provider.isEmpty()) {
      return;
    }
    if (before.providerId().isEmpty()) {
      remember(new Organization(id, provider, before.simulated(), before.firstRead()));
    } else if (!before.providerId().equals(provider)) {
      throw new WrongOrganizationException(
          "the key belongs to %s, but the ledger of '%s' is that of %s: name it apart in the settings"
              .formatted(provider.get(), id, before.providerId().get()));
    }
  }

  boolean simulated() {
    Organization now = known;
    return now != null && now.simulated();
  }

  private static String nature(boolean simulated) {
    return simulated ? "simulated" : "real";
  }

  private void remember(Organization organization) {
    organizations.put(organization);
    known = organization;
  }

  /** An answer of an organization that the ledger is not of. */
  static final class WrongOrganizationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String reason;

    WrongOrganizationException(String reason) {
      super(reason);
      this.reason = reason;
    }

    /** Why, in a sentence with the remedy. */
    String reason() {
      return reason;
    }
  }
}

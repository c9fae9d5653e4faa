package dev.tallyman.core.poll;

import dev.tallyman.core.poll.records.ReadOutcome;
import dev.tallyman.core.poll.records.ReadOutcome.Origin;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the ledgers of different organizations, and of simulated and real ones, apart, and all of
 * them from being written by a clock that is wrong.
 */
final class OriginCheck {
  private final Organizations organizations;
  private final String id;
  private final InstantSource clock;
  private final UsageApi api;
  private boolean confirmed;
  private @Nullable Organization known;

  /** How far the own clock may be from the provider's: beyond it days and expiry are wrong. */
  private static final Duration MOST_SKEW = Duration.ofDays(1);

  OriginCheck(Organizations organizations, String id, InstantSource clock, UsageApi api) {
    this.api = api;
    this.organizations = organizations;
    this.id = id;
    this.clock = clock;
    this.known = organizations.find(id).orElse(null);
  }

  /**
   * Lets an answer pass, or refuses it before anything of it is kept.
   *
   * @throws WrongOrganizationException if the ledger is another organization's
   * @throws WrongClockException if the clock here and the provider's are more than a day apart
   */
  void check(Origin origin) {
    checkClock(origin);
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

  /** The same of an answer that need not hold anything; one that failed is let pass. */
  void check(ReadOutcome outcome) {
    if (!(outcome instanceof ReadOutcome.Failed)) {
      check(outcome.origin());
    }
  }

  /** Whether the provider's clock has confirmed the own one; a simulated provider shares it. */
  boolean clockConfirmed() {
    return confirmed;
  }

  private void checkClock(Origin origin) {
    if (origin.simulated()) {
      confirmed = true;
      return;
    }
    api.providerTime()
        .ifPresent(provider -> {
          Duration skew = Duration.between(provider, clock.instant());
          if (skew.abs().compareTo(MOST_SKEW) > 0) {
            throw new WrongClockException(provider, skew);
          }
          confirmed = true;
        });
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

  /** The clock here and the provider's are too far apart. */
  static final class WrongClockException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Instant provider;
    private final String reason;

    WrongClockException(Instant provider, Duration skew) {
      this.provider = provider;
      this.reason =
          "The clock of this machine is "
              + skew.abs().toDays()
              + " days and "
              + skew.abs().toHoursPart()
              + " hours "
              + (skew.isNegative() ? "behind" : "ahead of")
              + " the provider's. Nothing was read and nothing removed; set the clock and poll"
              + " again.";
    }

    /** What the provider's clock said. */
    Instant provider() {
      return provider;
    }

    /** What is wrong, in sentences with the remedy. */
    String reason() {
      return reason;
    }
  }
}

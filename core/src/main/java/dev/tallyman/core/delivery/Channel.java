package dev.tallyman.core.delivery;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Where notifications go.
 *
 * @param name 1 to 63 of a-z, 0-9 and '-', unique among channels
 * @param kind who is spoken to
 * @param secret the name under which its secret is found: the variable of the environment, in AWS
 *     the last part of a parameter's name; the secret is an address, for PagerDuty a routing key.
 *     Empty for e-mail, which needs none
 * @param signing the names of the secrets that sign what a webhook gets; two while one replaces the
 *     other
 * @param format how it is written for a channel that knows several
 */
public record Channel(
    String name, Kind kind, Optional<String> secret, List<String> signing, Format format) {
  public Channel {
    signing = List.copyOf(signing);
  }

  /** What a channel's secret is. */
  public enum SecretKind {
    NONE,
    ADDRESS,
    ROUTING_KEY
  }

  /**
   * Who is spoken to. To add one, add a line; the compiler then names every place that has to
   * choose for it.
   */
  public enum Kind {
    SLACK(SecretKind.ADDRESS, Trait.CLASSIC),
    DISCORD(SecretKind.ADDRESS, Trait.CLASSIC),
    TEAMS(SecretKind.ADDRESS),
    PAGERDUTY(SecretKind.ROUTING_KEY, Trait.STAYS_OPEN, Trait.ONE_PER_MESSAGE),
    WEBHOOK(SecretKind.ADDRESS, Trait.SIGNED, Trait.ONE_PER_MESSAGE),
    EMAIL(SecretKind.NONE);

    /** What is true of some kinds only. */
    private enum Trait {
      CLASSIC,
      ONE_PER_MESSAGE,
      SIGNED,
      STAYS_OPEN
    }

    private final SecretKind secret;

    @SuppressWarnings("ImmutableEnumChecker") // Set.of is immutable; the checker wants Guava's.
    private final Set<Trait> traits;

    Kind(SecretKind secret, Trait... traits) {
      this.secret = secret;
      this.traits = Set.of(traits);
    }

    /** The name in settings. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The kind of this name, or empty. */
    public static Optional<Kind> of(String id) {
      for (Kind kind : values()) {
        if (kind.id().equals(id)) {
          return Optional.of(kind);
        }
      }
      return Optional.empty();
    }

    /** What has to be kept secret of it. */
    public SecretKind secret() {
      return secret;
    }

    /** Whether each notification is a message of its own: many at once are not put into one. */
    public boolean onePerMessage() {
      return traits.contains(Trait.ONE_PER_MESSAGE);
    }

    /** Whether what it is sent stays open there, as an incident does, until it is resolved. */
    public boolean staysOpen() {
      return traits.contains(Trait.STAYS_OPEN);
    }

    /** Whether what it is sent can be signed. */
    public boolean signed() {
      return traits.contains(Trait.SIGNED);
    }

    /** Whether it knows {@link Format#CLASSIC}. */
    public boolean classic() {
      return traits.contains(Trait.CLASSIC);
    }
  }

  /** How a notification is written. */
  public enum Format {
    /** As suits the channel best. */
    USUAL,
    /** For Slack and Discord: as the system wrote with which the compatible endpoints agree. */
    CLASSIC;

    /** The name in settings. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}

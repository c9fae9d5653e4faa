package dev.tallyman.core.delivery;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

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

  /** Who is spoken to. */
  public enum Kind {
    SLACK,
    DISCORD,
    TEAMS,
    PAGERDUTY,
    WEBHOOK,
    EMAIL;

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

    /**
     * Whether each notification stands for itself there, so that many at once are not put into one.
     */
    public boolean oneByOne() {
      return this == PAGERDUTY || this == WEBHOOK;
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

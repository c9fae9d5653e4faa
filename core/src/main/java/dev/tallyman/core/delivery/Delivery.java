package dev.tallyman.core.delivery;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The handing over of one notification to one channel.
 *
 * @param organization our id of it
 * @param notification the notification's id
 * @param channel the channel's name
 * @param status how far it is
 * @param nextAttempt when it is tried (again); empty once it has ended
 * @param attempts all attempts, oldest first
 */
public record Delivery(
    String organization,
    String notification,
    String channel,
    Status status,
    Optional<Instant> nextAttempt,
    List<Attempt> attempts) {
  public Delivery {
    attempts = List.copyOf(attempts);
  }

  /** How far a delivery is. */
  public enum Status {
    /** It waits for its first or next attempt. */
    PENDING,
    /** The channel has it. */
    SENT,
    /** It was tried for a day, or refused for good; it can be redelivered. */
    DEAD,
    /** The channel wants nothing any more, or is no longer in the settings. */
    DISABLED;

    /** The name in answers. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One attempt.
   *
   * @param at when it began
   * @param outcome what came of it, without any secret
   */
  public record Attempt(Instant at, String outcome) {}
}

package dev.tallyman.core.delivery;

import java.time.Duration;
import java.util.Optional;

/** Hands a notification to a channel: one attempt, at most ten seconds. */
public interface Sender {
  /** Tries once; what goes wrong is an answer, not an exception. */
  Outcome send(Channel channel, Notification notification);

  /** What became of an attempt. Texts name no secret. */
  sealed interface Outcome {
    /**
     * The channel has it.
     *
     * @param detail what it said, such as {@code 200}
     */
    record Sent(String detail) implements Outcome {}

    /**
     * It may work later.
     *
     * @param after how long the channel asks to wait
     */
    record Failed(String reason, Optional<Duration> after) implements Outcome {}

    /** It will not work, however often it is tried, until something is changed. */
    record Refused(String reason) implements Outcome {}

    /** The channel wants nothing any more. */
    record Gone(String reason) implements Outcome {}
  }
}

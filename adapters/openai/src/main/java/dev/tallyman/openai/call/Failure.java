package dev.tallyman.openai.call;

import dev.tallyman.core.poll.records.ReadOutcome.Kind;
import java.time.Duration;
import java.util.Optional;

/**
 * Why one attempt failed.
 *
 * @param kind what failed
 * @param message one sentence for a person, with the remedy; never a secret
 * @param worthRetrying whether the same question may well be answered soon
 * @param retryAfter how long the provider asked to wait
 */
record Failure(Kind kind, String message, boolean worthRetrying, Optional<Duration> retryAfter) {
  static Failure lasting(Kind kind, String message) {
    return new Failure(kind, message, false, Optional.empty());
  }

  static Failure passing(Kind kind, String message) {
    return new Failure(kind, message, true, Optional.empty());
  }
}

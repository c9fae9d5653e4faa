package dev.tallyman.core.poll.records;

import java.time.Instant;

/**
 * A part of an answer that is not what the contract says. It was left out; the rest was kept.
 *
 * @param from where the time begins that is known in part only
 * @param to where it ends, exclusive
 * @param reason what was left out and why, as one clause without a full stop; names fields, never
 *     quotes the answer
 */
public record Defect(Instant from, Instant to, String reason) {
  /** How long a reason is at most. */
  public static final int MAX_REASON = 160;

  public Defect {
    if (!from.isBefore(to)) {
      throw new IllegalArgumentException("a defect from " + from + " to " + to);
    }
    reason = reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON - 1) + "…";
  }
}

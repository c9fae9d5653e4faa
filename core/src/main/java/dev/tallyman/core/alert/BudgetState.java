package dev.tallyman.core.alert;

import dev.tallyman.core.spend.Projection;
import dev.tallyman.core.spend.Usage;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a budget stands in its current window.
 *
 * @param usage what it has used, and how well that is known
 * @param state in a word
 * @param told when people were last told of it in this window
 * @param mutedUntil until when nothing is told
 * @param projection what is to be expected of the window; empty where nothing is known of it
 */
public record BudgetState(
    Usage usage,
    State state,
    Optional<Instant> told,
    Optional<Instant> mutedUntil,
    Optional<Projection> projection) {
  /** In a word. */
  public enum State {
    /** Below every threshold. */
    OK,
    /** A threshold is passed, but not all of the limit is used. */
    WARNING,
    /** All of the limit is used, or more. */
    EXCEEDED,
    /** Below every threshold again, after people were told in this window. */
    RECOVERED,
    /** What it is made of has not been read for three intervals. */
    STALE,
    /** Nothing is known of the window. */
    UNKNOWN;

    /** The name in answers. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What is left of the limit; below zero beyond it, empty where what is used is not known. */
  public Optional<BigDecimal> remaining() {
    return usage.known()
        ? Optional.of(usage.budget().limit().amount().subtract(usage.used()))
        : Optional.empty();
  }

  /** How much of the limit is used, in percent with one decimal, rounded down; may exceed 100. */
  public Optional<BigDecimal> percentage() {
    return usage.known()
        ? Optional.of(Wording.percentage(usage.used(), usage.budget().limit().amount()))
        : Optional.empty();
  }
}

package dev.tallyman.core.price;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a request was processed, as far as its price depends on it.
 *
 * @param tier the tier whose price it has; empty for the base price
 * @param free whether it costs nothing
 */
record Processing(Optional<String> tier, boolean free) {
  private static final Processing FREE = new Processing(Optional.empty(), true);
  private static final Processing BATCH = new Processing(Optional.of("batch"), false);

  /** The processing of a row with this service tier, in or outside a batch. */
  static Processing of(@Nullable String serviceTier, boolean batch) {
    String tier = serviceTier == null ? "" : serviceTier;
    // The tier's exact text is not documented; the dashboard calls it "data sharing incentive".
    if (tier.toLowerCase(Locale.ROOT).contains("incentive")) {
      return FREE;
    }
    return batch ? BATCH : new Processing(tier(tier), false);
  }

  /**
   * The tier of this name, under one name however it is called; empty for what has the base price.
   * Any other name is a tier of its own, which has the prices that are known for it, or none.
   */
  static Optional<String> tier(String name) {
    String folded = name.strip().toLowerCase(Locale.ROOT);
    return switch (folded) {
      case "", "default", "auto", "standard" -> Optional.empty();
      // Priority processing was renamed fast mode on 2026-07-30; both names are still accepted.
      case "fast" -> Optional.of("priority");
      default -> Optional.of(folded);
    };
  }
}

package dev.tallyman.core.price;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a request was processed, as far as its price depends on it.
 *
 * @param tier the prefix of line items that are billed for it; empty for the base price
 * @param factor what the base price is multiplied by
 * @param free whether it costs nothing
 */
record Processing(Optional<String> tier, BigDecimal factor, boolean free) {
  private static final BigDecimal HALF = new BigDecimal("0.5");
  private static final BigDecimal TWICE = BigDecimal.valueOf(2);

  private static final Processing BASE = new Processing(Optional.empty(), BigDecimal.ONE, false);
  private static final Processing FREE = new Processing(Optional.empty(), BigDecimal.ZERO, true);
  private static final Processing BATCH = new Processing(Optional.of("batch"), HALF, false);
  private static final Processing FLEX = new Processing(Optional.of("flex"), HALF, false);
  private static final Processing PRIORITY = new Processing(Optional.of("priority"), TWICE, false);

  /** The processing of a row with this service tier, in or outside a batch. */
  static Processing of(@Nullable String serviceTier, boolean batch) {
    String tier = serviceTier == null ? "" : serviceTier.toLowerCase(Locale.ROOT);
    // The tier's exact text is not documented; the dashboard calls it "data sharing incentive".
    if (tier.contains("incentive")) {
      return FREE;
    }
    if (batch) {
      return BATCH;
    }
    return switch (tier) {
      case "batch" -> BATCH;
      case "flex" -> FLEX;
      // A request for "fast" is reported as "priority".
      case "priority", "fast" -> PRIORITY;
      default -> BASE;
    };
  }
}

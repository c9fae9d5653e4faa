package dev.tallyman.core.spend;

import dev.tallyman.core.forecast.Forecast;
import dev.tallyman.core.forecast.Pacing;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * What is to be expected of a budget's window. Amounts are in the smallest unit: billionths of its
 * currency, or counts.
 *
 * @param usage of the window so far
 * @param forecast of its end; empty where too little is known
 * @param pacing whether the limit lasts at this pace; empty where too little of the window passed
 */
public record Projection(Usage usage, Optional<Forecast> forecast, Optional<Pacing> pacing) {

  /** An amount of this projection in the metric's unit. */
  public BigDecimal amount(long small) {
    BigDecimal amount =
        BigDecimal.valueOf(small)
            .movePointLeft(usage.budget().limit().metric().money() ? Spend.NANO : 0)
            .stripTrailingZeros();
    return amount.scale() < 0 ? amount.setScale(0) : amount;
  }
}

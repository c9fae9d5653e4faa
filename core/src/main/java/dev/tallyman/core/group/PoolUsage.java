package dev.tallyman.core.group;

import dev.tallyman.core.usage.Decimals;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * How much of a group's daily pool is used.
 *
 * @param group the group's name
 * @param used input and output tokens
 * @param limit tokens a day
 */
public record PoolUsage(String group, long used, long limit) {
  private static final int SCALE = 18;

  /**
   * The used part in percent, not rounded (but to 18 decimals where it has no end) and not capped;
   * 0 where the limit is 0.
   */
  public BigDecimal percentage() {
    if (limit == 0) {
      return BigDecimal.ZERO;
    }
    return Decimals.normal(
        BigDecimal.valueOf(used)
            .movePointRight(2)
            .divide(BigDecimal.valueOf(limit), SCALE, RoundingMode.HALF_EVEN));
  }
}

package dev.tallyman.core.price;

import dev.tallyman.core.usage.Decimals;
import java.math.BigDecimal;

/**
 * What usage costs by known prices.
 *
 * @param usd what could be priced; scale at most 12
 * @param priced false if part or all of the usage has no known price, so that the true amount is
 *     larger
 */
public record Estimate(BigDecimal usd, boolean priced) {
  /** The scale of an estimate: a trillionth of a dollar. */
  public static final int SCALE = 12;

  /** Nothing, and all of it priced. */
  public static final Estimate ZERO = new Estimate(BigDecimal.ZERO, true);

  public Estimate {
    usd = Decimals.normal(usd);
    if (usd.scale() > SCALE) {
      throw new IllegalArgumentException("an estimate of scale " + usd.scale());
    }
  }

  /** The sum of both; priced only if both are. */
  public Estimate plus(Estimate other) {
    return new Estimate(usd.add(other.usd), priced && other.priced);
  }
}

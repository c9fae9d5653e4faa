package dev.tallyman.core.ledger;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A column of decimals, each as a long in units of one scale, which is quick to add up; only what
 * no long can say exactly is a {@link BigDecimal}.
 */
public final class Amounts {
  private final long[] units;
  private final @Nullable BigDecimal @Nullable [] exact;

  Amounts(long[] units, @Nullable BigDecimal @Nullable [] exact) {
    this.units = units;
    this.exact = exact;
  }

  /** The amount of a row in units, {@link Rollup#ABSENT} where no long can say it exactly. */
  public long units(int row) {
    return units[row];
  }

  /** The amount of a row that has no {@link #units}; null if it has none at all. */
  public @Nullable BigDecimal exact(int row) {
    return exact == null ? null : exact[row];
  }
}

package dev.tallyman.core.budget;

import dev.tallyman.core.metric.Unit;
import java.math.BigDecimal;

/** How much of a limit has to be used for people to be told. */
public sealed interface Threshold {
  /** What has to be used, in the unit of the limit. */
  BigDecimal of(BigDecimal limit);

  /** For instance {@code 80%} or {@code 1500 usd}, as in the settings. */
  String text();

  /**
   * How amounts of a unit are written: for money its currency, such as {@code usd}.
   *
   * @param currency of money
   */
  static String word(Unit unit, String currency) {
    return unit == Unit.MONEY ? currency : unit.id();
  }

  /**
   * A share of the limit.
   *
   * @param percent above 0
   */
  record Percent(BigDecimal percent) implements Threshold {
    @Override
    public BigDecimal of(BigDecimal limit) {
      return limit.multiply(percent).movePointLeft(2);
    }

    @Override
    public String text() {
      return percent.toPlainString() + "%";
    }
  }

  /**
   * An amount, whatever the limit.
   *
   * @param amount above 0
   * @param unit that of the limit, as {@link #word} writes it
   */
  record Amount(BigDecimal amount, String unit) implements Threshold {
    @Override
    public BigDecimal of(BigDecimal limit) {
      return amount;
    }

    @Override
    public String text() {
      return amount.toPlainString() + " " + unit;
    }
  }
}

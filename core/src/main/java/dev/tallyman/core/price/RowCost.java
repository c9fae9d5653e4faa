package dev.tallyman.core.price;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Adds up what a row costs: in a long where that is exact, else in decimals. */
final class RowCost {
  private final Tariff tariff;
  private long pico;
  private BigDecimal rest = BigDecimal.ZERO;
  private boolean priced = true;

  RowCost(Tariff tariff) {
    this.tariff = tariff;
  }

  void add(Meter meter, long quantity) {
    if (quantity == 0 || tariff.free()) {
      return;
    }
    Tariff.Unit unit = tariff.unit(meter);
    if (unit == null) {
      priced = false;
      return;
    }
    long product = quantity * unit.pico();
    long sum = pico + product;
    boolean fits =
        unit.pico() >= 0
            && Math.multiplyHigh(quantity, unit.pico()) == product >> 63
            && ((pico ^ sum) & (product ^ sum)) >= 0;
    if (fits) {
      pico = sum;
    } else {
      rest = rest.add(unit.usd().multiply(BigDecimal.valueOf(quantity)));
    }
  }

  Estimate total() {
    BigDecimal usd = BigDecimal.valueOf(pico, Estimate.SCALE);
    if (rest.signum() != 0) {
      usd = usd.add(rest).setScale(Estimate.SCALE, RoundingMode.HALF_EVEN);
    }
    return new Estimate(usd, priced);
  }
}

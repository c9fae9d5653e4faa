package dev.tallyman.core.price;

import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one unit of each meter costs for one model, processing and day. */
final class Tariff {
  static final Tariff FREE = new Tariff(new EnumMap<>(Meter.class), true);
  static final Tariff NONE = new Tariff(new EnumMap<>(Meter.class), false);

  private static final BigDecimal MOST_PICO = BigDecimal.valueOf(Long.MAX_VALUE);

  private final EnumMap<Meter, Unit> units;
  private final boolean free;

  private Tariff(EnumMap<Meter, Unit> units, boolean free) {
    this.units = units;
    this.free = free;
  }

  boolean free() {
    return free;
  }

  boolean knows(Meter meter) {
    return free || units.containsKey(meter);
  }

  @Nullable BigDecimal usd(Meter meter) {
    Unit unit = units.get(meter);
    return unit == null ? null : unit.usd();
  }

  @Nullable Unit unit(Meter meter) {
    return units.get(meter);
  }

  /**
   * The price of one unit.
   *
   * @param usd exact
   * @param pico the same in trillionths of a dollar; -1 where that is not exact or does not fit
   */
  record Unit(BigDecimal usd, long pico) {
    static Unit of(BigDecimal usd) {
      BigDecimal pico = usd.movePointRight(Estimate.SCALE).stripTrailingZeros();
      boolean exact = pico.scale() <= 0 && pico.compareTo(MOST_PICO) <= 0;
      return new Unit(usd, exact ? pico.longValueExact() : -1);
    }
  }

  /** Collects the prices that are known. */
  static final class Builder {
    private final EnumMap<Meter, Unit> units = new EnumMap<>(Meter.class);

    void set(Meter meter, BigDecimal usd) {
      units.put(meter, Unit.of(usd));
    }

    /** The tariff, in which a meter without a price has that of the one it falls back to. */
    Tariff build() {
      var complete = new EnumMap<>(units);
      for (Map.Entry<Meter, Meter[]> entry : FALLBACKS.entrySet()) {
        for (Meter other : entry.getValue()) {
          Unit unit = units.get(other);
          if (unit != null) {
            complete.putIfAbsent(entry.getKey(), unit);
          }
        }
      }
      return new Tariff(complete, false);
    }
  }

  /**
   * Where a model has no price of its own for a kind of tokens, the provider charges what it
   * charges for the kind they belong to: no discount for cached ones, no surcharge for written
   * ones.
   */
  private static final Map<Meter, Meter[]> FALLBACKS =
      Map.of(
          Meter.CACHED_INPUT, new Meter[] {Meter.INPUT},
          Meter.CACHE_WRITE, new Meter[] {Meter.INPUT},
          Meter.AUDIO_INPUT, new Meter[] {Meter.INPUT},
          Meter.IMAGE_INPUT, new Meter[] {Meter.INPUT},
          Meter.CACHED_AUDIO_INPUT,
              new Meter[] {Meter.AUDIO_INPUT, Meter.CACHED_INPUT, Meter.INPUT},
          Meter.CACHED_IMAGE_INPUT,
              new Meter[] {Meter.IMAGE_INPUT, Meter.CACHED_INPUT, Meter.INPUT},
          Meter.AUDIO_OUTPUT, new Meter[] {Meter.OUTPUT},
          Meter.IMAGE_OUTPUT, new Meter[] {Meter.OUTPUT});
}

package dev.tallyman.core.price;

import dev.tallyman.core.usage.Decimals;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/**
 * What is counted and paid for, one unit each: one token, one character, one second. Prices are
 * written for as many units as the field does, see {@link #field} and {@link #units}.
 */
public enum Meter {
  /** Uncached text tokens; also those of every kind that has no price of its own. */
  INPUT("input", 1_000_000),
  CACHED_INPUT("cached_input", 1_000_000),
  CACHE_WRITE("cache_write", 1_000_000),
  OUTPUT("output", 1_000_000),
  AUDIO_INPUT("audio_input", 1_000_000),
  CACHED_AUDIO_INPUT("cached_audio_input", 1_000_000),
  AUDIO_OUTPUT("audio_output", 1_000_000),
  IMAGE_INPUT("image_input", 1_000_000),
  CACHED_IMAGE_INPUT("cached_image_input", 1_000_000),
  IMAGE_OUTPUT("image_output", 1_000_000),
  CHARACTERS("characters", 1_000_000),
  SECONDS("minutes", 60),
  SESSIONS("sessions", 1),
  CALLS("thousand_calls", 1000),
  GIB_HOURS("gib_days", 24);

  /** The scale to which a price that has no end is rounded. */
  static final int SCALE = 18;

  private final String field;
  private final int units;

  Meter(String field, int units) {
    this.field = field;
    this.units = units;
  }

  /** The name under which a price of this meter is written, for {@link #units} units. */
  public String field() {
    return field;
  }

  /** How many units a written price is for: a million tokens, the 60 seconds of a minute. */
  public int units() {
    return units;
  }

  /** The meter whose prices are written under this name, or empty. */
  public static Optional<Meter> ofField(String field) {
    for (Meter meter : values()) {
      if (meter.field.equals(field)) {
        return Optional.of(meter);
      }
    }
    return Optional.empty();
  }

  /** The price of one unit, to 18 decimals, half-even. */
  public BigDecimal perUnit(BigDecimal written) {
    return Decimals.normal(
        written.divide(BigDecimal.valueOf(units), SCALE, RoundingMode.HALF_EVEN));
  }

  /** A price of one unit as it is written: for a million tokens, a minute; to 12 decimals. */
  public BigDecimal written(BigDecimal perUnit) {
    BigDecimal price = perUnit.multiply(BigDecimal.valueOf(units));
    // A price per minute has no end per second; what was cut off is put back.
    return Decimals.normal(price.setScale(12, RoundingMode.HALF_EVEN));
  }

  /** Whether tokens are counted. */
  public boolean tokens() {
    return compareTo(IMAGE_OUTPUT) <= 0;
  }
}

package dev.tallyman.core.price;

import dev.tallyman.core.ModelPatterns;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a model costs from a day on, until a later price of the same model and tier.
 *
 * @param model the name or pattern that it is for
 * @param tier the service tier that it is for, such as {@code priority}; empty for the base price
 * @param from the first UTC day on which it holds
 * @param perUnit USD for one unit of each meter that has a price; never negative
 * @param source where it was taken from
 * @param asOf when the source said so
 */
public record Price(
    String model,
    Optional<String> tier,
    LocalDate from,
    Map<Meter, BigDecimal> perUnit,
    String source,
    LocalDate asOf) {
  public Price {
    ModelPatterns.problem(model)
        .ifPresent(problem -> {
          throw new IllegalArgumentException("the model \"" + model + "\" " + problem);
        });
    var copy = new EnumMap<Meter, BigDecimal>(Meter.class);
    copy.putAll(perUnit);
    copy.forEach((meter, price) -> {
      if (price.signum() < 0) {
        throw new IllegalArgumentException(model + " has a negative price for " + meter.field());
      }
    });
    perUnit = Collections.unmodifiableMap(copy);
  }

  /**
   * The tier of a price by the name that usage, bills or users have for it, under one name for all;
   * empty for the base price.
   */
  public static Optional<String> tierOf(String name) {
    return Processing.tier(name);
  }

  /**
   * The tier that usage is priced by; empty for the base price.
   *
   * @param tier as usage names it
   * @param batch whether it is usage of a batch
   */
  public static Optional<String> tierOf(@Nullable String tier, boolean batch) {
    return Processing.of(tier, batch).tier();
  }

  /** A base price. */
  public Price(
      String model, LocalDate from, Map<Meter, BigDecimal> perUnit, String source, LocalDate asOf) {
    this(model, Optional.empty(), from, perUnit, source, asOf);
  }

  /** USD for one unit, or empty where this price says nothing of the meter. */
  public Optional<BigDecimal> of(Meter meter) {
    return Optional.ofNullable(perUnit.get(meter));
  }

  /** This price with what another one says in the place of what this one says. */
  Price overriddenBy(Price other) {
    var merged = new EnumMap<Meter, BigDecimal>(Meter.class);
    merged.putAll(perUnit);
    merged.putAll(other.perUnit);
    LocalDate later = from.isAfter(other.from) ? from : other.from;
    return new Price(model, tier, later, merged, other.source, other.asOf);
  }

  /** What a tier costs that is billed at a share of this price. */
  Price times(Catalogue.Share share) {
    var shared = new EnumMap<Meter, BigDecimal>(Meter.class);
    perUnit.forEach((meter, price) -> shared.put(meter, price.multiply(share.factor())));
    return new Price(model, Optional.of(share.tier()), from, shared, share.source(), share.asOf());
  }
}

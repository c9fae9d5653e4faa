package dev.tallyman.core.price;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether a rate that was learnt from a bill prices the usage of a day, and what does if it does
 * not. A credit within a line item, a day that was partly free or a restated bill make rates that
 * are no prices; a discount makes one that is.
 *
 * @param rate as the bill says
 * @param list the provider's list price of one unit in that tier on the day of the usage
 * @param own the user's own price of one unit in that tier on that day
 * @param reason why it is believed or not
 */
public record Verdict(
    Rates.Rate rate, Optional<BigDecimal> list, Optional<BigDecimal> own, Reason reason) {
  /** A billed rate within a quarter of the list price and four times as much is believed. */
  private static final BigDecimal FAR = BigDecimal.valueOf(4);

  /** Why a rate is believed or not. */
  public enum Reason {
    /** It is near the list price, or there is none to compare it with. */
    BELIEVED,
    /** It is below a quarter of the list price, or above four times as much. */
    FAR,
    /** The list price changed between the bill and the usage. */
    OUTDATED,
    /** The user has set a price. */
    SET;

    /** The name in answers. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The verdict on the newest rate of each model, tier and meter.
   *
   * @param day the UTC day of the usage
   */
  public static List<Verdict> of(Rates rates, Catalogue catalogue, LocalDate day) {
    return rates.all().stream().map(rate -> of(rate, rate.model(), catalogue, day)).toList();
  }

  /** The verdict on one rate, for usage of a model of this name. */
  static Verdict of(Rates.Rate rate, String model, Catalogue catalogue, LocalDate day) {
    Optional<Price> then = catalogue.listed(model, rate.tier(), rate.day());
    Optional<Price> now = catalogue.listed(model, rate.tier(), day);
    Optional<BigDecimal> own =
        catalogue.own(model, rate.tier(), day).flatMap(price -> price.of(rate.meter()));
    Optional<BigDecimal> list = now.flatMap(price -> price.of(rate.meter()));
    Reason reason;
    if (own.isPresent()) {
      reason = Reason.SET;
    } else if (!then.map(Price::from).equals(now.map(Price::from))) {
      reason = Reason.OUTDATED;
    } else if (far(rate, list, model, catalogue)) {
      reason = Reason.FAR;
    } else {
      reason = Reason.BELIEVED;
    }
    return new Verdict(rate, list, own, reason);
  }

  /** Without a price of the tier to compare with, only what is far below the base price is far. */
  private static boolean far(
      Rates.Rate rate, Optional<BigDecimal> list, String model, Catalogue catalogue) {
    BigDecimal least =
        list.or(() ->
                catalogue
                    .listed(model, Optional.empty(), rate.day())
                    .flatMap(price -> price.of(rate.meter())))
            .orElse(BigDecimal.ZERO);
    boolean free = rate.perUnit().signum() <= 0;
    boolean below = rate.perUnit().multiply(FAR).compareTo(least) < 0;
    boolean above = list.isPresent() && rate.perUnit().compareTo(list.get().multiply(FAR)) > 0;
    return free || below || above;
  }

  /** Whether the rate prices the usage. */
  public boolean believed() {
    return reason == Reason.BELIEVED;
  }

  /** What prices the usage: USD for one unit, or empty where nothing does. */
  public Optional<BigDecimal> used() {
    return switch (reason) {
      case BELIEVED -> Optional.of(rate.perUnit());
      case SET -> own;
      case FAR, OUTDATED -> list;
    };
  }
}

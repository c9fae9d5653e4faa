package dev.tallyman.core.budget;

import dev.tallyman.core.Digest;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.metric.Unit;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/**
 * How much of a quantity, for a scope, in a window.
 *
 * @param metric the quantity
 * @param amount in the metric's unit: money in its currency, or a count; above 0
 * @param currency of money the only currency that it is about, a lower-case ISO 4217 code; empty if
 *     it is about all money, of which it can count USD alone
 * @param scope what it covers
 * @param window how long it counts
 * @param zone whose calendar it goes by
 */
public record Limit(
    Metric metric,
    BigDecimal amount,
    Optional<String> currency,
    Scope scope,
    WindowKind window,
    ZoneId zone) {

  /** The window in which an instant lies. */
  public Window windowAt(Instant instant) {
    return Window.at(window, zone, instant);
  }

  /** The currency that it counts, if it is about money. */
  public String counting() {
    return currency.orElse(Unit.USD);
  }

  /** What is counted: limits of the same series count the same, whatever their amounts. */
  public String series() {
    String series = metric.id() + "|" + scope;
    return counting().equals(Unit.USD) ? series : series + "|" + counting();
  }

  /**
   * What thresholds are measured by. When it changes, the budget is another one as far as crossings
   * go; a new name, owner, channel or threshold does not change it.
   */
  public String revision() {
    String text = String.join("\n", series(), window.id(), zone.getId(), plain(amount));
    return Digest.of(text);
  }

  private static String plain(BigDecimal amount) {
    return amount.stripTrailingZeros().toPlainString();
  }
}

package dev.tallyman.core.budget;

import dev.tallyman.core.Digest;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.metric.Unit;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A limit on a quantity, for a scope, in a window.
 *
 * @param id 1 to 63 of a-z, 0-9 and '-', unique among budgets
 * @param name for people
 * @param organization our id of the one it is about; empty for each organization by itself
 * @param metric the quantity
 * @param limit in the metric's unit: money in its currency, or a count; above 0
 * @param scope what it covers
 * @param window how long it counts
 * @param zone whose calendar it goes by
 * @param thresholds when people are told, by what they amount to, the lowest first; at least one
 * @param owner who answers for it
 * @param runbook an https address that says what to do
 * @param channels the names of those who are told; empty for the usual ones
 * @param renotify after how long an open alert is told again; empty for never
 * @param pool whether it is one of the complimentary daily pools, whose end of a day is told
 * @param currency of money the only currency that it is about, a lower-case ISO 4217 code; empty if
 *     it is about all money, of which it can count USD alone
 */
public record Budget(
    String id,
    String name,
    Optional<String> organization,
    Metric metric,
    BigDecimal limit,
    Scope scope,
    WindowKind window,
    ZoneId zone,
    List<Threshold> thresholds,
    Optional<String> owner,
    Optional<String> runbook,
    List<String> channels,
    Optional<Duration> renotify,
    boolean pool,
    Optional<String> currency) {
  /** A budget on all money, or on a count. */
  public Budget(
      String id,
      String name,
      Optional<String> organization,
      Metric metric,
      BigDecimal limit,
      Scope scope,
      WindowKind window,
      ZoneId zone,
      List<Threshold> thresholds,
      Optional<String> owner,
      Optional<String> runbook,
      List<String> channels,
      Optional<Duration> renotify,
      boolean pool) {
    this(
        id,
        name,
        organization,
        metric,
        limit,
        scope,
        window,
        zone,
        thresholds,
        owner,
        runbook,
        channels,
        renotify,
        pool,
        Optional.empty());
  }

  public Budget {
    BigDecimal whole = limit;
    thresholds =
        thresholds.stream()
            .sorted(Comparator.comparing((Threshold each) -> each.of(whole)))
            .toList();
    channels = List.copyOf(channels);
  }

  /** The window in which an instant lies. */
  public Window windowAt(Instant instant) {
    return Window.at(window, zone, instant);
  }

  /** Whether it counts in this organization. */
  public boolean covers(String org) {
    return organization.map(org::equals).orElse(true);
  }

  /** The currency that it counts, if it is about money. */
  public String counting() {
    return currency.orElse(Unit.USD);
  }

  /** What is counted: budgets of the same series count the same, whatever their limits. */
  public String series() {
    String series = metric.id() + "|" + scope;
    return counting().equals(Unit.USD) ? series : series + "|" + counting();
  }

  /**
   * What its thresholds are measured by. When it changes, the budget is another one as far as
   * crossings go; a new name, owner, channel or threshold does not change it.
   */
  public String revision() {
    String text = String.join("\n", series(), window.id(), zone.getId(), plain(limit));
    return Digest.of(text);
  }

  private static String plain(BigDecimal amount) {
    return amount.stripTrailingZeros().toPlainString();
  }
}

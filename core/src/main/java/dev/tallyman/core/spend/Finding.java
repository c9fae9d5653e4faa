package dev.tallyman.core.spend;

import dev.tallyman.core.budget.Scope;
import dev.tallyman.core.forecast.Anomaly;
import dev.tallyman.core.forecast.Driver;
import dev.tallyman.core.metric.GroupBy;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Spend that is far from its own past.
 *
 * @param part whose it is: the organization, or one project, key or model, or one key's use of one
 *     model
 * @param anomaly when, and how far; amounts in billionths of a USD
 * @param driver where most of the excess comes from
 */
public record Finding(Scope part, Anomaly anomaly, Driver driver) {
  /** The same for as long as it is spend of the same thing. */
  public String subject() {
    return part.equals(Scope.ORGANIZATION) ? "organization" : part.toString();
  }

  /** The value of a dimension of its part; empty if it is not narrowed by it. */
  public Optional<String> value(GroupBy by) {
    return Optional.ofNullable(part.parts().get(by)).map(values -> values.iterator().next());
  }

  /**
   * Whether another is of more of the same: it covers this part, or where most of it came from, and
   * came from there itself as far as it tells.
   */
  boolean isWithin(Finding wider) {
    return anomaly.overlaps(wider.anomaly)
        && Stream.of(GroupBy.PROJECT, GroupBy.KEY, GroupBy.MODEL).allMatch(by -> agrees(wider, by));
  }

  private boolean agrees(Finding wider, GroupBy by) {
    Optional<String> own = value(by).or(() -> driven(by));
    Optional<String> covered = wider.value(by);
    return covered.isPresent()
        ? covered.equals(own)
        : own.isEmpty() || wider.driven(by).isEmpty() || wider.driven(by).equals(own);
  }

  private Optional<String> driven(GroupBy by) {
    return switch (by) {
      case GroupBy.BuiltIn.PROJECT -> driver.project();
      case GroupBy.BuiltIn.KEY -> driver.key();
      case GroupBy.BuiltIn.MODEL -> driver.model();
      default -> Optional.empty();
    };
  }
}

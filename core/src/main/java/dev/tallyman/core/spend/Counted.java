package dev.tallyman.core.spend;

import dev.tallyman.core.Digest;
import dev.tallyman.core.budget.Budget;
import dev.tallyman.core.budget.Scope;
import dev.tallyman.core.group.ModelGroups;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.metric.Unit;
import org.jspecify.annotations.Nullable;

/**
 * A series of sums.
 *
 * @param id the same for what is always the same number
 * @param currency of what is billed, a lower-case ISO 4217 code
 */
record Counted(String id, Metric metric, Scope scope, String currency) {
  /** The digits behind the point that estimates have, and enough for all but odd bills. */
  static final int MONEY_SCALE = 12;

  /** What a budget counts. Which models are of a group is part of it. */
  static Counted by(Budget budget, ModelGroups groups) {
    return of(budget.limit().metric(), budget.limit().scope(), budget.limit().counting(), groups);
  }

  /** An estimate or a count. */
  static Counted of(Metric metric, Scope scope, ModelGroups groups) {
    return of(metric, scope, Unit.USD, groups);
  }

  private static Counted of(Metric metric, Scope scope, String currency, ModelGroups groups) {
    String id = metric.id() + "|" + scope;
    if (scope.dimensions().contains(GroupBy.GROUP)) {
      id += "|" + Digest.of(groups.groups().toString());
    }
    if (!currency.equals(Unit.USD)) {
      id += "|" + currency;
    }
    return new Counted(id, metric, scope, currency);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Counted that && id.equals(that.id);
  }

  /** Of the id alone, which tells the rest: series are looked up thousands of times. */
  @Override
  public int hashCode() {
    return id.hashCode();
  }

  /** The scale of amounts as longs. */
  int scale() {
    return metric.money() ? MONEY_SCALE : 0;
  }
}

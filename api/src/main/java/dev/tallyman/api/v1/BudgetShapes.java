package dev.tallyman.api.v1;

import dev.tallyman.api.message.JsonObject;
import dev.tallyman.api.message.Schema;
import dev.tallyman.api.message.Shape;
import dev.tallyman.core.alert.BudgetState;
import dev.tallyman.core.alert.BudgetState.State;
import dev.tallyman.core.budget.Budget;
import dev.tallyman.core.budget.Threshold;
import dev.tallyman.core.budget.WindowKind;
import dev.tallyman.core.forecast.Forecast;
import dev.tallyman.core.forecast.Pacing;
import dev.tallyman.core.spend.Projection;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What answers say about budgets, their states and forecasts. Amounts are in the unit of the
 * budget's metric. Each shape is made when it is asked for.
 */
final class BudgetShapes {
  private BudgetShapes() {}

  /**
   * A budget with where it stands.
   *
   * @param state empty if it does not count in the organization that is asked about
   * @param simulated whether that organization is
   */
  record Standing(Budget budget, Optional<BudgetState> state, boolean simulated) {
    private Optional<Projection> projection() {
      return state.flatMap(BudgetState::projection);
    }
  }

  /** A budget as it is set. */
  static Shape<Standing> definition() {
    return Shape.<Standing>object()
        .text("id", row -> row.budget().id())
        .text("name", row -> row.budget().name())
        .optional("organization", row -> row.budget().organization())
        .text("metric", row -> row.budget().limit().metric().id())
        .text("unit", row -> row.budget().limit().metric().unit().id())
        .nested(
            "currency", Schema.nullable(Schema.string()), row -> row.budget().limit().currency())
        .decimal("limit", row -> row.budget().limit().amount())
        .nested(
            "window",
            Schema.enumeration(Arrays.stream(WindowKind.values()).map(WindowKind::id).toList()),
            row -> row.budget().limit().window().id())
        .text("zone", row -> zone(row.budget()))
        .nested("scope", Schema.map(Schema.array(Schema.string())), row -> scope(row.budget()))
        .column("scope", row -> row.budget().limit().scope())
        .texts(
            "thresholds",
            row -> row.budget().notices().thresholds().stream().map(Threshold::text).toList())
        .optional("owner", row -> row.budget().notices().owner())
        .optional("runbook", row -> row.budget().notices().runbook())
        .texts("channels", row -> row.budget().notices().channels())
        .with(
            "renotify_hours",
            Schema.nullable(Schema.integer()),
            row -> row.budget().notices().renotify().map(Duration::toHours))
        .flag("pool", row -> row.budget().pool());
  }

  /** The same with its state; in CSV the window and the currency are those of the state. */
  static Shape<Standing> budget() {
    return definition()
        .optionalObject("state", state(), Standing::state)
        .column("simulated", Standing::simulated)
        .columns(
            "id",
            "name",
            "state",
            "metric",
            "limit",
            "used",
            "remaining",
            "percentage",
            "window",
            "window_start",
            "window_end",
            "scope",
            "source",
            "as_of",
            "owner",
            "simulated",
            "currency",
            "note");
  }

  private static Shape<BudgetState> state() {
    return Shape.<BudgetState>object()
        .choice(
            "state",
            Arrays.stream(State.values()).map(State::id).toList(),
            state -> state.state().id())
        .text("window", state -> state.usage().window().id())
        .time("window_start", state -> state.usage().window().start())
        .time("window_end", state -> state.usage().window().end())
        .optional("currency", state -> currency(state.usage().budget()))
        .optionalDecimal("used", BudgetShapes::used)
        .optionalDecimal("remaining", BudgetState::remaining)
        .optionalDecimal("percentage", BudgetState::percentage)
        .text("source", state -> state.usage().source())
        .optionalTime("as_of", state -> state.usage().asOf())
        .flag("partial", state -> state.usage().partial())
        .flag("stale", state -> state.usage().stale())
        .flag("unpriced", state -> state.usage().unpriced())
        .texts("other_currencies", state -> state.usage().leftOut())
        .optional("note", state -> state.usage().note())
        .optionalTime("told_at", BudgetState::told)
        .optionalTime("muted_until", BudgetState::mutedUntil)
        .optionalObject("pace", pace(), state -> state.projection().flatMap(Pace::of))
        .optionalObject("forecast", band(), state -> state.projection().flatMap(Band::of));
  }

  /** The forecast of a budget's window. */
  static Shape<Standing> forecast() {
    return Shape.<Standing>object()
        .text("budget", row -> row.budget().id())
        .text("name", row -> row.budget().name())
        .text("unit", row -> row.budget().limit().metric().unit().id())
        .optional("currency", row -> currency(row.budget()))
        .decimal("limit", row -> row.budget().limit().amount())
        .optionalDecimal("used", row -> row.state().flatMap(BudgetShapes::used))
        .optional("window", row -> row.state().map(state -> state.usage().window().id()))
        .optionalTime("window_end", row -> row.state().map(state -> state.usage().window().end()))
        .optionalTime("as_of", row -> row.state().flatMap(state -> state.usage().asOf()))
        .optional("note", row -> row.state().flatMap(state -> state.usage().note()))
        .optionalObject("pace", pace(), row -> row.projection().flatMap(Pace::of))
        .column(
            "pace", row -> row.projection().flatMap(Projection::pacing).map(BudgetShapes::share))
        .optionalObject("forecast", band(), row -> row.projection().flatMap(Band::of))
        .column("simulated", Standing::simulated)
        .columns(
            "budget",
            "limit",
            "used",
            "expected",
            "low",
            "high",
            "exhausted",
            "window_end",
            "pace",
            "simulated",
            "currency");
  }

  /** All money of this month of UTC. */
  static Shape<BudgetState> month() {
    return Shape.<BudgetState>object()
        .optionalDecimal("used", BudgetShapes::used)
        .text("window", state -> state.usage().window().id())
        .time("window_end", state -> state.usage().window().end())
        .optionalTime("as_of", state -> state.usage().asOf())
        .flag("stale", state -> state.usage().stale())
        .optional("note", state -> state.usage().note())
        .optionalObject("forecast", band(), state -> state.projection().flatMap(Band::of));
  }

  /** Whether a limit lasts at the pace so far. */
  private record Pace(Projection projection, Pacing pacing) {
    static Optional<Pace> of(Projection projection) {
      return projection.pacing().map(pacing -> new Pace(projection, pacing));
    }
  }

  private static Shape<Pace> pace() {
    return Shape.<Pace>object()
        .choice(
            "standing",
            List.of("ahead", "on", "behind"),
            pace -> pace.pacing().standing().name().toLowerCase(Locale.ROOT))
        .decimal("due", pace -> pace.projection().amount(pace.pacing().due()))
        .decimal("percentage", pace -> share(pace.pacing()));
  }

  /** How a window is expected to end, within a band that holds in eight of ten. */
  private record Band(Projection projection, Forecast forecast) {
    static Optional<Band> of(Projection projection) {
      return projection.forecast().map(forecast -> new Band(projection, forecast));
    }
  }

  private static Shape<Band> band() {
    return Shape.<Band>object()
        .decimal("expected", band -> band.projection().amount(band.forecast().expected()))
        .decimal("low", band -> band.projection().amount(band.forecast().low()))
        .decimal("high", band -> band.projection().amount(band.forecast().high()))
        .optionalTime("exhausted", band -> band.forecast().exhausted())
        .optionalTime("exhausted_earliest", band -> band.forecast().earliest())
        .optionalTime("exhausted_latest", band -> band.forecast().latest());
  }

  private static BigDecimal share(Pacing pacing) {
    return BigDecimal.valueOf(pacing.percentage()).setScale(1, RoundingMode.HALF_EVEN);
  }

  private static Optional<BigDecimal> used(BudgetState state) {
    return state.usage().known() ? Optional.of(state.usage().used()) : Optional.empty();
  }

  /** The currency of the amounts of a budget, if they are money. */
  private static Optional<String> currency(Budget budget) {
    return budget.limit().metric().money()
        ? Optional.of(budget.limit().counting())
        : Optional.empty();
  }

  private static String zone(Budget budget) {
    return budget.limit().zone().equals(ZoneOffset.UTC) ? "UTC" : budget.limit().zone().getId();
  }

  private static JsonObject scope(Budget budget) {
    var scope = JsonObject.of();
    budget.limit().scope().parts().forEach((by, values) -> scope.put(by.id(), values));
    return scope;
  }
}

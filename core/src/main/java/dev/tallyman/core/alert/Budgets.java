package dev.tallyman.core.alert;

import dev.tallyman.core.alert.BudgetState.State;
import dev.tallyman.core.alert.Entry.Phase;
import dev.tallyman.core.budget.Budget;
import dev.tallyman.core.budget.Threshold;
import dev.tallyman.core.settings.UsageSettings;
import dev.tallyman.core.spend.Projection;
import dev.tallyman.core.spend.Spend;
import dev.tallyman.core.spend.Usage;
import dev.tallyman.core.store.Store;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Where budgets stand; for the life of a process, and safe for use by many threads. */
public final class Budgets {
  private final Store store;
  private final Spend spend;

  /** The budgets of a store. */
  public Budgets(Store store) {
    this.store = store;
    this.spend = new Spend(store);
  }

  /** The states of budgets, in their order; those that cover another organization are left out. */
  public List<BudgetState> states(
      String organization, UsageSettings settings, List<Budget> budgets, Instant now) {
    AlertState state = new AlertStateStore(store, organization).load().state();
    List<Usage> usages = spend.used(organization, settings, budgets, now);
    var projections = new HashMap<String, Projection>();
    spend
        .projections(organization, settings.groups(), usages, now)
        .forEach(projection -> projections.put(projection.usage().budget().id(), projection));
    var states = new ArrayList<BudgetState>();
    for (Usage usage : usages) {
      if (!usage.window().endedAt(now)) {
        Entry entry = state.entries().get(Rules.key(usage.budget(), usage.window()));
        Optional<Instant> muted =
            Optional.ofNullable(state.mutes().get(usage.budget().id()))
                .filter(until -> until.isAfter(now));
        states.add(
            new BudgetState(
                usage,
                state(usage, entry),
                Optional.ofNullable(entry).filter(Entry::wasTold).map(Entry::toldAt),
                muted,
                Optional.ofNullable(projections.get(usage.budget().id()))));
      }
    }
    return states;
  }

  /**
   * What is open: since when, by {@code budget/}, its id, a slash and the id of its window, or by
   * {@code condition/} and the subject.
   */
  public SortedMap<String, Instant> open(String organization, Instant now) {
    var open = new TreeMap<String, Instant>();
    new AlertStateStore(store, organization)
        .load()
        .state()
        .entries()
        .forEach((key, entry) -> {
          boolean begun = entry.wasTold() || key.startsWith(Rules.key(""));
          boolean over = entry.ends().filter(at -> !at.isAfter(now)).isPresent();
          if (entry.open() && begun && !over) {
            open.put(key, entry.opened());
          }
        });
    return open;
  }

  private static State state(Usage usage, @Nullable Entry entry) {
    if (!usage.known()) {
      return State.UNKNOWN;
    }
    Budget budget = usage.budget();
    Optional<BigDecimal> passed =
        Rules.passed(budget, usage.used())
            .map((Threshold each) -> each.of(budget.limit().amount()));
    if (passed.isPresent()) {
      // More is only ever added: what is exceeded is so however old the data is.
      boolean exceeded = usage.used().compareTo(budget.limit().amount()) >= 0;
      return exceeded ? State.EXCEEDED : usage.stale() ? State.STALE : State.WARNING;
    }
    if (usage.stale()) {
      return State.STALE;
    }
    return entry != null && entry.phase() == Phase.RECOVERED ? State.RECOVERED : State.OK;
  }
}

package dev.tallyman.core.alert;

import dev.tallyman.core.query.TestLedger;
import java.util.Map;
import java.util.TreeMap;

/** The states of the budgets of a ledger, as the API would ask for them. */
final class States {
  private States() {}

  /** By the ids of the budgets. */
  static Map<String, BudgetState> of(TestLedger ledger) {
    var states = new TreeMap<String, BudgetState>();
    new Budgets(ledger.store)
        .states(
            TestLedger.ORGANIZATION,
            ledger.settings.usage(),
            ledger.settings.budgets(),
            ledger.clock.instant())
        .forEach(state -> states.put(state.usage().budget().id(), state));
    return states;
  }
}

package dev.tallyman.core.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.alert.BudgetState.State;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Reference;
import dev.tallyman.core.delivery.Topic;
import dev.tallyman.core.poll.KeyExpiry;
import dev.tallyman.core.query.TestLedger;
import dev.tallyman.core.spend.Spend;
import dev.tallyman.core.spend.Usage;
import dev.tallyman.core.usage.CostRow;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Budgets of a ledger whose bills are not, or not all, in USD. */
final class CurrencyTest {
  private static final String NOW = "2026-11-20T12:00:00Z";

  private final List<Notification> published = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(strings = {"cost", "billed"})
  void moneyInAnotherCurrencyIsUnknownAndNever0(String metric) {
    TestLedger ledger = ledger(Map.of("all", budget(metric, "100")));
    ledger.bill("2026-11-10", euros("a", "40"));
    ledger.readSince("2026-10-01T00:00:00Z");

    BudgetState state = state(States.of(ledger), "all");

    assertThat(state.state()).isEqualTo(State.UNKNOWN);
    assertThat(state.usage().known()).isFalse();
    assertThat(state.remaining()).isEmpty();
    assertThat(state.percentage()).isEmpty();
    assertThat(state.projection()).isEmpty();
    assertThat(state.usage().note())
        .contains(
            "Bills of this window hold money in eur, which is not added to amounts in usd, so what"
                + " is used is not known; name `currency: eur` in a budget to count it.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cost", "billed"})
  void aBudgetInThatCurrencyCountsItsBills(String metric) {
    TestLedger ledger =
        ledger(
            Map.of("euros", budget(metric, "100", "eur"), "pounds", budget(metric, "100", "gbp")));
    ledger.bill("2026-11-10", euros("a", "40"), euros("b", "2.5"));
    ledger.hour(
        Known.COMPLETIONS,
        "2026-11-20T10:00:00Z",
        TestLedger.completion("a", "gpt-5", 10_000_000, 10_000_000));
    ledger.readSince("2026-10-01T00:00:00Z");

    Map<String, BudgetState> states = States.of(ledger);

    assertThat(state(states, "euros").state()).isEqualTo(State.OK);
    assertThat(state(states, "euros").usage().used()).isEqualByComparingTo("42.5");
    assertThat(state(states, "pounds").state()).isEqualTo(State.UNKNOWN);
    if (metric.equals("cost")) {
      assertThat(state(states, "euros").usage().note())
          .contains("Only bills are counted in eur, since estimates are in usd.");
    }
  }

  @Test
  void whereBillsAreInSeveralABudgetThatNamesOneKnowsIt() {
    TestLedger ledger =
        ledger(
            Map.of(
                "all", budget("cost", "100"),
                "dollars", budget("cost", "100", "usd"),
                "euros", budget("cost", "100", "eur")));
    ledger.bill("2026-11-10", TestLedger.charge("a", "gpt-5, input", "30"), euros("a", "40"));
    ledger.readSince("2026-10-01T00:00:00Z");

    Map<String, BudgetState> states = States.of(ledger);

    assertThat(state(states, "all").state()).isEqualTo(State.UNKNOWN);
    assertThat(state(states, "dollars").state()).isEqualTo(State.OK);
    assertThat(state(states, "dollars").usage().used()).isEqualByComparingTo("30");
    assertThat(state(states, "euros").usage().used()).isEqualByComparingTo("40");
    assertThat(state(states, "euros").usage().note())
        .contains(
            "Bills of this window hold money in usd, which is not added to amounts in eur; name"
                + " `currency: usd` in a budget to count it.");
  }

  @Test
  void onlyMoneyOfItsScopeMakesABudgetUnknown() {
    TestLedger ledger = ledger(Map.of("a", scoped("a"), "b", scoped("b"), "c", scoped("c")));
    ledger.bill("2026-11-10", TestLedger.charge("a", "gpt-5, input", "30"), euros("b", "40"));
    ledger.bill("2026-11-11", TestLedger.charge("c", "x", "1"), euros("c", "0"));
    ledger.readSince("2026-10-01T00:00:00Z");

    Map<String, BudgetState> states = States.of(ledger);

    assertThat(state(states, "a").usage().used()).isEqualByComparingTo("30");
    assertThat(state(states, "b").state()).isEqualTo(State.UNKNOWN);
    assertThat(state(states, "c").state()).isEqualTo(State.OK);
  }

  @Test
  void whatIsExceededByTheKnownPartIsExceeded() {
    TestLedger ledger = ledger(Map.of("all", budget("cost", "100")));
    ledger.bill("2026-11-10", TestLedger.charge("a", "gpt-5, input", "101"), euros("a", "40"));
    ledger.readSince("2026-10-01T00:00:00Z");

    BudgetState state = state(States.of(ledger), "all");

    assertThat(state.state()).isEqualTo(State.EXCEEDED);
    assertThat(state.usage().used()).isEqualByComparingTo("101");
    assertThat(state.projection()).isEmpty();
    run(ledger);
    assertThat(published.stream().map(Notification::type))
        .containsExactlyInAnyOrder(
            Notification.Type.BUDGET_EXCEEDED, Notification.Type.BUDGET_UNKNOWN);
    assertThat(published)
        .filteredOn(each -> each.type() == Notification.Type.BUDGET_EXCEEDED)
        .singleElement()
        .satisfies(
            each -> assertThat(each.facts().toString()).contains("bills in eur are missing"));
  }

  @Test
  void peopleAreNotifiedOnceThatABudgetIsNotKnownAndOfNoRecovery() {
    TestLedger ledger =
        ledger(Map.of("all", budget("cost", "100"), "more", budget("billed", "200")));
    ledger.bill("2026-11-10", TestLedger.charge("a", "gpt-5, input", "90"));
    ledger.readSince("2026-10-01T00:00:00Z");
    run(ledger);
    assertThat(published).hasSize(1);
    published.clear();

    ledger.clock.advance(Duration.ofMinutes(5));
    ledger.bill("2026-11-10", TestLedger.charge("a", "gpt-5, input", "10"), euros("a", "40"));
    ledger.readSince("2026-10-01T00:00:00Z");
    run(ledger);
    run(ledger);

    assertThat(published)
        .singleElement()
        .satisfies(each -> {
          assertThat(each.type()).isEqualTo(Notification.Type.BUDGET_UNKNOWN);
          assertThat(each.channels()).containsExactly("chat");
          assertThat(each.headline())
              .isEqualTo(
                  "Bills are in EUR, which 2 budgets do not count: what is used is not known");
          assertThat(each.facts().toString()).contains("all, more", "currency: eur");
        });
    published.clear();

    ledger.clock.advance(Duration.ofMinutes(5));
    ledger.bill("2026-11-10", TestLedger.charge("a", "gpt-5, input", "95"));
    ledger.readSince("2026-10-01T00:00:00Z");
    run(ledger);

    assertThat(published)
        .singleElement()
        .satisfies(
            each -> assertThat(each.headline()).isEqualTo("No budget lacks money in EUR any more"));
  }

  @Test
  void amountsOfAMessageAreInTheCurrencyOfTheBudget() {
    TestLedger ledger = ledger(Map.of("euros", budget("cost", "100", "eur")));
    ledger.bill("2026-11-10", euros("a", "85"));
    ledger.readSince("2026-10-01T00:00:00Z");

    run(ledger);

    assertThat(published)
        .singleElement()
        .satisfies(each -> {
          assertThat(each.headline()).isEqualTo("euros: 85 % of 100.00 EUR used");
          assertThat(each.data()).containsEntry("currency", "eur").containsEntry("used", "85");
          assertThat(each.facts().toString()).contains("85.00 EUR of 100.00 EUR");
          assertThat(each.drivers().toString()).contains("85.00 EUR (100 %)");
        });
  }

  @Test
  void anEndedWindowThatIsNotKnownIsNotSaidToHaveUsedNothing() {
    TestLedger ledger = ledger(Map.of("day", dayBudget("100")));
    ledger.bill("2026-11-20", TestLedger.charge("a", "x", "90"));
    ledger.readSince("2026-10-01T00:00:00Z");
    run(ledger);
    ledger.clock.advance(Duration.ofDays(1));
    ledger.bill("2026-11-20", TestLedger.charge("a", "x", "10"), euros("a", "40"));
    ledger.readSince("2026-10-01T00:00:00Z");
    run(ledger);

    Usage ended =
        new Spend(ledger.store)
            .used(
                TestLedger.ORGANIZATION,
                ledger.settings.usage(),
                ledger.settings.budgets().stream().filter(each -> each.id().equals("day")).toList(),
                ledger.clock.instant())
            .get(1);
    assertThat(ended.known()).isFalse();
    assertThat(published.stream().map(Notification::headline))
        .noneMatch(headline -> headline.contains("0 %") && headline.contains("ended"));
    var closed = new AlertChange.Closed(ended, entry(ledger, ended), List.of("chat"));
    Notification notification =
        new Wording("acme", false, Optional.empty(), ledger.clock.instant(), (_, id) -> id)
            .closed(closed);
    assertThat(notification.headline()).contains("ended with an unknown part of $100.00 used");
    assertThat(notification.data()).containsEntry("used", null).containsEntry("percentage", null);
    assertThat(notification.facts().toString()).contains("not known of $100.00");
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void theMonthIsUnknownWithItsReasonAlsoAfterARestart(boolean restarted) {
    TestLedger ledger = ledger(Map.of());
    ledger.bill("2026-11-10", euros("a", "40"));
    ledger.readSince("2026-10-01T00:00:00Z");
    var budgets = new Budgets(ledger.store);
    if (restarted) {
      budgets.states(
          TestLedger.ORGANIZATION,
          ledger.settings.usage(),
          List.of(Spend.MONTH),
          ledger.clock.instant());
      budgets = new Budgets(ledger.store);
    }

    BudgetState month =
        budgets
            .states(
                TestLedger.ORGANIZATION,
                ledger.settings.usage(),
                List.of(Spend.MONTH),
                ledger.clock.instant())
            .getFirst();

    assertThat(month.state()).isEqualTo(State.UNKNOWN);
    assertThat(month.usage().leftOut()).containsExactly("eur");
    assertThat(month.usage().note()).isPresent();
  }

  private static Entry entry(TestLedger ledger, Usage usage) {
    Entry entry =
        new AlertStateStore(ledger.store, TestLedger.ORGANIZATION)
            .load()
            .state()
            .entries()
            .get(Rules.key(usage.budget(), usage.window()));
    return Objects.requireNonNull(entry);
  }

  private static CostRow euros(String project, String amount) {
    return TestLedger.charge(project, "gpt-5, input", amount, "eur");
  }

  private static Map<String, Object> budget(String metric, String limit) {
    return Map.of("metric", metric, "limit", limit, "window", "month");
  }

  private static Map<String, Object> budget(String metric, String limit, String currency) {
    var budget = new TreeMap<>(budget(metric, limit));
    budget.put("currency", currency);
    return budget;
  }

  private static Map<String, Object> dayBudget(String limit) {
    return Map.of("metric", "billed", "limit", limit, "window", "day");
  }

  private static Map<String, Object> scoped(String project) {
    var budget = new TreeMap<>(budget("cost", "100"));
    budget.put("scope", Map.of("project", project));
    return budget;
  }

  private static TestLedger ledger(Map<String, ?> budgets) {
    return new TestLedger(
        NOW,
        Map.of(
            "budgets",
            budgets,
            "channels",
            Map.of("chat", Map.of("kind", "slack", "secret", "C"))));
  }

  private static BudgetState state(Map<String, BudgetState> states, String budget) {
    return Objects.requireNonNull(states.get(budget));
  }

  private void run(TestLedger ledger) {
    var topic =
        new Topic() {
          @Override
          public void publish(Notification notification) {
            published.add(notification);
          }

          @Override
          public void repeat(Reference reference) {}
        };
    new Alerts(ledger.store, topic, ledger.clock)
        .run(
            TestLedger.ORGANIZATION,
            ledger.settings,
            KeyExpiry::unknown,
            ledger.clock.instant().plusSeconds(60));
  }
}

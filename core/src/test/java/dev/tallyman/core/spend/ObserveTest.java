package dev.tallyman.core.spend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.budget.Budget;
import dev.tallyman.core.budget.Limit;
import dev.tallyman.core.budget.Notices;
import dev.tallyman.core.budget.Scope;
import dev.tallyman.core.budget.Threshold;
import dev.tallyman.core.budget.WindowKind;
import dev.tallyman.core.forecast.Forecast;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.poll.WatchedStore;
import dev.tallyman.core.query.TestLedger;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.UsageRow;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ObserveTest {
  private static final Instant FIRST = Instant.parse("2026-10-05T00:00:00Z");
  private static final String NOW = "2026-11-12T15:20:00Z";
  private static final Duration HOUR = Duration.ofHours(1);

  /** Five weeks of two projects that go about their work. */
  private static TestLedger ledger(int runaway) {
    return ledger(hour -> hour.plus(HOUR.multipliedBy(runaway)).isAfter(Instant.parse(NOW)));
  }

  /** The same, and one of them runs away in some hours. */
  private static TestLedger ledger(Predicate<Instant> runaway) {
    var ledger = new TestLedger(NOW);
    var random = new Random(3);
    Instant now = ledger.clock.instant();
    for (Instant hour = FIRST; hour.isBefore(now); hour = hour.plus(HOUR)) {
      var rows = new ArrayList<UsageRow>();
      for (int project = 0; project < 2; project++) {
        long tokens = random.nextLong(4_000_000, 4_400_000);
        rows.add(TestLedger.completion("p" + project, "gpt-4o", tokens, 1000));
      }
      if (runaway.test(hour)) {
        rows.add(TestLedger.completion("p1", "o3", 100_000_000, 1000));
      }
      ledger.hour(Known.COMPLETIONS, hour, rows);
    }
    for (LocalDate day = LocalDate.parse("2026-10-05");
        day.isBefore(LocalDate.parse("2026-11-12"));
        day = day.plusDays(1)) {
      ledger.bill(
          day.toString(),
          TestLedger.charge("p0", "gpt-4o, input", "252"),
          TestLedger.charge("p1", "gpt-4o, input", "252"));
    }
    return ledger.readSince(FIRST.toString());
  }

  private static Budget budget(String id, Metric metric, Scope scope, WindowKind kind) {
    return new Budget(
        id,
        id,
        Optional.empty(),
        new Limit(
            metric,
            new BigDecimal(metric.money() ? 5_000 : 500_000_000),
            Optional.empty(),
            scope,
            kind,
            ZoneId.of("UTC")),
        Notices.at(List.of(new Threshold.Percent(new BigDecimal(80)))),
        false);
  }

  private static final List<Budget> BUDGETS =
      List.of(
          budget("all", Metric.COST, Scope.ORGANIZATION, WindowKind.MONTH),
          budget("pool", Metric.TOKENS, of(GroupBy.GROUP, "premium"), WindowKind.DAY),
          budget("p1", Metric.ESTIMATED, of(GroupBy.PROJECT, "p1"), WindowKind.WEEK));

  private static Scope of(GroupBy by, String value) {
    return new Scope(Map.of(by, new TreeSet<>(Set.of(value))));
  }

  private static void observe(Spend spend, TestLedger ledger) {
    observe(spend, ledger, InstantSource.fixed(ledger.clock.instant()));
  }

  private static void observe(Spend spend, TestLedger ledger, InstantSource clock) {
    observe(spend, ledger, BUDGETS, clock);
  }

  private static void observe(
      Spend spend, TestLedger ledger, List<Budget> budgets, InstantSource clock) {
    Instant now = ledger.clock.instant();
    Instant deadline = now.plus(Duration.ofMinutes(1));
    spend.observe(
        TestLedger.ORGANIZATION,
        ledger.settings.usage(),
        budgets,
        ledger.settings.alerts().anomalyUsd(),
        now,
        deadline,
        clock);
  }

  private static List<Finding> anomalies(Spend spend, TestLedger ledger) {
    return spend.anomalies(
        TestLedger.ORGANIZATION,
        ledger.settings.usage(),
        ledger.settings.alerts().anomalyUsd(),
        ledger.clock.instant());
  }

  private static List<Projection> projections(Spend spend, TestLedger ledger) {
    return projections(spend, ledger, BUDGETS);
  }

  private static List<Projection> projections(
      Spend spend, TestLedger ledger, List<Budget> budgets) {
    Instant now = ledger.clock.instant();
    return spend.projections(
        TestLedger.ORGANIZATION,
        ledger.settings.usage().groups(),
        spend.used(TestLedger.ORGANIZATION, ledger.settings.usage(), budgets, now),
        now);
  }

  @Test
  void whatIsAsUsualIsNoAnomaly() {
    TestLedger ledger = ledger(0);
    var spend = new Spend(ledger.store);
    observe(spend, ledger);

    assertThat(anomalies(spend, ledger)).isEmpty();
  }

  @Test
  void aRunawayKeyIsFoundOnceAndNamed() {
    TestLedger ledger = ledger(3);
    var spend = new Spend(ledger.store);
    observe(spend, ledger);

    assertThat(anomalies(spend, ledger))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.subject()).isEqualTo("key=key_p1,model=o3");
          assertThat(finding.anomaly().start()).isEqualTo("2026-11-12T13:00:00Z");
          assertThat(finding.driver().project()).contains("p1");
          assertThat(finding.driver().key()).contains("key_p1");
          assertThat(finding.driver().model()).contains("o3");
        });
  }

  @Test
  void whatWasUnusualBeforeAnybodyWatchedIsFoundOnce() {
    Instant began = Instant.parse(NOW).minus(Duration.ofDays(9));
    TestLedger ledger =
        ledger(hour -> {
          Duration since = Duration.between(began, hour);
          return since.isPositive() && since.compareTo(HOUR.multipliedBy(4)) < 0;
        });
    var spend = new Spend(ledger.store);
    observe(spend, ledger);

    assertThat(anomalies(spend, ledger)).isEmpty();
    assertThat(past(spend, ledger))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.subject()).isEqualTo("key=key_p1");
          assertThat(finding.anomaly().start()).isAfterOrEqualTo(began);
          assertThat(finding.driver().model()).contains("o3");
        });
    observe(spend, ledger);
    assertThat(past(spend, ledger)).isEmpty();
    var next = new Spend(ledger.store);
    observe(next, ledger);
    assertThat(past(next, ledger)).isEmpty();
  }

  private static List<Finding> past(Spend spend, TestLedger ledger) {
    Instant now = ledger.clock.instant();
    return spend.past(
        TestLedger.ORGANIZATION,
        ledger.settings.usage(),
        now,
        now.plus(Duration.ofMinutes(1)),
        InstantSource.fixed(now));
  }

  @Test
  void whatHappensAtTheSameTimeOfTheWeekIsNoAnomaly() {
    Instant last = Instant.parse(NOW).minus(HOUR.multipliedBy(3));
    TestLedger ledger =
        ledger(hour ->
            Stream.of(0, 7, 14)
                .map(days -> Duration.between(last.minus(Duration.ofDays(days)), hour))
                .anyMatch(
                    since -> since.isPositive() && since.compareTo(HOUR.multipliedBy(3)) < 0));
    var spend = new Spend(ledger.store);
    observe(spend, ledger);

    assertThat(anomalies(spend, ledger)).isEmpty();
  }

  @Test
  void windowsAreForecastByTheRhythmOfWhatTheyCount() {
    TestLedger ledger = ledger(0);
    var spend = new Spend(ledger.store);
    observe(spend, ledger);

    List<Projection> projections = projections(spend, ledger);

    assertThat(projections).hasSize(3);
    for (Projection projection : projections) {
      Usage usage = projection.usage();
      Duration whole = Duration.between(usage.window().start(), usage.window().end());
      Duration passed = Duration.between(usage.window().start(), ledger.clock.instant());
      BigDecimal even =
          usage
              .used()
              .movePointRight(usage.budget().limit().metric().money() ? 9 : 0)
              .multiply(BigDecimal.valueOf(whole.toSeconds()))
              .divide(BigDecimal.valueOf(passed.toSeconds()), 0, RoundingMode.HALF_EVEN);
      assertThat(new BigDecimal(projection.forecast().orElseThrow().expected()))
          .as(usage.budget().id())
          .isBetween(even.multiply(new BigDecimal("0.9")), even.multiply(new BigDecimal("1.1")));
      assertThat(projection.pacing()).isPresent();
    }
    assertThat(projections(new Spend(ledger.store), ledger)).isEqualTo(projections);
  }

  @Test
  void theMonthIsForecastWithoutABudget() {
    TestLedger ledger = ledger(0);
    var spend = new Spend(ledger.store);
    observe(spend, ledger, List.of(), InstantSource.fixed(ledger.clock.instant()));

    List<Projection> projections = projections(spend, ledger, List.of(Spend.MONTH));

    assertThat(projections)
        .singleElement()
        .satisfies(projection -> {
          Forecast forecast = projection.forecast().orElseThrow();
          assertThat(projection.amount(forecast.expected()))
              .isGreaterThan(projection.usage().used());
          assertThat(forecast.exhausted()).isEmpty();
        });
  }

  @Test
  void aSecondTimeWithinTheDayReadsLittleAndWritesNothing() {
    TestLedger ledger = ledger(0);
    var store = new WatchedStore(ledger.store);
    var spend = new Spend(store);
    observe(spend, ledger);
    assertThat(store.written).isNotEmpty();
    store.written.clear();
    long calls = store.calls();

    observe(spend, ledger);

    assertThat(store.written).isEmpty();
    // The poller's state, its latest cycle, three months' indexes, and what baselines there are.
    assertThat(store.calls() - calls).isLessThanOrEqualTo(6);
  }

  @Test
  void whatDoesNotFitBeforeTheDeadlineIsDoneTheNextTimes() {
    TestLedger ledger = ledger(3);
    int times = 0;
    for (; anomaliesOfAnother(ledger).isEmpty() && times < 50; times++) {
      Instant now = ledger.clock.instant();
      var ticking =
          new InstantSource() {
            private int asked;

            @Override
            public Instant instant() {
              return now.plusSeconds(10L * asked++);
            }
          };
      observe(new Spend(ledger.store), ledger, ticking);
      ledger.clock.advance(Duration.ofSeconds(1));
    }
    // Days that are summed already cost a look too: six days a minute, of 38.
    assertThat(times).isBetween(2, 50);
  }

  private static List<Finding> anomaliesOfAnother(TestLedger ledger) {
    var spend = new Spend(ledger.store);
    observe(spend, ledger, InstantSource.fixed(Instant.MAX));
    return anomalies(spend, ledger);
  }

  @Test
  void aProcessThatDiesAnywhereIsMadeUpForByTheNext() {
    TestLedger ledger = ledger(3);
    var expected = new TreeMap<String, Finding>();
    var counting = new WatchedStore(ledger(3).store);
    observe(new Spend(counting), ledger);
    for (long call = 1; call < counting.calls() + 3; call += 7) {
      Store store = new WatchedStore(ledger.store, call, call % 2 == 0);
      try {
        observe(new Spend(store), ledger);
      } catch (WatchedStore.KilledException _) {
        // As it should.
      }
    }
    var spend = new Spend(ledger.store);
    observe(spend, ledger);
    anomalies(spend, ledger).forEach(finding -> expected.put(finding.subject(), finding));

    assertThat(expected).containsOnlyKeys("key=key_p1,model=o3");
    assertThat(projections(spend, ledger))
        .allMatch(projection -> projection.forecast().isPresent());
  }

  @Test
  void nothingIsSaidWithoutAPast() {
    var ledger = new TestLedger(NOW);
    var spend = new Spend(ledger.store);
    observe(spend, ledger);

    assertThat(anomalies(spend, ledger)).isEmpty();
    assertThat(projections(spend, ledger)).isEmpty();
  }
}

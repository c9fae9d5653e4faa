package dev.tallyman.core.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.alert.Rules.Decision;
import dev.tallyman.core.budget.Budget;
import dev.tallyman.core.budget.Limit;
import dev.tallyman.core.budget.Notices;
import dev.tallyman.core.budget.Scope;
import dev.tallyman.core.budget.Threshold;
import dev.tallyman.core.budget.Window;
import dev.tallyman.core.budget.WindowKind;
import dev.tallyman.core.delivery.Channel;
import dev.tallyman.core.delivery.Channel.Format;
import dev.tallyman.core.delivery.Channel.Kind;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Severity;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.spend.Usage;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RulesTest {
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  private static final Duration CYCLE = Duration.ofMinutes(5);
  private static final Recipients AUDIENCE =
      Recipients.of(
          List.of("chat", "pager"),
          List.of("chat"),
          List.of(
              new Channel("chat", Kind.SLACK, Optional.of("A"), List.of(), Format.USUAL),
              new Channel("pager", Kind.PAGERDUTY, Optional.of("B"), List.of(), Format.USUAL)));

  private AlertState state = AlertState.EMPTY;
  private Instant now = NOON;

  @Test
  void nothingIsToldBelowTheLowestThreshold() {
    assertThat(at(budget("100"), "79.999999999")).isEmpty();
    assertThat(state.entries()).isEmpty();
  }

  @Test
  void eachThresholdIsToldOnceAsItIsPassed() {
    Budget budget = budget("100");
    assertThat(told(at(budget, "80"))).containsExactly("WARNING 80%");
    assertThat(at(budget, "85")).isEmpty();
    assertThat(told(at(budget, "90"))).containsExactly("ERROR 90%");
    assertThat(told(at(budget, "100"))).containsExactly("CRITICAL 100%");
    assertThat(at(budget, "500")).isEmpty();
  }

  @Test
  void aJumpIsToldAsTheHighestThreshold() {
    at(budget("100"), "10");
    assertThat(told(at(budget("100"), "130"))).containsExactly("CRITICAL 100%");
    assertThat(at(budget("100"), "131")).isEmpty();
  }

  @Test
  void recoveryIsToldOnceAndQuotesWhatItRecoversFrom() {
    Budget budget = budget("100");
    at(budget, "95");
    List<AlertChange> changes = at(budget, "60");
    assertThat(changes).singleElement().isInstanceOf(AlertChange.Recovered.class);
    assertThat(((AlertChange.Recovered) changes.getFirst()).from().threshold()).isEqualTo("90%");
    assertThat(at(budget, "50")).isEmpty();
    assertThat(told(at(budget, "101"))).containsExactly("CRITICAL 100%");
    assertThat(at(budget, "70")).singleElement().isInstanceOf(AlertChange.Recovered.class);
  }

  @Test
  void whatIsPassedAgainAfterARecoveryIsToldAgainAnHourLaterAndToPagersAtOnce() {
    Budget budget = budget("100");
    at(budget, "101");
    now = now.plus(CYCLE);
    at(budget, "60");
    now = now.plus(CYCLE);
    assertThat(at(budget, "102"))
        .singleElement()
        .satisfies(change -> assertThat(change).isInstanceOf(AlertChange.Crossed.class))
        .satisfies(change -> assertThat(change.channels()).containsExactly("pager"));
    assertThat(at(budget, "103")).isEmpty();
    now = now.plus(CYCLE);
    assertThat(at(budget, "50"))
        .singleElement()
        .satisfies(change -> assertThat(change).isInstanceOf(AlertChange.Recovered.class))
        .satisfies(change -> assertThat(change.channels()).containsExactly("pager"));
    now = now.plus(CYCLE);
    assertThat(at(budget, "102").getFirst().channels()).containsExactly("pager");

    now = NOON.plus(Duration.ofMinutes(59));
    assertThat(at(budget, "102")).isEmpty();
    now = NOON.plus(Duration.ofHours(1));
    List<AlertChange> again = at(budget, "102");
    assertThat(told(again)).containsExactly("CRITICAL 100%");
    assertThat(again.getFirst().channels()).containsExactly("chat", "pager");
    assertThat(at(budget, "103")).isEmpty();
    assertThat(at(budget, "60").getFirst().channels()).containsExactly("chat", "pager");
  }

  @Test
  void aPoolIsToldOnceADayWhateverItDoes() {
    Budget pool = with(budget("100"), true, Optional.empty());
    at(pool, "95");
    at(pool, "60");
    now = now.plus(Duration.ofHours(2));
    assertThat(at(pool, "99")).isEmpty();
  }

  @Test
  void whatIsPassedAgainIsToldAtOnceIfTheShareRoseByATenth() {
    Budget budget = budget("100");
    at(budget, "101");
    at(budget, "60");
    now = now.plus(CYCLE);
    assertThat(told(at(budget, "500"))).containsExactly("CRITICAL 100%");
    assertThat(state.entries().values().iterator().next().open()).isTrue();
  }

  @Test
  void aThresholdBelowTheLastOneIsToldAgainAndThenTheHigherOneToo() {
    Budget budget = budget("100");
    at(budget, "101");
    at(budget, "60");
    now = now.plus(Duration.ofHours(2));
    assertThat(told(at(budget, "85"))).containsExactly("WARNING 80%");
    assertThat(told(at(budget, "101"))).containsExactly("CRITICAL 100%");
  }

  @Test
  void aFallThatStaysAboveTheLowestThresholdIsNoRecovery() {
    at(budget("100"), "120");
    assertThat(at(budget("100"), "85")).isEmpty();
  }

  @Test
  void aRaisedLimitRecoversOrIsAnotherBudget() {
    at(budget("100"), "95");
    List<AlertChange> changes = at(budget("200"), "95");
    assertThat(changes).singleElement().isInstanceOf(AlertChange.Recovered.class);
    assertThat(((AlertChange.Recovered) changes.getFirst()).edited()).isTrue();
    assertThat(told(at(budget("200"), "161"))).containsExactly("WARNING 80%");
    assertThat(told(at(budget("150"), "161"))).containsExactly("CRITICAL 100%");
  }

  @Test
  void anotherNameOrThresholdDoesNotTellAgain() {
    at(budget("100"), "85");
    assertThat(at(budget("100", "70%", "80%"), "85")).isEmpty();
    assertThat(told(at(budget("100", "70%", "80%", "84%"), "85"))).containsExactly("ERROR 84%");
  }

  @Test
  void theNextWindowBeginsAnew() {
    Budget budget = budget("100");
    at(budget, "95");
    now = Instant.parse("2026-11-21T00:05:00Z");
    List<AlertChange> changes = step(usage(budget, now, "3"), usage(budget, NOON, "95"));
    assertThat(changes).singleElement().isInstanceOf(AlertChange.Closed.class);
    assertThat(changes.getFirst().channels())
        .as("what a pager has is resolved")
        .containsExactly("pager");
    assertThat(step(usage(budget, now, "4"), usage(budget, NOON, "95"))).isEmpty();
    assertThat(told(step(usage(budget, now, "81"), usage(budget, NOON, "95"))))
        .containsExactly("WARNING 80%");
  }

  @Test
  void theEndOfAPoolsDayIsToldToAllWhoWereTold() {
    Budget pool = with(budget("100"), true, Optional.empty());
    at(pool, "95");
    now = Instant.parse("2026-11-21T00:05:00Z");
    List<AlertChange> changes = step(usage(pool, now, "0"), usage(pool, NOON, "95"));
    assertThat(changes.getFirst().channels()).containsExactly("chat", "pager");
  }

  @Test
  void lateDataIsToldForTwoDaysButPagesNobody() {
    Budget budget = budget("100");
    at(budget, "10");
    now = Instant.parse("2026-11-22T20:00:00Z");
    List<AlertChange> changes = step(usage(budget, NOON, "85"));
    assertThat(told(changes)).containsExactly("WARNING 80%");
    assertThat(changes.getFirst().channels()).containsExactly("chat");
    assertThat(told(step(usage(budget, NOON, "130")))).containsExactly("CRITICAL 100%");
    assertThat(step(usage(budget, NOON, "10"))).as("an ended window does not recover").isEmpty();
  }

  @Test
  void whatEndedBeforeABudgetWasMadeIsNoNews() {
    now = Instant.parse("2026-11-21T00:05:00Z");
    Budget budget = budget("100");
    assertThat(step(usage(budget, now, "0"), usage(budget, NOON, "500"))).isEmpty();
  }

  @Test
  void nothingIsToldOfWhatIsNotKnown() {
    Usage usage = usage(budget("100"), now, "500");
    var unknown =
        new Usage(
            usage.budget(),
            usage.window(),
            usage.used(),
            Optional.empty(),
            "reported",
            Optional.empty(),
            Optional.empty(),
            false,
            true,
            true,
            false,
            false,
            List.of(),
            Optional.empty());
    assertThat(step(unknown)).isEmpty();
  }

  @Test
  void whatIsMutedIsToldWhenTheMuteEnds() {
    Budget budget = budget("100");
    state = state.muting(budget.id(), NOON.plus(Duration.ofHours(2)), NOON);
    assertThat(at(budget, "85")).isEmpty();
    assertThat(at(budget, "95")).isEmpty();
    now = NOON.plus(Duration.ofHours(2));
    assertThat(told(at(budget, "96"))).containsExactly("ERROR 90%");
    assertThat(at(budget, "97")).isEmpty();
  }

  @Test
  void whatRecoveredDuringAMuteWithoutHavingBeenToldIsNeverTold() {
    Budget budget = budget("100");
    state = state.muting(budget.id(), NOON.plus(Duration.ofHours(2)), NOON);
    at(budget, "85");
    now = NOON.plus(Duration.ofHours(2));
    assertThat(at(budget, "15")).isEmpty();
  }

  @Test
  void anOpenAlertIsToldAgainAsOftenAsIsWanted() {
    Budget budget = with(budget("100"), false, Optional.of(Duration.ofHours(4)));
    at(budget, "85");
    now = NOON.plus(Duration.ofHours(3));
    assertThat(at(budget, "86")).isEmpty();
    now = NOON.plus(Duration.ofHours(4));
    List<AlertChange> changes = at(budget, "87");
    assertThat(((AlertChange.Crossed) changes.getFirst()).again()).isTrue();
    assertThat(at(budget, "87")).isEmpty();
    assertThat(told(at(budget, "101"))).containsExactly("CRITICAL 100%");
    now = NOON.plus(Duration.ofHours(8));
    assertThat(told(at(budget, "82"))).as("again, by what it is at").containsExactly("WARNING 80%");
    assertThat(at(budget, "105")).as("was told before").isEmpty();
  }

  @Test
  void aRemovedBudgetIsResolvedWhereItPaged() {
    at(budget("100"), "120");
    List<AlertChange> changes = step();
    assertThat(changes).singleElement().isInstanceOf(AlertChange.Removed.class);
    assertThat(changes.getFirst().channels()).containsExactly("pager");
    assertThat(state.entries()).isEmpty();
    assertThat(state.seen()).isEmpty();
  }

  @Test
  void whatDoesNotFitIntoOneWriteIsToldByTheNext() {
    var usages = new ArrayList<Usage>();
    for (int i = 0; i < 7; i++) {
      usages.add(usage(named(budget("100"), "b" + i), now, "90"));
    }
    var told = new ArrayList<String>();
    for (int pass = 0; pass < 3; pass++) {
      Decision decision = Rules.decide(state, usages, Set.of(), List.of(), AUDIENCE, now, 3);
      state = decision.state();
      decision
          .changes()
          .forEach(each -> told.add(((AlertChange.Crossed) each).usage().budget().id()));
    }
    assertThat(told).containsExactly("b0", "b1", "b2", "b3", "b4", "b5", "b6");
  }

  @Test
  void aConditionIsToldOnceAndItsEndOnlyIfOneLooked() {
    AlertCondition stale = condition(Notification.Type.STALE, "stale", Optional.empty());
    assertThat(conditions(Set.of(Notification.Type.STALE), stale))
        .singleElement()
        .isInstanceOf(AlertChange.Began.class);
    assertThat(conditions(Set.of(Notification.Type.STALE), stale)).isEmpty();
    assertThat(conditions(Set.of())).as("nobody looked").isEmpty();
    List<AlertChange> ended = conditions(Set.of(Notification.Type.STALE));
    assertThat(((AlertChange.Ended) ended.getFirst()).type())
        .isEqualTo(Notification.Type.STALE_CLEARED);
    assertThat(conditions(Set.of(Notification.Type.STALE))).isEmpty();
  }

  @Test
  void aConditionWithoutAnEndIsForgottenInTime() {
    AlertCondition anomaly =
        condition(Notification.Type.ANOMALY, "anomaly/x", Optional.of(NOON.plusSeconds(3600)));
    assertThat(conditions(Set.of(Notification.Type.ANOMALY), anomaly)).hasSize(1);
    assertThat(conditions(Set.of(Notification.Type.ANOMALY))).isEmpty();
    now = NOON.plusSeconds(3600);
    assertThat(conditions(Set.of(Notification.Type.ANOMALY))).isEmpty();
    assertThat(state.entries()).isEmpty();
  }

  @Test
  void whatIsNotClearNeitherBeginsNorEnds() {
    AlertCondition clear = condition(Notification.Type.FORECAST, "forecast/x", Optional.empty());
    var doubtful =
        new AlertCondition(
            clear.type(),
            clear.subject(),
            clear.severity(),
            clear.headline(),
            clear.facts(),
            clear.drivers(),
            new TreeMap<>(),
            clear.until(),
            false);
    Set<Notification.Type> looked = Set.of(Notification.Type.FORECAST);
    assertThat(conditions(looked, doubtful)).isEmpty();
    assertThat(conditions(looked, clear)).hasSize(1);
    assertThat(conditions(looked, doubtful)).isEmpty();
    assertThat(conditions(looked)).singleElement().isInstanceOf(AlertChange.Ended.class);
  }

  @Test
  void theBoardComesBackAsItWasWritten() {
    at(with(budget("100"), false, Optional.empty()), "95.123456789");
    state = state.muting("x", NOON.plusSeconds(60), NOON);
    assertThat(AlertState.decode(state.encode())).isEqualTo(state);
  }

  /** Whatever the amounts do, at most one message tells each threshold of each window. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void noThresholdIsToldTwiceWithoutNeedAndPagersAgreeWithTheState(long seed) {
    var random = new Random(seed);
    Budget budget = budget("100");
    Map<String, BigDecimal> highest = new HashMap<>();
    var used = new HashMap<String, BigDecimal>();
    var told = new HashMap<String, AlertChange.Crossed>();
    var toldAt = new HashMap<String, Instant>();
    var incidents = new HashSet<String>();
    now = Instant.parse("2026-11-18T00:00:00Z");
    for (int cycle = 0; cycle < 2000; cycle++) {
      now = now.plus(CYCLE);
      var usages = new ArrayList<Usage>();
      for (int back = 0; back < 3; back++) {
        Window window = budget.limit().windowAt(now.minus(Duration.ofDays(back)));
        BigDecimal before = used.getOrDefault(window.id(), BigDecimal.ZERO);
        BigDecimal after =
            before
                .add(BigDecimal.valueOf(random.nextInt(back == 0 ? 40 : 6) - 2))
                .subtract(BigDecimal.valueOf(random.nextInt(50) == 0 ? 60 : 0))
                .max(BigDecimal.ZERO);
        if (random.nextInt(5) > 0 && before.signum() == 0 == (random.nextInt(4) == 0)) {
          after = before;
        }
        used.put(window.id(), after);
        if (window.start().isAfter(Instant.parse("2026-11-17T23:00:00Z"))) {
          usages.add(usage(budget, window.start(), after.toPlainString()));
        }
      }
      for (AlertChange change : step(usages.toArray(Usage[]::new))) {
        if (change.channels().contains("pager")) {
          switch (change) {
            case AlertChange.Crossed crossed -> incidents.add(crossed.usage().window().id());
            case AlertChange.Recovered recovered ->
                incidents.remove(recovered.usage().window().id());
            case AlertChange.Closed closed -> incidents.remove(closed.usage().window().id());
            default -> throw new AssertionError(change);
          }
        }
        if (change instanceof AlertChange.Crossed crossed) {
          String what = crossed.usage().window().id() + " " + crossed.threshold().text();
          if (crossed.channels().contains("chat")) {
            AlertChange.Crossed before = told.put(what, crossed);
            Instant at = toldAt.put(what, now);
            if (before != null && at != null) {
              boolean rose =
                  crossed.usage().used().subtract(before.usage().used()).compareTo(BigDecimal.TEN)
                      >= 0;
              assertThat(rose || !at.plus(Duration.ofHours(1)).isAfter(now))
                  .as("seed %d: %s told twice", seed, what)
                  .isTrue();
            }
          }
          highest.merge(
              crossed.usage().window().id(),
              crossed.threshold().of(budget.limit().amount()),
              BigDecimal::max);
        }
      }
      for (Usage usage : usages) {
        if (!usage.window().endedAt(now)) {
          assertThat(incidents.contains(usage.window().id()))
              .as("seed %d, %s", seed, usage.window().id())
              .isEqualTo(Rules.passed(budget, usage.used()).isPresent());
        }
        // What is passed is told: nothing above the highest that was told.
        Rules.passed(budget, usage.used())
            .ifPresent(passed ->
                assertThat(highest.getOrDefault(usage.window().id(), BigDecimal.ZERO))
                    .as("seed %d, %s", seed, usage.window().id())
                    .isGreaterThanOrEqualTo(passed.of(budget.limit().amount())));
      }
    }
  }

  private List<AlertChange> at(Budget budget, String used) {
    return step(usage(budget, now, used));
  }

  private List<AlertChange> step(Usage... usages) {
    Decision decision =
        Rules.decide(state, List.of(usages), Set.of(), List.of(), AUDIENCE, now, 100);
    state = AlertState.decode(decision.state().encode());
    return decision.changes();
  }

  private List<AlertChange> conditions(Set<Notification.Type> looked, AlertCondition... holding) {
    Decision decision =
        Rules.decide(state, List.of(), looked, List.of(holding), AUDIENCE, now, 100);
    state = decision.state();
    return decision.changes();
  }

  private static List<String> told(List<AlertChange> changes) {
    return changes.stream()
        .map(AlertChange.Crossed.class::cast)
        .map(each ->
            Rules.severity(each.usage().budget(), each.threshold(), each.usage().used())
                + " "
                + each.threshold().text())
        .toList();
  }

  private static AlertCondition condition(
      Notification.Type type, String subject, Optional<Instant> until) {
    return new AlertCondition(
        type, subject, Severity.WARNING, "so it is", List.of(), List.of(), new TreeMap<>(), until);
  }

  private static Usage usage(Budget budget, Instant at, String used) {
    return new Usage(
        budget,
        budget.limit().windowAt(at),
        new BigDecimal(used),
        Optional.empty(),
        "estimated",
        Optional.of(at),
        Optional.empty(),
        true,
        false,
        false,
        false,
        false,
        List.of(),
        Optional.empty());
  }

  private static Budget budget(String limit, String... percents) {
    List<String> all = percents.length == 0 ? List.of("80%", "90%", "100%") : List.of(percents);
    return new Budget(
        "team",
        "Team",
        Optional.empty(),
        new Limit(
            Metric.ESTIMATED,
            new BigDecimal(limit),
            Optional.empty(),
            Scope.ORGANIZATION,
            WindowKind.DAY,
            ZoneId.of("UTC")),
        Notices.at(
            Stream.of(all.toArray(String[]::new))
                .<Threshold>map(text ->
                    new Threshold.Percent(new BigDecimal(text.substring(0, text.length() - 1))))
                .toList()),
        false);
  }

  private static Budget named(Budget budget, String id) {
    return new Budget(
        id, id, budget.organization(), budget.limit(), budget.notices(), budget.pool());
  }

  private static Budget with(Budget budget, boolean pool, Optional<Duration> renotify) {
    Notices before = budget.notices();
    return new Budget(
        budget.id(),
        budget.name(),
        budget.organization(),
        budget.limit(),
        new Notices(
            before.thresholds(), before.owner(), before.runbook(), before.channels(), renotify),
        pool);
  }
}

package dev.tallyman.core.alert;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.delivery.Deliveries;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Notifications;
import dev.tallyman.core.delivery.Reference;
import dev.tallyman.core.delivery.Topic;
import dev.tallyman.core.delivery.TopicException;
import dev.tallyman.core.poll.FakeProvider;
import dev.tallyman.core.poll.KeyExpiry;
import dev.tallyman.core.poll.PollFixtures;
import dev.tallyman.core.poll.WatchedStore;
import dev.tallyman.core.poll.WatchedStore.KilledException;
import dev.tallyman.core.query.TestLedger;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class AlertsTest {
  private static final String NOW = "2026-11-20T12:00:00Z";
  private static final Map<String, Object> CHANNELS =
      Map.of(
          "chat",
          Map.of("kind", "slack", "secret", "CHAT"),
          "hook",
          Map.of("kind", "webhook", "secret", "HOOK"));

  private final List<Notification> published = new ArrayList<>();
  private boolean refusing;
  private String refused = "";

  @Test
  void aPoolThatIsNearlyUsedUpIsToldWithItsDrivers() {
    TestLedger ledger = ledger(Map.of("channels", CHANNELS), 850_000);

    AlertRun told = run(ledger, ledger.store);

    assertThat(told).isEqualTo(new AlertRun(1, 1, 0, Optional.empty()));
    Notification notification = published.getFirst();
    assertThat(notification.type()).isEqualTo(Notification.Type.BUDGET_WARNING);
    assertThat(notification.headline()).endsWith(": 85 % of 1,000,000 tokens used");
    assertThat(notification.drivers())
        .first()
        .hasToString("Driver[label=p1 · gpt-5, text=850,000 tokens (100 %)]");
    assertThat(notification.channels()).containsExactly("chat", "hook");
    assertThat(notification.data())
        .containsEntry("budget", "pool-premium")
        .containsEntry("percentage", "85.0")
        .containsEntry("window", "2026-11-20@UTC");
    assertThat(Notification.of(dev.tallyman.core.store.Fields.of(notification.document())))
        .isEqualTo(notification);
    assertThat(run(ledger, ledger.store)).isEqualTo(new AlertRun(0, 0, 0, Optional.empty()));
  }

  @Test
  void whatIsToldIsKeptAndDueUntilItIsDelivered() {
    TestLedger ledger = ledger(Map.of("channels", CHANNELS), 850_000);
    run(ledger, ledger.store);
    var deliveries = new Deliveries(ledger.store, TestLedger.ORGANIZATION);
    assertThat(deliveries.deliveries(published.getFirst().id())).hasSize(2);
    assertThat(deliveries.due(ledger.clock.instant())).isEmpty();
    ledger.clock.advance(Duration.ofMinutes(15));
    assertThat(run(ledger, ledger.store).repeated()).isEqualTo(2);
  }

  @Test
  void whatTheTopicRefusedIsPublishedByTheNextCycle() {
    TestLedger ledger = ledger(Map.of("channels", CHANNELS), 850_000);
    refusing = true;
    AlertRun first = run(ledger, ledger.store);
    assertThat(first.triggered()).isEqualTo(1);
    assertThat(first.published()).isZero();
    assertThat(first.trouble()).contains("the topic refused");
    refusing = false;
    assertThat(run(ledger, ledger.store)).isEqualTo(new AlertRun(0, 1, 0, Optional.empty()));
    assertThat(published).hasSize(1);
  }

  @Test
  void killedAnywhereItTellsTheSameOnce() {
    for (boolean after : new boolean[] {false, true}) {
      for (int kill = 1; ; kill++) {
        published.clear();
        TestLedger ledger = ledger(Map.of("channels", CHANNELS), 1_200_000);
        var store = new WatchedStore(ledger.store, kill, after);
        boolean died = false;
        try {
          run(ledger, store);
        } catch (KilledException _) {
          died = true;
        }
        run(ledger, ledger.store);
        var ids = new LinkedHashSet<>(published.stream().map(Notification::id).toList());
        assertThat(ids).as("killed at call %d", kill).hasSize(1);
        assertThat(new Deliveries(ledger.store, TestLedger.ORGANIZATION).deliveries(ids.getFirst()))
            .as("killed at call %d", kill)
            .hasSize(2);
        assertThat(run(ledger, ledger.store).triggered()).isZero();
        if (!died) {
          break;
        }
      }
    }
  }

  @Test
  void manyAtOnceArePutIntoOneWherePeopleRead() {
    var budgets = new TreeMap<String, Object>();
    for (int i = 0; i < 7; i++) {
      budgets.put("b" + i, Map.of("metric", "tokens", "limit", 100_000 + i, "window", "day"));
    }
    TestLedger ledger = ledger(Map.of("channels", CHANNELS, "budgets", budgets), 500_000);
    run(ledger, ledger.store);
    assertThat(published).hasSize(8);
    assertThat(published.stream().filter(each -> each.channels().contains("chat")))
        .singleElement()
        .satisfies(digest -> {
          assertThat(digest.type()).isEqualTo(Notification.Type.DIGEST);
          assertThat(digest.headline()).isEqualTo("7 alerts at once, 7 of them beyond a limit");
          assertThat(published)
              .filteredOn(each -> each.digests().equals(List.of(digest.id())))
              .hasSize(7);
        });
    assertThat(published.stream().filter(each -> each.channels().contains("hook"))).hasSize(7);
  }

  @Test
  void whatATopicRefusesForGoodDoesNotPileUp() {
    Instant now = Instant.parse("2026-11-20T12:00:00Z");
    AlertState state = AlertState.EMPTY;
    for (int i = 0; i < 30; i++) {
      var told = new ArrayList<Notification>();
      for (int j = 0; j < 50; j++) {
        told.add(Notifications.warning(now, "%08x".formatted(i * 50 + j), "chat"));
      }
      state = state.publishing(told);
    }
    assertThat(state.outbox()).hasSize(1000);
    assertThat(state.outbox().getLast().id()).endsWith("%08x".formatted(1499));
  }

  @Test
  void whatCannotBeStoredIsSetAsideAndNamedAndKeepsNothingElseFromBeingPublished() {
    TestLedger ledger = ledger(Map.of("channels", CHANNELS), 850_000);
    Notification usual = Notifications.warning(Instant.parse(NOW), "00000001", "chat");
    var data = new TreeMap<>(usual.data());
    data.put(
        "lines",
        java.util.stream.IntStream.range(0, 4000).mapToObj(i -> i + "x".repeat(100)).toList());
    var huge =
        new Notification(
            usual.id(),
            usual.organization(),
            usual.at(),
            usual.type(),
            usual.severity(),
            usual.key(),
            usual.subject(),
            usual.headline(),
            usual.facts(),
            usual.drivers(),
            usual.links(),
            usual.simulated(),
            data,
            usual.channels());
    var states = new AlertStateStore(ledger.store, TestLedger.ORGANIZATION);
    assertThat(states.replace(states.load(), AlertState.EMPTY.publishing(List.of(huge)))).isTrue();

    AlertRun told = run(ledger, ledger.store);

    assertThat(told.published()).isEqualTo(2);
    assertThat(told.trouble().orElseThrow()).contains(usual.id(), usual.headline(), "set aside");
    assertThat(published)
        .extracting(Notification::subject)
        .containsExactly(usual.subject(), "pool-premium");
    assertThat(published.getFirst().facts())
        .extracting(Notification.Fact::label)
        .containsExactly("Details");
    assertThat(new Deliveries(ledger.store, TestLedger.ORGANIZATION).deliveries(usual.id()))
        .hasSize(1);
    assertThat(run(ledger, ledger.store)).isEqualTo(new AlertRun(0, 0, 0, Optional.empty()));
  }

  @Test
  void aNameOf300000CharactersIsToldShort() {
    String name = "n".repeat(300_000);
    var ledger = new TestLedger(NOW, Map.of("channels", CHANNELS));
    ledger.hour(
        Known.COMPLETIONS,
        "2026-11-20T11:00:00Z",
        TestLedger.completion(name, "gpt-5", 900_000, 0));
    ledger.readSince("2026-11-01T00:00:00Z");

    AlertRun told = run(ledger, ledger.store);

    assertThat(told.published()).isEqualTo(1);
    assertThat(told.trouble()).isEmpty();
    assertThat(published.getFirst().drivers().getFirst().label()).hasSizeLessThan(1001);
    assertThat(run(ledger, ledger.store)).isEqualTo(new AlertRun(0, 0, 0, Optional.empty()));
  }

  @Test
  void whatTheTopicDoesNotAcceptKeepsNothingElseFromBeingPublished() {
    var budgets = new TreeMap<String, Object>();
    for (int i = 0; i < 3; i++) {
      budgets.put("b" + i, Map.of("metric", "tokens", "limit", 100_000 + i, "window", "day"));
    }
    TestLedger ledger = ledger(Map.of("channels", CHANNELS, "budgets", budgets), 500_000);
    refused = "b1";
    AlertRun told = run(ledger, ledger.store);
    assertThat(told).isEqualTo(new AlertRun(3, 2, 0, Optional.of("the topic refused")));
    assertThat(published).extracting(Notification::subject).containsExactly("b0", "b2");
    refused = "";
    run(ledger, ledger.store);
    assertThat(published).extracting(Notification::subject).containsExactly("b0", "b2", "b1");
  }

  @Test
  void aBacklogLargerThanOneWriteIsToldInOneGo() {
    var budgets = new TreeMap<String, Object>();
    for (int i = 0; i < 230; i++) {
      budgets.put("b" + i, Map.of("metric", "tokens", "limit", 100_000, "window", "day"));
    }
    TestLedger ledger = ledger(Map.of("channels", CHANNELS, "budgets", budgets), 500_000);
    run(ledger, ledger.store);
    assertThat(published.stream().filter(each -> each.channels().contains("hook"))).hasSize(230);
  }

  @Test
  void aMutedBudgetIsSilentUntilTheMuteEnds() {
    TestLedger ledger = ledger(Map.of("channels", CHANNELS), 850_000);
    Instant until = ledger.clock.instant().plus(Duration.ofMinutes(30));
    Alerts.mute(
        ledger.store, TestLedger.ORGANIZATION, "pool-premium", until, ledger.clock.instant());
    assertThat(run(ledger, ledger.store).triggered()).isZero();
    ledger.clock.advance(Duration.ofMinutes(30));
    read(ledger);
    assertThat(run(ledger, ledger.store).triggered()).isEqualTo(1);
  }

  @Test
  void whatWasNeverReadIsSaidSo() {
    var ledger = new TestLedger(NOW, Map.of("channels", CHANNELS));
    PollFixtures.cycle(ledger.store, TestLedger.ORGANIZATION, Instant.parse(NOW), false, List.of());
    run(ledger, ledger.store);
    assertThat(published)
        .extracting(Notification::headline)
        .containsExactly("11 sources of acme were never read");
  }

  @Test
  void staleDataIsToldAndItsEnd() {
    TestLedger ledger = ledger(Map.of("channels", CHANNELS), 1000);
    ledger.clock.advance(Duration.ofHours(4));
    run(ledger, ledger.store);
    assertThat(published)
        .singleElement()
        .satisfies(stale -> {
          assertThat(stale.type()).isEqualTo(Notification.Type.STALE);
          assertThat(stale.headline()).isEqualTo("11 sources of acme were last read 4 h ago");
        });
    read(ledger);
    run(ledger, ledger.store);
    assertThat(published.getLast().type()).isEqualTo(Notification.Type.STALE_CLEARED);
    assertThat(published.getLast().key()).isEqualTo(published.getFirst().key());
  }

  @Test
  void aKeyThatExpiresSoonIsToldOnce() {
    TestLedger ledger = ledger(Map.of("channels", CHANNELS), 1000);
    var alerts = new Alerts(ledger.store, topic(), ledger.clock);
    for (int i = 0; i < 3; i++) {
      alerts.run(
          TestLedger.ORGANIZATION,
          ledger.settings,
          () -> new KeyExpiry.Expires("", Instant.parse("2026-12-01T00:00:00Z")),
          ledger.clock.instant().plusSeconds(60));
    }
    assertThat(published)
        .singleElement()
        .satisfies(key -> {
          assertThat(key.type()).isEqualTo(Notification.Type.KEY_EXPIRES);
          assertThat(key.headline()).isEqualTo("The admin key of acme expires in 10 days");
        });
  }

  @Test
  void theProviderIsNotAskedForLongWhenItsKeyExpires() {
    TestLedger ledger = ledger(Map.of("channels", CHANNELS), 1000);
    Instant now = ledger.clock.instant();
    for (int seconds : List.of(240, 5)) {
      var provider = new FakeProvider();
      new Alerts(ledger.store, topic(), ledger.clock)
          .run(TestLedger.ORGANIZATION, provider, ledger.settings, now.plusSeconds(seconds));

      assertThat(provider.keyDeadlines).containsExactly(now.plusSeconds(Math.min(seconds, 20)));
    }
  }

  @Test
  void modelsWithoutAPriceAndDriftAreToldToThoseWhoWantToKnow() {
    var document = Map.of("channels", CHANNELS, "alerts", Map.of("conditions", List.of("hook")));
    var ledger = new TestLedger(NOW, document);
    ledger.hour(
        Known.COMPLETIONS,
        "2026-11-20T10:00:00Z",
        TestLedger.completion("p1", "ft:mystery-9", 1000, 10));
    ledger.hour(
        Known.COMPLETIONS,
        "2026-11-17T10:00:00Z",
        TestLedger.completion("p1", "gpt-5", 1_000_000, 1_000_000));
    ledger.bill("2026-11-17", TestLedger.charge("p1", "gpt-5, input", "99.5"));
    ledger.readSince("2026-11-01T00:00:00Z");
    run(ledger, ledger.store);
    assertThat(published.stream().map(Notification::type))
        .containsExactlyInAnyOrder(Notification.Type.UNPRICED, Notification.Type.DRIFT);
    assertThat(published).allSatisfy(each -> assertThat(each.channels()).containsExactly("hook"));
    assertThat(published.stream().map(Notification::headline))
        .anySatisfy(headline -> assertThat(headline).startsWith("ft:mystery-9 is used"))
        .anySatisfy(
            headline -> assertThat(headline).startsWith("Bill and estimate of 2026-11-17 are"));
  }

  @Test
  void aPartlyFreeDayDoesNotMakeTheNextOneFreeForABudget() {
    TestLedger ledger = budgetAndBill();
    BudgetState state = requireNonNull(States.of(ledger).get("day"));
    assertThat(state.percentage().orElseThrow()).isEqualByComparingTo("250");
    assertThat(state.state()).isEqualTo(BudgetState.State.EXCEEDED);
  }

  @Test
  void aRateFarFromTheListPriceIsToldWithBothAndSettledByTheUsersOwn() {
    TestLedger ledger = budgetAndBill();
    run(ledger, ledger.store);
    Notification notification =
        published.stream()
            .filter(each -> each.type() == Notification.Type.IMPLAUSIBLE)
            .findFirst()
            .orElseThrow();
    assertThat(notification.headline())
        .isEqualTo(
            "The billed price of gpt-5.5 is far from the list price: the list price is used");
    assertThat(notification.facts())
        .contains(
            new Notification.Fact("input", "billed $0.02 on 2026-11-19, list price $5"),
            new Notification.Fact("Next", "set the price of gpt-5.5 under prices: to settle it"));
    assertThat(Notification.of(dev.tallyman.core.store.Fields.of(notification.document())))
        .isEqualTo(notification);

    published.clear();
    var settled =
        new TestLedger(
            NOW,
            Map.of(
                "channels",
                CHANNELS,
                "prices",
                List.of(Map.of("model", "gpt-5.5", "from", "2026-01-01", "input", "4"))));
    settled.learn("2026-11-19", TestLedger.tokens("p1", "gpt-5.5, input", "0.02", 1_000_000));
    settled.readSince("2026-11-01T00:00:00Z");
    run(settled, settled.store);
    assertThat(published).noneMatch(each -> each.type() == Notification.Type.IMPLAUSIBLE);
  }

  @Test
  void aRateIsSettledByThePriceOfTheNextBill() {
    TestLedger ledger = budgetAndBill();
    run(ledger, ledger.store);
    published.clear();
    ledger.learn("2026-11-20", TestLedger.tokens("p1", "gpt-5.5, input", "3.5", 1_000_000));
    run(ledger, ledger.store);
    assertThat(published.stream().map(Notification::headline))
        .contains("The price of gpt-5.5 is no longer in doubt");
  }

  private static TestLedger budgetAndBill() {
    var ledger =
        new TestLedger(
            NOW,
            Map.of(
                "channels",
                CHANNELS,
                "alerts",
                Map.of("conditions", List.of("hook")),
                "budgets",
                Map.of("day", Map.of("metric", "cost", "limit", 10, "window", "day"))));
    ledger.learn(
        "2026-11-19",
        TestLedger.tokens("p1", "gpt-5.5, input", "0.02", 1_000_000),
        TestLedger.tokens("p1", "gpt-5.5, input", "-4.98", 0));
    ledger.hour(
        Known.COMPLETIONS,
        "2026-11-20T10:00:00Z",
        TestLedger.completion("p1", "gpt-5.5", 5_000_000, 0));
    return ledger.readSince("2026-11-01T00:00:00Z");
  }

  @Test
  void whatUsageDoesNotShowIsNoDrift() {
    var ledger = new TestLedger(NOW, Map.of("channels", CHANNELS));
    ledger.hour(
        Known.COMPLETIONS,
        "2026-11-17T10:00:00Z",
        TestLedger.completion("p1", "gpt-5", 1_000_000, 1_000_000));
    ledger.bill(
        "2026-11-17",
        TestLedger.charge("p1", "gpt-5, input", "11.25"),
        TestLedger.charge("p1", "container memory, gb hours", "40"),
        TestLedger.charge(null, "scale tier bundle", "18.25"));
    ledger.readSince("2026-11-01T00:00:00Z");
    run(ledger, ledger.store);
    assertThat(published).isEmpty();
  }

  @Test
  void aDriftSaysWhatElseIsBilled() {
    var ledger = new TestLedger(NOW, Map.of("channels", CHANNELS));
    ledger.hour(
        Known.COMPLETIONS,
        "2026-11-17T10:00:00Z",
        TestLedger.completion("p1", "gpt-5", 1_000_000, 1_000_000),
        TestLedger.completion("p1", "ft:mystery-9", 1_000_000, 0));
    ledger.bill(
        "2026-11-17",
        TestLedger.charge("p1", "gpt-5, input", "22.5"),
        TestLedger.charge("p1", "ft:mystery-9, input", "5"),
        TestLedger.charge("p1", "evals", "40"));
    ledger.readSince("2026-11-01T00:00:00Z");
    run(ledger, ledger.store);
    assertThat(published)
        .singleElement()
        .satisfies(drift -> {
          assertThat(drift.headline()).isEqualTo("Bill and estimate of 2026-11-17 are 50 % apart");
          assertThat(drift.facts().toString())
              .contains(
                  "$22.50 of what usage shows", "$40.00 more: evals", "ft:mystery-9: without");
          assertThat(drift.data())
              .containsEntry("billed", "22.5")
              .containsEntry("not_in_usage", "40")
              .containsEntry("not_compared", List.of("ft:mystery-9"));
        });
  }

  @Test
  void statesSayWhereBudgetsStand() {
    TestLedger ledger = ledger(Map.of("channels", CHANNELS), 850_000);
    run(ledger, ledger.store);
    BudgetState state = requireNonNull(States.of(ledger).get("pool-premium"));
    assertThat(state.state()).isEqualTo(BudgetState.State.WARNING);
    assertThat(state.percentage().orElseThrow()).isEqualByComparingTo("85");
    assertThat(state.remaining().orElseThrow()).isEqualByComparingTo("150000");
    assertThat(state.told()).contains(Instant.parse(NOW));
  }

  private static TestLedger ledger(Map<String, ?> document, long tokens) {
    var ledger = new TestLedger(NOW, document);
    ledger.hour(
        Known.COMPLETIONS, "2026-11-20T10:00:00Z", TestLedger.completion("p1", "gpt-5", tokens, 0));
    return ledger.readSince("2026-11-01T00:00:00Z");
  }

  private static void read(TestLedger ledger) {
    var everything = new ArrayList<String>();
    for (Known each : Known.values()) {
      everything.add(each.id());
    }
    everything.add("costs");
    PollFixtures.cycle(
        ledger.store, TestLedger.ORGANIZATION, ledger.clock.instant(), false, everything);
  }

  private AlertRun run(TestLedger ledger, Store store) {
    return new Alerts(store, topic(), ledger.clock)
        .run(
            TestLedger.ORGANIZATION,
            ledger.settings,
            KeyExpiry::unknown,
            ledger.clock.instant().plusSeconds(60));
  }

  private Topic topic() {
    return new Topic() {
      @Override
      public void publish(Notification notification) {
        if (refusing || notification.subject().equals(refused)) {
          throw new TopicException("the topic refused", new IllegalStateException(), true);
        }
        published.add(notification);
      }

      @Override
      public void repeat(Reference reference) {}
    };
  }
}

package dev.tallyman.core.delivery;

import static dev.tallyman.core.delivery.Notifications.warning;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tallyman.core.Pace;
import dev.tallyman.core.delivery.Delivery.Status;
import dev.tallyman.core.delivery.Sender.Outcome;
import dev.tallyman.core.poll.WatchedStore;
import dev.tallyman.core.store.InMemoryStore;
import dev.tallyman.core.store.MovableClock;
import dev.tallyman.core.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

final class DelivererTest {
  private static final Instant NOW = Instant.parse("2026-11-21T09:10:11.123Z");
  private static final Notification WARNING = warning(NOW, "00000001", "ops");
  private static final Reference ALL = new Reference("acme", WARNING.id(), Optional.empty());

  private final MovableClock clock = new MovableClock(NOW);
  private final InMemoryStore store = new InMemoryStore(clock);
  private final Deliveries deliveries = new Deliveries(store, "acme");
  private final FakeSender sender = new FakeSender();
  private final Deliverer deliverer = deliverer(store, clock, sender);

  private static Deliverer deliverer(Store store, MovableClock clock, Sender sender) {
    Map<String, Channel> channels =
        Map.of(
            "ops",
            channel("ops", Channel.Kind.WEBHOOK),
            "pager",
            channel("pager", Channel.Kind.PAGERDUTY));
    return new Deliverer(
        store,
        new Pace(clock),
        name -> Optional.ofNullable(channels.get(name)),
        sender,
        new Random(1));
  }

  private static Channel channel(String name, Channel.Kind kind) {
    return new Channel(name, kind, Optional.of("HOOK"), List.of(), Channel.Format.USUAL);
  }

  private Delivery delivery() {
    return deliveries.delivery(WARNING.id(), "ops").orElseThrow();
  }

  /** Goes on as a server does, from what is due to what is due, until nothing is. */
  private void untilNothingIsDue(Duration step, int steps) {
    for (int i = 0; i < steps; i++) {
      clock.advance(step);
      deliveries.due(clock.instant()).forEach(deliverer::deliver);
    }
  }

  @Test
  void whatIsSentIsRecordedAndNeverSentAgain() {
    deliveries.open(WARNING, NOW);
    assertThat(deliverer.deliver(ALL)).extracting(Delivery::status).containsExactly(Status.SENT);
    assertThat(deliverer.deliver(ALL)).isEmpty();
    untilNothingIsDue(Duration.ofMinutes(5), 10);

    assertThat(sender.sent).containsExactly("ops " + WARNING.id());
    assertThat(delivery().attempts()).containsExactly(new Delivery.Attempt(NOW, "200"));
    assertThat(delivery().nextAttempt()).isEmpty();
  }

  @Test
  void itIsTriedTwiceAtOnceAndThenForADayFromLongerToLongerPauses() {
    sender.answer = () -> new Outcome.Failed("503", Optional.empty());
    deliveries.open(WARNING, NOW);
    deliverer.deliver(ALL);
    assertThat(delivery().attempts()).hasSize(2);
    assertThat(delivery().status()).isEqualTo(Status.PENDING);
    // Repeats of the topic change nothing before it is time.
    deliverer.deliver(ALL);
    assertThat(delivery().attempts()).hasSize(2);

    untilNothingIsDue(Duration.ofSeconds(30), 2 * 60 * 30);

    assertThat(delivery().status()).isEqualTo(Status.DEAD);
    List<Delivery.Attempt> attempts = delivery().attempts();
    assertThat(attempts.getLast().at())
        .isBetween(
            NOW.plus(Duration.ofHours(24)).minusSeconds(1),
            NOW.plus(Duration.ofHours(24)).plusSeconds(31));
    assertThat(attempts).hasSizeBetween(20, 40);
    var pauses = new ArrayList<Duration>();
    for (int i = 2; i < attempts.size(); i += 2) {
      pauses.add(Duration.between(attempts.get(i - 1).at(), attempts.get(i).at()));
    }
    assertThat(pauses.get(0)).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(36));
    assertThat(pauses.get(1)).isBetween(Duration.ofMinutes(5), Duration.ofMinutes(7));
    assertThat(pauses.get(2)).isBetween(Duration.ofMinutes(30), Duration.ofMinutes(39));
    assertThat(pauses.subList(3, pauses.size() - 1))
        .allSatisfy(
            each -> assertThat(each).isBetween(Duration.ofHours(2), Duration.ofMinutes(151)));
    assertThat(deliveries.due(clock.instant().plus(Duration.ofDays(9)))).isEmpty();
  }

  @Test
  void aChannelThatIsDownForSixHoursMissesNothing() {
    Instant up = NOW.plus(Duration.ofHours(6));
    sender.answer =
        () ->
            clock.instant().isBefore(up)
                ? new Outcome.Failed("connection refused", Optional.empty())
                : new Outcome.Sent("200");
    deliveries.open(WARNING, NOW);
    deliverer.deliver(ALL);
    untilNothingIsDue(Duration.ofMinutes(5), 12 * 12);

    assertThat(delivery().status()).isEqualTo(Status.SENT);
    assertThat(delivery().attempts().getLast().at())
        .isBetween(up, up.plus(Duration.ofMinutes(156)));
  }

  @Test
  void itWaitsAsLongAsTheChannelAsks() {
    sender.answer = () -> new Outcome.Failed("429", Optional.of(Duration.ofHours(3)));
    deliveries.open(WARNING, NOW);
    deliverer.deliver(ALL);

    assertThat(delivery().attempts()).hasSize(1);
    assertThat(delivery().nextAttempt()).contains(NOW.plus(Duration.ofHours(3)).minusMillis(123));
  }

  @Test
  void evenAChannelThatAsksForAWeekIsTriedAfterADay() {
    sender.answer = () -> new Outcome.Failed("429", Optional.of(Duration.ofDays(7)));
    deliveries.open(WARNING, NOW);
    deliverer.deliver(ALL);
    untilNothingIsDue(Duration.ofMinutes(5), 12 * 25);

    assertThat(delivery().attempts()).hasSize(2);
    assertThat(delivery().status()).isEqualTo(Status.DEAD);
  }

  @Test
  void whatIsRefusedIsNotTriedAgainUntilItIsRedelivered() {
    sender.answer = () -> new Outcome.Refused("400");
    deliveries.open(WARNING, NOW);
    deliverer.deliver(ALL);
    untilNothingIsDue(Duration.ofMinutes(5), 10);
    assertThat(delivery().status()).isEqualTo(Status.DEAD);
    assertThat(sender.sent).hasSize(1);

    sender.answer = () -> new Outcome.Sent("204");
    Reference reference = deliveries.redeliver(WARNING.id(), "ops", clock.instant()).orElseThrow();
    assertThat(delivery().status()).isEqualTo(Status.PENDING);
    deliverer.deliver(reference);
    assertThat(delivery().status()).isEqualTo(Status.SENT);
    assertThat(delivery().attempts())
        .extracting(Delivery.Attempt::outcome)
        .containsExactly("400", "204");
  }

  @Test
  void whatIsRedeliveredAndNotPublishedIsDue() {
    deliveries.open(WARNING, NOW);
    deliverer.deliver(ALL);
    deliveries.redeliver(WARNING.id(), "ops", clock.instant());
    untilNothingIsDue(Duration.ofMinutes(5), 3);

    assertThat(sender.sent).hasSize(2);
    assertThat(delivery().status()).isEqualTo(Status.SENT);
  }

  @Test
  void aChannelThatIsGoneGetsNothingMoreUntilATestSucceeds() {
    sender.answer = () -> new Outcome.Gone("410");
    deliveries.open(WARNING, NOW);
    deliverer.deliver(ALL);
    assertThat(delivery().status()).isEqualTo(Status.DISABLED);
    assertThat(deliveries.disabled("ops")).contains("410");

    Notification second = warning(NOW, "00000002", "ops", "pager");
    sender.answer = () -> new Outcome.Sent("200");
    deliveries.open(second, NOW);
    assertThat(deliverer.deliver(new Reference("acme", second.id(), Optional.empty())))
        .extracting(Delivery::status)
        .containsExactly(Status.DISABLED, Status.SENT);

    assertThat(deliverer.test(channel("ops", Channel.Kind.WEBHOOK), second))
        .isEqualTo(new Outcome.Sent("200"));
    assertThat(deliveries.disabled("ops")).isEmpty();
  }

  @Test
  void aChannelThatSettingsNoLongerNameIsDisabled() {
    Notification notification = warning(NOW, "00000003", "gone");
    deliveries.open(notification, NOW);

    assertThat(deliverer.deliver(new Reference("acme", notification.id(), Optional.empty())))
        .extracting(Delivery::status)
        .containsExactly(Status.DISABLED);
    assertThat(sender.sent).isEmpty();
  }

  @Test
  void aPagerIsNotCalledForWhatIsOverByThen() {
    sender.answer = () -> new Outcome.Failed("503", Optional.empty());
    Notification warning = warning(NOW, "00000002", "pager", "ops");
    deliveries.open(warning, NOW);
    deliverer.deliver(new Reference("acme", warning.id(), Optional.empty()));
    Notification recovered =
        Notifications.recovered(NOW.plusSeconds(60), "00000003", "pager", "ops");
    deliveries.open(recovered, recovered.at());
    sender.answer = () -> new Outcome.Sent("200");
    sender.sent.clear();
    untilNothingIsDue(Duration.ofMinutes(5), 10);

    assertThat(sender.sent)
        .contains("ops " + warning.id(), "ops " + recovered.id(), "pager " + recovered.id())
        .doesNotContain("pager " + warning.id());
    assertThat(deliveries.delivery(warning.id(), "pager").orElseThrow().status())
        .isEqualTo(Status.DEAD);
  }

  @Test
  void aSenderThatFailsOnAMessageIsNoReasonToStop() {
    sender.answer =
        () -> {
          throw new IllegalStateException("https://hooks.example/secret");
        };
    deliveries.open(WARNING, NOW);
    deliverer.deliver(ALL);

    assertThat(delivery().attempts())
        .hasSize(2)
        .allSatisfy(each ->
            assertThat(each.outcome()).contains("IllegalStateException").doesNotContain("secret"));
  }

  @Test
  void unknownReferencesAreNothingToDo() {
    assertThat(deliverer.deliver(ALL)).isEmpty();
    assertThat(deliverer.deliver(new Reference("acme", "x", Optional.of("ops")))).isEmpty();
  }

  /** One delivery, killed at the given call (or not), and repaired by what is due. */
  private static void scenario(int killAt, boolean afterTheCall, boolean failing, Kills kills) {
    var clock = new MovableClock(NOW);
    var store = new InMemoryStore(clock);
    var sender = new FakeSender();
    var watched = new WatchedStore(store, killAt, afterTheCall);
    if (failing) {
      sender.answer = () -> new Outcome.Failed("503", Optional.empty());
    }
    new Deliveries(store, "acme").open(WARNING, NOW);
    boolean killed = false;
    try {
      deliverer(watched, clock, sender).deliver(ALL);
    } catch (WatchedStore.KilledException _) {
      killed = true;
    }
    int accepted = failing ? 0 : sender.sent.size();
    sender.answer = () -> new Outcome.Sent("200");
    sender.sent.clear();
    var repairer = deliverer(store, clock, sender);
    var deliveries = new Deliveries(store, "acme");
    for (int i = 0; i < 20; i++) {
      clock.advance(Duration.ofMinutes(1));
      // The topic repeats everything twice, too.
      repairer.deliver(ALL);
      deliveries.due(clock.instant()).forEach(repairer::deliver);
    }
    String what = "killed at call %d, after it: %s".formatted(killAt, afterTheCall);
    int total = accepted + sender.sent.size();
    assertThat(total).as(what).isBetween(1, killed ? 2 : 1);
    assertThat(deliveries.delivery(WARNING.id(), "ops").orElseThrow().status())
        .as(what)
        .isEqualTo(Status.SENT);
    assertThat(deliveries.due(clock.instant().plus(Duration.ofDays(30)))).as(what).isEmpty();
    assertThat(store.range("O#acme#DUE", "", "~", Store.Order.ASCENDING, 10)).as(what).isEmpty();
    kills.count(killed, total);
  }

  private static final class Kills {
    private int killed;
    private int repeats;

    void count(boolean wasKilled, int total) {
      killed += wasKilled ? 1 : 0;
      repeats += total - 1;
    }
  }

  @Test
  void killedAtEverySingleStoreCallNothingIsLostAndAtMostOneIsRepeated() {
    var kills = new Kills();
    for (boolean failing : List.of(false, true)) {
      for (int at = 1; at <= 12; at++) {
        scenario(at, false, failing, kills);
        scenario(at, true, failing, kills);
      }
    }
    assertThat(kills.killed).isGreaterThan(25);
    assertThat(kills.repeats).isEqualTo(1);
  }

  @Test
  void killedWhileSendingItIsSentAgainOnceTheClaimEnds() {
    deliveries.open(WARNING, NOW);
    Deliverer dying =
        deliverer(
            store,
            clock,
            (_, _) -> {
              throw new AssertionError("killed");
            });
    assertThatThrownBy(() -> dying.deliver(ALL)).isInstanceOf(AssertionError.class);

    assertThat(deliverer.deliver(ALL)).isEmpty();
    clock.advance(Duration.ofSeconds(61));
    assertThat(deliverer.deliver(ALL)).hasSize(1);
    assertThat(sender.sent).containsExactly("ops " + WARNING.id());
  }

  @RepeatedTest(20)
  void manyCouriersAtOnceDeliverOnce() throws Exception {
    Notification notification = warning(NOW, "00000004", "ops", "pager");
    deliveries.open(notification, NOW);
    var reference = new Reference("acme", notification.id(), Optional.empty());
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<List<Delivery>>> calls = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        calls.add(() -> deliverer(store, clock, sender).deliver(reference));
      }
      for (var each : threads.invokeAll(calls)) {
        each.get();
      }
    }
    assertThat(sender.sent)
        .containsExactlyInAnyOrder("ops " + notification.id(), "pager " + notification.id());
  }

  /** Remembers what it was given, and answers as it is told to. */
  private static final class FakeSender implements Sender {
    final ConcurrentLinkedQueue<String> sent = new ConcurrentLinkedQueue<>();
    Supplier<Outcome> answer = () -> new Outcome.Sent("200");

    @Override
    public Outcome send(Channel channel, Notification notification) {
      sent.add(channel.name() + " " + notification.id());
      return answer.get();
    }
  }
}

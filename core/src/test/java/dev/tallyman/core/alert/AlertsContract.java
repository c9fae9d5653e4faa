package dev.tallyman.core.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.delivery.Deliveries;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Reference;
import dev.tallyman.core.delivery.Topic;
import dev.tallyman.core.poll.CycleOutcome;
import dev.tallyman.core.poll.FakeProvider;
import dev.tallyman.core.poll.KeyExpiry;
import dev.tallyman.core.poll.Poller;
import dev.tallyman.core.query.TestLedger;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.settings.SettingsResult;
import dev.tallyman.core.store.MovableClock;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.store.StoreSpace;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What alerts promise over any store. */
public abstract class AlertsContract {
  private static final String ORGANIZATION = "acme";

  /** Room for one test. */
  protected abstract StoreSpace space();

  /** How many evaluators race. */
  protected int racers() {
    return 1000;
  }

  @Test
  void ofRacingEvaluatorsExactlyOneTells() throws Exception {
    var clock = MovableClock.at("2026-11-20T12:00:00Z");
    try (StoreSpace space = space();
        Store store = space.open(clock)) {
      var provider = new FakeProvider();
      provider.set(
          Known.COMPLETIONS,
          Instant.parse("2026-11-20T10:00:00Z"),
          TestLedger.completion("p1", "gpt-5", 900_000, 50_000));
      Settings settings = settings();
      var outcome =
          new Poller(store, clock)
              .cycle(
                  ORGANIZATION,
                  provider,
                  settings.usage(),
                  "test",
                  clock.instant().plusSeconds(60));
      assertThat(outcome).isInstanceOf(CycleOutcome.Ran.class);
      Queue<Notification> published = new ConcurrentLinkedQueue<>();
      var start = new CountDownLatch(1);
      int told = 0;
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<AlertRun>> racers =
            IntStream.range(0, racers())
                .mapToObj(_ ->
                    threads.submit(() -> {
                      start.await();
                      return new Alerts(store, topic(published), clock)
                          .run(
                              ORGANIZATION,
                              settings,
                              KeyExpiry::unknown,
                              clock.instant().plus(Duration.ofMinutes(1)));
                    }))
                .toList();
        start.countDown();
        for (Future<AlertRun> racer : racers) {
          told += racer.get().triggered();
        }
      }
      assertThat(told).isEqualTo(1);
      assertThat(published.stream().map(Notification::id).distinct()).hasSize(1);
      assertThat(published.peek().type()).isEqualTo(Notification.Type.BUDGET_WARNING);
      var deliveries = new Deliveries(store, ORGANIZATION);
      assertThat(deliveries.deliveries(published.peek().id())).hasSize(1);
      assertThat(new AlertStateStore(store, ORGANIZATION).load().state().outbox()).isEmpty();
    }
  }

  private static Settings settings() {
    Map<String, Object> document =
        Map.of("channels", Map.of("hook", Map.of("kind", "webhook", "secret", "HOOK")));
    return switch (Settings.of(document)) {
      case SettingsResult.Valid(Settings settings) -> settings;
      case SettingsResult.Invalid(var mistakes) -> throw new AssertionError(mistakes);
    };
  }

  static Topic topic(Queue<Notification> published) {
    return new Topic() {
      @Override
      public void publish(Notification notification) {
        published.add(notification);
      }

      @Override
      public void repeat(Reference reference) {}
    };
  }
}

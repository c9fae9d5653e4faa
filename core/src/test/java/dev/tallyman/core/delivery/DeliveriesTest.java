package dev.tallyman.core.delivery;

import static dev.tallyman.core.delivery.Notifications.warning;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.tallyman.core.delivery.Deliveries.Page;
import dev.tallyman.core.delivery.Delivery.Status;
import dev.tallyman.core.poll.WatchedStore;
import dev.tallyman.core.store.InMemoryStore;
import dev.tallyman.core.store.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class DeliveriesTest {
  private static final Instant NOW = Instant.parse("2026-11-21T09:10:11.123Z");

  private final MovableClock clock = new MovableClock(NOW);
  private final InMemoryStore store = new InMemoryStore(clock);
  private final Deliveries deliveries = new Deliveries(store, "acme");

  private static Reference to(Notification notification, String channel) {
    return new Reference("acme", notification.id(), Optional.of(channel));
  }

  @Test
  void whatIsOpenedIsLoggedPendingAndDueInTenMinutes() {
    Notification notification = warning(NOW, "00000001", "ops", "pager");
    deliveries.open(notification, NOW);

    assertThat(deliveries.notification(notification.id())).contains(notification);
    assertThat(deliveries.deliveries(notification.id()))
        .extracting(Delivery::channel, Delivery::status)
        .containsExactly(tuple("ops", Status.PENDING), tuple("pager", Status.PENDING));
    assertThat(deliveries.due(NOW.plusSeconds(590))).isEmpty();
    assertThat(deliveries.due(NOW.plusSeconds(600)))
        .containsExactly(to(notification, "ops"), to(notification, "pager"));
  }

  @Test
  void openedAgainLaterNothingIsDifferent() {
    Notification notification = warning(NOW, "00000001", "ops");
    deliveries.open(notification, NOW);
    Optional<Delivery> first = deliveries.delivery(notification.id(), "ops");
    deliveries.open(notification, NOW.plusSeconds(300));

    assertThat(deliveries.delivery(notification.id(), "ops")).isEqualTo(first);
    assertThat(deliveries.due(NOW.plusSeconds(600))).hasSize(1);
  }

  @Test
  void killedAtAnyCallAndOpenedAgainItIsDue() {
    Notification notification = warning(NOW, "00000001", "ops", "pager");
    for (int at = 1; at <= 5; at++) {
      for (boolean after : List.of(false, true)) {
        var fresh = new InMemoryStore(clock);
        var watched = new Deliveries(new WatchedStore(fresh, at, after), "acme");
        assertThatThrownBy(() -> watched.open(notification, NOW))
            .isInstanceOf(WatchedStore.KilledException.class);
        var repaired = new Deliveries(fresh, "acme");
        repaired.open(notification, NOW.plusSeconds(300));
        assertThat(repaired.due(NOW.plusSeconds(900)))
            .as("killed at call %d, after it: %s", at, after)
            .containsExactlyInAnyOrder(to(notification, "ops"), to(notification, "pager"));
      }
    }
  }

  @Test
  void whatNobodyIsToldIsLoggedOnly() {
    Notification notification = warning(NOW, "00000001");
    deliveries.open(notification, NOW);

    assertThat(deliveries.notification(notification.id())).contains(notification);
    assertThat(deliveries.due(NOW.plusSeconds(900))).isEmpty();
  }

  @Test
  void pagesGoBackThroughTheMonths() {
    var all = new ArrayList<Notification>();
    for (int i = 0; i < 25; i++) {
      Instant at = NOW.minus(Duration.ofDays(5L * i));
      all.add(warning(at, "0000000" + i % 2, "ops", "pager"));
      deliveries.open(all.getLast(), at);
    }
    Instant from = NOW.minus(Duration.ofDays(100));

    var seen = new ArrayList<Notification>();
    Optional<String> before = Optional.empty();
    do {
      Page<Notification> page = deliveries.notifications(from, NOW, before, 4);
      assertThat(page.items()).hasSizeBetween(1, 4);
      seen.addAll(page.items());
      before = page.next();
    } while (before.isPresent());
    assertThat(seen).isEqualTo(all.subList(0, 21));

    var made = new ArrayList<String>();
    do {
      Page<Delivery> page = deliveries.deliveries(from, NOW, before, 7);
      page.items().forEach(each -> made.add(each.notification() + " " + each.channel()));
      before = page.next();
    } while (before.isPresent());
    assertThat(made)
        .hasSize(42)
        .doesNotHaveDuplicates()
        .isSortedAccordingTo((a, b) -> b.compareTo(a));
  }

  @Test
  void whatIsKeptExpiresAfterFourHundredDays() {
    Notification notification = warning(NOW, "00000001", "ops");
    deliveries.open(notification, NOW);
    clock.advance(Duration.ofDays(400));

    assertThat(deliveries.notification(notification.id())).isEmpty();
    assertThat(deliveries.deliveries(notification.id())).isEmpty();
    assertThat(deliveries.due(clock.instant())).isEmpty();
    assertThat(
            deliveries.notifications(Instant.EPOCH, clock.instant(), Optional.empty(), 10).items())
        .isEmpty();
  }

  @Test
  void namesThatAreNoneAreFoundNowhere() {
    assertThat(deliveries.notification("nonsense")).isEmpty();
    assertThat(deliveries.deliveries("")).isEmpty();
    assertThat(deliveries.delivery("al_20261121T091011123Z_00000001", "é#")).isEmpty();
    assertThat(deliveries.redeliver("al_20261121T091011123Z_00000001", "ops", NOW)).isEmpty();
    assertThat(deliveries.disabled("#")).isEmpty();
    assertThatThrownBy(() -> deliveries.notifications(NOW, NOW, Optional.of("x"), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'x'");
  }

  @Test
  void aDisabledChannelCanBeEnabled() {
    deliveries.disable("ops", "410");
    assertThat(deliveries.disabled("ops")).contains("410");
    deliveries.enable("ops");
    assertThat(deliveries.disabled("ops")).isEmpty();
  }
}

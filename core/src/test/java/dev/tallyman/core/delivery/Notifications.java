package dev.tallyman.core.delivery;

import dev.tallyman.core.store.Store;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Notifications for tests. */
public final class Notifications {
  private Notifications() {}

  /** A warning of a budget, written at this time and told to these channels. */
  public static Notification warning(Instant at, String digits, String... channels) {
    return of(Notification.Type.BUDGET_WARNING, Severity.WARNING, at, digits, channels);
  }

  /** The end of what such a warning tells of. */
  public static Notification recovered(Instant at, String digits, String... channels) {
    return of(Notification.Type.BUDGET_RECOVERED, Severity.INFO, at, digits, channels);
  }

  /**
   * Keeps a notification whose delivery failed once and is being made again, and a channel lost.
   */
  public static void keep(Store store, Notification notification, String channel) {
    Instant now = notification.at();
    var deliveries = new Deliveries(store, notification.organization());
    deliveries.open(notification, now);
    Deliveries.Entry opened = deliveries.entry(notification.id(), channel).orElseThrow();
    Deliveries.Entry failed =
        opened.later(now.plusSeconds(60), List.of(new Delivery.Attempt(now, "503: later")));
    deliveries.put(opened, failed);
    deliveries.putDue(failed);
    deliveries.put(failed, failed.claim(now.plusSeconds(90)));
    deliveries.disable("gone", "410: no such hook");
  }

  /** All that {@link #keep} kept. */
  public static Object kept(Store store, Notification notification, String channel) {
    var deliveries = new Deliveries(store, notification.organization());
    return List.of(
        deliveries.notification(notification.id()),
        deliveries.entry(notification.id(), channel),
        deliveries.disabled("gone"));
  }

  private static Notification of(
      Notification.Type type, Severity severity, Instant at, String digits, String... channels) {
    return new Notification(
        Notification.idOf(at, digits),
        "acme",
        at,
        type,
        severity,
        "tallyman/acme/team-a/2026-11",
        "team-a",
        "Team A is at 92 % of $2,000 ($1,840)",
        List.of(new Notification.Fact("Window", "November 2026, UTC")),
        List.of(new Notification.Driver("Search", "$1,200")),
        List.of(new Notification.Link("Explore", "https://example.com/explore")),
        false,
        new TreeMap<>(Map.of("used", 1840L)),
        List.of(channels));
  }
}

package dev.tallyman.core.alert;

import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Notification.Driver;
import dev.tallyman.core.delivery.Notification.Fact;
import dev.tallyman.core.delivery.Severity;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Something that people are told of beside budgets: that data is stale, a key about to expire, a
 * model without a price, a billed rate far from the list price, a bill far from its estimate, spend
 * that is not as usual.
 *
 * @param type what it is, of those that begin something
 * @param subject its id: the same for as long as it is the same thing, without blanks
 * @param severity how bad it is
 * @param headline one line: what, and how bad
 * @param facts what else there is to know
 * @param drivers what most of it is made of
 * @param data the same for programs
 * @param until when it is forgotten if nothing ends it before; empty for never
 * @param begins whether it is so clear that people are told; if not, it only is not over
 */
record AlertCondition(
    Notification.Type type,
    String subject,
    Severity severity,
    String headline,
    List<Fact> facts,
    List<Driver> drivers,
    SortedMap<String, @Nullable Object> data,
    Optional<Instant> until,
    boolean begins) {
  /** One that is clear. */
  AlertCondition(
      Notification.Type type,
      String subject,
      Severity severity,
      String headline,
      List<Fact> facts,
      List<Driver> drivers,
      SortedMap<String, @Nullable Object> data,
      Optional<Instant> until) {
    this(type, subject, severity, headline, facts, drivers, data, until, true);
  }

  AlertCondition {
    facts = List.copyOf(facts);
    drivers = List.copyOf(drivers);
    data = Collections.unmodifiableSortedMap(new TreeMap<>(data));
  }

  /** What tells that a condition of this type is over; empty where the end is not told. */
  static Optional<Notification.Type> end(Notification.Type type) {
    return switch (type) {
      case STALE -> Optional.of(Notification.Type.STALE_CLEARED);
      case KEY_EXPIRES -> Optional.of(Notification.Type.KEY_RENEWED);
      case UNPRICED -> Optional.of(Notification.Type.UNPRICED_CLEARED);
      case IMPLAUSIBLE -> Optional.of(Notification.Type.IMPLAUSIBLE_CLEARED);
      case DRIFT -> Optional.of(Notification.Type.DRIFT_CLEARED);
      case BUDGET_UNKNOWN -> Optional.of(Notification.Type.BUDGET_KNOWN);
      case FORECAST -> Optional.of(Notification.Type.FORECAST_CLEARED);
      default -> Optional.empty();
    };
  }
}

package dev.tallyman.simulator;

import dev.tallyman.core.query.TestLedger;
import dev.tallyman.core.spend.Finding;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * Looks for anomalies as if it were then: reads the last hours again and again as the provider
 * tells them at that time, late and restated, into a ledger that is watched as after every cycle.
 */
final class AnomalyBacktest {
  /** How long before the first look the past is known. */
  static final Duration PAST = Duration.ofDays(56);

  private static final int DAY = 24;

  /** How many hours are read again each time, and once a day. */
  private static final int AGAIN = 8;

  private static final int SETTLING = 50;

  final Spend told;
  private final TestLedger ledger;
  private final dev.tallyman.core.spend.Spend watched;

  /** Everything before {@code first} is known as it is in the end. */
  AnomalyBacktest(World world, Instant first, Duration length) {
    ledger = new TestLedger(first.toString());
    watched = new dev.tallyman.core.spend.Spend(ledger.store);
    told = new Spend(world, first.minus(PAST), (int) PAST.plus(length).toHours(), ledger::hour);
    told.settle(0, (int) PAST.toHours());
  }

  /** What is out of the ordinary at a time, by what is told then. */
  List<Finding> look(Instant now) {
    ledger.clock.set(now);
    int hour = told.hour(now);
    int again = hour % DAY == 0 ? SETTLING : AGAIN;
    told.tell(now, hour - again, hour + 1);
    ledger.readSince(told.from.toString());
    watched.observe(
        TestLedger.ORGANIZATION,
        ledger.settings.usage(),
        List.of(),
        ledger.settings.alerts().anomalyUsd(),
        now,
        Instant.MAX,
        InstantSource.fixed(now));
    return watched.anomalies(
        TestLedger.ORGANIZATION,
        ledger.settings.usage(),
        ledger.settings.alerts().anomalyUsd(),
        now);
  }
}

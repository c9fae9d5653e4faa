package dev.tallyman.simulator;

import dev.tallyman.core.query.TestLedger;
import dev.tallyman.core.spend.Finding;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.UsageRow;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** A ledger that is told what is read, and watched as every cycle does. */
final class Watched implements Spend.Reader {
  private final Instant since;
  private final TestLedger ledger;
  private final dev.tallyman.core.spend.Spend spend;

  /** Of what is read from an instant on. */
  Watched(Instant since, Instant now) {
    this.since = since;
    ledger = new TestLedger(now.toString());
    spend = new dev.tallyman.core.spend.Spend(ledger.store);
  }

  @Override
  public void read(Known endpoint, Instant hour, List<UsageRow> rows) {
    ledger.hour(endpoint, hour, rows);
  }

  /** What is out of the ordinary at a time, by what was read then. */
  List<Finding> look(Instant now) {
    ledger.clock.set(now);
    ledger.readSince(since.toString());
    Instant deadline = now.plus(Duration.ofMinutes(1));
    spend.observe(
        TestLedger.ORGANIZATION,
        ledger.settings,
        List.of(),
        now,
        deadline,
        InstantSource.fixed(now));
    return spend.anomalies(TestLedger.ORGANIZATION, ledger.settings, now);
  }
}

package dev.tallyman.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.alert.Alerts;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Reference;
import dev.tallyman.core.delivery.Topic;
import dev.tallyman.core.poll.KeyExpiry;
import dev.tallyman.core.query.Reconciliation;
import dev.tallyman.core.query.Reconciliation.Comparison;
import dev.tallyman.core.query.Reconciliation.Day;
import dev.tallyman.core.query.TestLedger;
import dev.tallyman.core.usage.CostRow;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether bills of the simulated organization are found to differ from its usage. */
final class DriftTest {
  private static final LocalDate FIRST = LocalDate.parse("2026-11-09");
  private static final LocalDate END = LocalDate.parse("2026-11-17");
  private static final Instant NOW = Instant.parse("2026-11-19T12:00:00Z");

  /** Of the part that is compared; the rest of the bill is beyond 5 % of it. */
  private static final BigDecimal MOST_PERCENT = new BigDecimal("0.5");

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void noDayOfTheSimulatedOrganizationDrifts(long seed) {
    TestLedger ledger = ledger(seed, row -> row);

    List<Day> days = days(ledger);

    assertThat(days).hasSize(8).allMatch(Day::comparable);
    for (Day day : days) {
      Comparison total = day.total();
      assertThat(total.driftPercent().orElseThrow().abs())
          .as("%s: %s", day.day(), total)
          .isLessThanOrEqualTo(MOST_PERCENT);
      assertThat(total.notInUsage()).containsKey("scale tier bundle");
      assertThat(total.notCompared()).isEmpty();
    }
    assertThat(notified(ledger)).noneMatch(each -> each == Notification.Type.DRIFT);
  }

  @Test
  void aWrongPriceIsFound() {
    TestLedger ledger =
        ledger(
            1,
            row ->
                row.unit() != null && row.unit().equals("tokens")
                    ? new CostRow(
                        row.project(),
                        row.lineItem(),
                        row.apiKey(),
                        row.amount().multiply(new BigDecimal("1.25")),
                        row.currency(),
                        row.quantity(),
                        row.unit())
                    : row);

    assertThat(notified(ledger)).contains(Notification.Type.DRIFT);
  }

  private static TestLedger ledger(long seed, UnaryOperator<CostRow> bill) {
    var simulator = Simulator.builder(InstantSource.fixed(NOW)).seed(seed).build();
    var ledger = new TestLedger(NOW.toString());
    for (LocalDate day = FIRST; day.isBefore(END); day = day.plusDays(1)) {
      for (Known endpoint : Known.values()) {
        for (int hour = 0; hour < 24; hour++) {
          Instant start = day.atStartOfDay(ZoneOffset.UTC).plusHours(hour).toInstant();
          ledger.hour(endpoint, start, simulator.truthUsage(endpoint, start).rows());
        }
      }
      ledger.bill(day, simulator.truthCosts(day).rows().stream().map(bill).toList());
    }
    return ledger.readSince(FIRST + "T00:00:00Z");
  }

  private static List<Day> days(TestLedger ledger) {
    return new Reconciliation(ledger.store, TestLedger.ORGANIZATION, ledger.settings.usage(), NOW)
        .days(FIRST, END, Map.of());
  }

  private static List<Notification.Type> notified(TestLedger ledger) {
    var types = new ArrayList<Notification.Type>();
    var topic =
        new Topic() {
          @Override
          public void publish(Notification notification) {
            types.add(notification.type());
          }

          @Override
          public void repeat(Reference reference) {}
        };
    new Alerts(ledger.store, topic, ledger.clock)
        .run(TestLedger.ORGANIZATION, ledger.settings, KeyExpiry::unknown, NOW.plusSeconds(600));
    return types;
  }
}

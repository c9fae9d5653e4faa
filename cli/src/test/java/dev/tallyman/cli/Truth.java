package dev.tallyman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.ledger.HourRows;
import dev.tallyman.core.ledger.Ledger;
import dev.tallyman.core.ledger.Rollup;
import dev.tallyman.core.ledger.RollupRow;
import dev.tallyman.core.ledger.View;
import dev.tallyman.core.usage.Bucket;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.CostRow;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.UsageRow;
import dev.tallyman.core.usage.Width;
import dev.tallyman.simulator.Simulator;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Compares a ledger with what a simulator says in the end, row for row and to the last digit. */
final class Truth {
  private final Simulator simulator;
  private final Ledger ledger;
  private long hours;
  private long rows;
  private long costRows;
  private long rollupRows;

  /** The simulator need not be started. */
  Truth(Simulator simulator, Ledger ledger) {
    this.simulator = simulator;
    this.ledger = ledger;
  }

  long hours() {
    return hours;
  }

  long rows() {
    return rows;
  }

  long costRows() {
    return costRows;
  }

  long rollupRows() {
    return rollupRows;
  }

  /** What is charged on the days in {@code [from, to)}, in USD. */
  BigDecimal bill(LocalDate from, LocalDate to) {
    BigDecimal sum = BigDecimal.ZERO;
    for (LocalDate day = from; day.isBefore(to); day = day.plusDays(1)) {
      for (CostRow row : simulator.truthCosts(day).rows()) {
        sum = sum.add(row.amount());
      }
    }
    return sum;
  }

  /** Fails unless hours, charges and rollups of the UTC days in {@code [from, to)} are equal. */
  void check(LocalDate from, LocalDate to) {
    for (LocalDate day = from; day.isBefore(to); day = day.plusDays(1)) {
      checkCosts(day);
      var truth = new TreeMap<String, List<UsageRow>>();
      for (Known endpoint : Known.values()) {
        truth.put(endpoint.id(), checkHours(endpoint, day));
      }
      checkRollups(day, truth);
    }
  }

  /** Fails unless the rollup of a month is the sum of its days. */
  void checkMonth(YearMonth month) {
    for (View view : View.values()) {
      var days = new TreeMap<String, List<UsageRow>>();
      for (Rollup day :
          ledger.rollups(view, ZoneOffset.UTC, month.atDay(1), month.plusMonths(1).atDay(1))) {
        usage(day)
            .forEach((endpoint, rows) ->
                days.computeIfAbsent(endpoint, _ -> new ArrayList<>()).addAll(rows));
      }
      days.replaceAll((_, rows) -> Bucket.merged(rows));
      assertThat(ledger.month(view, ZoneOffset.UTC, month).map(Truth::usage))
          .as("%s by %s", month, view)
          .contains(days);
    }
  }

  /**
   * Fails unless the rollups of a zone's days in {@code [from, to)} are those of another ledger.
   */
  void checkZone(ZoneId zone, LocalDate from, LocalDate to, Ledger other) {
    for (View view : View.values()) {
      assertThat(usage(ledger, view, zone, from, to))
          .as("days of %s by %s", zone, view)
          .hasSize((int) ChronoUnit.DAYS.between(from, to))
          .isEqualTo(usage(other, view, zone, from, to));
    }
  }

  private static Map<LocalDate, Map<String, List<UsageRow>>> usage(
      Ledger ledger, View view, ZoneId zone, LocalDate from, LocalDate to) {
    var days = new TreeMap<LocalDate, Map<String, List<UsageRow>>>();
    ledger.rollups(view, zone, from, to).forEach(day -> days.put(day.day(), usage(day)));
    return days;
  }

  private void checkCosts(LocalDate day) {
    CostDay truth = simulator.truthCosts(day);
    List<CostDay> held = ledger.costs(day, day.plusDays(1));
    assertThat(held.isEmpty() ? List.of() : held.getFirst().rows())
        .as("charges of %s", day)
        .isEqualTo(truth.rows());
    costRows += truth.rows().size();
  }

  private List<UsageRow> checkHours(Known endpoint, LocalDate day) {
    Instant from = day.atStartOfDay(ZoneOffset.UTC).toInstant();
    Instant to = day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    Map<Instant, List<UsageRow>> held = new HashMap<>();
    for (HourRows hour : ledger.hours(endpoint, from, to)) {
      held.put(hour.hour(), hour.rows());
    }
    var all = new ArrayList<UsageRow>();
    for (Instant hour = from; hour.isBefore(to); hour = hour.plus(Width.HOUR.duration())) {
      List<UsageRow> truth = simulator.truthUsage(endpoint, hour).rows();
      assertThat(held.getOrDefault(hour, List.of()))
          .as("%s of %s", endpoint.id(), hour)
          .isEqualTo(truth);
      all.addAll(truth);
      hours++;
      rows += truth.size();
    }
    return all;
  }

  private void checkRollups(LocalDate day, Map<String, List<UsageRow>> truth) {
    for (View view : View.values()) {
      var expected = new TreeMap<String, List<UsageRow>>();
      truth.forEach((endpoint, rows) -> {
        if (!rows.isEmpty()) {
          expected.put(
              endpoint,
              Bucket.merged(rows.stream().map(row -> row.project(view.dimensions())).toList()));
        }
      });
      var held = ledger.rollup(view, ZoneOffset.UTC, day).map(Truth::usage).orElseGet(TreeMap::new);
      assertThat(held).as("%s by %s", day, view).isEqualTo(expected);
      held.values().forEach(rows -> rollupRows += rows.size());
    }
  }

  private static Map<String, List<UsageRow>> usage(Rollup rollup) {
    var usage = new TreeMap<String, List<UsageRow>>();
    for (RollupRow row : rollup.rows()) {
      UsageEndpoint endpoint = row.endpoint();
      usage.computeIfAbsent(endpoint.id(), _ -> new ArrayList<>()).add(row.usage());
    }
    return usage;
  }
}

package dev.tallyman.core.query;

import dev.tallyman.core.group.ModelGroups;
import dev.tallyman.core.ledger.Codes;
import dev.tallyman.core.ledger.Ledger;
import dev.tallyman.core.ledger.Rollup;
import dev.tallyman.core.ledger.View;
import dev.tallyman.core.query.Collector.Part;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.CostRow;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads bills and, for the cost, the estimates that stand in for them. The cost is decided by
 * ZoneOffset.UTC day and project, whatever is asked for, so that all answers about a day agree:
 * billed once the day ended 48 hours ago, before that the larger of billed and estimated.
 */
final class CostReader {
  /** How long after its end a day's bill is taken for complete. */
  static final Duration SETTLES_AFTER = Duration.ofDays(2);

  private final Ledger ledger;
  private final ModelGroups groups;
  private final UsageReader usage;
  private final Instant now;
  private final Collector collector;
  private final Query query;
  private final SortedMap<String, BigDecimal> otherCurrencies = new TreeMap<>();
  private int unbilledDays;

  CostReader(
      Ledger ledger, ModelGroups groups, UsageReader usage, Instant now, Collector collector) {
    this.ledger = ledger;
    this.groups = groups;
    this.usage = usage;
    this.now = now;
    this.collector = collector;
    this.query = collector.query();
  }

  /** Amounts in the range that are in another currency than asked for, whatever the filters. */
  SortedMap<String, BigDecimal> otherCurrencies() {
    return otherCurrencies;
  }

  /** How many days of the range are estimated although their bills are due. */
  int unbilledDays() {
    return unbilledDays;
  }

  /** Adds the bills of the question's range to the collector, and estimates where they stand in. */
  void read() {
    boolean estimates = query.metric() == Metric.COST && query.currency().equals(Query.USD);
    LocalDate from = Timeline.day(query.from(), ZoneOffset.UTC);
    LocalDate to = Timeline.day(query.to(), ZoneOffset.UTC);
    var bills = new TreeMap<LocalDate, List<CostRow>>();
    for (CostDay day : ledger.costs(from, to)) {
      bills.put(day.day(), ofCurrency(day));
    }
    bills.forEach((day, rows) -> {
      int bucket = bucket(day);
      collector.know(bucket);
      if (!estimates || settled(day)) {
        collector.take(columns(rows), bucket, Part.BILLED);
      }
    });
    if (estimates) {
      estimate(from, to, bills);
    }
  }

  private void estimate(LocalDate from, LocalDate to, Map<LocalDate, List<CostRow>> bills) {
    var unbilled = new ArrayList<LocalDate>();
    var contested = new ArrayList<LocalDate>();
    for (LocalDate day = from; day.isBefore(to); day = day.plusDays(1)) {
      if (!bills.containsKey(day)) {
        unbilled.add(day);
      } else if (!settled(day)) {
        contested.add(day);
      }
    }
    View view = usage.view(query.dimensions());
    for (Rollup rollup : rollups(view, unbilled)) {
      collector.take(usage.columns(rollup, view), bucket(rollup.day()), Part.USAGE);
      if (settled(rollup.day())) {
        unbilledDays++;
      }
    }
    Set<GroupBy> byProject = EnumSet.of(GroupBy.PROJECT);
    byProject.addAll(query.dimensions());
    View projects = usage.view(byProject);
    var estimated = new TreeMap<LocalDate, Rollup>();
    rollups(projects, contested).forEach(rollup -> estimated.put(rollup.day(), rollup));
    for (LocalDate day : contested) {
      decide(day, bills.getOrDefault(day, List.of()), estimated.get(day), projects);
    }
  }

  /** Takes for each project the larger of its bill and its estimate; the bill if they are equal. */
  private void decide(LocalDate day, List<CostRow> bill, @Nullable Rollup estimate, View view) {
    Rows billed = columns(bill);
    int bucket = bucket(day);
    if (estimate == null) {
      collector.take(billed, bucket, Part.BILLED);
      return;
    }
    UsageColumns estimated = usage.columns(estimate, view);
    Map<String, BigDecimal> ofBill = byProject(billed);
    Map<String, BigDecimal> ofEstimate = byProject(usage.silent(estimate));
    var asBilled = new HashSet<String>();
    ofBill.forEach((project, amount) -> {
      if (amount.compareTo(ofEstimate.getOrDefault(project, BigDecimal.ZERO)) >= 0) {
        asBilled.add(project);
      }
    });
    collector.take(
        billed, bucket, Part.BILLED, GroupBy.PROJECT, project -> asBilled.contains(id(project)));
    collector.take(
        estimated, bucket, Part.USAGE, GroupBy.PROJECT, project -> !asBilled.contains(id(project)));
  }

  /** A project's id, or an empty text for what belongs to none. */
  private static String id(@Nullable String project) {
    return project == null ? "" : project;
  }

  private static Map<String, BigDecimal> byProject(Rows rows) {
    Codes projects = rows.codes(GroupBy.PROJECT);
    var sums = new Sums(1, Sums.MONEY_SCALE);
    sums.ensure(projects.count());
    rows.addTo(sums, projects.rows(), 0);
    var byProject = new TreeMap<String, BigDecimal>();
    for (int code = 0; code < projects.count(); code++) {
      if (sums.touched(code)) {
        byProject.put(id(projects.text(code)), sums.get(code, 0));
      }
    }
    return byProject;
  }

  /** The rollups of these days, which are in order; adjoining ones are read at once. */
  private List<Rollup> rollups(View view, List<LocalDate> days) {
    var rollups = new ArrayList<Rollup>();
    int first = 0;
    for (int i = 1; i <= days.size(); i++) {
      if (i == days.size() || !days.get(i).equals(days.get(i - 1).plusDays(1))) {
        rollups.addAll(
            ledger.rollups(view, ZoneOffset.UTC, days.get(first), days.get(i - 1).plusDays(1)));
        first = i;
      }
    }
    return rollups;
  }

  private Rows columns(List<CostRow> rows) {
    return new BillColumns(
        rows, model -> groups.known(model) ? groups.groupOf(model).orElse(null) : null);
  }

  private List<CostRow> ofCurrency(CostDay day) {
    boolean mixed = false;
    for (CostRow row : day.rows()) {
      if (!row.currency().equals(query.currency())) {
        otherCurrencies.merge(row.currency(), row.amount(), BigDecimal::add);
        mixed = true;
      }
    }
    return mixed
        ? day.rows().stream().filter(row -> row.currency().equals(query.currency())).toList()
        : day.rows();
  }

  private boolean settled(LocalDate day) {
    return !day.plusDays(1)
        .atStartOfDay(ZoneOffset.UTC)
        .toInstant()
        .plus(SETTLES_AFTER)
        .isAfter(now);
  }

  private int bucket(LocalDate day) {
    return collector.timeline().indexOf(Timeline.start(day, ZoneOffset.UTC));
  }
}

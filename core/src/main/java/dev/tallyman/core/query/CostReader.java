package dev.tallyman.core.query;

import dev.tallyman.core.group.ModelGroups;
import dev.tallyman.core.ledger.Bill;
import dev.tallyman.core.ledger.BillView;
import dev.tallyman.core.ledger.Codes;
import dev.tallyman.core.ledger.Ledger;
import dev.tallyman.core.ledger.Rollup;
import dev.tallyman.core.ledger.View;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.query.Collector.Part;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads bills and, for the cost, the estimates that stand in for them. The cost is decided by UTC
 * day and project, whatever is asked for, so that all answers about a day agree: billed once the
 * day ended 48 hours ago, before that the larger of billed and estimated.
 */
final class CostReader {
  /** How long after its end a day's bill is taken for complete. */
  static final Duration SETTLES_AFTER = Duration.ofDays(2);

  private final Ledger ledger;
  private final UsageSource usage;
  private final Freshness costs;
  private final Instant now;
  private final Collector collector;
  private final Query query;
  private final BillColumns.Items items;
  private final SortedMap<String, BigDecimal> otherCurrencies = new TreeMap<>();
  private int unbilledDays;

  /**
   * Creates one.
   *
   * @param costs how far bills are read
   */
  CostReader(
      Ledger ledger,
      ModelGroups groups,
      UsageSource usage,
      Freshness costs,
      Instant now,
      Collector collector) {
    this.ledger = ledger;
    this.costs = costs;
    this.usage = usage;
    this.now = now;
    this.collector = collector;
    this.query = collector.query();
    this.items = new BillColumns.Items(groups);
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
    var billed = new HashSet<LocalDate>();
    for (Bill bill : ledger.bills(view(query.dimensions()), from, to)) {
      billed.add(bill.day());
      BillColumns columns = columns(bill);
      collector.know(bucket(bill.day()));
      if (columns.hasOther()) {
        columns.forEachOther(
            (_, currency, amount) -> otherCurrencies.merge(currency, amount, BigDecimal::add));
        collector.leaveOut(columns, bucket(bill.day()));
      }
      if (!estimates || settled(bill.day())) {
        collector.take(columns, bucket(bill.day()), Part.BILLED);
      }
    }
    if (estimates) {
      var unbilled = new ArrayList<LocalDate>();
      var contested = new ArrayList<LocalDate>();
      for (LocalDate day = from; day.isBefore(to); day = day.plusDays(1)) {
        if (!billed.contains(day)) {
          if (!settled(day) || !readEmpty(day)) {
            unbilled.add(day);
          }
        } else if (!settled(day)) {
          contested.add(day);
        }
      }
      estimate(unbilled);
      decide(contested);
    }
  }

  /** Takes the estimates of days without a bill. */
  private void estimate(List<LocalDate> days) {
    View view = usage.view(query.dimensions());
    for (List<LocalDate> run : runs(days)) {
      for (Rollup rollup : rollups(view, run)) {
        collector.take(usage.columns(rollup, view), bucket(rollup.day()), Part.USAGE);
        if (settled(rollup.day())) {
          unbilledDays++;
        }
      }
    }
  }

  /** Takes for each project the larger of its bill and its estimate; the bill if they are equal. */
  private void decide(List<LocalDate> days) {
    Set<GroupBy> dimensions = new HashSet<>(Set.of(GroupBy.PROJECT));
    dimensions.addAll(query.dimensions());
    View view = usage.view(dimensions);
    BillView billView = view(dimensions);
    for (List<LocalDate> run : runs(days)) {
      Map<LocalDate, Rollup> keysUsed = byDay(rollups(View.KEYS, run), Rollup::day);
      Map<LocalDate, Rollup> used =
          view == View.KEYS ? keysUsed : byDay(rollups(view, run), Rollup::day);
      Map<LocalDate, Bill> keysBilled = byDay(bills(BillView.KEYS, run), Bill::day);
      Map<LocalDate, Bill> billed =
          billView == BillView.KEYS ? keysBilled : byDay(bills(billView, run), Bill::day);
      for (LocalDate day : run) {
        Rollup ofUse = used.get(day);
        Bill ofBill = billed.get(day);
        Set<String> asBilled = asBilled(keysBilled.get(day), keysUsed.get(day));
        if (ofBill != null) {
          collector.take(
              columns(ofBill),
              bucket(day),
              Part.BILLED,
              GroupBy.PROJECT,
              project -> asBilled.contains(id(project)));
        }
        if (ofUse != null) {
          collector.take(
              usage.columns(ofUse, view),
              bucket(day),
              Part.USAGE,
              GroupBy.PROJECT,
              project -> !asBilled.contains(id(project)));
        }
      }
    }
  }

  /** The projects whose bill is at least as large as its estimate. */
  private Set<String> asBilled(@Nullable Bill bill, @Nullable Rollup use) {
    Map<String, BigDecimal> billed = bill == null ? Map.of() : byProject(columns(bill));
    Map<String, BigDecimal> used = use == null ? Map.of() : byProject(usage.silent(use));
    var asBilled = new HashSet<String>();
    billed.forEach((project, amount) -> {
      if (amount.compareTo(used.getOrDefault(project, BigDecimal.ZERO)) >= 0) {
        asBilled.add(project);
      }
    });
    return asBilled;
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
    var byProject = new HashMap<String, BigDecimal>();
    for (int code = 0; code < projects.count(); code++) {
      if (sums.touched(code)) {
        byProject.put(id(projects.text(code)), sums.get(code, 0));
      }
    }
    return byProject;
  }

  private List<Rollup> rollups(View view, List<LocalDate> run) {
    return ledger.rollups(view, ZoneOffset.UTC, run.getFirst(), run.getLast().plusDays(1));
  }

  private List<Bill> bills(BillView view, List<LocalDate> run) {
    return ledger.bills(view, run.getFirst(), run.getLast().plusDays(1));
  }

  private static <T> Map<LocalDate, T> byDay(List<T> each, Function<T, LocalDate> day) {
    var byDay = new HashMap<LocalDate, T>();
    each.forEach(one -> byDay.put(day.apply(one), one));
    return byDay;
  }

  /** Days in order as runs of adjoining ones, each of which is read at once. */
  private static List<List<LocalDate>> runs(List<LocalDate> days) {
    var runs = new ArrayList<List<LocalDate>>();
    int first = 0;
    for (int i = 1; i <= days.size(); i++) {
      if (i == days.size() || !days.get(i).equals(days.get(i - 1).plusDays(1))) {
        runs.add(days.subList(first, i));
        first = i;
      }
    }
    return runs;
  }

  private static BillView view(Set<GroupBy> asked) {
    return BillView.telling(
        asked.contains(GroupBy.PROJECT) || asked.contains(GroupBy.KEY),
        asked.contains(GroupBy.LINE_ITEM)
            || asked.contains(GroupBy.MODEL)
            || asked.contains(GroupBy.GROUP)
            || asked.contains(GroupBy.TIER));
  }

  private BillColumns columns(Bill bill) {
    return new BillColumns(bill, query.currency(), items);
  }

  /** Whether a day of which no bill is stored was read, and so was not charged for. */
  private boolean readEmpty(LocalDate day) {
    return readEmpty(costs, day, now);
  }

  /** Whether the bill of a day without a stored one was read, as far as costs are read. */
  static boolean readEmpty(Freshness costs, LocalDate day, Instant now) {
    return !costs.reaches().isEmpty()
        && costs.holds(
            Timeline.start(day, ZoneOffset.UTC),
            Timeline.start(day.plusDays(1), ZoneOffset.UTC),
            now);
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

package dev.tallyman.core.query;

import dev.tallyman.core.metric.Granularity;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.price.InUsage;
import dev.tallyman.core.price.LineItem;
import dev.tallyman.core.settings.UsageSettings;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.usage.Decimals;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Bills beside the estimates of the same UTC days. Only lines that usage shows are compared, see
 * {@link InUsage}; what else is billed is named and is no difference. A model or tool is left out
 * on both sides on a day on which some of its usage has no price, or some of it was charged for
 * long context, which estimates cannot tell.
 */
public final class Reconciliation {
  private static final Set<String> ENDPOINTS =
      InUsage.ENDPOINTS.stream().map(Known::id).collect(Collectors.toUnmodifiableSet());

  private final Totals totals;
  private final Instant now;

  /** Compares bills of an organization, as of an instant. */
  public Reconciliation(Store store, String organization, UsageSettings settings, Instant now) {
    this.totals = new Totals(store, organization, settings, now);
    this.now = now;
  }

  /**
   * A bill beside an estimate, in USD.
   *
   * @param billed for what usage shows
   * @param estimated for the same
   * @param notInUsage by line item what is billed that usage does not show
   * @param notCompared by model or tool what is billed of those that cannot be estimated in full
   */
  public record Comparison(
      BigDecimal billed,
      BigDecimal estimated,
      SortedMap<String, BigDecimal> notInUsage,
      SortedMap<String, BigDecimal> notCompared) {
    private static final Comparison NONE =
        new Comparison(
            BigDecimal.ZERO,
            BigDecimal.ZERO,
            Collections.emptySortedMap(),
            Collections.emptySortedMap());

    public Comparison {
      billed = Decimals.normal(billed);
      estimated = Decimals.normal(estimated);
      notInUsage = Collections.unmodifiableSortedMap(new TreeMap<>(notInUsage));
      notCompared = Collections.unmodifiableSortedMap(new TreeMap<>(notCompared));
    }

    /**
     * How far the estimate is above the bill, in percent of the bill; empty if nothing is billed.
     */
    public Optional<BigDecimal> driftPercent() {
      return billed.signum() <= 0
          ? Optional.empty()
          : Optional.of(
              estimated
                  .subtract(billed)
                  .movePointRight(2)
                  .divide(billed, 1, RoundingMode.HALF_EVEN));
    }

    /** The sum of both. */
    public Comparison plus(Comparison other) {
      return new Comparison(
          billed.add(other.billed),
          estimated.add(other.estimated),
          sum(notInUsage, other.notInUsage),
          sum(notCompared, other.notCompared));
    }

    /** What all parts of a map come to. */
    public static BigDecimal total(Map<String, BigDecimal> parts) {
      return Decimals.normal(parts.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add));
    }

    private static SortedMap<String, BigDecimal> sum(
        Map<String, BigDecimal> one, Map<String, BigDecimal> other) {
      var sum = new TreeMap<>(one);
      other.forEach((name, amount) -> sum.merge(name, amount, BigDecimal::add));
      return sum;
    }
  }

  /**
   * A UTC day.
   *
   * @param settled whether its bill is complete
   * @param known whether both its bill and its usage were read
   * @param otherCurrencies in which its bill holds money, which cannot be compared with estimates
   * @param projects by the project's id; an empty text for what belongs to none
   */
  public record Day(
      LocalDate day,
      boolean settled,
      boolean known,
      SortedSet<String> otherCurrencies,
      SortedMap<String, Comparison> projects) {
    /** Whether bill and estimate of what usage shows have to agree. */
    public boolean comparable() {
      return settled && known && otherCurrencies.isEmpty();
    }

    /** All projects together. */
    public Comparison total() {
      return projects.values().stream().reduce(Comparison.NONE, Comparison::plus);
    }
  }

  /**
   * The days in {@code [from, to)}, ascending.
   *
   * @param filters by dimensions that bills know too the values that count; none for all
   * @throws QueryException if bills do not know a dimension
   */
  public List<Day> days(LocalDate from, LocalDate to, Map<GroupBy, Set<String>> filters) {
    var drafts = new TreeMap<LocalDate, Draft>();
    for (LocalDate day = from; day.isBefore(to); day = day.plusDays(1)) {
      drafts.put(day, new Draft());
    }
    var items = new HashMap<String, LineItem>();
    totals.of(
        new Query(
            Metric.BILLED,
            List.of(GroupBy.PROJECT, GroupBy.LINE_ITEM),
            filters,
            start(from),
            start(to),
            Granularity.DAY,
            ZoneOffset.UTC,
            1),
        List.of(GroupBy.PROJECT, GroupBy.LINE_ITEM),
        (start, keys, total) ->
            of(drafts, start)
                .bill(keys.get(0), items.computeIfAbsent(keys.get(1), LineItem::parse), total));
    SortedMap<GroupBy, Set<String>> used = GroupBy.map();
    used.putAll(filters);
    used.put(GroupBy.ENDPOINT, ENDPOINTS);
    totals.of(
        new Query(
            Metric.ESTIMATED,
            List.of(GroupBy.PROJECT, GroupBy.MODEL),
            used,
            start(from),
            start(to),
            Granularity.DAY,
            ZoneOffset.UTC,
            1),
        List.of(GroupBy.PROJECT, GroupBy.ENDPOINT, GroupBy.MODEL),
        (start, keys, total) ->
            of(drafts, start).use(keys.get(0), subject(keys.get(1), keys.get(2)), total));
    return drafts.entrySet().stream().map(each -> day(each.getKey(), each.getValue())).toList();
  }

  private static Draft of(Map<LocalDate, Draft> drafts, Instant start) {
    return drafts.computeIfAbsent(LocalDate.ofInstant(start, ZoneOffset.UTC), _ -> new Draft());
  }

  private static String subject(String endpoint, String model) {
    for (Known each : InUsage.ENDPOINTS) {
      if (each.id().equals(endpoint)) {
        return InUsage.subject(each, model);
      }
    }
    throw new IllegalArgumentException("usage of " + endpoint + " was not asked for");
  }

  private Day day(LocalDate day, Draft draft) {
    Instant end = start(day.plusDays(1));
    return new Day(
        day,
        !Totals.settles(end).isAfter(now),
        (draft.charged || totals.billsRead(day))
            && totals.reach(Metric.ESTIMATED, start(day), end).known(),
        draft.otherCurrencies,
        draft.projects());
  }

  private static Instant start(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  /** What is known of a day while it is read. */
  private static final class Draft {
    private final List<Line> billed = new ArrayList<>();
    private final List<Line> used = new ArrayList<>();
    private final Set<String> leftOut = new HashSet<>();
    private final SortedSet<String> otherCurrencies = new TreeSet<>();
    private boolean charged;

    /**
     * An amount.
     *
     * @param subject the model or tool; empty for what usage does not show
     */
    private record Line(String project, Optional<String> subject, String item, BigDecimal amount) {}

    void bill(String project, LineItem item, Totals.Total total) {
      Optional<String> subject = InUsage.subject(item);
      if (item.longContext()) {
        subject.ifPresent(leftOut::add);
      }
      charged = true;
      otherCurrencies.addAll(total.leftOut());
      billed.add(new Line(project, subject, item.text(), total.billed()));
    }

    void use(String project, String subject, Totals.Total total) {
      if (total.unpriced()) {
        leftOut.add(subject);
      }
      used.add(new Line(project, Optional.of(subject), subject, total.usage()));
    }

    SortedMap<String, Comparison> projects() {
      var projects = new TreeMap<String, Comparison>();
      for (Line line : billed) {
        projects.merge(
            line.project(), compared(line, line.amount(), BigDecimal.ZERO), Comparison::plus);
      }
      for (Line line : used) {
        projects.merge(
            line.project(), compared(line, BigDecimal.ZERO, line.amount()), Comparison::plus);
      }
      return projects;
    }

    private Comparison compared(Line line, BigDecimal bill, BigDecimal estimate) {
      SortedMap<String, BigDecimal> none = Collections.emptySortedMap();
      if (line.subject().isEmpty()) {
        return new Comparison(
            BigDecimal.ZERO, BigDecimal.ZERO, new TreeMap<>(Map.of(line.item(), bill)), none);
      }
      String subject = line.subject().get();
      return leftOut.contains(subject)
          ? new Comparison(
              BigDecimal.ZERO, BigDecimal.ZERO, none, new TreeMap<>(Map.of(subject, bill)))
          : new Comparison(bill, estimate, none, none);
    }
  }
}

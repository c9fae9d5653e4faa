package dev.tallyman.core.spend;

import dev.tallyman.core.budget.Budget;
import dev.tallyman.core.budget.Limit;
import dev.tallyman.core.budget.Notices;
import dev.tallyman.core.budget.Scope;
import dev.tallyman.core.budget.Window;
import dev.tallyman.core.budget.WindowKind;
import dev.tallyman.core.forecast.Anomaly;
import dev.tallyman.core.forecast.Driver;
import dev.tallyman.core.forecast.Forecast;
import dev.tallyman.core.forecast.Pacing;
import dev.tallyman.core.forecast.Rhythm;
import dev.tallyman.core.group.ModelGroups;
import dev.tallyman.core.ledger.DayPrint;
import dev.tallyman.core.ledger.Ledger;
import dev.tallyman.core.ledger.Retention;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.metric.Unit;
import dev.tallyman.core.query.Parts;
import dev.tallyman.core.query.QueryException;
import dev.tallyman.core.query.Totals;
import dev.tallyman.core.settings.UsageSettings;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.usage.Decimals;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What budgets have used. Each sum is what {@link dev.tallyman.core.query.Queries} answers to the
 * same question; days are summed once and kept for as long as nothing in them moves, so an
 * evaluation costs one request for each month of its windows, and a few for what moved since the
 * last one, however many budgets there are.
 *
 * <p>Made once for a process; safe for use by many threads.
 */
public final class Spend {
  /** Windows that ended longer ago are not told. */
  public static final Duration TOLD_AFTER_END = Duration.ofDays(2);

  /** How long a window may be in a zone whose days are not kept. */
  private static final Duration MOST_FROM_HOURS = Duration.ofDays(14);

  /** Money in budgets counts in billionths of a USD. */
  public static final int NANO = 9;

  /** Anomalies of so long are looked for: today, and all of yesterday. */
  private static final Duration WATCHED = Duration.ofDays(2);

  /** With what an excess is compared: the same hours of the weeks before. */
  private static final int WEEKS = 2;

  private static final List<GroupBy> DRIVERS = List.of(GroupBy.PROJECT, GroupBy.KEY, GroupBy.MODEL);

  private static final int MOST_FINDINGS = 500;

  /** So many excesses of the past are looked into; most are of the same few incidents. */
  private static final int MOST_PAST = 60;

  /**
   * All money of this month of UTC, whether anybody has set a budget on it or not; under an id that
   * no budget of the settings can have. Its limit says nothing: it is beyond what anybody spends.
   */
  public static final Budget MONTH =
      new Budget(
          "(month)",
          "This month",
          Optional.empty(),
          new Limit(
              Metric.COST,
              BigDecimal.valueOf(1_000_000_000),
              Optional.empty(),
              Scope.ORGANIZATION,
              WindowKind.MONTH,
              ZoneOffset.UTC),
          Notices.at(List.of()),
          false);

  /** What is left of an excess, held against the weeks before, is at least one of so many parts. */
  private static final int LEAST_REST = 3;

  private final Store store;
  private final Map<String, Kept> kept = new HashMap<>();

  /** Sums of the organizations in this store. */
  public Spend(Store store) {
    this.store = store;
  }

  /** What is kept of one organization from one evaluation to the next. */
  private static final class Kept {
    final SeriesIndex places = new SeriesIndex();
    final Map<ZoneId, DaySums> days = new HashMap<>();
    final HourSums hours;
    final Baselines baselines;
    final Map<String, Optional<Finding>> findings = new HashMap<>();

    Kept(Store store, String organization) {
      hours = new HourSums(store, organization, places);
      baselines = new Baselines(store, organization, places, hours);
    }
  }

  /**
   * What budgets have used: for each that covers the organization, in the order given, in its
   * current window, then in those that ended up to 48 hours ago, the newest first.
   *
   * @param organization our id of it
   */
  public List<Usage> used(
      String organization, UsageSettings settings, List<Budget> budgets, Instant now) {
    var asked = new ArrayList<Asked>();
    for (Budget budget : budgets) {
      if (budget.covers(organization)) {
        Counted counted = Counted.by(budget, settings.groups());
        Window window = budget.limit().windowAt(now);
        asked.add(new Asked(budget, counted, window));
        for (window = window.previous();
            window.end().plus(TOLD_AFTER_END).isAfter(now);
            window = window.previous()) {
          asked.add(new Asked(budget, counted, window));
        }
      }
    }
    if (asked.isEmpty()) {
      return List.of();
    }
    Kept own = kept(organization);
    synchronized (own) {
      return evaluate(organization, settings, asked, own, now);
    }
  }

  private Kept kept(String organization) {
    synchronized (kept) {
      return kept.computeIfAbsent(organization, of -> new Kept(store, of));
    }
  }

  /**
   * Sums the hours that moved, and once a day of UTC what is usual: from the hours of the last
   * eight weeks, of which those that are missing are summed first, newest first. What does not fit
   * before the deadline is left for the next time.
   *
   * @param organization our id of it
   * @param anomalyUsd how much more than usual has to be spent for an anomaly, in USD
   */
  public void observe(
      String organization,
      UsageSettings settings,
      List<Budget> budgets,
      BigDecimal anomalyUsd,
      Instant now,
      Instant deadline,
      InstantSource clock) {
    Collection<Counted> counted = hourly(organization, settings.groups(), budgets);
    List<Counted> more = counted.stream().filter(each -> !HourSums.isTold(each)).toList();
    Kept own = kept(organization);
    synchronized (own) {
      var totals = new Totals(store, organization, settings, now);
      SortedMap<LocalDate, DayPrint> prints =
          prints(organization, settings.retention(), Baselines.first(now), now);
      own.hours.bring(totals, prints, more, now.minus(WATCHED), now);
      own.baselines.make(totals, prints, counted, minimum(anomalyUsd), now, deadline, clock);
    }
  }

  /** The series that tell the rhythm of the month and of what budgets count. */
  private static Collection<Counted> hourly(
      String organization, ModelGroups groups, List<Budget> budgets) {
    var counted = new LinkedHashSet<Counted>();
    counted.add(HourSums.hourly(Counted.by(MONTH, groups), groups));
    for (Budget budget : budgets) {
      if (budget.covers(organization) && budget.limit().counting().equals(Unit.USD)) {
        counted.add(HourSums.hourly(Counted.by(budget, groups), groups));
      }
    }
    return counted;
  }

  private SortedMap<LocalDate, DayPrint> prints(
      String organization, Retention retention, LocalDate first, Instant now) {
    return new Ledger(store, organization, retention).prints(first, utcDay(now).plusDays(1));
  }

  /**
   * What is to be expected of windows that go on, of what {@link #used} told just before; by what
   * {@link #observe} made.
   *
   * @param groups the model groups by which {@link #used} counted
   */
  public List<Projection> projections(
      String organization, ModelGroups groups, List<Usage> usages, Instant now) {
    Kept own = kept(organization);
    synchronized (own) {
      own.baselines.load();
      var projections = new ArrayList<Projection>();
      for (Usage usage : usages) {
        if (usage.known() && !usage.lacking() && !usage.window().endedAt(now)) {
          projections.add(projection(usage, groups, own, now));
        }
      }
      return projections;
    }
  }

  private static Projection projection(Usage usage, ModelGroups groups, Kept own, Instant now) {
    Budget budget = usage.budget();
    Window window = usage.window();
    Counted counted = Counted.by(budget, groups);
    // What is usual is known of estimates, which are in USD.
    Optional<Rhythm> rhythm =
        counted.currency().equals(Unit.USD)
            ? own.baselines.rhythm(HourSums.hourly(counted, groups))
            : Optional.empty();
    Instant asOf = earlier(now, usage.asOf().orElse(now));
    asOf = asOf.isBefore(window.start()) ? window.start() : asOf;
    long used = small(counted, usage.used());
    long limit = Math.max(1, small(counted, budget.limit().amount()));
    Optional<Forecast> forecast = Optional.empty();
    if (rhythm.isPresent()) {
      forecast =
          Forecast.of(
              rhythm.get(),
              window.start(),
              window.end(),
              asOf,
              used,
              today(counted, window, asOf, own),
              OptionalLong.of(limit));
    }
    return new Projection(
        usage, forecast, Pacing.of(rhythm, window.start(), window.end(), asOf, used, limit));
  }

  /** What was used since the last midnight of UTC, where days of UTC are at hand. */
  private static OptionalLong today(Counted counted, Window window, Instant asOf, Kept own) {
    DaySums days = own.days.get(window.zone());
    LocalDate today = utcDay(asOf);
    if (days == null
        || !window.zone().normalized().equals(ZoneOffset.UTC)
        || window.kind() == WindowKind.HOUR
        || !today.isBefore(window.endDay())) {
      return OptionalLong.empty();
    }
    SeriesTotal tally = days.sum(counted, today, today.plusDays(1));
    return tally.whole()
        ? OptionalLong.of(small(counted, tally.usage().add(tally.billed())))
        : OptionalLong.empty();
  }

  /** In billionths of the currency, or as a count. */
  private static long small(Counted counted, BigDecimal amount) {
    return amount
        .movePointRight(counted.metric().money() ? NANO : 0)
        .setScale(0, RoundingMode.CEILING)
        .min(BigDecimal.valueOf(Long.MAX_VALUE))
        .longValue();
  }

  /**
   * Spend of the last two days that is far from its own past, by what {@link #observe} summed just
   * before; where several series show the same excess, the narrowest one.
   *
   * @param anomalyUsd how much more than usual has to be spent for an anomaly, in USD
   */
  public List<Finding> anomalies(
      String organization, UsageSettings settings, BigDecimal anomalyUsd, Instant now) {
    long minimum = minimum(anomalyUsd);
    Kept own = kept(organization);
    synchronized (own) {
      own.baselines.load();
      Instant from = now.minus(WATCHED).truncatedTo(ChronoUnit.HOURS);
      var found = new ArrayList<Finding>();
      Totals totals = null;
      for (var each : own.baselines.watched(own.hours.pairs(from, now)).entrySet()) {
        long[] amounts = own.hours.recent(each.getKey(), from, now);
        for (Anomaly anomaly : Anomaly.find(each.getValue(), from, amounts, minimum)) {
          totals = totals == null ? new Totals(store, organization, settings, now) : totals;
          finding(each.getKey(), anomaly, totals, own).ifPresent(found::add);
        }
      }
      return narrowest(found);
    }
  }

  /**
   * Spend that was far from usual before anybody watched: in the weeks from which {@link #observe}
   * has just made for the first time what is usual, up to those that {@link #anomalies} looks at.
   * The largest of them, the oldest first; empty from the next time on.
   *
   * @param deadline when to have finished: smaller ones are left out then
   */
  public List<Finding> past(
      String organization,
      UsageSettings settings,
      Instant now,
      Instant deadline,
      InstantSource clock) {
    Kept own = kept(organization);
    synchronized (own) {
      if (own.baselines.past().isEmpty()) {
        return List.of();
      }
      Instant until = now.minus(WATCHED);
      var totals = new Totals(store, organization, settings, now);
      record Past(Scope part, Anomaly anomaly) {}
      List<Finding> found =
          own.baselines.past().entrySet().stream()
              .flatMap(each -> each.getValue().stream().map(one -> new Past(each.getKey(), one)))
              .filter(each -> each.anomaly().end().isBefore(until))
              .sorted(Comparator.comparingLong((Past each) -> each.anomaly().excess()).reversed())
              .limit(MOST_PAST)
              .takeWhile(_ -> clock.instant().isBefore(deadline))
              .flatMap(each -> finding(each.part(), each.anomaly(), totals, own).stream())
              .toList();
      return narrowest(found).stream()
          .sorted(Comparator.comparing(each -> each.anomaly().end()))
          .toList();
    }
  }

  /** The least excess that matters, in billionths of a USD. */
  private static long minimum(BigDecimal anomalyUsd) {
    return anomalyUsd.movePointRight(NANO).setScale(0, RoundingMode.CEILING).longValue();
  }

  private static Optional<Finding> finding(Scope part, Anomaly anomaly, Totals totals, Kept own) {
    if (own.findings.size() > MOST_FINDINGS) {
      own.findings.clear();
    }
    String known = part + " " + anomaly.start() + " " + anomaly.end() + " " + anomaly.actual();
    return own.findings.computeIfAbsent(
        known,
        _ -> {
          List<Driver.Part> parts = parts(part, anomaly, totals);
          // What the weeks before had at the same time is usual, however seldom it is otherwise.
          long excess = parts.stream().mapToLong(each -> each.actual() - each.usual()).sum();
          return excess > anomaly.excess() / LEAST_REST
              ? Optional.of(new Finding(part, anomaly, Driver.of(parts)))
              : Optional.empty();
        });
  }

  private static List<Driver.Part> parts(Scope part, Anomaly anomaly, Totals totals) {
    var actual = new HashMap<List<String>, BigDecimal>();
    var before = new HashMap<List<String>, BigDecimal>();
    for (int week = 0; week <= WEEKS; week++) {
      Duration back = Duration.ofDays(7L * week);
      Map<List<String>, BigDecimal> sums = week == 0 ? actual : before;
      try {
        totals.hours(
            anomaly.start().minus(back),
            anomaly.end().minus(back),
            List.of(
                new Totals.Hourly(
                    Metric.ESTIMATED,
                    DRIVERS,
                    Map.copyOf(part.parts()),
                    (_, keys, total) -> sums.merge(keys, total.usage(), BigDecimal::add))));
      } catch (QueryException _) {
        // Hours that are not kept any more are no past to compare with.
      }
    }
    var all = new HashSet<>(actual.keySet());
    all.addAll(before.keySet());
    return all.stream()
        .map(keys ->
            new Driver.Part(
                orNull(keys.get(0)),
                orNull(keys.get(1)),
                orNull(keys.get(2)),
                nano(actual.getOrDefault(keys, BigDecimal.ZERO)),
                nano(before.getOrDefault(keys, BigDecimal.ZERO)) / WEEKS))
        .toList();
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  private static long nano(BigDecimal usd) {
    return usd.movePointRight(NANO).setScale(0, RoundingMode.HALF_UP).longValue();
  }

  /** One finding for each excess. */
  private static List<Finding> narrowest(List<Finding> found) {
    var sorted = new ArrayList<>(found);
    sorted.sort(
        Comparator.comparingInt(
                (Finding each) -> HourSums.PARTS.indexOf(List.copyOf(each.part().dimensions())))
            .thenComparing(each -> each.anomaly().excess(), Comparator.reverseOrder())
            .thenComparing(Finding::subject));
    var kept = new ArrayList<Finding>();
    for (Finding each : sorted) {
      if (kept.stream().noneMatch(narrower -> narrower.isWithin(each))) {
        kept.add(each);
      }
    }
    return kept;
  }

  private record Asked(Budget budget, Counted counted, Window window) {
    boolean hourly() {
      return window.kind() == WindowKind.HOUR;
    }

    /** Why it can never be known; empty if it can. */
    Optional<String> impossible(Totals totals) {
      Metric metric = counted.metric();
      if (metric.billed() && (hourly() || !window.zone().normalized().equals(ZoneOffset.UTC))) {
        return Optional.of(metric.id() + " is known by UTC days only.");
      }
      boolean brief =
          Duration.between(window.start(), window.end()).compareTo(MOST_FROM_HOURS) <= 0;
      if (!hourly() && !brief && !totals.reports(window.zone())) {
        return Optional.of("Days of " + window.zone() + " are not kept so far.");
      }
      return Optional.empty();
    }
  }

  private List<Usage> evaluate(
      String organization, UsageSettings settings, List<Asked> asked, Kept own, Instant now) {
    var totals = new Totals(store, organization, settings, now);
    var days = new HashMap<ZoneId, Map<Counted, LocalDate>>();
    var hourly = new HashSet<Counted>();
    Instant firstHour = now;
    Instant first = now;
    for (Asked each : asked) {
      if (each.impossible(totals).isPresent()) {
        continue;
      }
      Window window = each.window();
      first = earlier(first, window.start());
      if (each.hourly()) {
        firstHour = earlier(firstHour, window.start());
        if (!HourSums.isTold(each.counted())) {
          hourly.add(each.counted());
        }
      } else {
        days.computeIfAbsent(window.zone(), _ -> new HashMap<>())
            .merge(each.counted(), window.firstDay(), Spend::earlier);
      }
    }
    SortedMap<LocalDate, DayPrint> prints =
        prints(organization, settings.retention(), utcDay(first), now);
    days.forEach((zone, firsts) ->
        own.days
            .computeIfAbsent(zone, of -> new DaySums(store, organization, of, own.places))
            .bring(totals, prints, firsts, now));
    if (firstHour.isBefore(now)) {
      own.hours.bring(totals, prints, hourly, firstHour, now);
    }
    var reaches = new HashMap<Reached, Totals.Reach>();
    var usages = new ArrayList<Usage>(asked.size());
    for (Asked each : asked) {
      Totals.Reach reach =
          reaches.computeIfAbsent(
              new Reached(each.counted().metric(), each.window()),
              of -> totals.reach(of.metric(), of.window().start(), of.window().end()));
      usages.add(usage(each, reach, each.impossible(totals), own));
    }
    return usages;
  }

  private record Reached(Metric metric, Window window) {}

  private static Usage usage(
      Asked asked, Totals.Reach reach, Optional<String> impossible, Kept own) {
    Window window = asked.window();
    SeriesTotal tally = new SeriesTotal(asked.counted().scale());
    Optional<String> note = impossible;
    if (impossible.isEmpty()) {
      DaySums days = own.days.get(window.zone());
      if (asked.hourly()) {
        tally = own.hours.sum(asked.counted(), window.start());
      } else if (days != null) {
        tally = days.sum(asked.counted(), window.firstDay(), window.endDay());
      }
      if (!tally.whole()) {
        note = asked.hourly() || days == null ? own.hours.failure() : days.failure();
      }
    }
    boolean has = tally.is(Column.USED) || tally.is(Column.CHARGED);
    boolean known = impossible.isEmpty() && tally.whole() && (reach.known() || has);
    Metric metric = asked.counted().metric();
    BigDecimal used = known ? tally.usage().add(tally.billed()) : BigDecimal.ZERO;
    if (metric.money() && used.scale() > NANO) {
      used = used.setScale(NANO, RoundingMode.CEILING);
    }
    if (known && !tally.leftOut().isEmpty()) {
      Budget budget = asked.budget();
      // What is used of all money is at least this; of one currency it is this, if it is any.
      known = budget.limit().currency().isPresent() ? used.signum() != 0 : exceeds(used, budget);
      note = Optional.of(leftOut(asked.counted().currency(), tally.leftOut(), known));
    } else if (metric == Metric.COST && !asked.counted().currency().equals(Unit.USD)) {
      note = note.or(() -> Optional.of(billsOnly(asked.counted().currency())));
    }
    return new Usage(
        asked.budget(),
        window,
        known ? Decimals.normal(used) : BigDecimal.ZERO,
        metric == Metric.COST
            ? Optional.of(
                new Parts(Decimals.normal(tally.billed()), Decimals.normal(tally.usage())))
            : Optional.empty(),
        Totals.source(metric, tally.is(Column.USED), tally.is(Column.CHARGED)),
        reach.asOf(),
        reach.completeSince(),
        known,
        reach.partial(),
        reach.stale(),
        tally.is(Column.UNPRICED),
        tally.is(Column.APPROXIMATE),
        List.copyOf(tally.leftOut()),
        note);
  }

  private static boolean exceeds(BigDecimal used, Budget budget) {
    return used.compareTo(budget.limit().amount()) >= 0;
  }

  private static String leftOut(String currency, Collection<String> others, boolean known) {
    String all = String.join(" and ", others);
    return "Bills of this window hold money in "
        + all
        + ", which is not added to amounts in "
        + currency
        + (known ? "" : ", so what is used is not known")
        + "; name `currency: "
        + others.iterator().next()
        + "` in a budget to count it.";
  }

  private static String billsOnly(String currency) {
    return "Only bills are counted in " + currency + ", since estimates are in usd.";
  }

  private static <T extends Comparable<? super T>> T earlier(T one, T other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  private static LocalDate utcDay(Instant at) {
    return LocalDate.ofInstant(at, ZoneOffset.UTC);
  }
}

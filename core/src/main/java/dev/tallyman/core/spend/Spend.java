package dev.tallyman.core.spend;

import dev.tallyman.core.budget.Budget;
import dev.tallyman.core.budget.Window;
import dev.tallyman.core.budget.WindowKind;
import dev.tallyman.core.ledger.DayPrint;
import dev.tallyman.core.ledger.Ledger;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.query.Parts;
import dev.tallyman.core.query.Totals;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.usage.Decimals;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

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
  private static final int NANO = 9;

  private final Store store;
  private final Map<String, Kept> kept = new HashMap<>();

  /** Sums of the organizations in this store. */
  public Spend(Store store) {
    this.store = store;
  }

  /** What is kept of one organization from one evaluation to the next. */
  private static final class Kept {
    final Places places = new Places();
    final Map<ZoneId, DaySums> days = new HashMap<>();
    final HourSums hours = new HourSums(places);
  }

  /**
   * What budgets have used: for each that covers the organization, in the order given, in its
   * current window, then in those that ended up to 48 hours ago, the newest first.
   *
   * @param organization our id of it
   */
  public List<Usage> used(
      String organization, Settings settings, List<Budget> budgets, Instant now) {
    var asked = new ArrayList<Asked>();
    for (Budget budget : budgets) {
      if (budget.covers(organization)) {
        Counted counted = Counted.by(budget, settings);
        Window window = budget.windowAt(now);
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
    Kept own;
    synchronized (kept) {
      own = kept.computeIfAbsent(organization, _ -> new Kept());
    }
    synchronized (own) {
      return evaluate(organization, settings, asked, own, now);
    }
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
      String organization, Settings settings, List<Asked> asked, Kept own, Instant now) {
    var totals = new Totals(store, organization, settings, now);
    var days = new HashMap<ZoneId, Map<Counted, LocalDate>>();
    var hours = new HashMap<Counted, Instant>();
    Instant first = now;
    for (Asked each : asked) {
      if (each.impossible(totals).isPresent()) {
        continue;
      }
      Window window = each.window();
      first = window.start().isBefore(first) ? window.start() : first;
      if (each.hourly()) {
        hours.merge(each.counted(), window.start(), Spend::earlier);
      } else {
        days.computeIfAbsent(window.zone(), _ -> new HashMap<>())
            .merge(each.counted(), window.firstDay(), Spend::earlier);
      }
    }
    SortedMap<LocalDate, DayPrint> prints =
        new Ledger(store, organization, settings.retention())
            .prints(utcDay(first), utcDay(now).plusDays(1));
    days.forEach((zone, firsts) ->
        own.days
            .computeIfAbsent(zone, of -> new DaySums(store, organization, of, own.places))
            .bring(totals, prints, firsts, now));
    own.hours.bring(totals, prints, hours, now);
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
    Tally tally = new Tally(asked.counted().scale());
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
    return new Usage(
        asked.budget(),
        window,
        Decimals.normal(used),
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
        note);
  }

  private static <T extends Comparable<? super T>> T earlier(T one, T other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  private static LocalDate utcDay(Instant at) {
    return LocalDate.ofInstant(at, ZoneOffset.UTC);
  }
}

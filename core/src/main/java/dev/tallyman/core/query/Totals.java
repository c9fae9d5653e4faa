package dev.tallyman.core.query;

import dev.tallyman.core.ledger.Ledger;
import dev.tallyman.core.metric.Granularity;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.poll.records.PollState;
import dev.tallyman.core.poll.records.Records;
import dev.tallyman.core.query.Collector.Part;
import dev.tallyman.core.settings.UsageSettings;
import dev.tallyman.core.store.Store;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/**
 * What one organization used by day or hour and by any number of dimensions at once, read by what
 * answers questions: each total is what {@link Queries} answers when asked for it alone. What is
 * known of the ledger is read once, when this is made.
 */
public final class Totals {
  private static final ZoneId UTC = ZoneId.of("UTC");

  private final Ledger ledger;
  private final UsageSettings settings;
  private final Instant now;
  private final PollState state;
  private final Optional<CycleRecord> latest;
  private final Map<Metric, Freshness> freshness = new EnumMap<>(Metric.class);

  /** Totals of an organization, as of an instant. */
  public Totals(Store store, String organization, UsageSettings settings, Instant now) {
    this.ledger = new Ledger(store, organization, settings.retention());
    this.settings = settings;
    this.now = now;
    var records = new Records(store, organization, settings.retention().cycles());
    this.state = records.state();
    this.latest = records.latest(now);
  }

  /**
   * How far what feeds a metric is read.
   *
   * @param known whether anything of the range is read
   * @param asOf the oldest last success; empty before the first
   * @param completeSince from when on all of it is read; empty if unknown
   * @param partial whether some of the range is missing that is over, or before the ledger begins
   * @param stale whether an endpoint had no success for three of its intervals
   */
  public record Reach(
      boolean known,
      Optional<Instant> asOf,
      Optional<Instant> completeSince,
      boolean partial,
      boolean stale) {}

  /** How far what feeds a metric is read in a range. */
  public Reach reach(Metric metric, Instant from, Instant to) {
    Freshness of = freshness(metric);
    boolean begun = of.reaches().stream().allMatch(reach -> reach.holds(from, from));
    return new Reach(
        of.touches(from, to),
        of.asOf(),
        of.completeSince(),
        !begun || (!to.isAfter(now) && !of.holds(from, to, now)),
        of.stale(settings.pollInterval(), now));
  }

  /** Whether the bills of a UTC day are known to be read, so that one without any cost nothing. */
  public boolean billsRead(LocalDate day) {
    return CostReader.readEmpty(freshness(Metric.BILLED).costs(), day, now);
  }

  /** When a bill of a UTC day that ended then is taken for complete. */
  public static Instant settles(Instant end) {
    return end.plus(CostReader.SETTLES_AFTER);
  }

  /** Whether days of a zone are kept, so that they can be told for any range. */
  public boolean reports(ZoneId zone) {
    return settings.zones().stream()
        .anyMatch(each -> Query.normal(each).equals(Query.normal(zone)));
  }

  private Freshness freshness(Metric metric) {
    return freshness.computeIfAbsent(metric, of -> Freshness.of(of, null, state, latest));
  }

  /** The word for where a number comes from: {@link Provenance#source}. */
  public static String source(Metric metric, boolean used, boolean charged) {
    return Queries.source(metric, used, charged);
  }

  /**
   * A total.
   *
   * @param usage what was counted or estimated
   * @param billed what was charged, for {@code cost} and {@code billed}
   * @param used whether there was anything to count or estimate
   * @param charged whether there was a charge
   * @param unpriced whether usage without a price is missing from it
   * @param approximate whether hours were put where they begin, for want of their minutes
   * @param leftOut the currencies of what was charged in others than asked for, which is not in it
   */
  public record Total(
      BigDecimal usage,
      BigDecimal billed,
      boolean used,
      boolean charged,
      boolean unpriced,
      boolean approximate,
      SortedSet<String> leftOut) {}

  /** Is told totals, all of one combination before the next. */
  @FunctionalInterface
  public interface Taker {
    /**
     * Takes a total that is not empty.
     *
     * @param start of the day or hour
     * @param keys the values of the dimensions, in their order; an empty text where there is none
     */
    void take(Instant start, List<String> keys, Total total);
  }

  /**
   * Tells the totals of each day of a zone in {@code [from, to)} by the dimensions named, of the
   * values named. Days before the zone became a reporting one are read from their hours.
   *
   * @param currency of what is billed
   * @throws QueryException if this ledger does not know days of this zone, or not any more
   */
  public void days(
      Metric metric,
      ZoneId zone,
      LocalDate from,
      LocalDate to,
      Map<GroupBy, Set<String>> wanted,
      String currency,
      Taker taker) {
    ZoneId days = metric.billed() ? UTC : zone;
    Collector collector =
        collector(
            metric, wanted, Timeline.start(from, days), Timeline.start(to, days), days, currency);
    read(collector, taker);
  }

  /**
   * Tells the totals of each bucket of a question.
   *
   * @param by dimensions that the question groups or filters by, any number of them
   */
  void of(Query question, List<GroupBy> by, Taker taker) {
    read(new Collector(question, by), taker);
  }

  private void read(Collector collector, Taker taker) {
    Metric metric = collector.query().metric();
    var usage = new UsageSource(ledger, settings, now, collector);
    if (metric.billed()) {
      new CostReader(ledger, settings.groups(), usage, freshness(metric).costs(), now, collector)
          .read();
    } else {
      usage.untoldFromHours().read();
    }
    tell(collector, taker);
  }

  private static Collector collector(
      Metric metric,
      Map<GroupBy, Set<String>> wanted,
      Instant from,
      Instant to,
      ZoneId zone,
      String currency) {
    var query = new Query(metric, List.of(), wanted, from, to, Granularity.DAY, zone, 1, currency);
    return new Collector(query, List.copyOf(query.filters().keySet()));
  }

  private static void tell(Collector collector, Taker taker) {
    for (int series = 0; series < collector.series(); series++) {
      List<String> keys = collector.keys(series).stream().map(key -> key.orElse("")).toList();
      for (int bucket = 0; bucket < collector.timeline().size(); bucket++) {
        boolean used = collector.has(Part.USAGE, series, bucket);
        boolean charged = collector.has(Part.BILLED, series, bucket);
        if (used || charged) {
          taker.take(
              collector.timeline().start(bucket),
              keys,
              new Total(
                  collector.sum(Part.USAGE, series, bucket),
                  collector.sum(Part.BILLED, series, bucket),
                  used,
                  charged,
                  collector.misses(series, bucket),
                  collector.isApproximate(bucket),
                  collector.leftOut(series, bucket)));
        }
      }
    }
  }

  /**
   * What is to be told by the hour.
   *
   * @param wanted by the dimensions to add up by the values that count; none for all of them
   */
  public record Hourly(
      Metric metric, List<GroupBy> by, Map<GroupBy, Set<String>> wanted, Taker taker) {
    public Hourly {
      by = List.copyOf(by);
      wanted = Map.copyOf(wanted);
    }
  }

  /**
   * Tells the totals of each hour of UTC in {@code [from, to)}; each hour is read once, whatever is
   * asked for.
   *
   * @throws QueryException if the hours are not kept any more
   */
  public void hours(Instant from, Instant to, List<Hourly> asked) {
    var collectors = new ArrayList<Collector>();
    for (Hourly each : asked) {
      var query =
          new Query(each.metric(), List.of(), each.wanted(), from, to, Granularity.HOUR, UTC, 1);
      collectors.add(new Collector(query, each.by()));
    }
    if (collectors.isEmpty()) {
      return;
    }
    new UsageSource(ledger, settings, now, collectors.getFirst()).readHours(collectors);
    for (int i = 0; i < collectors.size(); i++) {
      tell(collectors.get(i), asked.get(i).taker());
    }
  }
}

package dev.tallyman.core.query;

import dev.tallyman.core.ledger.Ledger;
import dev.tallyman.core.metric.Granularity;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.poll.Organization;
import dev.tallyman.core.poll.Organizations;
import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.poll.records.Records;
import dev.tallyman.core.price.Unpriced;
import dev.tallyman.core.query.Collector.Lines;
import dev.tallyman.core.query.Collector.Part;
import dev.tallyman.core.settings.UsageSettings;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.usage.Decimals;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The answers of a store to questions: the one way from the ledger to any number that is shown, so
 * that no two views disagree. It costs a few requests to the store for the state of the poller and
 * one for each month of the range, more where hours have to be read.
 */
public final class Queries {
  private static final ZoneId UTC = ZoneId.of("UTC");
  private static final Duration HOUR = Duration.ofHours(1);

  private final Store store;
  private final UsageSettings settings;
  private final InstantSource clock;

  /** Answers from a store by these settings. */
  public Queries(Store store, UsageSettings settings, InstantSource clock) {
    this.store = store;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Answers a question about an organization; about one that was never read, that nothing is known.
   *
   * @param organization our id of it
   * @throws QueryException if this ledger cannot answer it; the message says what to ask instead
   */
  public Answer answer(String organization, Query question) {
    Instant now = clock.instant();
    Query query = question.metric().billed() ? wholeDays(question, now) : question;
    if (query.metric() == Metric.ESTIMATED && !query.currency().equals(Query.USD)) {
      throw new QueryException(
          "currency", "estimates are in usd; only bills may be in others", List.of(Query.USD));
    }
    var ledger = new Ledger(store, organization, settings.retention());
    var records = new Records(store, organization, settings.retention().cycles());
    Optional<CycleRecord> latest = records.latest(now);
    Freshness freshness =
        Freshness.of(
            query.metric(), query.filters().get(GroupBy.ENDPOINT), records.state(), latest);
    var collector = new Collector(query);
    var notes = new ArrayList<String>();
    var otherCurrencies = new TreeMap<String, BigDecimal>();
    boolean whole = know(collector, freshness, ledger, now);
    var usage = new UsageSource(ledger, settings, now, collector);
    if (query.metric().billed()) {
      var costs =
          new CostReader(ledger, settings.groups(), usage, freshness.costs(), now, collector);
      costs.read();
      otherCurrencies.putAll(costs.otherCurrencies());
      tell(costs, query, notes);
    } else {
      usage.read();
    }
    List<Unpriced> unpriced = unpriced(collector, usage, ledger, now);
    Lines lines = collector.lines(hours(collector.timeline(), freshness, now));
    if (collector.isApproximate()) {
      notes.add(
          "Hours that belong to two buckets are counted where they begin, for want of their"
              + " minutes.");
    }
    notes.addAll(freshness.defects(query.from(), query.to()));
    collector.lost().forEach((endpoint, hours) -> notes.add(gone(endpoint, hours)));
    List<String> neverRead = freshness.neverRead();
    if (!neverRead.isEmpty()) {
      notes.add("Never read so far: " + String.join(", ", neverRead) + ".");
    }
    boolean simulated =
        latest.map(CycleRecord::simulated).orElse(false)
            || new Organizations(store)
                .find(organization)
                .map(Organization::simulated)
                .orElse(false);
    boolean estimated = estimated(query, collector);
    var provenance =
        new Provenance(
            source(query.metric(), collector.has(Part.USAGE), collector.has(Part.BILLED)),
            freshness.asOf(),
            !whole || !collector.lost().isEmpty(),
            estimated,
            freshness.stale(settings.pollInterval(), now),
            simulated,
            completeSince(freshness, collector),
            query.metric().money() ? Optional.of(query.currency()) : Optional.empty(),
            unpriced,
            otherCurrencies,
            notes);
    Optional<Parts> parts =
        query.metric() == Metric.COST && !collector.billedElsewhere()
            ? Optional.of(new Parts(collector.sum(Part.BILLED), collector.sum(Part.USAGE)))
            : Optional.empty();
    return new Answer(
        query,
        collector.timeline().starts(),
        lines.top(),
        lines.total(),
        lines.other(),
        lines.others(),
        parts,
        provenance);
  }

  /** The question with its range made of whole UTC days: today counts as far as it has come. */
  private static Query wholeDays(Query query, Instant now) {
    LocalDate first = Timeline.day(query.from(), UTC);
    if (!Timeline.start(first, UTC).equals(query.from())) {
      throw partOfDay("since", query, first);
    }
    LocalDate last = Timeline.day(query.to(), UTC);
    if (Timeline.start(last, UTC).equals(query.to())) {
      return query;
    }
    if (last.isBefore(Timeline.day(now, UTC))) {
      throw partOfDay("until", query, last);
    }
    return new Query(
        query.metric(),
        query.groupBy(),
        query.filters(),
        query.from(),
        Timeline.start(last.plusDays(1), UTC),
        query.granularity(),
        query.zone(),
        query.top(),
        query.currency());
  }

  private static QueryException partOfDay(String field, Query query, LocalDate day) {
    return new QueryException(
        field,
        query.metric().id()
            + " is known by whole UTC days: "
            + field
            + " is a date such as "
            + day
            + "; ask for estimated for parts of days",
        List.of(day.toString(), day.plusDays(1).toString()));
  }

  /** Tells the collector what is known; answers whether all of it is known to the end. */
  private static boolean know(
      Collector collector, Freshness freshness, Ledger ledger, Instant now) {
    Timeline timeline = collector.timeline();
    Query query = collector.query();
    if (query.granularity() == Granularity.MINUTE) {
      // Whether minutes are held is seen when they are read.
      return freshness.holds(query.from(), query.to(), now);
    }
    if (query.granularity() == Granularity.HOUR) {
      return knowHours(collector, freshness, ledger, now);
    }
    boolean whole = true;
    for (int bucket = 0; bucket < timeline.size(); bucket++) {
      if (freshness.touches(timeline.start(bucket), timeline.end(bucket))) {
        collector.know(bucket);
      } else if (freshness.beyond(timeline.start(bucket))) {
        collector.knowByRows(bucket);
      }
      whole &= freshness.holds(timeline.start(bucket), timeline.end(bucket), now);
    }
    return whole;
  }

  private static boolean knowHours(
      Collector collector, Freshness freshness, Ledger ledger, Instant now) {
    Timeline timeline = collector.timeline();
    List<String> involved =
        freshness.reaches().stream()
            .filter(reach -> reach.since().isPresent())
            .map(Freshness.Reach::id)
            .toList();
    SortedMap<Instant, Set<String>> read =
        ledger.read(collector.query().from(), collector.query().to());
    boolean whole = involved.size() == freshness.reaches().size();
    for (int bucket = 0; bucket < timeline.size(); bucket++) {
      Set<String> of = read.getOrDefault(timeline.start(bucket), Set.of());
      if (involved.stream().anyMatch(of::contains)) {
        collector.know(bucket);
      }
      whole &=
          !timeline.end(bucket).isAfter(now)
              && of.containsAll(involved)
              && !freshness.defective(timeline.start(bucket), timeline.end(bucket));
    }
    return whole;
  }

  /** How many hours of each bucket are read, of the endpoint that is read least. */
  private static long[] hours(Timeline timeline, Freshness freshness, Instant now) {
    var hours = new long[timeline.size()];
    for (int bucket = 0; bucket < hours.length; bucket++) {
      long least = Long.MAX_VALUE;
      for (Freshness.Reach reach : freshness.reaches()) {
        least = Math.min(least, hours(timeline, bucket, reach, now));
      }
      hours[bucket] = least == Long.MAX_VALUE ? 0 : least;
    }
    return hours;
  }

  private static long hours(Timeline timeline, int bucket, Freshness.Reach reach, Instant now) {
    if (reach.since().isEmpty() || reach.until().isEmpty()) {
      return 0;
    }
    Instant since = reach.since().get();
    Instant until = reach.until().get().isAfter(now) ? now : reach.until().get();
    Instant start = timeline.start(bucket).isBefore(since) ? since : timeline.start(bucket);
    Instant end = timeline.end(bucket).isBefore(until) ? timeline.end(bucket) : until;
    if (!start.isBefore(end)) {
      return 0;
    }
    // An hour that has begun has been measured.
    Instant ceiling = Granularity.HOUR.floor(end.plus(HOUR).minusSeconds(1));
    return Duration.between(Granularity.HOUR.floor(start), ceiling).toHours();
  }

  /** What is unpriced by name; asks a view that knows models where the answer's own did not. */
  private List<Unpriced> unpriced(
      Collector collector, UsageSource usage, Ledger ledger, Instant now) {
    if (collector.namesMissing()) {
      Query query = collector.query();
      var models =
          new Collector(
              new Query(
                  Metric.ESTIMATED,
                  List.of(GroupBy.MODEL),
                  Map.of(),
                  query.from(),
                  query.to(),
                  Granularity.ALL,
                  query.zone(),
                  1));
      new UsageSource(ledger, settings, now, models).read();
      return models.unpriced(usage::estimator);
    }
    return collector.unpriced(usage::estimator);
  }

  private static void tell(CostReader costs, Query query, List<String> notes) {
    costs
        .otherCurrencies()
        .forEach((currency, amount) ->
            notes.add(
                "Not added: "
                    + Decimals.normal(amount).toPlainString()
                    + " "
                    + currency
                    + " billed in this range; ask with currency "
                    + currency
                    + "."));
    if (query.metric() == Metric.COST && !query.currency().equals(Query.USD)) {
      notes.add("Estimates are in usd and are not part of amounts in " + query.currency() + ".");
    }
    if (costs.unbilledDays() > 0) {
      notes.add(
          costs.unbilledDays()
              + (costs.unbilledDays() == 1 ? " day is" : " days are")
              + " estimated although the bill is due, because no bill was read.");
    }
  }

  private static String gone(String endpoint, SortedSet<Instant> hours) {
    return "Gone from the ledger, though they were read: %s of %s from %s to %s; 'tallyman"
            .formatted(
                hours.size() == 1 ? "an hour" : hours.size() + " hours",
                endpoint,
                hours.first(),
                hours.last().plus(HOUR))
        + " backfill --from "
        + Timeline.day(hours.first(), UTC)
        + "' reads them back.";
  }

  /** From when on all is there: behind the last hour that is gone. */
  private static Optional<Instant> completeSince(Freshness freshness, Collector collector) {
    return Stream.concat(
            freshness.completeSince().stream(),
            collector.lost().values().stream().map(hours -> hours.last().plus(HOUR)))
        .max(Comparator.naturalOrder());
  }

  private static boolean estimated(Query query, Collector collector) {
    return switch (query.metric()) {
      case ESTIMATED -> true;
      case COST -> collector.has(Part.USAGE);
      default -> false;
    };
  }

  /** The word for where a number of this metric comes from. */
  static String source(Metric metric, boolean usage, boolean billed) {
    return switch (metric) {
      case BILLED -> "billed";
      case ESTIMATED -> "estimated";
      case COST -> usage ? billed ? "billed+estimated" : "estimated" : "billed";
      default -> "reported";
    };
  }
}

package dev.tallyman.core.query;

import dev.tallyman.core.metric.Granularity;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.metric.Unit;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/**
 * One question: a metric, grouped and filtered, over a range in buckets. What is no question at all
 * is refused here; what a ledger cannot answer is refused when it is asked.
 *
 * @param metric what is asked for
 * @param groupBy none, one or two different dimensions that the metric knows
 * @param filters by dimension the values of which any one counts; an empty text counts what has no
 *     value
 * @param from inclusive; rounded down to a whole hour (for minutes: minute) of UTC unless a day of
 *     the zone begins there
 * @param to exclusive; rounded up likewise
 * @param granularity how long a bucket lasts
 * @param zone whose days, weeks and months count
 * @param top how many series are shown, the largest first; the rest are added up
 * @param currency of billed amounts, a lower-case ISO 4217 code; amounts in others are not added
 */
public record Query(
    Metric metric,
    List<GroupBy> groupBy,
    Map<GroupBy, Set<String>> filters,
    Instant from,
    Instant to,
    Granularity granularity,
    ZoneId zone,
    int top,
    String currency) {
  /** The most buckets of an answer. */
  public static final int MAX_BUCKETS = 750;

  /** How many series are shown unless asked otherwise. */
  public static final int DEFAULT_TOP = 12;

  /** The currency unless asked otherwise, and that of all estimates. */
  public static final String USD = Unit.USD;

  /** The most values that the series of an answer may have. */
  private static final int MAX_VALUES = 75_000;

  /**
   * Checks and normalizes a question.
   *
   * @throws QueryException if it cannot be answered by any ledger
   */
  public Query {
    groupBy = List.copyOf(groupBy);
    filters = copy(filters);
    zone = normal(zone);
    if (currency.length() != 3 || !currency.chars().allMatch(Character::isLetter)) {
      throw new QueryException(
          "currency", "currency is a code of three letters such as usd", List.of(USD));
    }
    currency = currency.toLowerCase(Locale.ROOT);
    checkGroupings(metric, groupBy, filters.keySet());
    checkBuckets(metric, granularity, zone);
    if (!from.isBefore(to)) {
      throw new QueryException("until", "until must be later than since", List.of());
    }
    if (from.isBefore(EARLIEST) || to.isAfter(LATEST)) {
      throw new QueryException(
          "since", "a range lies between " + EARLIEST + " and " + LATEST, List.of());
    }
    from = Timeline.floor(from, granularity, zone);
    to = Timeline.ceil(to, granularity, zone);
    int buckets = Timeline.of(from, to, granularity, zone).size();
    int most = mostSeries(buckets);
    if (top < 1 || top > most) {
      throw new QueryException(
          "top",
          "top is 1 to " + most + " where there are " + buckets + " buckets",
          List.of("1", Integer.toString(most)));
    }
  }

  /** How many series an answer of so many buckets can show. */
  public static int mostSeries(int buckets) {
    return Math.max(1, MAX_VALUES / Math.max(1, buckets));
  }

  /** A question with amounts in US dollars. */
  public Query(
      Metric metric,
      List<GroupBy> groupBy,
      Map<GroupBy, Set<String>> filters,
      Instant from,
      Instant to,
      Granularity granularity,
      ZoneId zone,
      int top) {
    this(metric, groupBy, filters, from, to, granularity, zone, top, USD);
  }

  private static final Instant EARLIEST = Instant.parse("2015-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

  /**
   * The zone of this IANA name, for a question's {@code zone}.
   *
   * @throws QueryException if there is none
   */
  public static ZoneId zone(String name) {
    try {
      return normal(ZoneId.of(name));
    } catch (DateTimeException _) {
      throw new QueryException(
          "zone",
          "zone '" + name + "' is not an IANA time zone such as Europe/Rome",
          List.of("UTC", "Europe/Rome", "America/New_York", "Asia/Kolkata"));
    }
  }

  /** A copy with other groupings. */
  public Query by(GroupBy... dimensions) {
    return new Query(
        metric, Arrays.asList(dimensions), filters, from, to, granularity, zone, top, currency);
  }

  /** A copy with a further filter. */
  public Query with(GroupBy dimension, Set<String> values) {
    SortedMap<GroupBy, Set<String>> more = GroupBy.map();
    more.putAll(filters);
    more.put(dimension, values);
    return new Query(metric, groupBy, more, from, to, granularity, zone, top, currency);
  }

  /** Groupings and filters together: what the rows that answer must know. */
  Set<GroupBy> dimensions() {
    Set<GroupBy> dimensions = new HashSet<>();
    dimensions.addAll(groupBy);
    dimensions.addAll(filters.keySet());
    return dimensions;
  }

  /** Its buckets. */
  Timeline timeline() {
    return Timeline.of(from, to, granularity, zone);
  }

  /** The zone as rollups are kept by. */
  ZoneId ledgerZone() {
    return zone.normalized().equals(ZoneOffset.UTC) ? ZoneOffset.UTC : zone;
  }

  /** The same zone under one name: everything that is always UTC is UTC. */
  static ZoneId normal(ZoneId zone) {
    return zone.normalized().equals(ZoneOffset.UTC) ? ZoneId.of("UTC") : zone;
  }

  private static void checkGroupings(
      Metric metric, List<GroupBy> groupBy, Collection<GroupBy> filters) {
    List<String> known = metric.dimensions().stream().map(GroupBy::id).toList();
    if (groupBy.size() > 2 || new HashSet<>(groupBy).size() < groupBy.size()) {
      throw new QueryException("by", "by names at most two different dimensions", known);
    }
    check("by", metric, groupBy, known);
    check("filter", metric, filters, known);
  }

  private static void check(
      String field, Metric metric, Collection<GroupBy> asked, List<String> known) {
    for (GroupBy by : asked) {
      if (!metric.dimensions().contains(by)) {
        throw new QueryException(
            field,
            metric.id() + " is not known by " + by.id() + "; it is by " + String.join(", ", known),
            known);
      }
    }
  }

  private static void checkBuckets(Metric metric, Granularity granularity, ZoneId zone) {
    if (!metric.knows(granularity)) {
      List<String> known =
          Arrays.stream(Granularity.values()).filter(metric::knows).map(Granularity::id).toList();
      throw new QueryException(
          "granularity",
          metric.id()
              + " is known by UTC days or longer, not by "
              + granularity.id()
              + "; ask for estimated, or for "
              + String.join(", ", known),
          known);
    }
    if (metric.billed() && !zone.equals(ZoneId.of("UTC"))) {
      throw new QueryException(
          "zone",
          metric.id()
              + " is known by UTC days only, which are not re-cut into days of "
              + zone
              + "; ask for estimated there, or in zone UTC",
          List.of("UTC"));
    }
  }

  private static Map<GroupBy, Set<String>> copy(Map<GroupBy, Set<String>> filters) {
    SortedMap<GroupBy, Set<String>> copy = GroupBy.map();
    filters.forEach((by, values) -> {
      if (values.isEmpty()) {
        throw new QueryException("filter", "filter " + by.id() + " names no value", List.of());
      }
      copy.put(by, Collections.unmodifiableSet(new TreeSet<>(values)));
    });
    return Collections.unmodifiableMap(copy);
  }
}

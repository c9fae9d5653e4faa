package dev.tallyman.core.query;

import dev.tallyman.core.group.ModelGroups;
import dev.tallyman.core.ledger.HourRows;
import dev.tallyman.core.ledger.Ledger;
import dev.tallyman.core.ledger.MinuteRows;
import dev.tallyman.core.ledger.Rollup;
import dev.tallyman.core.ledger.View;
import dev.tallyman.core.metric.Granularity;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.price.Estimator;
import dev.tallyman.core.query.Collector.Part;
import dev.tallyman.core.settings.UsageSettings;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.UsageRow;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads the usage that a question asks for, from the smallest records that can tell it: months,
 * days, hours, minutes.
 */
final class UsageSource {
  /** How long a range may be in a zone that has no rollups of its own. */
  static final Duration MOST_FROM_HOURS = Duration.ofDays(14);

  private static final Duration HOUR = Duration.ofHours(1);

  private final Ledger ledger;
  private final UsageSettings settings;
  private final ModelGroups groups;
  private final Instant now;
  private final Collector collector;
  private final Query query;
  private final Timeline timeline;
  private @Nullable Estimator estimator;
  private boolean untoldFromHours;

  UsageSource(Ledger ledger, UsageSettings settings, Instant now, Collector collector) {
    this.ledger = ledger;
    this.settings = settings;
    this.groups = settings.groups();
    this.now = now;
    this.collector = collector;
    this.query = collector.query();
    this.timeline = collector.timeline();
  }

  /**
   * Adds all usage of the question's range to the collector.
   *
   * @throws QueryException if the zone or the range asks for records that are not kept
   */
  void read() {
    switch (query.granularity()) {
      case MINUTE -> readMinutes();
      case HOUR -> readHours(query.from(), query.to());
      case DAY, WEEK, MONTH, ALL -> {
        if (settings.zones().contains(query.ledgerZone())) {
          readDays();
        } else {
          requireShort();
          readHours(query.from(), query.to());
        }
      }
    }
  }

  private void requireShort() {
    // A range of fourteen local days may be an hour longer where clocks are put back.
    Duration range = Duration.between(query.from(), query.to());
    if (range.compareTo(MOST_FROM_HOURS.plus(HOUR)) > 0) {
      List<String> zones =
          settings.zones().stream().map(zone -> Query.normal(zone).getId()).toList();
      throw new QueryException(
          "zone",
          "days of "
              + query.zone()
              + " are known for ranges of up to "
              + MOST_FROM_HOURS.toDays()
              + " days; longer ranges for the reporting zones "
              + String.join(", ", zones)
              + ", to which the settings can add it",
          zones);
    }
  }

  private void readDays() {
    ZoneId zone = query.zone();
    LocalDate first = Timeline.day(query.from(), zone);
    if (Timeline.start(first, zone).isBefore(query.from())) {
      first = first.plusDays(1);
    }
    LocalDate end = Timeline.day(query.to(), zone);
    if (Timeline.start(end, zone).isBefore(query.to()) && !query.to().isBefore(now)) {
      // Nothing of this day is known beyond the range, so its rollup says the same as its hours.
      end = end.plusDays(1);
    }
    if (!first.isBefore(end)) {
      readHours(query.from(), query.to());
      return;
    }
    Instant firstStart = Timeline.start(first, zone);
    Instant lastEnd = Timeline.start(end, zone);
    readHours(query.from(), firstStart);
    boolean months = query.granularity().compareTo(Granularity.MONTH) >= 0;
    if (months && !query.metric().gauge()) {
      readMonths(first, end);
    } else {
      readDays(first, end);
    }
    if (lastEnd.isBefore(query.to())) {
      readHours(lastEnd, query.to());
    }
  }

  /** Whole months that are over from their own rollups, the rest from those of days. */
  private void readMonths(LocalDate first, LocalDate end) {
    View view = view();
    LocalDate days = first;
    YearMonth month = YearMonth.from(first);
    if (first.getDayOfMonth() > 1) {
      month = month.plusMonths(1);
    }
    for (; !month.plusMonths(1).atDay(1).isAfter(end); month = month.plusMonths(1)) {
      LocalDate next = month.plusMonths(1).atDay(1);
      if (Timeline.start(next, query.zone()).isAfter(now)) {
        break;
      }
      Optional<Rollup> rollup = ledger.month(view, query.ledgerZone(), month);
      if (rollup.isPresent()) {
        readDays(days, month.atDay(1));
        take(rollup.get(), view);
        days = next;
      }
    }
    readDays(days, end);
  }

  private void readDays(LocalDate first, LocalDate end) {
    if (!first.isBefore(end)) {
      return;
    }
    View view = view();
    var told = new HashSet<LocalDate>();
    for (Rollup rollup : ledger.rollups(view, query.ledgerZone(), first, end)) {
      take(rollup, view);
      told.add(rollup.day());
    }
    if (untoldFromHours && !query.ledgerZone().equals(ZoneOffset.UTC)) {
      for (LocalDate day = first; day.isBefore(end); day = day.plusDays(1)) {
        Instant start = Timeline.start(day, query.zone());
        if (!told.contains(day) && start.isBefore(now)) {
          readHours(start, Timeline.start(day.plusDays(1), query.zone()));
        }
      }
    }
  }

  /**
   * Reads days that no rollup tells from their hours: the zone may report only since later. It
   * costs a request for each endpoint and day, also where nothing was used.
   */
  UsageSource untoldFromHours() {
    untoldFromHours = true;
    return this;
  }

  private void take(Rollup rollup, View view) {
    int bucket = timeline.indexOf(Timeline.start(rollup.day(), query.zone()));
    if (bucket < 0) {
      return;
    }
    collector.take(columns(rollup, view), bucket, Part.USAGE);
    if (rollup.approximate()) {
      collector.approximate(bucket);
    }
  }

  /** The rows of a rollup. */
  UsageColumns columns(Rollup rollup, View view) {
    boolean named = view.dimensions().contains(Dimension.MODEL);
    return UsageColumns.of(
        rollup,
        query.metric(),
        this::group,
        named ? collector : (_, _, _, _) -> collector.unnamed());
  }

  /** The rows of a rollup, without a word of what is unpriced. */
  UsageColumns silent(Rollup rollup) {
    return UsageColumns.of(rollup, query.metric(), this::group, (_, _, _, _) -> {});
  }

  private @Nullable String group(@Nullable String model) {
    return groups.groupOf(model).orElse(null);
  }

  private View view() {
    return view(query.dimensions());
  }

  /** The smallest view that knows these dimensions. */
  View view(Collection<GroupBy> asked) {
    Set<Dimension> dimensions = EnumSet.noneOf(Dimension.class);
    for (GroupBy by : asked) {
      switch (by) {
        case GroupBy.BuiltIn.PROJECT -> dimensions.add(Dimension.PROJECT);
        case GroupBy.BuiltIn.KEY -> dimensions.add(Dimension.API_KEY);
        case GroupBy.BuiltIn.USER -> dimensions.add(Dimension.USER);
        case GroupBy.BuiltIn.MODEL, GroupBy.BuiltIn.GROUP -> dimensions.add(Dimension.MODEL);
        case GroupBy.BuiltIn.TIER -> {
          dimensions.add(Dimension.SERVICE_TIER);
          if (query.metric() == Metric.COST) {
            dimensions.add(Dimension.BATCH);
            dimensions.add(Dimension.MODEL);
          }
        }
        case GroupBy.BuiltIn.BATCH -> dimensions.add(Dimension.BATCH);
        case GroupBy.BuiltIn.ENDPOINT, GroupBy.BuiltIn.LINE_ITEM -> {
          // Every view knows endpoints, and none knows line items.
        }
        case GroupBy.Named _ -> {
          // Usage has none of them.
        }
      }
    }
    return View.holding(dimensions);
  }

  /** The endpoints whose hours can matter. */
  private List<Known> endpoints() {
    Set<String> wanted = query.filters().get(GroupBy.ENDPOINT);
    return query.metric().endpoints().stream()
        .filter(endpoint -> wanted == null || wanted.contains(endpoint.id()))
        .toList();
  }

  private void readHours(Instant from, Instant to) {
    if (!from.isBefore(to)) {
      return;
    }
    requireKept(from);
    Instant first = Granularity.HOUR.floor(from);
    Map<String, SortedSet<Instant>> kept = ledger.kept(first, to);
    for (Known endpoint : endpoints()) {
      SortedSet<Instant> gone = kept.getOrDefault(endpoint.id(), new TreeSet<>());
      Instant at = first;
      while (at.isBefore(to)) {
        Instant next = earlier(nextMidnight(at), to);
        for (HourRows hour : ledger.hours(endpoint, at, next)) {
          gone.remove(hour.hour());
          take(endpoint, hour, from, to);
        }
        at = next;
      }
      for (Instant hour : gone) {
        if (hour.isAfter(kept())) {
          collector.lose(endpoint.id(), hour);
        }
      }
    }
  }

  /** Adds hours of UTC to several collectors of the same range, reading each hour once. */
  void readHours(List<Collector> collectors) {
    requireKept(query.from());
    for (Known endpoint : Known.values()) {
      List<Collector> concerned =
          collectors.stream()
              .filter(each -> each.query().metric().endpoints().contains(endpoint))
              .toList();
      if (concerned.isEmpty()) {
        continue;
      }
      ledger.forHours(
          endpoint,
          query.from(),
          query.to(),
          hour -> {
            var columns = new EnumMap<Metric, UsageColumns>(Metric.class);
            int bucket = timeline.indexOf(hour.hour());
            for (Collector each : concerned) {
              each.take(
                  columns.computeIfAbsent(
                      each.query().metric(),
                      metric ->
                          columns(endpoint, hour.rows(), hour.hour(), metric, (_, _, _, _) -> {})),
                  bucket,
                  Part.USAGE);
            }
          });
    }
  }

  private void requireKept(Instant from) {
    Instant kept = kept();
    if (from.isBefore(kept)) {
      throw new QueryException(
          "since",
          "hours are kept for "
              + settings.retention().hours()
              + " days, that is since "
              + kept
              + "; earlier usage is known by whole days of the reporting zones",
          List.of());
    }
  }

  /** Since when hours are kept. */
  private Instant kept() {
    return now.minus(Duration.ofDays(settings.retention().hours()));
  }

  private static Instant nextMidnight(Instant at) {
    return Timeline.start(Timeline.day(at, ZoneOffset.UTC).plusDays(1), ZoneOffset.UTC);
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  /** An hour into its bucket, or, where it straddles an edge, its minutes into theirs. */
  private void take(Known endpoint, HourRows hour, Instant from, Instant to) {
    Instant start = hour.hour();
    Instant lastSecond = start.plus(HOUR).minusSeconds(1);
    int first = indexWithin(start, from, to);
    int last = indexWithin(lastSecond, from, to);
    if (first == last) {
      take(endpoint, hour.rows(), start, first);
      return;
    }
    // A level is no sum of minutes.
    Optional<MinuteRows> minutes =
        query.metric().gauge() ? Optional.empty() : ledger.minutes(endpoint, start);
    if (minutes.isEmpty()) {
      collector.approximate(first);
      take(endpoint, hour.rows(), start, first);
      return;
    }
    minutes
        .get()
        .rows()
        .forEach((minute, rows) -> take(endpoint, rows, minute, indexWithin(minute, from, to)));
  }

  private int indexWithin(Instant at, Instant from, Instant to) {
    return at.isBefore(from) || !at.isBefore(to) ? -1 : timeline.indexOf(at);
  }

  private void readMinutes() {
    for (Instant hour = Granularity.HOUR.floor(query.from());
        hour.isBefore(query.to());
        hour = hour.plus(HOUR)) {
      for (Known endpoint : endpoints()) {
        Optional<MinuteRows> minutes = ledger.minutes(endpoint, hour);
        if (minutes.isEmpty()) {
          continue;
        }
        for (int i = 0; i < HOUR.toMinutes(); i++) {
          Instant minute = hour.plus(Duration.ofMinutes(i));
          int bucket = timeline.indexOf(minute);
          if (bucket >= 0) {
            collector.know(bucket);
            take(endpoint, minutes.get().rows().getOrDefault(minute, List.of()), minute, bucket);
          }
        }
      }
    }
  }

  private void take(UsageEndpoint endpoint, List<UsageRow> rows, Instant at, int bucket) {
    if (bucket < 0 || rows.isEmpty()) {
      return;
    }
    collector.take(columns(endpoint, rows, at, query.metric(), collector), bucket, Part.USAGE);
  }

  private UsageColumns columns(
      UsageEndpoint endpoint,
      List<UsageRow> rows,
      Instant at,
      Metric metric,
      UsageColumns.Unpriced unpriced) {
    return UsageColumns.of(
        endpoint,
        rows,
        Timeline.day(at, ZoneOffset.UTC),
        estimator(),
        metric,
        this::group,
        unpriced);
  }

  Estimator estimator() {
    Estimator known = estimator;
    if (known == null) {
      known = new Estimator(settings.catalogue(), ledger.rates());
      estimator = known;
    }
    return known;
  }
}

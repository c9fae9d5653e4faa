package dev.tallyman.core.ledger;

import dev.tallyman.core.price.Estimate;
import dev.tallyman.core.price.Estimator;
import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.PutResult;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.UsageRow;
import dev.tallyman.core.usage.Width;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Recomputes rollups from their hours, never by adding to them. A rollup is read before its hours
 * and replaced on condition of the version that was read, so the last writer of several has always
 * seen what all of them wrote.
 */
final class Roller {
  private static final Duration HOUR = Duration.ofHours(1);

  /** Stands for several versions of prices behind one sum. */
  private static final String MIXED = "mixed";

  private final Ledger ledger;
  private final List<ZoneId> zones;
  private final Estimator estimator;
  private final Map<UsageEndpoint, NavigableMap<Instant, HourRows>> unkept;

  /**
   * Creates one.
   *
   * @param unkept hours that are too old to be kept: their rollups are computed from these
   */
  Roller(
      Ledger ledger,
      List<ZoneId> zones,
      Estimator estimator,
      Map<UsageEndpoint, NavigableMap<Instant, HourRows>> unkept) {
    this.ledger = ledger;
    this.zones = zones;
    this.estimator = estimator;
    this.unkept = unkept;
  }

  void roll(Map<UsageEndpoint, SortedSet<Instant>> touched, Set<YearMonth> closing, Instant now) {
    for (ZoneId zone : zones) {
      var days = new TreeMap<LocalDate, Set<UsageEndpoint>>();
      touched.forEach((endpoint, hours) ->
          hours.forEach(hour -> {
            LocalDate first = Zones.day(hour, zone);
            LocalDate last = Zones.day(hour.plus(HOUR).minusNanos(1), zone);
            days.computeIfAbsent(first, _ -> new HashSet<>()).add(endpoint);
            days.computeIfAbsent(last, _ -> new HashSet<>()).add(endpoint);
          }));
      days.forEach((day, endpoints) -> rollDay(zone, day, endpoints));
      rollMonths(zone, days.keySet(), closing, now);
    }
  }

  /** Estimates again what is rolled up of these UTC days; their hours need not be kept any more. */
  void reestimate(SortedSet<LocalDate> utcDays, Instant now) {
    for (ZoneId zone : zones) {
      var days = new TreeSet<LocalDate>();
      for (LocalDate utcDay : utcDays) {
        Instant start = utcDay.atStartOfDay(ZoneOffset.UTC).toInstant();
        days.add(Zones.day(start, zone));
        days.add(Zones.day(start.plus(Duration.ofDays(1)).minusNanos(1), zone));
      }
      days.forEach(day -> reestimateDay(zone, day));
      rollMonths(zone, days, Set.of(), now);
    }
  }

  /** Rolls up those months that are over: of these days, and these. */
  private void rollMonths(
      ZoneId zone, Collection<LocalDate> days, Set<YearMonth> more, Instant now) {
    SortedSet<YearMonth> months =
        days.stream().map(YearMonth::from).collect(Collectors.toCollection(TreeSet::new));
    months.addAll(more);
    for (YearMonth month : months) {
      if (!Zones.start(month.plusMonths(1).atDay(1), zone).isAfter(now)) {
        rollMonth(zone, month);
      }
    }
  }

  private void rollDay(ZoneId zone, LocalDate day, Set<UsageEndpoint> endpoints) {
    untilStored(
        day,
        () -> {
          Map<View, Rollup> old = stored(zone, day);
          var all = new HashSet<>(endpoints);
          if (old.isEmpty() && !zone.normalized().equals(ZoneOffset.UTC)) {
            // The zone may be new, and the other endpoints' hours may not move any more.
            all.addAll(List.of(Known.values()));
          }
          var fresh = new HashMap<UsageEndpoint, Computed>();
          for (UsageEndpoint endpoint : all) {
            fresh.put(endpoint, computed(endpoint, zone, day));
          }
          boolean stored = true;
          for (View view : View.values()) {
            Optional<Rollup> before = Optional.ofNullable(old.get(view));
            stored &=
                replace(ledger.keys().rollup(view, zone, day), before, merged(view, before, fresh));
          }
          return stored;
        });
  }

  /**
   * Reads and writes again for as long as others write the same.
   *
   * @param span a day or a month
   * @param attempt whether all of it was stored
   */
  private static void untilStored(Temporal span, BooleanSupplier attempt) {
    for (int attempts = 0; attempts < LedgerWriter.ATTEMPTS; attempts++) {
      if (attempt.getAsBoolean()) {
        return;
      }
    }
    throw new IllegalStateException("the rollup of " + span + " is written by too many at once");
  }

  private Map<View, Rollup> stored(ZoneId zone, LocalDate day) {
    var stored = new EnumMap<View, Rollup>(View.class);
    for (View view : View.values()) {
      ledger.rollup(view, zone, day).ifPresent(rollup -> stored.put(view, rollup));
    }
    return stored;
  }

  /** The widest view has each row that was estimated; the others are added up from it. */
  private void reestimateDay(ZoneId zone, LocalDate day) {
    untilStored(
        day,
        () -> {
          Map<View, Rollup> old = stored(zone, day);
          Rollup widest = old.get(View.ALL);
          if (widest == null) {
            return true;
          }
          List<RollupRow> fresh = widest.rows().stream().map(row -> reestimated(row, day)).toList();
          boolean stored = true;
          for (Map.Entry<View, Rollup> each : old.entrySet()) {
            List<RollupRow> rows = summed(each.getKey(), fresh, false);
            stored &=
                replace(
                    ledger.keys().rollup(each.getKey(), zone, day),
                    Optional.of(each.getValue()),
                    each.getKey() == View.MODELS ? within(rows, each.getValue().rows()) : rows);
          }
          return stored;
        });
  }

  private RollupRow reestimated(RollupRow row, LocalDate day) {
    Estimate estimate = estimator.estimate(row.endpoint(), row.usage(), day);
    return estimate.priced() == row.priced() && estimate.usd().compareTo(row.estimated()) == 0
        ? row
        : new RollupRow(
            row.endpoint(),
            row.usage(),
            estimate.usd(),
            estimate.priced(),
            estimator.version(),
            row.hours(),
            row.within(),
            row.approximate());
  }

  /** Rows with the hours in which they occur, which other views do not tell. */
  private static List<RollupRow> within(List<RollupRow> rows, List<RollupRow> before) {
    var hours = new HashMap<Object, Long>();
    before.forEach(
        row -> hours.put(List.of(row.endpoint().id(), row.usage().dimensionsKey()), row.within()));
    return rows.stream()
        .map(row ->
            new RollupRow(
                row.endpoint(),
                row.usage(),
                row.estimated(),
                row.priced(),
                row.prices(),
                row.hours(),
                hours.getOrDefault(List.of(row.endpoint().id(), row.usage().dimensionsKey()), 0L),
                row.approximate()))
        .toList();
  }

  private void rollMonth(ZoneId zone, YearMonth month) {
    for (View view : View.values()) {
      untilStored(
          month,
          () -> {
            Optional<Rollup> old = ledger.month(view, zone, month);
            var rows = new ArrayList<RollupRow>();
            for (Rollup day :
                ledger.rollups(view, zone, month.atDay(1), month.plusMonths(1).atDay(1))) {
              rows.addAll(day.rows());
            }
            return replace(ledger.keys().month(view, zone, month), old, summed(view, rows, false));
          });
    }
  }

  private boolean replace(Key key, Optional<Rollup> old, List<RollupRow> rows) {
    if (old.isEmpty() && rows.isEmpty()) {
      return true;
    }
    Table table = Tables.ofRollup(rows);
    if (old.isPresent() && old.get().table().hash() == table.hash()) {
      return true;
    }
    long version = old.map(Rollup::version).orElse(0L);
    PutResult result =
        ledger
            .blobs()
            .put(
                key,
                version + 1,
                Optional.empty(),
                table.encodeApart(),
                version == 0 ? new Condition.Absent() : new Condition.VersionIs(version),
                old.map(Rollup::parted).orElse(false));
    return result instanceof PutResult.Stored;
  }

  /** The rollup's rows with those of the recomputed endpoints exchanged. */
  private static List<RollupRow> merged(
      View view, Optional<Rollup> old, Map<UsageEndpoint, Computed> fresh) {
    List<RollupRow> before = old.map(Rollup::rows).orElseGet(List::of);
    Map<String, Integer> held = Tables.hours(before);
    var rows = new ArrayList<RollupRow>();
    var exchanged = new HashSet<UsageEndpoint>();
    fresh.forEach((endpoint, computed) -> {
      // Hours expire before rollups do: fewer of them know less than the rollup does.
      if (computed.hours() >= held.getOrDefault(endpoint.id(), 0)) {
        exchanged.add(endpoint);
        rows.addAll(computed.rows());
      }
    });
    for (RollupRow row : before) {
      if (!exchanged.contains(row.endpoint())) {
        rows.add(row);
      }
    }
    return summed(view, rows, view == View.MODELS);
  }

  /**
   * Rows added up by the dimensions of the view, in order of endpoint and dimensions.
   *
   * @param within whether to keep in which hours they occur
   */
  private static List<RollupRow> summed(View view, Collection<RollupRow> rows, boolean within) {
    var sums = new TreeMap<String, TreeMap<UsageRow, Sum>>();
    for (RollupRow row : rows) {
      UsageRow projected = view == View.ALL ? row.usage() : row.usage().project(view.dimensions());
      sums.computeIfAbsent(row.endpoint().id(), _ -> new TreeMap<>())
          .computeIfAbsent(projected, key -> new Sum(row.endpoint(), key))
          .add(row);
    }
    var summed = new ArrayList<RollupRow>();
    sums.values().forEach(each -> each.values().forEach(sum -> summed.add(sum.row(within))));
    return summed;
  }

  private static final class Sum {
    private final UsageEndpoint endpoint;
    private final UsageRow.Builder usage;
    private BigDecimal estimated = BigDecimal.ZERO;
    private boolean priced = true;
    private @Nullable String prices;
    private int hours;
    private long within;
    private boolean approximate;

    Sum(UsageEndpoint endpoint, UsageRow dimensions) {
      this.endpoint = endpoint;
      this.usage = dimensions.dimensionsOnly();
    }

    void add(RollupRow row) {
      usage.add(row.usage());
      estimated = estimated.add(row.estimated());
      priced &= row.priced();
      prices = prices == null || prices.equals(row.prices()) ? row.prices() : MIXED;
      hours = Math.max(hours, row.hours());
      within |= row.within();
      approximate |= row.approximate();
    }

    RollupRow row(boolean keepWithin) {
      return new RollupRow(
          endpoint,
          usage.build(),
          estimated,
          priced,
          prices == null ? MIXED : prices,
          hours,
          keepWithin ? within : 0,
          approximate);
    }
  }

  private record Computed(int hours, List<RollupRow> rows) {}

  /** An endpoint's day in its widest grouping. */
  private Computed computed(UsageEndpoint endpoint, ZoneId zone, LocalDate day) {
    Instant start = Zones.start(day, zone);
    Instant end = Zones.start(day.plusDays(1), zone);
    Instant from = Width.HOUR.floor(start);
    Instant to = Width.HOUR.ceil(end);
    var sums = new HashMap<Object, Occurring>();
    boolean approximate = false;
    int hours = 0;
    for (HourRows hour : hours(endpoint, from, to)) {
      int index = (int) Duration.between(from, hour.hour()).toHours();
      if (!hour.hour().isBefore(start) && !hour.hour().plus(HOUR).isAfter(end)) {
        add(sums, hour.rows(), index);
        hours++;
        continue;
      }
      Optional<MinuteRows> minutes = ledger.minutes(endpoint, hour.hour());
      if (minutes.isPresent()) {
        minutes.get().rows().subMap(start, end).values().forEach(rows -> add(sums, rows, index));
        hours++;
      } else {
        approximate = true;
        if (!hour.hour().isBefore(start)) {
          add(sums, hour.rows(), index);
          hours++;
        }
      }
    }
    var rows = new ArrayList<RollupRow>(sums.size());
    for (Occurring sum : sums.values()) {
      UsageRow row = sum.usage.build();
      Estimate estimate = estimator.estimate(endpoint, row, day);
      rows.add(
          new RollupRow(
              endpoint,
              row,
              estimate.usd(),
              estimate.priced(),
              estimator.version(),
              hours,
              sum.within,
              approximate));
    }
    return new Computed(hours, rows);
  }

  private List<HourRows> hours(UsageEndpoint endpoint, Instant from, Instant to) {
    List<HourRows> stored = ledger.hours(endpoint, from, to);
    NavigableMap<Instant, HourRows> old = unkept.get(endpoint);
    if (old == null) {
      return stored;
    }
    var all = new TreeMap<Instant, HourRows>(old.subMap(from, to));
    stored.forEach(hour -> all.put(hour.hour(), hour));
    return List.copyOf(all.values());
  }

  private static void add(Map<Object, Occurring> sums, List<UsageRow> rows, int hour) {
    for (UsageRow row : rows) {
      Occurring sum = sums.get(row.dimensionsKey());
      if (sum == null) {
        sum = new Occurring(row.toBuilder());
        sums.put(row.dimensionsKey(), sum);
      } else {
        sum.usage.add(row);
      }
      sum.within |= 1L << hour;
    }
  }

  /** A sum and the hours that are in it. */
  private static final class Occurring {
    private final UsageRow.Builder usage;
    private long within;

    Occurring(UsageRow.Builder usage) {
      this.usage = usage;
    }
  }
}

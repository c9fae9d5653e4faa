package dev.tallyman.core.spend;

import dev.tallyman.core.budget.Scope;
import dev.tallyman.core.group.ModelGroups;
import dev.tallyman.core.ledger.DayPrint;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.query.QueryException;
import dev.tallyman.core.query.Totals;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Sums by hour of UTC: the estimates of the organization and of each of its parts (projects, keys,
 * models, and each key's models), and the series of budgets that these do not tell. An hour is
 * summed again when what the index says of it moved, or when a series is missing. Hours that are
 * over for a while are stored, one item a day; later ones live in this process only, since they
 * still change.
 */
final class HourSums {
  /** The dimensions of which each combination has sums of its own, the narrowest parts first. */
  static final List<List<GroupBy>> PARTS =
      List.of(
          List.of(GroupBy.KEY, GroupBy.MODEL),
          List.of(GroupBy.KEY),
          List.of(GroupBy.PROJECT),
          List.of(GroupBy.MODEL),
          List.of());

  private static final String ESTIMATED = Metric.ESTIMATED.id() + "|";
  private static final Duration HOUR = Duration.ofHours(1);
  private static final int HOURS = 24;

  /** Sums are kept by so much less than a billionth of a USD. */
  static final long PICO = 1_000;

  /** How long after its end an hour is stored: most of what comes late has come by then. */
  private static final Duration STORED_AFTER = Duration.ofHours(2);

  /** The hash of an hour of which nothing is stored. */
  private static final long NOTHING = 0;

  private final SeriesIndex places;
  private final StoredSums sheets;
  private final String partition;
  private final int organization;

  /** By day, by hour. */
  private final TreeMap<LocalDate, TreeMap<Integer, Column>> recent = new TreeMap<>();

  private Optional<String> failure = Optional.empty();

  HourSums(Store store, String organization, SeriesIndex places) {
    this.places = places;
    this.sheets = new StoredSums(store, places);
    this.partition = "O#" + organization + "#B#hours#";
    this.organization = places.of(estimated(Scope.ORGANIZATION));
  }

  /** The id of the estimates of a part of the organization. */
  static String estimated(Scope part) {
    return ESTIMATED + part;
  }

  /** The same of a part that is not made first: it is asked for with each sum of each hour. */
  private static String estimated(List<GroupBy> by, List<String> values) {
    var id = new StringBuilder(ESTIMATED);
    for (int i = 0; i < by.size(); i++) {
      id.append(i == 0 ? "" : ",").append(by.get(i).id()).append('=').append(values.get(i));
    }
    return id.toString();
  }

  private static Scope part(List<GroupBy> by, List<String> values) {
    SortedMap<GroupBy, SortedSet<String>> parts = GroupBy.map();
    for (int i = 0; i < by.size(); i++) {
      parts.put(by.get(i), new TreeSet<>(Set.of(values.get(i))));
    }
    return new Scope(parts);
  }

  /**
   * The part of the organization whose estimates are under this id; empty if it is the id of
   * something else, or of usage that names no project, key or model: providers tell some of them
   * late, so that such usage comes and goes. Names with a comma in them are taken for something
   * else.
   */
  static Optional<Scope> partOf(String id) {
    if (!id.startsWith(ESTIMATED)) {
      return Optional.empty();
    }
    var by = new ArrayList<GroupBy>();
    var values = new ArrayList<String>();
    String text = id.substring(ESTIMATED.length());
    for (String each : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      int equals = each.indexOf('=');
      GroupBy.of(each.substring(0, Math.max(0, equals))).ifPresent(by::add);
      values.add(each.substring(equals + 1));
    }
    return PARTS.contains(by) && by.size() == values.size() && !values.contains("")
        ? Optional.of(part(by, values))
        : Optional.empty();
  }

  /** Whether a part is the use that one key makes of one model. */
  static boolean isPair(Scope part) {
    return part.dimensions().size() > 1;
  }

  /** The key of such a part. */
  static Scope key(Scope pair) {
    return new Scope(Map.of(GroupBy.KEY, pair.parts().getOrDefault(GroupBy.KEY, new TreeSet<>())));
  }

  /** The series that tells the rhythm of another: bills have no hours, estimates stand in. */
  static Counted hourly(Counted counted, ModelGroups groups) {
    return counted.metric().billed()
        ? Counted.of(Metric.ESTIMATED, counted.scope(), groups)
        : counted;
  }

  /** Whether a series is told by those that are always summed. */
  static boolean isTold(Counted counted) {
    Set<GroupBy> dimensions = counted.scope().dimensions();
    return counted.metric() == Metric.ESTIMATED
        && PARTS.contains(List.copyOf(dimensions))
        && (dimensions.size() <= 1 || dimensions.stream().allMatch(counted.scope()::isOne));
  }

  /**
   * Sums what is missing from an hour up to now.
   *
   * @param prints of the days
   * @param more the series that are needed beside those that are always summed
   */
  void bring(
      Totals totals,
      SortedMap<LocalDate, DayPrint> prints,
      Collection<Counted> more,
      Instant first,
      Instant now) {
    failure = Optional.empty();
    LocalDate last = day(now);
    for (LocalDate day = day(first); !day.isAfter(last); day = day.plusDays(1)) {
      TreeMap<Integer, Column> columns = recent.computeIfAbsent(day, _ -> new TreeMap<>());
      int from = day.equals(day(first)) ? hour(first) : 0;
      complete(new Day(day, columns, from, now), totals, prints.get(day), more);
    }
    recent.headMap(day(first)).clear();
  }

  /**
   * The hours of a day that is over, summed as far as they are missing; they are not kept in this
   * process.
   */
  SortedMap<Integer, Column> history(
      Totals totals,
      SortedMap<LocalDate, DayPrint> prints,
      Collection<Counted> more,
      LocalDate day,
      Instant now) {
    var columns = new TreeMap<>(recent.getOrDefault(day, new TreeMap<>()));
    if (prints.containsKey(day)) {
      complete(new Day(day, columns, 0, now), totals, prints.get(day), more);
    }
    return Collections.unmodifiableSortedMap(columns);
  }

  /** The stored hours of a day. */
  SortedMap<Integer, Column> stored(LocalDate day) {
    return sheets.read(key(day)).columns();
  }

  /** Why something could not be summed. */
  Optional<String> failure() {
    return failure;
  }

  /** The column of a recent hour, or an empty one. */
  Column at(Instant hour) {
    return recent
        .getOrDefault(day(hour), new TreeMap<>())
        .getOrDefault(hour(hour), new Column(NOTHING));
  }

  /** The uses of one model by one key that there are in recent hours. */
  List<Scope> pairs(Instant from, Instant now) {
    var spent = new BitSet();
    for (Instant hour = from; !hour.isAfter(now); hour = hour.plus(HOUR)) {
      Column column = at(hour);
      for (int place = 0; place < column.places(); place++) {
        if (column.has(place) && column.used(place) > 0) {
          spent.set(place);
        }
      }
    }
    return spent.stream()
        .mapToObj(place -> partOf(places.id(place)))
        .flatMap(Optional::stream)
        .filter(HourSums::isPair)
        .toList();
  }

  /** The estimates of a part by recent hours, in billionths of a USD; -1 where unknown. */
  long[] recent(Scope part, Instant from, Instant now) {
    int place = places.of(estimated(part));
    var amounts = new long[(int) Duration.between(from, now).toHours() + 1];
    for (int i = 0; i < amounts.length; i++) {
      Column column = at(from.plus(HOUR.multipliedBy(i)));
      amounts[i] =
          isUnknown(column) ? -1 : column.has(place) ? (column.used(place) + PICO / 2) / PICO : 0;
    }
    return amounts;
  }

  /** The sum of a series in a recent hour. */
  SeriesTotal sum(Counted counted, Instant hour) {
    return sum(counted, at(hour));
  }

  /** The sum of a series in a column. */
  SeriesTotal sum(Counted counted, Column column) {
    var tally = new SeriesTotal(counted.scale());
    if (!isTold(counted)) {
      tally.add(column, places.of(counted.id()));
    } else if (!column.has(organization)) {
      tally.add(column, organization);
    } else {
      for (String id : parts(counted)) {
        int place = places.of(id);
        if (column.has(place)) {
          tally.add(column, place);
        }
      }
    }
    return tally;
  }

  /** The ids of the parts that make up a series which they tell. */
  private static List<String> parts(Counted counted) {
    Map<GroupBy, SortedSet<String>> parts = counted.scope().parts();
    if (parts.size() != 1) {
      return List.of(counted.id());
    }
    Map.Entry<GroupBy, SortedSet<String>> part = parts.entrySet().iterator().next();
    return part.getValue().stream()
        .map(value -> estimated(List.of(part.getKey()), List.of(value)))
        .toList();
  }

  /** Whether the ledger holds nothing of an hour, which is not known to be zero then. */
  boolean isUnknown(Column column) {
    return column.hash() == NOTHING || !column.has(organization);
  }

  /** A day to complete, from an hour on. */
  private record Day(LocalDate day, TreeMap<Integer, Column> columns, int from, Instant now) {
    Instant start(int hour) {
      return day.atStartOfDay(ZoneOffset.UTC).toInstant().plus(HOUR.multipliedBy(hour));
    }

    int end() {
      return HourSums.day(now).isAfter(day) ? HOURS : hour(now) + 1;
    }

    boolean stored(int hour) {
      return !start(hour + 1).plus(STORED_AFTER).isAfter(now);
    }
  }

  private void complete(
      Day day, Totals totals, @Nullable DayPrint print, Collection<Counted> more) {
    long[] hashes = print == null ? new long[HOURS] : print.hours();
    List<Integer> missing = missing(day, hashes, more);
    long version = 0;
    if (missing.stream().anyMatch(hour -> day.stored(hour) && hashes[hour] != NOTHING)) {
      StoredSums.Sheet sheet = sheets.read(key(day.day()));
      version = sheet.version();
      sheet
          .columns()
          .forEach((hour, stored) -> {
            Column column = day.columns().get(hour);
            if (stored.hash() != hashes[hour]) {
              return;
            }
            if (column == null || column.hash() != stored.hash()) {
              day.columns().put(hour, stored);
            } else {
              column.fill(stored);
            }
          });
      missing = missing(day, hashes, more);
    }
    if (missing.isEmpty()) {
      return;
    }
    for (int hour : missing) {
      Column column = day.columns().get(hour);
      if (column == null || column.hash() != hashes[hour]) {
        day.columns().put(hour, new Column(hashes[hour]));
      }
    }
    List<SeriesQuery> readings = SeriesQuery.of(more, places);
    int from = 0;
    for (int i = 1; i <= missing.size(); i++) {
      if (i == missing.size()
          || missing.get(i) != missing.get(i - 1) + 1
          || hashes[missing.get(i)] == NOTHING != (hashes[missing.get(from)] == NOTHING)) {
        List<Integer> run = missing.subList(from, i);
        if (!read(day, run, hashes[run.getFirst()] != NOTHING, readings, totals)) {
          return;
        }
        from = i;
      }
    }
    if (missing.stream().anyMatch(hour -> day.stored(hour) && hashes[hour] != NOTHING)) {
      var stored = new TreeMap<Integer, Column>();
      day.columns()
          .forEach((hour, column) -> {
            if (day.stored(hour) && column.hash() != NOTHING) {
              stored.put(hour, column);
            }
          });
      // If another process wrote, what it lacks is written when it is missing again.
      sheets.write(key(day.day()), stored, version);
    }
  }

  private List<Integer> missing(Day day, long[] hashes, Collection<Counted> more) {
    var missing = new ArrayList<Integer>();
    for (int hour = day.from(); hour < day.end(); hour++) {
      Column column = day.columns().get(hour);
      if (column == null
          || column.hash() != hashes[hour]
          || !column.has(organization)
          || more.stream().anyMatch(each -> !column.has(places.of(each.id())))) {
        missing.add(hour);
      }
    }
    return missing;
  }

  /** Sums adjoining hours, all series again; answers whether they are known. */
  private boolean read(
      Day day, List<Integer> hours, boolean any, List<SeriesQuery> readings, Totals totals) {
    var fresh = new TreeMap<Instant, Column>();
    for (int hour : hours) {
      var sums = new Column(NOTHING);
      sums.begin(organization);
      for (SeriesQuery reading : readings) {
        reading.series().forEach(each -> sums.begin(places.of(each.id())));
      }
      fresh.put(day.start(hour), sums);
    }
    if (any) {
      var asked = new ArrayList<Totals.Hourly>();
      for (List<GroupBy> by : PARTS) {
        asked.add(each(by, fresh));
      }
      for (SeriesQuery reading : readings) {
        asked.add(
            new Totals.Hourly(
                reading.metric(),
                reading.by(),
                reading.wanted(),
                (start, keys, total) -> {
                  for (int place : reading.placesOf(keys)) {
                    add(fresh, start, place, reading.scale(), total);
                  }
                }));
      }
      try {
        totals.hours(day.start(hours.getFirst()), day.start(hours.getLast() + 1), asked);
      } catch (QueryException e) {
        failure = Optional.ofNullable(e.getMessage());
        return false;
      }
    }
    for (int hour : hours) {
      Column column = day.columns().get(hour);
      Column sums = fresh.get(day.start(hour));
      if (column != null && sums != null) {
        column.fill(sums);
      }
    }
    return true;
  }

  private Totals.Hourly each(List<GroupBy> by, Map<Instant, Column> fresh) {
    return new Totals.Hourly(
        Metric.ESTIMATED,
        by,
        Map.of(),
        (start, keys, total) ->
            add(fresh, start, places.of(estimated(by, keys)), Counted.MONEY_SCALE, total));
  }

  private static void add(
      Map<Instant, Column> fresh, Instant start, int place, int scale, Totals.Total total) {
    Column sums = fresh.get(start);
    if (sums != null) {
      if (!sums.has(place)) {
        sums.begin(place);
      }
      sums.add(place, scale, total);
    }
  }

  private Key key(LocalDate day) {
    return new Key(partition + YearMonth.from(day), day.toString().substring("2026-11-".length()));
  }

  private static LocalDate day(Instant at) {
    return LocalDate.ofInstant(at, ZoneOffset.UTC);
  }

  private static int hour(Instant at) {
    return at.truncatedTo(ChronoUnit.HOURS).atOffset(ZoneOffset.UTC).getHour();
  }
}

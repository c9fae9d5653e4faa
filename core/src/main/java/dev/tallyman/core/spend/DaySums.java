package dev.tallyman.core.spend;

import dev.tallyman.core.ledger.DayPrint;
import dev.tallyman.core.query.QueryException;
import dev.tallyman.core.query.Totals;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.Store;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Sums by day of a zone. A day is summed again when the index of what it is summed from moved, or
 * when a series is missing from it. Days whose bill is complete are stored, one item a month; later
 * ones live in this process only, since they still change.
 */
final class DaySums {
  /** So many days are read at once at most, since reading holds their rows. */
  private static final int RUN = 7;

  /** Days longer ago than any window are forgotten. */
  private static final int KEPT = 200;

  /** The hash of a day of which nothing is stored. */
  private static final long NOTHING = 0;

  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private final ZoneId zone;
  private final SeriesIndex places;
  private final String partition;
  private final StoredSums sheets;
  private final TreeMap<LocalDate, Column> columns = new TreeMap<>();
  private Optional<String> failure = Optional.empty();
  private LocalDate first = LocalDate.EPOCH;
  private @Nullable Column[] inOrder = {};

  DaySums(Store store, String organization, ZoneId zone, SeriesIndex places) {
    this.zone = zone;
    this.places = places;
    this.partition = "O#" + organization + "#B#day#" + zone.getId();
    this.sheets = new StoredSums(store, places);
  }

  /**
   * Sums what is missing up to today.
   *
   * @param prints of all UTC days that the days touch
   * @param firsts by each series the first day that is needed of it
   */
  void bring(
      Totals totals,
      SortedMap<LocalDate, DayPrint> prints,
      Map<Counted, LocalDate> firsts,
      Instant now) {
    failure = Optional.empty();
    LocalDate today = LocalDate.ofInstant(now, zone);
    if (!start(today.plusDays(1)).isAfter(now)) {
      // Where clocks are put back over midnight, the day that has begun stays begun.
      today = today.plusDays(1);
    }
    first = firsts.values().stream().min(LocalDate::compareTo).orElse(today);
    var needs = new Needs(firsts);
    var hashes = new TreeMap<LocalDate, Long>();
    for (LocalDate day = first; !day.isAfter(today); day = day.plusDays(1)) {
      hashes.put(day, hash(day, prints, totals, now));
    }
    SortedSet<LocalDate> missing = missing(hashes, needs);
    var sheetsRead = new TreeMap<YearMonth, StoredSums.Sheet>();
    for (LocalDate day : missing) {
      if (settled(day, now)) {
        sheetsRead.computeIfAbsent(YearMonth.from(day), month -> load(month, hashes));
      }
    }
    missing = missing(hashes, needs);
    missing.forEach(day -> {
      Column column = columns.get(day);
      long hash = hashes.getOrDefault(day, NOTHING);
      if (column == null || column.hash() != hash) {
        columns.put(day, new Column(hash));
      }
    });
    for (SeriesQuery reading : SeriesQuery.of(firsts.keySet(), places)) {
      read(reading, missing, firsts, totals);
    }
    store(missing, sheetsRead, now);
    columns.headMap(first.minusDays(KEPT)).clear();
    inOrder = new @Nullable Column[hashes.size()];
    int i = 0;
    for (LocalDate day : hashes.keySet()) {
      inOrder[i++] = columns.get(day);
    }
  }

  /** Why something could not be summed. */
  Optional<String> failure() {
    return failure;
  }

  /** The sum of a series over days, of those that have begun. */
  SeriesTotal sum(Counted counted, LocalDate from, LocalDate to) {
    var tally = new SeriesTotal(counted.scale());
    int place = places.of(counted.id());
    int begin = (int) (from.toEpochDay() - first.toEpochDay());
    int end = (int) Math.min(to.toEpochDay() - first.toEpochDay(), inOrder.length);
    for (int i = begin; i < end; i++) {
      tally.add(i < 0 ? null : inOrder[i], place);
    }
    return tally;
  }

  /** The series by place, and from when on each is needed. */
  private final class Needs {
    private final int[] ofSeries;
    private final long[] since;

    Needs(Map<Counted, LocalDate> firsts) {
      ofSeries = new int[firsts.size()];
      since = new long[firsts.size()];
      int i = 0;
      for (Map.Entry<Counted, LocalDate> each : firsts.entrySet()) {
        ofSeries[i] = places.of(each.getKey().id());
        since[i++] = each.getValue().toEpochDay();
      }
    }

    boolean met(Column column, LocalDate day) {
      long at = day.toEpochDay();
      for (int i = 0; i < ofSeries.length; i++) {
        if (since[i] <= at && !column.has(ofSeries[i])) {
          return false;
        }
      }
      return true;
    }
  }

  private SortedSet<LocalDate> missing(SortedMap<LocalDate, Long> hashes, Needs needs) {
    var missing = new TreeSet<LocalDate>();
    hashes.forEach((day, hash) -> {
      Column column = columns.get(day);
      if (column == null || column.hash() != hash || !needs.met(column, day)) {
        missing.add(day);
      }
    });
    return missing;
  }

  private StoredSums.Sheet load(YearMonth month, Map<LocalDate, Long> hashes) {
    StoredSums.Sheet sheet = sheets.read(key(month));
    sheet
        .columns()
        .forEach((number, stored) -> {
          LocalDate day = month.atDay(number);
          Long hash = hashes.get(day);
          Column column = columns.get(day);
          if (hash == null || hash != stored.hash()) {
            return;
          }
          if (column == null || column.hash() != hash) {
            columns.put(day, stored);
          } else {
            column.fill(stored);
          }
        });
    return sheet;
  }

  private void read(
      SeriesQuery reading,
      SortedSet<LocalDate> missing,
      Map<Counted, LocalDate> firsts,
      Totals totals) {
    var days = new ArrayList<LocalDate>();
    for (LocalDate day : missing) {
      Column column = columns.get(day);
      if (column != null && lacks(column, reading, day, firsts)) {
        days.add(day);
      }
    }
    int from = 0;
    for (int i = 1; i <= days.size(); i++) {
      boolean ends =
          i == days.size() || i - from == RUN || !days.get(i).equals(days.get(i - 1).plusDays(1));
      if (ends) {
        read(reading, days.subList(from, i), totals);
        from = i;
      }
    }
  }

  private boolean lacks(
      Column column, SeriesQuery reading, LocalDate day, Map<Counted, LocalDate> firsts) {
    for (Counted each : reading.series()) {
      LocalDate since = firsts.get(each);
      if (since != null && !since.isAfter(day) && !column.has(places.of(each.id()))) {
        return true;
      }
    }
    return false;
  }

  /** Sums adjoining days, all series of the reading again. */
  private void read(SeriesQuery reading, List<LocalDate> days, Totals totals) {
    var fresh = new TreeMap<LocalDate, Column>();
    boolean any = false;
    for (LocalDate day : days) {
      Column column = columns.getOrDefault(day, new Column(NOTHING));
      any |= column.hash() != NOTHING;
      var sums = new Column(column.hash());
      reading.series().forEach(each -> sums.begin(places.of(each.id())));
      fresh.put(day, sums);
    }
    if (any) {
      try {
        totals.days(
            reading.metric(),
            zone,
            days.getFirst(),
            days.getLast().plusDays(1),
            reading.wanted(),
            reading.currency(),
            (start, keys, total) -> {
              Column sums = fresh.get(dayOf(start));
              if (sums != null) {
                for (int place : reading.placesOf(keys)) {
                  sums.add(place, reading.scale(), total);
                }
              }
            });
      } catch (QueryException e) {
        failure = Optional.ofNullable(e.getMessage());
        return;
      }
    }
    fresh.forEach((day, sums) -> {
      Column column = columns.get(day);
      if (column != null) {
        column.fill(sums);
      }
    });
  }

  /** The day that begins at this instant, also where clocks are put back over midnight. */
  private LocalDate dayOf(Instant start) {
    LocalDate day = LocalDate.ofInstant(start, zone);
    return day.plusDays(1).atStartOfDay(zone).toInstant().equals(start) ? day.plusDays(1) : day;
  }

  private void store(
      Collection<LocalDate> summed, Map<YearMonth, StoredSums.Sheet> read, Instant now) {
    var months = new TreeSet<YearMonth>();
    for (LocalDate day : summed) {
      if (settled(day, now)) {
        months.add(YearMonth.from(day));
      }
    }
    for (YearMonth month : months) {
      StoredSums.Sheet before = read.getOrDefault(month, StoredSums.Sheet.NONE);
      // Days before the first that is needed now stay as they are.
      var settled =
          new TreeMap<Integer, Column>(
              month.equals(YearMonth.from(first))
                  ? before.columns().headMap(first.getDayOfMonth())
                  : Map.of());
      columns
          .subMap(later(month.atDay(1), first), month.plusMonths(1).atDay(1))
          .forEach((day, column) -> {
            if (settled(day, now)) {
              settled.put(day.getDayOfMonth(), column);
            }
          });
      if (!sheets.write(key(month), settled, before.version())) {
        // Another process wrote; what it did is read when something is missing again.
        settled.keySet().forEach(number -> columns.remove(month.atDay(number)));
      }
    }
  }

  private static LocalDate later(LocalDate one, LocalDate other) {
    return one.isAfter(other) ? one : other;
  }

  private Key key(YearMonth month) {
    return new Key(partition, month.toString());
  }

  private boolean settled(LocalDate day, Instant now) {
    return !Totals.settles(start(day.plusDays(1))).isAfter(now);
  }

  private Instant start(LocalDate day) {
    return day.atStartOfDay(zone).toInstant();
  }

  private long hash(
      LocalDate day, SortedMap<LocalDate, DayPrint> prints, Totals totals, Instant now) {
    LocalDate from = LocalDate.ofInstant(start(day), ZoneOffset.UTC);
    LocalDate to = LocalDate.ofInstant(start(day.plusDays(1)).minusNanos(1), ZoneOffset.UTC);
    // Others than 1 and 2, with which sums were stored that did not note what they leave out.
    long hash = settled(day, now) ? 3 : 4;
    boolean any = false;
    for (LocalDate each = from; !each.isAfter(to); each = each.plusDays(1)) {
      DayPrint print = prints.get(each);
      any |= print != null;
      hash = (hash ^ (print == null ? 0 : print.hash())) * SPREAD;
      hash ^= hash >>> 29;
    }
    if (!any) {
      return NOTHING;
    }
    // A settled day without a bill cost nothing once bills are read so far, else what is estimated.
    if (zone.normalized().equals(ZoneOffset.UTC) && totals.billsRead(day)) {
      hash = ~hash;
    }
    return hash == NOTHING ? 1 : hash;
  }
}

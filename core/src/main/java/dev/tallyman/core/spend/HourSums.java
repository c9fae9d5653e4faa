package dev.tallyman.core.spend;

import dev.tallyman.core.ledger.DayPrint;
import dev.tallyman.core.query.QueryException;
import dev.tallyman.core.query.Totals;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Sums by hour of UTC; an hour is summed again when what the index says of it moved. */
final class HourSums {
  private static final Duration HOUR = Duration.ofHours(1);

  /** The hash of an hour of which nothing is stored. */
  private static final long NOTHING = 0;

  private final Places places;
  private final TreeMap<Instant, Column> columns = new TreeMap<>();
  private Optional<String> failure = Optional.empty();

  HourSums(Places places) {
    this.places = places;
  }

  /**
   * Sums what is missing up to now.
   *
   * @param firsts by each series the first hour that is needed of it
   */
  void bring(
      Totals totals,
      SortedMap<LocalDate, DayPrint> prints,
      Map<Counted, Instant> firsts,
      Instant now) {
    failure = Optional.empty();
    if (firsts.isEmpty()) {
      return;
    }
    Instant first = firsts.values().stream().min(Instant::compareTo).orElse(now);
    List<Reading> readings = Reading.of(firsts.keySet(), places);
    Instant run = null;
    LocalDate day = LocalDate.MIN;
    long[] hashes = {};
    for (Instant hour = first; !hour.isAfter(now); hour = hour.plus(HOUR)) {
      LocalDate of = LocalDate.ofInstant(hour, ZoneOffset.UTC);
      if (!of.equals(day)) {
        // A run of hours never leaves its day.
        if (run != null) {
          read(totals, readings, run, hour);
          run = null;
        }
        day = of;
        DayPrint print = prints.get(day);
        hashes = print == null ? new long[24] : print.hours();
      }
      long hash = hashes[hour.atOffset(ZoneOffset.UTC).getHour()];
      Column column = columns.get(hour);
      if (column == null || column.hash() != hash) {
        column = new Column(hash);
        columns.put(hour, column);
      }
      boolean missing = !met(column, hour, firsts);
      if (missing && hash == NOTHING) {
        for (Counted each : firsts.keySet()) {
          column.begin(places.of(each.id()));
        }
        missing = false;
      }
      if (missing && run == null) {
        run = hour;
      } else if (!missing && run != null) {
        read(totals, readings, run, hour);
        run = null;
      }
    }
    if (run != null) {
      read(totals, readings, run, now.truncatedTo(ChronoUnit.HOURS).plus(HOUR));
    }
    columns.headMap(first).clear();
  }

  Optional<String> failure() {
    return failure;
  }

  /** The sum of a series in an hour. */
  Tally sum(Counted counted, Instant hour) {
    var tally = new Tally(counted.scale());
    tally.add(columns.get(hour), places.of(counted.id()));
    return tally;
  }

  private boolean met(Column column, Instant hour, Map<Counted, Instant> firsts) {
    for (Map.Entry<Counted, Instant> each : firsts.entrySet()) {
      if (!each.getValue().isAfter(hour) && !column.has(places.of(each.getKey().id()))) {
        return false;
      }
    }
    return true;
  }

  /** Sums adjoining hours of one day, all series again. */
  private void read(Totals totals, List<Reading> readings, Instant from, Instant to) {
    var fresh = new TreeMap<Instant, Column>();
    columns
        .subMap(from, to)
        .forEach((hour, column) -> {
          var sums = new Column(column.hash());
          for (Reading reading : readings) {
            reading.series().forEach(each -> sums.begin(places.of(each.id())));
          }
          fresh.put(hour, sums);
        });
    var asked = new ArrayList<Totals.Hourly>();
    for (Reading reading : readings) {
      asked.add(
          new Totals.Hourly(
              reading.metric(),
              reading.by(),
              reading.wanted(),
              (start, keys, total) -> {
                Column sums = fresh.get(start);
                if (sums != null) {
                  for (int place : reading.placesOf(keys)) {
                    sums.add(place, reading.scale(), total);
                  }
                }
              }));
    }
    try {
      totals.hours(from, to, asked);
    } catch (QueryException e) {
      failure = Optional.ofNullable(e.getMessage());
      return;
    }
    fresh.forEach((hour, sums) -> {
      Column column = columns.get(hour);
      if (column != null) {
        column.fill(sums);
      }
    });
  }
}

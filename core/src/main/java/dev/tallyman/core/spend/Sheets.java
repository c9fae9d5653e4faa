package dev.tallyman.core.spend;

import dev.tallyman.core.ledger.Table;
import dev.tallyman.core.store.Blobs;
import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.PutResult;
import dev.tallyman.core.store.Store;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Stored columns of a month of days: a table of a row for each series and up to six columns for
 * each day, of which one has the day's hash in its first row.
 */
final class Sheets {
  private static final String SERIES = "series";

  private final Blobs blobs;
  private final String partition;
  private final Places places;

  Sheets(Store store, String partition, Places places) {
    this.blobs = new Blobs(store);
    this.partition = partition;
    this.places = places;
  }

  /**
   * What is stored of a month.
   *
   * @param version 0 if nothing is
   */
  record Sheet(long version, SortedMap<LocalDate, Column> columns) {
    Sheet {
      columns = Collections.unmodifiableSortedMap(columns);
    }
  }

  Sheet read(YearMonth month) {
    Optional<Blobs.Blob> blob = blobs.get(key(month));
    return blob.map(each -> decode(month, each.version(), each.content()))
        .orElseGet(() -> new Sheet(0, new TreeMap<>()));
  }

  /** Stores a month if this version of it is stored; returns whether it did. */
  boolean write(YearMonth month, SortedMap<LocalDate, Column> columns, long version) {
    PutResult result =
        blobs.put(
            key(month),
            version + 1,
            Optional.empty(),
            encode(columns),
            version == 0 ? new Condition.Absent() : new Condition.VersionIs(version),
            version > 0);
    return result instanceof PutResult.Stored;
  }

  private Key key(YearMonth month) {
    return new Key(partition, month.toString());
  }

  /** The bytes of columns that have a sum each. */
  private byte[] encode(SortedMap<LocalDate, Column> columns) {
    int most = 0;
    for (Column each : columns.values()) {
      most = Math.max(most, each.places());
    }
    var rows = new int[most];
    int size = 0;
    for (int place = 0; place < most; place++) {
      int of = place;
      if (columns.values().stream().anyMatch(column -> column.has(of))) {
        rows[size++] = place;
      }
    }
    var series = new @Nullable String[size];
    for (int row = 0; row < size; row++) {
      series[row] = places.id(rows[row]);
    }
    Table.Builder table = new Table.Builder(size).texts(SERIES, series);
    for (var each : columns.entrySet()) {
      add(table, "%02d".formatted(each.getKey().getDayOfMonth()), each.getValue(), rows, size);
    }
    return table.build().encodeApart();
  }

  private static void add(Table.Builder table, String of, Column column, int[] rows, int size) {
    var flags = new long[size];
    var usage = new long[size];
    var billed = new long[size];
    var usageBeside = new @Nullable BigDecimal[size];
    var billedBeside = new @Nullable BigDecimal[size];
    var hash = new long[size];
    Arrays.fill(hash, 1, size, Table.ABSENT);
    hash[0] = column.hash();
    for (int row = 0; row < size; row++) {
      int place = rows[row];
      if (!column.has(place)) {
        flags[row] = Table.ABSENT;
        usage[row] = Table.ABSENT;
        billed[row] = Table.ABSENT;
        continue;
      }
      flags[row] = column.flags(place);
      usage[row] = orAbsent(column.used(place));
      billed[row] = orAbsent(column.charged(place));
      usageBeside[row] = column.usedBeside(place);
      billedBeside[row] = column.chargedBeside(place);
    }
    table
        .longs(of + "h", hash)
        .longs(of + "f", flags)
        .longs(of + "u", usage)
        .longs(of + "b", billed)
        .decimals(of + "x", usageBeside)
        .decimals(of + "y", billedBeside);
  }

  private static long orAbsent(long amount) {
    return amount == 0 ? Table.ABSENT : amount;
  }

  private Sheet decode(YearMonth month, long version, byte[] content) {
    Table body = Table.decode(content);
    @Nullable String[] series = body.texts(SERIES);
    var rows = new int[series.length];
    for (int row = 0; row < rows.length; row++) {
      String id = series[row];
      if (id == null) {
        throw new IllegalArgumentException("stored sums of a nameless series");
      }
      rows[row] = places.of(id);
    }
    var columns = new TreeMap<LocalDate, Column>();
    for (int day = 1; day <= month.lengthOfMonth(); day++) {
      String of = "%02d".formatted(day);
      if (body.has(of + "h")) {
        columns.put(month.atDay(day), column(body, of, rows));
      }
    }
    return new Sheet(version, columns);
  }

  private static Column column(Table body, String of, int[] rows) {
    long[] flags = body.longs(of + "f");
    long[] usage = body.longs(of + "u");
    long[] billed = body.longs(of + "b");
    @Nullable BigDecimal[] usageBeside = body.decimals(of + "x");
    @Nullable BigDecimal[] billedBeside = body.decimals(of + "y");
    var column = new Column(body.longs(of + "h")[0]);
    for (int row = 0; row < rows.length; row++) {
      if (flags[row] != Table.ABSENT) {
        column.restore(
            rows[row],
            (int) flags[row],
            orZero(usage[row]),
            orZero(billed[row]),
            usageBeside[row],
            billedBeside[row]);
      }
    }
    return column;
  }

  private static long orZero(long amount) {
    return amount == Table.ABSENT ? 0 : amount;
  }
}

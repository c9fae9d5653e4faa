package dev.tallyman.core.spend;

import dev.tallyman.core.ledger.Table;
import dev.tallyman.core.store.Blobs;
import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.PutResult;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.store.StoreException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Stored columns of a month of days: a table of a row for each series and up to seven columns for
 * each day, of which one has the day's hash in its first row.
 */
final class StoredSums {
  private static final String SERIES = "series";

  /** The highest number of a column: there are days of a month, and hours of a day. */
  private static final int MOST = 31;

  private final Blobs blobs;
  private final SeriesIndex places;

  StoredSums(Store store, SeriesIndex places) {
    this.blobs = new Blobs(store);
    this.places = places;
  }

  /**
   * What is stored of a month or a day.
   *
   * @param version 0 if nothing is
   */
  record Sheet(long version, SortedMap<Integer, Column> columns) {
    static final Sheet NONE = new Sheet(0, new TreeMap<>());

    Sheet {
      columns = Collections.unmodifiableSortedMap(columns);
    }
  }

  Sheet read(Key key) {
    return blobs
        .get(key)
        .map(blob -> blobs.decode(blob, bytes -> decode(blob.version(), bytes)))
        .orElse(Sheet.NONE);
  }

  /**
   * Stores columns if this version is stored; returns whether it did. It is no error if it cannot:
   * sums are kept so that they need not be made again, and questions are answered from a store that
   * is read only.
   */
  boolean write(Key key, SortedMap<Integer, Column> columns, long version) {
    try {
      PutResult result =
          blobs.put(
              key,
              version + 1,
              Optional.empty(),
              encode(columns),
              version == 0 ? new Condition.Absent() : new Condition.VersionIs(version),
              version > 0);
      return result instanceof PutResult.Stored;
    } catch (StoreException _) {
      return false;
    }
  }

  /** The bytes of columns that have a sum each. */
  private byte[] encode(SortedMap<Integer, Column> columns) {
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
      add(table, "%02d".formatted(each.getKey()), each.getValue(), rows, size);
    }
    return table.build().encodeApart();
  }

  private static void add(Table.Builder table, String of, Column column, int[] rows, int size) {
    var flags = new long[size];
    var usage = new long[size];
    var billed = new long[size];
    var usageBeside = new @Nullable BigDecimal[size];
    var billedBeside = new @Nullable BigDecimal[size];
    var leftOut = new @Nullable String[size];
    boolean leaves = false;
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
      leftOut[row] = column.leftOut(place);
      leaves |= leftOut[row] != null;
    }
    table
        .longs(of + "h", hash)
        .longs(of + "f", flags)
        .longs(of + "u", usage)
        .longs(of + "b", billed)
        .decimals(of + "x", usageBeside)
        .decimals(of + "y", billedBeside);
    if (leaves) {
      table.texts(of + "c", leftOut);
    }
  }

  private static long orAbsent(long amount) {
    return amount == 0 ? Table.ABSENT : amount;
  }

  private Sheet decode(long version, byte[] content) {
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
    var columns = new TreeMap<Integer, Column>();
    for (int number = 0; number <= MOST; number++) {
      String of = "%02d".formatted(number);
      if (body.has(of + "h")) {
        columns.put(number, column(body, of, rows));
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
    @Nullable String[] leftOut =
        body.has(of + "c") ? body.texts(of + "c") : new @Nullable String[rows.length];
    var column = new Column(body.longs(of + "h")[0]);
    for (int row = 0; row < rows.length; row++) {
      if (flags[row] != Table.ABSENT) {
        column.restore(
            rows[row],
            (int) flags[row],
            orZero(usage[row]),
            orZero(billed[row]),
            usageBeside[row],
            billedBeside[row],
            leftOut[row]);
      }
    }
    return column;
  }

  private static long orZero(long amount) {
    return amount == Table.ABSENT ? 0 : amount;
  }
}

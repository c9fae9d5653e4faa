package dev.tallyman.core.ledger;

import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Quantity;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A day or month of a zone in one view, by columns: only what is asked for is decoded. Columns are
 * in step: position i of each describes the same row.
 */
public final class Rollup {
  /** UTC, by the name under which the days of it are stored. */
  public static final ZoneId UTC = ZoneId.of("UTC");

  /** Stands for an absent count. */
  public static final long ABSENT = Table.ABSENT;

  private final LocalDate day;
  private final long version;
  private final boolean parted;
  private final Table table;

  Rollup(LocalDate day, long version, boolean parted, Table table) {
    this.day = day;
    this.version = version;
    this.parted = parted;
    this.table = table;
  }

  /** The day in its zone; for a month its first day. */
  public LocalDate day() {
    return day;
  }

  /** Counts how often it was written. */
  public long version() {
    return version;
  }

  /** How many rows there are. */
  public int size() {
    return table.size();
  }

  /** The id of the endpoint of each row. */
  public @Nullable String[] endpoints() {
    return table.texts(Tables.ENDPOINT);
  }

  /** A dimension of each row; null where the provider gave none. */
  public @Nullable String[] texts(Dimension dimension) {
    return table.texts(dimension.field());
  }

  /** The id of the endpoint of each row, by a dictionary. */
  public Codes endpointCodes() {
    return table.codes(Tables.ENDPOINT);
  }

  /** A dimension of each row, by a dictionary. */
  public Codes codes(Dimension dimension) {
    return table.codes(dimension.field());
  }

  /** Whether any row has this quantity. */
  public boolean has(Quantity quantity) {
    return table.has(quantity.field());
  }

  /** A quantity of each row, {@link #ABSENT} where the provider gave none. */
  public long[] longs(Quantity quantity) {
    return table.longs(quantity.field());
  }

  /** The estimate of each row in USD, never null. */
  public @Nullable BigDecimal[] estimated() {
    return table.decimals(Tables.ESTIMATED);
  }

  /** The estimate of each row, in units of {@code 10^-scale} USD. */
  public Amounts estimated(int scale) {
    return table.amounts(Tables.ESTIMATED, scale);
  }

  /** Whether any row has usage without a price. */
  public boolean unpriced() {
    return table.has(Tables.UNPRICED);
  }

  /** Whether all usage of each row had a price. */
  public boolean[] priced() {
    long[] unpriced = table.longs(Tables.UNPRICED);
    var priced = new boolean[unpriced.length];
    for (int i = 0; i < priced.length; i++) {
      priced[i] = unpriced[i] == ABSENT;
    }
    return priced;
  }

  /**
   * In which hours of the day each row occurs, bit i for the i-th; 0 for months and in views other
   * than {@link View#MODELS}, where it is not kept.
   */
  public long[] within() {
    long[] within = table.longs(Tables.WITHIN);
    for (int i = 0; i < within.length; i++) {
      within[i] = within[i] == ABSENT ? 0 : within[i];
    }
    return within;
  }

  /**
   * How many hours of the day have each row; 0 for months and in views other than {@link
   * View#MODELS}, where it is not kept.
   */
  public int[] occurrences() {
    long[] within = table.longs(Tables.WITHIN);
    var occurrences = new int[within.length];
    for (int i = 0; i < occurrences.length; i++) {
      occurrences[i] = within[i] == ABSENT ? 0 : Long.bitCount(within[i]);
    }
    return occurrences;
  }

  /** Whether any hour was put whole into the day in which it begins, for want of its minutes. */
  public boolean approximate() {
    return table.has(Tables.APPROXIMATE);
  }

  /** All rows as values. */
  public List<RollupRow> rows() {
    return table.read(() -> Tables.toRollup(table));
  }

  /** The version of the prices behind each estimate; {@code mixed} where there were several. */
  public @Nullable String[] prices() {
    return table.texts(Tables.PRICES);
  }

  boolean parted() {
    return parted;
  }

  Table table() {
    return table;
  }
}

package dev.tallyman.core.ledger;

import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.CostRow;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.UsageRow;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Rows of each kind as a {@link Table} and back. */
final class Tables {
  private static final Dimension[] DIMENSIONS = Dimension.values();
  private static final Quantity[] QUANTITIES = Quantity.values();

  /** Keeps the provider's own field names apart from any that this version gives a meaning. */
  private static final String OTHER = "+";

  private static final String MINUTE = "minute";
  static final String ENDPOINT = "endpoint";
  static final String PROJECT = "project_id";
  static final String LINE_ITEM = "line_item";
  static final String API_KEY = "api_key_id";
  static final String CURRENCY = "currency";
  static final String AMOUNT = "amount";
  static final String ESTIMATED = "estimated";
  static final String UNPRICED = "unpriced";
  static final String PRICES = "prices";
  private static final String HOURS = "hours";
  static final String WITHIN = "within";
  static final String APPROXIMATE = "approximate";

  private Tables() {}

  static Table ofUsage(List<UsageRow> rows) {
    return usage(rows).build();
  }

  static List<UsageRow> toUsage(Table table) {
    return usage(table);
  }

  /** Rows of the minutes of one hour; {@code minutes[i]} is the minute of row i. */
  static Table ofMinutes(List<UsageRow> rows, long[] minutes) {
    return usage(rows).longs(MINUTE, minutes).build();
  }

  static long[] minutes(Table table) {
    return table.longs(MINUTE);
  }

  static Table ofRollup(List<RollupRow> rows) {
    var usage = new ArrayList<UsageRow>(rows.size());
    rows.forEach(row -> usage.add(row.usage()));
    return usage(usage)
        .texts(ENDPOINT, texts(rows, row -> row.endpoint().id()))
        .decimals(ESTIMATED, decimals(rows, RollupRow::estimated))
        .longs(UNPRICED, longs(rows, row -> row.priced() ? Table.ABSENT : 1))
        .texts(PRICES, texts(rows, RollupRow::prices))
        .longs(HOURS, longs(rows, RollupRow::hours))
        .longs(WITHIN, longs(rows, row -> row.within() == 0 ? Table.ABSENT : row.within()))
        .longs(APPROXIMATE, longs(rows, row -> row.approximate() ? 1 : Table.ABSENT))
        .build();
  }

  static List<RollupRow> toRollup(Table table) {
    List<UsageRow> usage = usage(table);
    @Nullable String[] endpoints = table.texts(ENDPOINT);
    @Nullable BigDecimal[] estimated = table.decimals(ESTIMATED);
    long[] unpriced = table.longs(UNPRICED);
    @Nullable String[] prices = table.texts(PRICES);
    long[] hours = table.longs(HOURS);
    long[] within = table.longs(WITHIN);
    long[] approximate = table.longs(APPROXIMATE);
    var known = new HashMap<String, UsageEndpoint>();
    var rows = new ArrayList<RollupRow>(usage.size());
    for (int i = 0; i < usage.size(); i++) {
      String id = endpoints[i];
      BigDecimal money = estimated[i];
      String version = prices[i];
      if (id == null || money == null || version == null) {
        throw new IllegalArgumentException("a stored rollup without endpoints or estimates");
      }
      rows.add(
          new RollupRow(
              known.computeIfAbsent(id, UsageEndpoint::of),
              usage.get(i),
              money,
              unpriced[i] == Table.ABSENT,
              version,
              (int) hours[i],
              within[i] == Table.ABSENT ? 0 : within[i],
              approximate[i] != Table.ABSENT));
    }
    return rows;
  }

  /** A bill added up by what a view tells; the sums are exact, however many digits they take. */
  static Table ofBill(BillView view, List<CostRow> rows) {
    record Charge(
        @Nullable String project,
        @Nullable String apiKey,
        @Nullable String lineItem,
        String currency) {}
    var sums = new LinkedHashMap<Charge, BigDecimal>();
    for (CostRow row : rows) {
      sums.merge(
          new Charge(
              view.keys() ? row.project() : null,
              view.keys() ? row.apiKey() : null,
              view.items() ? row.lineItem() : null,
              row.currency()),
          row.amount(),
          BigDecimal::add);
    }
    var charges = new ArrayList<>(sums.keySet());
    Comparator<@Nullable String> text = Comparator.nullsFirst(Comparator.<String>naturalOrder());
    charges.sort(
        Comparator.comparing(Charge::project, text)
            .thenComparing(Charge::apiKey, text)
            .thenComparing(Charge::lineItem, text)
            .thenComparing(Charge::currency));
    return new Table.Builder(charges.size())
        .texts(PROJECT, texts(charges, Charge::project))
        .texts(API_KEY, texts(charges, Charge::apiKey))
        .texts(LINE_ITEM, texts(charges, Charge::lineItem))
        .texts(CURRENCY, texts(charges, Charge::currency))
        .decimals(AMOUNT, decimals(charges, sums::get))
        .build();
  }

  static Table ofCosts(List<CostRow> rows) {
    return new Table.Builder(rows.size())
        .texts(PROJECT, texts(rows, CostRow::project))
        .texts(LINE_ITEM, texts(rows, CostRow::lineItem))
        .texts(API_KEY, texts(rows, CostRow::apiKey))
        .texts(CURRENCY, texts(rows, CostRow::currency))
        .texts("quantity_unit", texts(rows, CostRow::unit))
        .decimals(AMOUNT, decimals(rows, CostRow::amount))
        .decimals("quantity", decimals(rows, CostRow::quantity))
        .build();
  }

  static CostDay toCosts(LocalDate day, Table table) {
    @Nullable String[] projects = table.texts(PROJECT);
    @Nullable String[] lineItems = table.texts(LINE_ITEM);
    @Nullable String[] apiKeys = table.texts(API_KEY);
    @Nullable String[] currencies = table.texts(CURRENCY);
    @Nullable String[] units = table.texts("quantity_unit");
    @Nullable BigDecimal[] amounts = table.decimals(AMOUNT);
    @Nullable BigDecimal[] quantities = table.decimals("quantity");
    var rows = new ArrayList<CostRow>(table.size());
    for (int i = 0; i < table.size(); i++) {
      BigDecimal amount = amounts[i];
      String currency = currencies[i];
      if (amount == null || currency == null) {
        throw new IllegalArgumentException("stored cost rows without amounts or currencies");
      }
      rows.add(
          new CostRow(
              projects[i], lineItems[i], apiKeys[i], amount, currency, quantities[i], units[i]));
    }
    return new CostDay(day, rows);
  }

  private static Table.Builder usage(List<UsageRow> rows) {
    var builder = new Table.Builder(rows.size());
    for (Dimension dimension : DIMENSIONS) {
      builder.texts(dimension.field(), texts(rows, row -> row.get(dimension)));
    }
    for (Quantity quantity : QUANTITIES) {
      builder.longs(
          quantity.field(),
          longs(rows, row -> row.has(quantity) ? row.orZero(quantity) : Table.ABSENT));
    }
    var others = new TreeSet<String>();
    rows.forEach(row -> others.addAll(row.others().keySet()));
    for (String other : others) {
      builder.decimals(OTHER + other, decimals(rows, row -> row.others().get(other)));
    }
    return builder;
  }

  private static List<UsageRow> usage(Table table) {
    var builders = new UsageRow.Builder[table.size()];
    for (int i = 0; i < builders.length; i++) {
      builders[i] = UsageRow.builder();
    }
    for (Dimension dimension : DIMENSIONS) {
      if (table.has(dimension.field())) {
        @Nullable String[] texts = table.texts(dimension.field());
        for (int i = 0; i < builders.length; i++) {
          builders[i].set(dimension, texts[i]);
        }
      }
    }
    for (Quantity quantity : QUANTITIES) {
      if (table.has(quantity.field())) {
        long[] longs = table.longs(quantity.field());
        for (int i = 0; i < builders.length; i++) {
          if (longs[i] != Table.ABSENT) {
            builders[i].set(quantity, longs[i]);
          }
        }
      }
    }
    for (String name : table.names()) {
      if (name.startsWith(OTHER)) {
        @Nullable BigDecimal[] decimals = table.decimals(name);
        for (int i = 0; i < builders.length; i++) {
          BigDecimal decimal = decimals[i];
          if (decimal != null) {
            builders[i].other(name.substring(OTHER.length()), decimal);
          }
        }
      }
    }
    var rows = new ArrayList<UsageRow>(builders.length);
    for (UsageRow.Builder builder : builders) {
      rows.add(builder.build());
    }
    return rows;
  }

  private static <R> @Nullable String[] texts(List<R> rows, Function<R, @Nullable String> column) {
    var texts = new @Nullable String[rows.size()];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = column.apply(rows.get(i));
    }
    return texts;
  }

  private static <R> long[] longs(List<R> rows, ToLongFunction<R> column) {
    var longs = new long[rows.size()];
    for (int i = 0; i < longs.length; i++) {
      longs[i] = column.applyAsLong(rows.get(i));
    }
    return longs;
  }

  private static <R> @Nullable BigDecimal[] decimals(
      List<R> rows, Function<R, @Nullable BigDecimal> column) {
    var decimals = new @Nullable BigDecimal[rows.size()];
    for (int i = 0; i < decimals.length; i++) {
      decimals[i] = column.apply(rows.get(i));
    }
    return decimals;
  }

  /** How many hours each endpoint's part of a stored rollup was computed from. */
  static Map<String, Integer> hours(List<RollupRow> rows) {
    var hours = new HashMap<String, Integer>();
    rows.forEach(row -> hours.merge(row.endpoint().id(), row.hours(), Math::max));
    return hours;
  }
}

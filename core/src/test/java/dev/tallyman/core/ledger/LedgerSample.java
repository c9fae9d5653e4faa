package dev.tallyman.core.ledger;

import dev.tallyman.core.ledger.DayIndex.Place;
import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.usage.Bucket;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.CostRow;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.UsageRow;
import dev.tallyman.core.usage.Width;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a ledger keeps of one day, with every field set somewhere. */
public final class LedgerSample {
  private static final LocalDate DAY = LocalDate.parse("2026-11-20");
  private static final Instant HOUR = Instant.parse("2026-11-20T09:00:00Z");

  /** When nothing that was read may change any more. */
  private static final Instant CLOSED = Instant.parse("2026-11-23T00:00:00Z");

  private LedgerSample() {}

  /** Keeps an hour by its minutes, and what it said before. */
  public static void writeHours(Store store) {
    LedgerWriter writer = ledger(store).writer(List.of(ZoneOffset.UTC));
    var _ = writer.replace(minute(row(1000), HOUR.plusSeconds(60)));
    var _ = writer.replace(minute(row(2000), CLOSED));
  }

  private static HourReading minute(UsageRow row, Instant asked) {
    return HourReading.ofMinutes(
        List.of(Bucket.of(Known.COMPLETIONS, HOUR.plusSeconds(120), Width.MINUTE, List.of(row))),
        true,
        asked);
  }

  /** An hour, its minutes, its revisions. */
  public static Object readHours(Store store) {
    Ledger ledger = ledger(store);
    return List.of(
        ledger.hours(Known.COMPLETIONS, HOUR, HOUR.plusSeconds(3600)),
        ledger.minutes(Known.COMPLETIONS, HOUR),
        ledger.revisions(Known.COMPLETIONS, HOUR));
  }

  /** Keeps a day's costs with its views, and what it said before. */
  public static void writeCosts(Store store) {
    LedgerWriter writer = ledger(store).writer(List.of(ZoneOffset.UTC));
    var _ = writer.replaceCosts(costs("1.25"), HOUR);
    var _ = writer.replaceCosts(costs("1.50"), CLOSED);
  }

  private static CostDay costs(String amount) {
    return CostDay.of(
        DAY,
        List.of(
            new CostRow(
                "proj_1",
                "gpt-5, input",
                "key_1",
                new BigDecimal(amount),
                "usd",
                BigDecimal.valueOf(1_000_000),
                "tokens"),
            new CostRow(null, null, null, new BigDecimal("-0.5"), "eur", null, null)));
  }

  /** A day's costs, its revisions, its views. */
  public static Object readCosts(Store store) {
    Ledger ledger = ledger(store);
    var read = new ArrayList<>();
    read.add(ledger.costs(DAY, DAY.plusDays(1)));
    read.add(ledger.costRevisions(DAY));
    for (BillView view : BillView.values()) {
      for (Bill bill : ledger.bills(view, DAY, DAY.plusDays(1))) {
        for (Codes codes :
            List.of(bill.projects(), bill.apiKeys(), bill.lineItems(), bill.currencies())) {
          read.add(texts(codes, bill.size()));
        }
        read.add(Arrays.asList(bill.amounts()));
        read.add(bill.amounts(12).units(0));
      }
    }
    return read;
  }

  private static List<@Nullable String> texts(Codes codes, int size) {
    var texts = new ArrayList<@Nullable String>();
    for (int row = 0; row < size; row++) {
      texts.add(codes.text(codes.rows()[row]));
    }
    return texts;
  }

  /** Keeps what was rolled up, and the index that marks it as complete. */
  public static void writeRollups(Store store) {
    Ledger ledger = ledger(store);
    var rows =
        List.of(
            new RollupRow(
                Known.COMPLETIONS, row(1000), new BigDecimal("0.00125"), false, "p1", 23, 5, true),
            new RollupRow(
                UsageEndpoint.of("not-known-yet"),
                UsageRow.builder().build(),
                BigDecimal.ZERO,
                true,
                "p2",
                1,
                0,
                false));
    put(ledger, ledger.keys().rollup(View.MODELS, ZoneOffset.UTC, DAY), Tables.ofRollup(rows));
    put(
        ledger,
        ledger.keys().month(View.MODELS, ZoneOffset.UTC, YearMonth.from(DAY)),
        Tables.ofRollup(rows));
    var entries =
        new TreeMap<>(
            Map.of(
                new Place("completions", 9), new DayIndex.Entry(-7, false),
                new Place(DayIndex.COSTS, 0), new DayIndex.Entry(7, true)));
    put(ledger, ledger.keys().index(DAY), new DayIndex(0, entries).encode());
  }

  private static void put(Ledger ledger, Key key, Table table) {
    ledger
        .blobs()
        .put(key, 3, Optional.empty(), table.encodeApart(), new Condition.Always(), false);
  }

  /** Rollups of a day and of a month, and an index. */
  public static Object readRollups(Store store) {
    Ledger ledger = ledger(store);
    return List.of(
        ledger.rollup(View.MODELS, ZoneOffset.UTC, DAY).stream().map(Rollup::rows).toList(),
        ledger.month(View.MODELS, ZoneOffset.UTC, YearMonth.from(DAY)).stream()
            .map(Rollup::rows)
            .toList(),
        ledger.indexes(DAY, DAY.plusDays(1)),
        ledger.prints(DAY, DAY.plusDays(1)).values().stream()
            .map(print -> Arrays.toString(print.hours()))
            .toList());
  }

  private static UsageRow row(long tokens) {
    UsageRow.Builder row = UsageRow.builder();
    for (Dimension dimension : Dimension.values()) {
      row.set(dimension, dimension.field() + "-1");
    }
    for (Quantity quantity : Quantity.values()) {
      row.set(quantity, tokens + quantity.field().length());
    }
    return row.other("num_new", new BigDecimal("1.5")).build();
  }

  private static Ledger ledger(Store store) {
    return new Ledger(store, "acme", Retention.DEFAULT);
  }
}

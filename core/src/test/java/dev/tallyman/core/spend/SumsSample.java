package dev.tallyman.core.spend;

import dev.tallyman.core.budget.Scope;
import dev.tallyman.core.forecast.Baseline;
import dev.tallyman.core.forecast.Rhythm;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.Store;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Sums of days, and what is usual. */
public final class SumsSample {
  private static final Key SUMS = new Key("O#acme#B#day#UTC", "2026-11");
  private static final String SERIES = HourSums.estimated(Scope.ORGANIZATION);

  private SumsSample() {}

  /** Keeps the sums of two days. */
  public static void writeSums(Store store) {
    var places = new SeriesIndex();
    int whole = places.of("cost|all");
    int large = places.of("billed|all|eur");
    var first = new Column(-7);
    first.restore(whole, Column.SUMMED | Column.USED, 1_250_000_000L, 7, null, null, "eur,jpy");
    var second = new Column(8);
    second.restore(
        large,
        Column.SUMMED | Column.CHARGED | Column.UNPRICED | Column.APPROXIMATE,
        0,
        0,
        new BigDecimal("1E+20"),
        new BigDecimal("0.0000000000001"),
        null);
    new StoredSums(store, places).write(SUMS, new TreeMap<>(Map.of(19, first, 20, second)), 0);
  }

  /** The sums of all days. */
  public static Object readSums(Store store) {
    var places = new SeriesIndex();
    var read = new ArrayList<>();
    new StoredSums(store, places)
        .read(SUMS)
        .columns()
        .forEach((day, column) -> {
          read.add(List.of(day, column.hash()));
          for (int place = 0; place < places.count(); place++) {
            if (column.has(place)) {
              read.add(
                  Arrays.asList(
                      places.id(place),
                      column.flags(place),
                      column.used(place),
                      column.charged(place),
                      column.usedBeside(place),
                      column.chargedBeside(place),
                      column.leftOut(place)));
            }
          }
        });
    return read;
  }

  /** Keeps what is usual of a series and of a budget. */
  public static void writeUsual(Store store) {
    var hours = new long[28 * 24];
    Arrays.fill(hours, 1_000_000_000L);
    Rhythm rhythm = Rhythm.of(Instant.parse("2026-10-26T00:00:00Z"), hours).orElseThrow();
    usual(store)
        .save(
            new Baselines.Made(
                1, LocalDate.parse("2026-11-23"), LocalDate.parse("2026-10-26"), "of budgets"),
            Map.of(SERIES, Baseline.NOTHING.encode()),
            Map.of("cost|all", rhythm.encode()),
            Set.of(SERIES));
  }

  /** What is usual. */
  public static Object readUsual(Store store) {
    Baselines usual = usual(store);
    usual.load();
    return List.of(
        usual.until(),
        usual.watched(List.of()).keySet(),
        usual.watched(List.of()).values().stream()
            .map(each -> Arrays.hashCode(each.encode()))
            .toList(),
        usual
            .rhythm(new Counted("cost|all", Metric.COST, Scope.ORGANIZATION, "usd"))
            .map(each -> Arrays.hashCode(each.encode())));
  }

  private static Baselines usual(Store store) {
    var places = new SeriesIndex();
    return new Baselines(store, "acme", places, new HourSums(store, "acme", places));
  }
}

package dev.tallyman.core.query;

import dev.tallyman.core.metric.Granularity;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.usage.CostRow;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.UsageRow;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Times questions over 90 days of 200 projects with 3 keys and 10 models each, on a store in
 * memory: what is left is decoding and adding up, in processor time, so that a busy machine tells
 * the same. Run by hand; the benchmarks measure whole stores.
 */
final class QueryTiming {
  private static final String NOW = "2026-11-21T09:14:00Z";
  private static final List<String> MODELS =
      List.of(
          "gpt-5",
          "gpt-5-mini",
          "gpt-5-nano",
          "gpt-4.1",
          "gpt-4.1-mini",
          "gpt-4o",
          "gpt-4o-mini",
          "o3",
          "o4-mini",
          "o1");

  private QueryTiming() {}

  /** Prints microseconds through the logger of the platform. */
  public static void main(String[] arguments) {
    Consumer<String> out = line -> System.getLogger("timing").log(System.Logger.Level.INFO, line);
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    TestLedger ledger = filled();
    var questions =
        List.of(
            question(Metric.TOKENS, Granularity.DAY, GroupBy.MODEL),
            question(Metric.TOKENS, Granularity.ALL, GroupBy.PROJECT, GroupBy.KEY),
            question(Metric.TOKENS, Granularity.DAY, GroupBy.PROJECT, GroupBy.KEY),
            question(Metric.ESTIMATED, Granularity.DAY, GroupBy.MODEL),
            question(Metric.ESTIMATED, Granularity.ALL, GroupBy.PROJECT, GroupBy.KEY),
            question(Metric.ESTIMATED, Granularity.DAY, GroupBy.PROJECT, GroupBy.KEY),
            question(Metric.COST, Granularity.DAY, GroupBy.MODEL),
            question(Metric.COST, Granularity.ALL, GroupBy.PROJECT, GroupBy.KEY),
            question(Metric.COST, Granularity.DAY, GroupBy.PROJECT, GroupBy.KEY));
    for (Query query : questions) {
      int rounds = query.metric() == Metric.COST ? 40 : 200;
      var times = new long[rounds];
      for (int i = 0; i < rounds; i++) {
        long start = threads.getCurrentThreadCpuTime();
        ledger.ask(query);
        times[i] = threads.getCurrentThreadCpuTime() - start;
      }
      long[] warm = Arrays.copyOfRange(times, rounds / 4, rounds);
      Arrays.sort(warm);
      out.accept(
          "%-10s %-5s %-16s median %6d us, p99 %6d us"
              .formatted(
                  query.metric().id(),
                  query.granularity().id(),
                  query.groupBy(),
                  warm[warm.length / 2] / 1000,
                  warm[warm.length * 99 / 100] / 1000));
    }
  }

  private static Query question(Metric metric, Granularity granularity, GroupBy... by) {
    return TestLedger.query(metric, "2026-08-24", "2026-11-22", granularity, by);
  }

  private static TestLedger filled() {
    var random = new Random(1);
    var ledger = new TestLedger(NOW);
    LocalDate today = LocalDate.ofInstant(Instant.parse(NOW), ZoneOffset.UTC);
    for (int back = 89; back >= 0; back--) {
      LocalDate day = today.minusDays(back);
      var rows = new ArrayList<UsageRow>();
      var charges = new ArrayList<CostRow>();
      for (int project = 0; project < 200; project++) {
        for (int key = 0; key < 3; key++) {
          for (String model : MODELS) {
            rows.add(
                UsageRow.builder()
                    .set(Dimension.PROJECT, "proj_abcdefghijklmnop" + project)
                    .set(Dimension.API_KEY, "key_abcdefghijklmnop" + project + "_" + key)
                    .set(Dimension.USER, "user_abcdefghijklmnop" + (project % 50))
                    .set(Dimension.MODEL, model)
                    .set(Dimension.BATCH, "false")
                    .set(Dimension.SERVICE_TIER, "default")
                    .set(Quantity.INPUT_TOKENS, random.nextInt(10_000_000))
                    .set(Quantity.INPUT_CACHED_TOKENS, random.nextInt(1_000_000))
                    .set(Quantity.OUTPUT_TOKENS, random.nextInt(1_000_000))
                    .set(Quantity.MODEL_REQUESTS, random.nextInt(10_000))
                    .build());
            for (String item : List.of(", input", ", cached input", ", output")) {
              charges.add(
                  new CostRow(
                      "proj_abcdefghijklmnop" + project,
                      model + item,
                      "key_abcdefghijklmnop" + project + "_" + key,
                      BigDecimal.valueOf(random.nextLong(1_000_000_000_000L), 11),
                      "usd",
                      BigDecimal.valueOf(random.nextInt(1_000_000)),
                      "tokens"));
            }
          }
        }
      }
      ledger.hour(Known.COMPLETIONS, day.atStartOfDay(ZoneOffset.UTC).toInstant(), rows);
      ledger.bill(day, charges);
    }
    return ledger.readSince(today.minusDays(89) + "T00:00:00Z");
  }
}

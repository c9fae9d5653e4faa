package dev.tallyman.core.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.metric.Granularity;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.price.Estimator;
import dev.tallyman.core.price.Rates;
import dev.tallyman.core.usage.CostRow;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.UsageRow;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever way a number is asked for, it is the same: with each other, and with the raw rows. */
final class AgreementTest {
  private static final Instant NOW = Instant.parse("2026-11-06T12:34:00Z");
  private static final LocalDate FIRST = LocalDate.of(2026, 9, 28);
  private static final LocalDate END = LocalDate.of(2026, 11, 6);
  private static final ZoneId ROME = ZoneId.of("Europe/Rome");
  private static final ZoneId KOLKATA = ZoneId.of("Asia/Kolkata");
  private static final List<Metric> COUNTS =
      List.of(
          Metric.TOKENS,
          Metric.TOKENS_UNCACHED,
          Metric.TOKENS_CACHED,
          Metric.REQUESTS,
          Metric.SEARCHES,
          Metric.ESTIMATED);
  private static final List<String> MODELS = List.of("gpt-4o", "gpt-4o-mini", "o3", "unheard-of");
  private static final List<String> ITEMS =
      List.of(
          "gpt-4o, input",
          "gpt-4o-mini, output",
          "priority | o3, output",
          "web search tool calls",
          "something else");

  /** A random ledger, with all that went into it. */
  private static final class World {
    private final Random random;
    final TestLedger ledger = new TestLedger(NOW.toString(), "Europe/Rome", "Asia/Kolkata");
    final Map<Instant, Map<Known, List<UsageRow>>> hours = new TreeMap<>();
    final Map<LocalDate, List<CostRow>> bills = new TreeMap<>();

    World(long seed) {
      random = new Random(seed);
      Instant end = END.atTime(12, 0).toInstant(ZoneOffset.UTC);
      for (Instant hour = FIRST.atStartOfDay(ZoneOffset.UTC).toInstant();
          hour.isBefore(end);
          hour = hour.plus(Duration.ofHours(1))) {
        for (Known endpoint :
            List.of(Known.COMPLETIONS, Known.EMBEDDINGS, Known.WEB_SEARCH_CALLS)) {
          if (random.nextInt(3) > 0) {
            write(endpoint, hour);
          } else {
            // Read, and nothing was used: an hour that is read empty is known all the same.
            ledger.hour(endpoint, hour, List.of());
          }
        }
      }
      for (LocalDate day = FIRST; !day.isAfter(END); day = day.plusDays(1)) {
        bill(day);
      }
      ledger.readSince(FIRST + "T00:00:00Z");
    }

    private void write(Known endpoint, Instant hour) {
      boolean straddles = hour.atOffset(ZoneOffset.UTC).getHour() == 18;
      var all = new ArrayList<UsageRow>();
      if (straddles) {
        var minutes = new HashMap<Integer, List<UsageRow>>();
        for (int i = 0; i < 3; i++) {
          List<UsageRow> rows = List.of(row(endpoint));
          minutes.put(random.nextInt(60), rows);
        }
        minutes.values().forEach(all::addAll);
        ledger.minutes(endpoint, hour, minutes);
        byMinute.computeIfAbsent(hour, _ -> new HashMap<>()).put(endpoint, minutes);
      } else {
        for (int i = random.nextInt(1, 5); i > 0; i--) {
          all.add(row(endpoint));
        }
        ledger.hour(endpoint, hour, all);
      }
      hours.computeIfAbsent(hour, _ -> new HashMap<>()).put(endpoint, all);
    }

    final Map<Instant, Map<Known, Map<Integer, List<UsageRow>>>> byMinute = new HashMap<>();

    private @Nullable String pick(String prefix, int of) {
      int which = random.nextInt(of + 1);
      return which == of ? null : prefix + which;
    }

    private UsageRow row(Known endpoint) {
      UsageRow.Builder row =
          UsageRow.builder()
              .set(Dimension.PROJECT, pick("project", 3))
              .set(Dimension.API_KEY, pick("key", 4))
              .set(Dimension.USER, pick("user", 2))
              .set(Dimension.MODEL, MODELS.get(random.nextInt(MODELS.size())));
      switch (endpoint) {
        case COMPLETIONS -> {
          long in = random.nextInt(1_000_000);
          row.set(Dimension.BATCH, random.nextBoolean() ? "true" : "false")
              .set(Dimension.SERVICE_TIER, pick("tier", 2))
              .set(Quantity.INPUT_TOKENS, in)
              .set(Quantity.INPUT_CACHED_TOKENS, random.nextLong(in + 1))
              .set(Quantity.OUTPUT_TOKENS, random.nextInt(1000))
              .set(Quantity.MODEL_REQUESTS, random.nextInt(100));
        }
        case EMBEDDINGS ->
            row.set(Quantity.INPUT_TOKENS, random.nextInt(1000))
                .set(Quantity.MODEL_REQUESTS, random.nextInt(100));
        default ->
            row.set(Quantity.MODEL_REQUESTS, random.nextInt(100))
                .set(Quantity.REQUESTS, random.nextInt(100));
      }
      return row.build();
    }

    private void bill(LocalDate day) {
      if (random.nextInt(8) == 0) {
        return;
      }
      var rows = new LinkedHashMap<String, CostRow>();
      for (int i = random.nextInt(12); i > 0; i--) {
        var row =
            new CostRow(
                pick("project", 3),
                ITEMS.get(random.nextInt(ITEMS.size())),
                pick("key", 4),
                new BigDecimal(random.nextLong(10_000_000)).movePointLeft(random.nextInt(30)),
                "usd",
                null,
                null);
        rows.put(row.project() + "|" + row.lineItem() + "|" + row.apiKey(), row);
      }
      bills.put(day, List.copyOf(rows.values()));
      ledger.bill(day, bills.get(day));
    }
  }

  private static Query query(
      Metric metric,
      Instant from,
      Instant to,
      Granularity granularity,
      ZoneId zone,
      GroupBy... by) {
    return new Query(metric, List.of(by), Map.of(), from, to, granularity, zone, 3);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void bucketsOfEveryGranularityAddUpToTheSame(long seed) {
    var world = new World(seed);
    for (ZoneId zone : List.of(ZoneId.of("UTC"), ROME, KOLKATA)) {
      Instant from = LocalDate.of(2026, 10, 6).atStartOfDay(zone).toInstant();
      Instant to = LocalDate.of(2026, 11, 5).atStartOfDay(zone).toInstant();
      for (Metric metric : COUNTS) {
        BigDecimal all = sum(world.ledger.ask(query(metric, from, to, Granularity.ALL, zone)));
        for (Granularity granularity :
            List.of(Granularity.DAY, Granularity.WEEK, Granularity.MONTH)) {
          Answer answer = world.ledger.ask(query(metric, from, to, granularity, zone));
          assertThat(sum(answer))
              .as("seed %d, %s by %s in %s", seed, metric, granularity, zone)
              .isEqualByComparingTo(all);
          assertThat(answer.total().total().orElseThrow()).isEqualByComparingTo(all);
          assertThat(answer.provenance().notes()).isEmpty();
        }
        if (!zone.equals(KOLKATA)) {
          Answer hours = world.ledger.ask(query(metric, from, to, Granularity.HOUR, zone));
          assertThat(sum(hours)).as("seed %d, %s by hour", seed, metric).isEqualByComparingTo(all);
          if (metric != Metric.ESTIMATED) {
            // An hour of nothing but usage without a price has an unknown estimate.
            assertThat(hours.total().values()).doesNotContain(Optional.empty());
          }
        }
      }
    }
  }

  private static BigDecimal sum(Answer answer) {
    return answer.total().values().stream()
        .map(value -> value.orElse(BigDecimal.ZERO))
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 5, 6})
  void daysOfAnyZoneAreWhatTheRawRowsSay(long seed) {
    var world = new World(seed);
    for (ZoneId zone : List.of(ZoneId.of("UTC"), ROME, KOLKATA)) {
      LocalDate first = LocalDate.of(2026, 10, 20);
      LocalDate end = LocalDate.of(2026, 10, 31);
      var query =
          query(
              Metric.TOKENS,
              first.atStartOfDay(zone).toInstant(),
              end.atStartOfDay(zone).toInstant(),
              Granularity.DAY,
              zone);

      Answer answer = world.ledger.ask(query);

      for (int i = 0; i < answer.buckets().size(); i++) {
        Instant start = first.plusDays(i).atStartOfDay(zone).toInstant();
        Instant stop = first.plusDays(i + 1L).atStartOfDay(zone).toInstant();
        assertThat(answer.total().values().get(i))
            .as("seed %d, day %d in %s", seed, i, zone)
            .contains(BigDecimal.valueOf(rawTokens(world, start, stop)));
      }
    }
  }

  private static long rawTokens(World world, Instant start, Instant stop) {
    long[] sum = {0};
    world.hours.forEach((hour, byEndpoint) ->
        byEndpoint.forEach((endpoint, rows) -> {
          var minutes = world.byMinute.getOrDefault(hour, Map.of()).get(endpoint);
          if (minutes == null) {
            sum[0] += within(hour, start, stop) ? tokens(rows) : 0;
          } else {
            minutes.forEach((minute, of) ->
                sum[0] +=
                    within(hour.plus(Duration.ofMinutes(minute)), start, stop) ? tokens(of) : 0);
          }
        }));
    return sum[0];
  }

  private static boolean within(Instant at, Instant start, Instant stop) {
    return !at.isBefore(start) && at.isBefore(stop);
  }

  private static long tokens(List<UsageRow> rows) {
    return rows.stream()
        .mapToLong(row -> row.orZero(Quantity.INPUT_TOKENS) + row.orZero(Quantity.OUTPUT_TOKENS))
        .sum();
  }

  @ParameterizedTest
  @ValueSource(longs = {7, 8})
  void seriesAndTheRestAddUpToTheTotalWhateverTheyAreGroupedBy(long seed) {
    var world = new World(seed);
    Instant from = Instant.parse("2026-10-28T00:00:00Z");
    Instant to = Instant.parse("2026-11-07T00:00:00Z");
    var metrics = new ArrayList<>(COUNTS);
    metrics.add(Metric.COST);
    metrics.add(Metric.BILLED);
    for (Metric metric : metrics) {
      Series total =
          world.ledger.ask(query(metric, from, to, Granularity.DAY, TestLedger.UTC)).total();
      for (GroupBy one : metric.dimensions()) {
        for (GroupBy other : metric.dimensions()) {
          GroupBy[] by = one.equals(other) ? new GroupBy[] {one} : new GroupBy[] {one, other};
          Answer answer =
              world.ledger.ask(query(metric, from, to, Granularity.DAY, TestLedger.UTC, by));
          String told = "seed %d, %s by %s".formatted(seed, metric, List.of(by));
          assertThat(answer.series()).as(told).hasSizeLessThanOrEqualTo(3);
          assertThat(answer.total()).as(told).isEqualTo(total);
          assertAddsUp(answer, told);
        }
      }
    }
  }

  private static void assertAddsUp(Answer answer, String told) {
    var lines = new ArrayList<>(answer.series());
    answer.other().ifPresent(lines::add);
    for (int bucket = 0; bucket < answer.buckets().size(); bucket++) {
      BigDecimal sum = BigDecimal.ZERO;
      for (Series line : lines) {
        sum = sum.add(line.values().get(bucket).orElse(BigDecimal.ZERO));
      }
      assertThat(sum)
          .as(told)
          .isEqualByComparingTo(answer.total().values().get(bucket).orElse(BigDecimal.ZERO));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {9, 10})
  void filtersByEachValueAddUpToTheWhole(long seed) {
    var world = new World(seed);
    Instant from = Instant.parse("2026-10-28T00:00:00Z");
    Instant to = Instant.parse("2026-11-06T00:00:00Z");
    for (Metric metric : List.of(Metric.TOKENS, Metric.COST)) {
      Query all = query(metric, from, to, Granularity.ALL, TestLedger.UTC);
      BigDecimal sum = BigDecimal.ZERO;
      for (String project : List.of("project0", "project1", "project2", "")) {
        for (String model : List.of("gpt-4o", "gpt-4o-mini", "o3", "unheard-of", "")) {
          Answer part =
              world.ledger.ask(
                  all.with(GroupBy.PROJECT, Set.of(project)).with(GroupBy.MODEL, Set.of(model)));
          sum = sum.add(part.total().total().orElse(BigDecimal.ZERO));
        }
      }

      assertThat(sum)
          .as("seed %d, %s", seed, metric)
          .isEqualByComparingTo(world.ledger.ask(all).total().total().orElseThrow());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void theCostOfEachDayIsWhatTheRuleSaysOfTheRawRows(long seed) {
    var world = new World(seed);
    Instant from = Instant.parse("2026-10-28T00:00:00Z");
    Instant to = Instant.parse("2026-11-06T00:00:00Z");
    var estimator = new Estimator(world.ledger.settings.usage().catalogue(), Rates.NONE);

    Answer answer = world.ledger.ask(query(Metric.COST, from, to, Granularity.DAY, TestLedger.UTC));

    BigDecimal total = BigDecimal.ZERO;
    for (int i = 0; i < answer.buckets().size(); i++) {
      LocalDate day = LocalDate.of(2026, 10, 28).plusDays(i);
      BigDecimal expected = rawCost(world, estimator, day);
      assertThat(answer.total().values().get(i).orElse(BigDecimal.ZERO))
          .as("seed %d, %s", seed, day)
          .isEqualByComparingTo(expected);
      total = total.add(expected);
    }
    Parts parts = answer.parts().orElseThrow();
    assertThat(parts.billed().add(parts.estimated())).isEqualByComparingTo(total);
    assertThat(answer.total().total().orElseThrow()).isEqualByComparingTo(total);
  }

  private static BigDecimal rawCost(World world, Estimator estimator, LocalDate day) {
    var estimates = new HashMap<String, BigDecimal>();
    Instant start = day.atStartOfDay(ZoneOffset.UTC).toInstant();
    world.hours.forEach((hour, byEndpoint) -> {
      if (within(hour, start, start.plus(Duration.ofDays(1)))) {
        byEndpoint.forEach((endpoint, rows) ->
            rows.forEach(row ->
                estimates.merge(
                    id(row.get(Dimension.PROJECT)),
                    estimator.estimate(endpoint, row, day).usd(),
                    BigDecimal::add)));
      }
    });
    var billed = new HashMap<String, BigDecimal>();
    world
        .bills
        .getOrDefault(day, List.of())
        .forEach(row -> billed.merge(id(row.project()), row.amount(), BigDecimal::add));
    boolean settled = !start.plus(Duration.ofDays(3)).isAfter(NOW);
    if (!settled) {
      estimates.forEach((project, usd) -> billed.merge(project, usd, BigDecimal::max));
    }
    return billed.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private static String id(@Nullable String project) {
    return project == null ? "" : project;
  }
}

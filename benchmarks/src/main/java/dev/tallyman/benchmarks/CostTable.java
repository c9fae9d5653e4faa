package dev.tallyman.benchmarks;

import dev.tallyman.core.poll.CycleOutcome;
import dev.tallyman.core.poll.CycleRecord;
import dev.tallyman.core.poll.EndpointResult;
import dev.tallyman.core.poll.FillOutcome;
import dev.tallyman.core.poll.Poller;
import dev.tallyman.core.query.Granularity;
import dev.tallyman.core.query.GroupBy;
import dev.tallyman.core.query.Metric;
import dev.tallyman.core.query.Queries;
import dev.tallyman.core.query.Query;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.dynamodb.Consumption;
import dev.tallyman.openai.OpenAiConfig;
import dev.tallyman.openai.OpenAiUsageApi;
import dev.tallyman.simulator.Simulator;
import dev.tallyman.simulator.Size;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Measures on DynamoDB Local what polling and asking cost, and writes docs/costs.md. */
final class CostTable {
  /** A Wednesday in office hours. */
  private static final Instant START = Instant.parse("2026-11-18T09:02:00Z");

  private static final Duration EVERY = Duration.ofMinutes(5);
  private static final int CYCLES_PER_MONTH = 30 * 24 * 12;
  private static final int HOURS_PER_MONTH = 30 * 24;
  private static final int QUERIES_PER_MONTH = 30 * 100;
  private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);

  // us-east-1, USD; where they are from stands beside them in what is written.
  private static final BigDecimal MILLION_WRITES = new BigDecimal("0.625");
  private static final BigDecimal MILLION_READS = new BigDecimal("0.125");
  private static final BigDecimal WRITE_UNIT_HOUR = new BigDecimal("0.00065");
  private static final BigDecimal READ_UNIT_HOUR = new BigDecimal("0.00013");
  private static final int FREE_UNITS = 25;

  private final StringBuilder polls = new StringBuilder();
  private final StringBuilder queries = new StringBuilder();
  private final StringBuilder bills = new StringBuilder();
  private Instant now = START;

  private CostTable() {}

  static void write(Path file) throws IOException {
    var table = new CostTable();
    table.measure(5, new Size(5, 3, 5, 50, 10));
    table.measure(50, new Size(50, 3, 10, 250, 30));
    table.measure(500, new Size(500, 3, 10, 1_500, 100));
    Files.writeString(file, table.markdown());
  }

  private void measure(int projects, Size size) throws IOException {
    now = START;
    InstantSource clock = () -> now;
    try (Simulator simulator = Simulator.builder(clock).size(size).build().start();
        var api =
            new OpenAiUsageApi(
                OpenAiConfig.of(simulator.baseUrl().toString()), Http.ADMIN_KEY, Map.of(), clock);
        DynamoDb table = DynamoDb.open(clock)) {
      var poller = new Poller(table.store(), clock);
      var first = cycle(poller, api, table);
      FillOutcome outcome;
      do {
        outcome =
            poller.fill(
                "default",
                api,
                Settings.defaults(),
                now.minus(Duration.ofDays(8)),
                now.plus(Duration.ofHours(1)));
      } while (outcome instanceof FillOutcome.Advanced);
      settle(poller, api);
      Consumption.Sum unchanged = cycle(poller, api, table);
      var typical = new ArrayList<Consumption.Sum>();
      for (int i = 0; i < 11; i++) {
        now = now.plus(EVERY);
        typical.add(cycle(poller, api, table));
      }
      now = now.plus(EVERY);
      Consumption.Sum hourly = cycle(poller, api, table);
      now = now.plus(Duration.ofHours(24));
      Consumption.Sum worst = cycle(poller, api, table);
      poll(projects, size, "nothing new", unchanged);
      Consumption.Sum mean = mean(typical);
      poll(projects, size, "typical: the current hour has grown", mean);
      poll(projects, size, "the first of an hour: 48 h read again", hourly);
      poll(projects, size, "the first of an empty ledger: today", first);
      poll(projects, size, "worst: after a day without polling", worst);
      Consumption.Sum asked = asks(projects, table, clock);
      bill(projects, mean, hourly, worst, asked);
      IO.println(polls.toString() + queries + bills);
    }
  }

  /** Lets the names of all projects and keys come in. */
  private void settle(Poller poller, OpenAiUsageApi api) {
    EndpointResult names;
    do {
      names = ran(poller, api).endpoints().getOrDefault(CycleRecord.NAMES, EndpointResult.NONE);
    } while (names.read() > 0);
  }

  private Consumption.Sum cycle(Poller poller, OpenAiUsageApi api, DynamoDb table) {
    Consumption.Sum before = table.consumption().sum();
    ran(poller, api);
    return table.consumption().sum().since(before);
  }

  private CycleRecord ran(Poller poller, OpenAiUsageApi api) {
    CycleOutcome outcome =
        poller.cycle(
            "default", api, Settings.defaults(), "benchmark", now.plus(Duration.ofHours(1)));
    if (outcome instanceof CycleOutcome.Ran(var cycle, _, _) && cycle.complete()) {
      return cycle;
    }
    throw new IllegalStateException("the cycle did not read all: " + outcome);
  }

  private Consumption.Sum asks(int projects, DynamoDb table, InstantSource clock) {
    Consumption.Sum dearest = Consumption.Sum.NONE;
    var questions = new java.util.LinkedHashMap<String, Query>();
    questions.put(
        "7 days of cost by model and day", query(7, Metric.COST, Granularity.DAY, GroupBy.MODEL));
    questions.put(
        "7 days of cost by project and key",
        query(7, Metric.COST, Granularity.ALL, GroupBy.PROJECT, GroupBy.KEY));
    questions.put(
        "24 hours of tokens by model and hour",
        query(1, Metric.TOKENS, Granularity.HOUR, GroupBy.MODEL));
    for (var each : questions.entrySet()) {
      Consumption.Sum before = table.consumption().sum();
      new Queries(table.store(), Settings.defaults(), clock).answer("default", each.getValue());
      Consumption.Sum used = table.consumption().sum().since(before);
      queries.append(
          String.format(
              Locale.ROOT,
              "| %d | %s | %d | %s |%n",
              projects,
              each.getKey(),
              used.requests(),
              used.readUnits()));
      if (used.readUnits().compareTo(dearest.readUnits()) > 0) {
        dearest = used;
      }
    }
    return dearest;
  }

  private Query query(int days, Metric metric, Granularity granularity, GroupBy... by) {
    Instant end = now.truncatedTo(ChronoUnit.DAYS).plus(Duration.ofDays(1));
    return new Query(
        metric,
        List.of(by),
        Map.of(),
        end.minus(Duration.ofDays(days)),
        end,
        granularity,
        ZoneOffset.UTC,
        Query.DEFAULT_TOP,
        Query.USD);
  }

  private void poll(int projects, Size size, String what, Consumption.Sum used) {
    polls.append(
        String.format(
            Locale.ROOT,
            "| %d | %d | %s | %d | %s | %s |%n",
            projects,
            size.completionsRows(),
            what,
            used.requests(),
            used.readUnits(),
            used.writeUnits()));
  }

  private void bill(
      int projects,
      Consumption.Sum typical,
      Consumption.Sum hourly,
      Consumption.Sum worst,
      Consumption.Sum asked) {
    BigDecimal reads =
        times(typical.readUnits(), CYCLES_PER_MONTH - HOURS_PER_MONTH)
            .add(times(hourly.readUnits(), HOURS_PER_MONTH))
            .add(times(asked.readUnits(), QUERIES_PER_MONTH));
    BigDecimal writes =
        times(typical.writeUnits(), CYCLES_PER_MONTH - HOURS_PER_MONTH)
            .add(times(hourly.writeUnits(), HOURS_PER_MONTH));
    BigDecimal onDemand =
        reads
            .multiply(MILLION_READS)
            .add(writes.multiply(MILLION_WRITES))
            .divide(MILLION, 2, RoundingMode.UP);
    // What a burst saves up in five minutes has to carry a cycle of that length.
    int readUnits = perSecond(typical.readUnits().max(hourly.readUnits()));
    int writeUnits = perSecond(typical.writeUnits().max(hourly.writeUnits()));
    BigDecimal provisioned =
        times(READ_UNIT_HOUR, Math.max(0, readUnits - FREE_UNITS) * HOURS_PER_MONTH)
            .add(times(WRITE_UNIT_HOUR, Math.max(0, writeUnits - FREE_UNITS) * HOURS_PER_MONTH))
            .setScale(2, RoundingMode.UP);
    bills.append(
        String.format(
            Locale.ROOT,
            "| %d | %.2f | %.2f | $%s | %d / %d | $%s | %d s |%n",
            projects,
            writes.divide(MILLION, 2, RoundingMode.UP),
            reads.divide(MILLION, 2, RoundingMode.UP),
            onDemand,
            readUnits,
            writeUnits,
            provisioned,
            worst
                .writeUnits()
                .divide(BigDecimal.valueOf(writeUnits), 0, RoundingMode.UP)
                .subtract(EVERY_SECONDS)
                .max(BigDecimal.ZERO)
                .longValueExact()));
  }

  private static final BigDecimal EVERY_SECONDS = BigDecimal.valueOf(EVERY.toSeconds());

  private static int perSecond(BigDecimal units) {
    return Math.max(1, units.divide(EVERY_SECONDS, 0, RoundingMode.UP).intValueExact());
  }

  private static BigDecimal times(BigDecimal units, int count) {
    return units.multiply(BigDecimal.valueOf(count));
  }

  private static Consumption.Sum mean(List<Consumption.Sum> sums) {
    BigDecimal count = BigDecimal.valueOf(sums.size());
    return new Consumption.Sum(
        Math.ceilDiv(sums.stream().mapToLong(Consumption.Sum::requests).sum(), sums.size()),
        0,
        sums.stream()
            .map(Consumption.Sum::readUnits)
            .reduce(BigDecimal.ZERO, BigDecimal::add)
            .divide(count, 1, RoundingMode.UP),
        sums.stream()
            .map(Consumption.Sum::writeUnits)
            .reduce(BigDecimal.ZERO, BigDecimal::add)
            .divide(count, 1, RoundingMode.UP));
  }

  private String markdown() {
    return String.format(
        Locale.ROOT,
        """
        # What DynamoDB costs

        Measured on DynamoDB Local by `build/bench costs` on %s: generated organizations of 5, 50 and
        500 projects with three API keys each, on a Wednesday morning, polled every five minutes. A read
        unit is 4 KB read consistently, a write unit 1 KB written; the table has no index.

        ## A poll

        | projects | rows an hour (completions) | poll | requests | read units | write units |
        |---|---|---|---|---|---|
        %s
        ## A question

        | projects | question | requests | read units |
        |---|---|---|---|
        %s
        ## A month

        8,640 polls, each as if it were a working morning, 720 of them the first of their hour, and 3,000
        of the dearest question above. Storage is free up to 25 GB. Prices of us-east-1:

        | what | price | source |
        |---|---|---|
        | a million write units on demand | $0.625 | [of July 2025](https://airbyte.com/data-engineering-resources/dynamodb-pricing), after the cut of November 2024 |
        | a million read units on demand | $0.125 | the same |
        | a write unit provisioned for an hour, beyond the first 25 | $0.00065 | [without a date](https://zeonedge.com/en/blog/dynamodb-cost-optimization-on-demand-provisioned-dax-single-table); its prices on demand are those before the cut |
        | a read unit provisioned for an hour, beyond the first 25 | $0.00013 | the same |

        Looked up on 2026-11-21, and all of it second-hand: the price list of AWS itself was not read, nor that 25
        units of each and 25 GB are free. [Check them](https://aws.amazon.com/dynamodb/pricing/) before you rely on them.

        | projects | million write units | million read units | on demand | provisioned read / write units needed | provisioned | then a day's outage takes, beyond its poll |
        |---|---|---|---|---|---|---|
        %s
        Provisioned units are what a poll needs on average over its five minutes: DynamoDB keeps unused
        capacity of the last five minutes for bursts, and its client waits and tries again beyond that.
        """,
        LocalDate.ofInstant(InstantSource.system().instant(), ZoneOffset.UTC),
        polls,
        queries,
        bills);
  }
}

package dev.tallyman.benchmarks;

import dev.tallyman.benchmarks.Polls.Used;
import dev.tallyman.benchmarks.support.DynamoDb;
import dev.tallyman.benchmarks.support.Machine;
import dev.tallyman.core.metric.Granularity;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.query.Queries;
import dev.tallyman.core.query.Query;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.dynamodb.Consumption;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Measures on DynamoDB Local what polling and asking use, and writes docs/costs.md. */
final class CostTable {
  /** A Wednesday in office hours. */
  private static final Instant START = Instant.parse("2026-11-18T09:02:00Z");

  private static final int MINUTES_PER_MONTH = 30 * 24 * 60;
  private static final int HOURS_PER_MONTH = 30 * 24;
  private static final int QUERIES_PER_MONTH = 30 * 100;

  // What is taken for granted; it stands in what is written.
  private static final BigDecimal REQUEST_SECONDS = new BigDecimal("0.005");
  private static final BigDecimal PROVIDER_SECONDS = BigDecimal.TEN;
  private static final BigDecimal START_SECONDS = new BigDecimal("1.5");
  private static final BigDecimal LOG_GIGABYTES = new BigDecimal("0.000004");
  private static final int DAYS_MEASURED = 10;
  private static final int DAYS_KEPT = 400;

  /** With this many megabytes Lambda gives one core. */
  private static final BigDecimal WHOLE_CORE = BigDecimal.valueOf(1769);

  private static final int POLLER_MEMORY = 512;

  // us-east-1, USD; where they are from stands beside them in what is written.
  private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);
  private static final BigDecimal MILLION_WRITES = new BigDecimal("0.625");
  private static final BigDecimal MILLION_READS = new BigDecimal("0.125");
  private static final BigDecimal WRITE_UNIT_HOUR = new BigDecimal("0.00065");
  private static final BigDecimal READ_UNIT_HOUR = new BigDecimal("0.00013");
  private static final BigDecimal BACKUP_GIGABYTE = new BigDecimal("0.20");
  private static final BigDecimal GIGABYTE_SECOND = new BigDecimal("0.0000133334");
  private static final BigDecimal MILLION_INVOCATIONS = new BigDecimal("0.20");
  private static final BigDecimal MILLION_HTTP_REQUESTS = BigDecimal.ONE;
  private static final BigDecimal LOG_GIGABYTE = new BigDecimal("0.50");
  private static final BigDecimal METRIC = new BigDecimal("0.30");
  private static final BigDecimal ALARM = new BigDecimal("0.10");
  private static final int ALARMS = 7;
  private static final int FREE_UNITS = 25;
  private static final BigDecimal FREE_GIGABYTE_SECONDS = BigDecimal.valueOf(400_000);
  private static final BigDecimal FREE_INVOCATIONS = MILLION;
  private static final BigDecimal FREE_LOG_GIGABYTES = BigDecimal.valueOf(5);

  private final StringBuilder polls = new StringBuilder();
  private final StringBuilder queries = new StringBuilder();
  private final StringBuilder memories = new StringBuilder();
  private final StringBuilder bills = new StringBuilder();
  private final StringBuilder outages = new StringBuilder();

  private CostTable() {}

  /** The polls of an hour: the first of it, and what the others use on average. */
  private record Rhythm(int minutes, Used typical, Used hourly) {}

  static void write(Path file) throws IOException {
    var table = new CostTable();
    table.measure(5, new Size(5, 3, 5, 50, 10));
    table.measure(20, new Size(20, 3, 10, 200, 30));
    table.measure(50, new Size(50, 3, 10, 250, 30));
    table.measure(500, new Size(500, 3, 10, 1_500, 100));
    Files.writeString(file, table.markdown());
  }

  private void measure(int projects, Size size) throws IOException {
    try (var organization = new Polls(size, START)) {
      Used first = organization.poll();
      organization.settle();
      Used unchanged = organization.poll();
      var rhythms = new ArrayList<Rhythm>();
      for (int minutes : List.of(5, 10, 15)) {
        var within = new ArrayList<Used>();
        for (int i = 1; i < 60 / minutes; i++) {
          within.add(after(organization, Duration.ofMinutes(minutes)));
        }
        rhythms.add(
            new Rhythm(
                minutes, Used.mean(within), after(organization, Duration.ofMinutes(minutes))));
      }
      Used worst = after(organization, Duration.ofDays(1));
      Rhythm every5 = rhythms.getFirst();
      poll(projects, size, "nothing new", unchanged);
      poll(projects, size, "typical: the current hour has grown", every5.typical());
      poll(projects, size, "the first of an hour: 48 h read again", every5.hourly());
      poll(projects, size, "the first of an empty ledger: today", first);
      poll(projects, size, "worst: after a day without polling", worst);
      Consumption.Sum asked = asks(projects, organization);
      memory(projects, every5.typical());
      BigDecimal kept =
          BigDecimal.valueOf(organization.table().bytes())
              .multiply(BigDecimal.valueOf(DAYS_KEPT / DAYS_MEASURED))
              .movePointLeft(9);
      for (Rhythm rhythm : rhythms) {
        bill(projects, rhythm, asked, kept);
      }
      outages.append(
          String.format(
              Locale.ROOT,
              "| %d | %s | %s |%n",
              projects,
              worst.units().writeUnits(),
              worst
                  .units()
                  .writeUnits()
                  .divide(BigDecimal.valueOf(FREE_UNITS), 0, RoundingMode.UP)));
      IO.println(polls.toString() + queries + memories + bills + outages);
    }
  }

  private static Used after(Polls organization, Duration time) throws IOException {
    organization.at(organization.now().plus(time));
    return organization.poll();
  }

  private Consumption.Sum asks(int projects, Polls organization) {
    DynamoDb table = organization.table();
    Consumption.Sum dearest = Consumption.Sum.NONE;
    var questions = new LinkedHashMap<String, Query>();
    questions.put(
        "7 days of cost by model and day",
        query(organization.now(), 7, Metric.COST, Granularity.DAY, GroupBy.MODEL));
    questions.put(
        "7 days of cost by project and key",
        query(organization.now(), 7, Metric.COST, Granularity.ALL, GroupBy.PROJECT, GroupBy.KEY));
    questions.put(
        "24 hours of tokens by model and hour",
        query(organization.now(), 1, Metric.TOKENS, Granularity.HOUR, GroupBy.MODEL));
    for (var each : questions.entrySet()) {
      Consumption.Sum before = table.consumption().sum();
      new Queries(table.store(), Settings.defaults().usage(), organization::now)
          .answer("default", each.getValue());
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

  private static Query query(
      Instant now, int days, Metric metric, Granularity granularity, GroupBy... by) {
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

  private void poll(int projects, Size size, String what, Used used) {
    polls.append(
        String.format(
            Locale.ROOT,
            "| %d | %d | %s | %d | %s | %s | %.2f s |%n",
            projects,
            size.completionsRows(),
            what,
            used.units().requests(),
            used.units().readUnits(),
            used.units().writeUnits(),
            used.processor() / 1e9));
  }

  private void memory(int projects, Used typical) {
    memories.append("| ").append(projects);
    for (int megabytes : List.of(POLLER_MEMORY, 1024, 1769)) {
      memories.append(
          String.format(
              Locale.ROOT,
              " | %.1f s, %.2f GB-s",
              seconds(typical, megabytes),
              gigabyteSeconds(seconds(typical, megabytes), megabytes)));
    }
    memories.append(" |\n");
  }

  /** How long a poll would take on Lambda, its start left out. */
  private static BigDecimal seconds(Used poll, int megabytes) {
    BigDecimal core = BigDecimal.valueOf(megabytes).divide(WHOLE_CORE, 3, RoundingMode.DOWN);
    return BigDecimal.valueOf(poll.processor(), 9)
        .divide(core, 3, RoundingMode.UP)
        .add(REQUEST_SECONDS.multiply(BigDecimal.valueOf(poll.units().requests())))
        .add(PROVIDER_SECONDS);
  }

  private static BigDecimal gigabyteSeconds(BigDecimal seconds, int megabytes) {
    return seconds.multiply(BigDecimal.valueOf(megabytes)).divide(BigDecimal.valueOf(1024));
  }

  private void bill(int projects, Rhythm rhythm, Consumption.Sum asked, BigDecimal gigabytes) {
    int minutes = rhythm.minutes();
    Used typical = rhythm.typical();
    Used hourly = rhythm.hourly();
    int cycles = MINUTES_PER_MONTH / minutes;
    BigDecimal reads =
        times(typical.units().readUnits(), cycles - HOURS_PER_MONTH)
            .add(times(hourly.units().readUnits(), HOURS_PER_MONTH))
            .add(times(asked.readUnits(), QUERIES_PER_MONTH));
    BigDecimal writes =
        times(typical.units().writeUnits(), cycles - HOURS_PER_MONTH)
            .add(times(hourly.units().writeUnits(), HOURS_PER_MONTH));
    BigDecimal polling =
        times(seconds(typical, POLLER_MEMORY), cycles - HOURS_PER_MONTH)
            .add(times(seconds(hourly, POLLER_MEMORY), HOURS_PER_MONTH))
            .add(times(START_SECONDS, cycles));
    // The API has twice the memory.
    BigDecimal work =
        gigabyteSeconds(polling, POLLER_MEMORY).add(times(START_SECONDS, QUERIES_PER_MONTH));
    BigDecimal invocations = BigDecimal.valueOf(cycles + QUERIES_PER_MONTH);
    BigDecimal logs = invocations.multiply(LOG_GIGABYTES);
    BigDecimal always =
        times(MILLION_HTTP_REQUESTS, QUERIES_PER_MONTH)
            .divide(MILLION)
            .add(gigabytes.multiply(BACKUP_GIGABYTE));
    BigDecimal rest =
        always
            .add(beyond(work, FREE_GIGABYTE_SECONDS, GIGABYTE_SECOND))
            .add(beyond(invocations, FREE_INVOCATIONS, MILLION_INVOCATIONS.divide(MILLION)))
            .add(beyond(logs, FREE_LOG_GIGABYTES, LOG_GIGABYTE));
    BigDecimal withoutQuota =
        always
            .add(work.multiply(GIGABYTE_SECOND))
            .add(invocations.multiply(MILLION_INVOCATIONS).divide(MILLION))
            .add(logs.multiply(LOG_GIGABYTE))
            .add(times(METRIC, dev.tallyman.lambda.Metric.values().length))
            .add(times(ALARM, ALARMS));
    BigDecimal onDemand =
        reads.multiply(MILLION_READS).add(writes.multiply(MILLION_WRITES)).divide(MILLION);
    // What a burst saves up in five minutes has to carry a poll.
    int readUnits = perSecond(typical.units().readUnits().max(hourly.units().readUnits()), minutes);
    int writeUnits =
        perSecond(typical.units().writeUnits().max(hourly.units().writeUnits()), minutes);
    BigDecimal provisioned =
        times(READ_UNIT_HOUR, Math.max(0, readUnits - FREE_UNITS) * HOURS_PER_MONTH)
            .add(times(WRITE_UNIT_HOUR, Math.max(0, writeUnits - FREE_UNITS) * HOURS_PER_MONTH));
    bills.append(
        String.format(
            Locale.ROOT,
            "| %d | %d | %d | %.2f | %.2f | %.1f | %.0f | %d / %d | $%s | $%s | $%s |%n",
            projects,
            minutes,
            cycles,
            writes.divide(MILLION),
            reads.divide(MILLION),
            work.movePointLeft(3),
            logs.movePointRight(3),
            readUnits,
            writeUnits,
            cents(rest.add(provisioned)),
            cents(rest.add(onDemand)),
            cents(withoutQuota.add(onDemand))));
  }

  private static BigDecimal beyond(BigDecimal amount, BigDecimal free, BigDecimal price) {
    return amount.subtract(free).max(BigDecimal.ZERO).multiply(price);
  }

  private static BigDecimal cents(BigDecimal dollars) {
    return dollars.setScale(2, RoundingMode.UP);
  }

  private static int perSecond(BigDecimal units, int minutes) {
    return units
        .divide(BigDecimal.valueOf(minutes * 60L), 0, RoundingMode.UP)
        .max(BigDecimal.ONE)
        .intValueExact();
  }

  private static BigDecimal times(BigDecimal units, int count) {
    return units.multiply(BigDecimal.valueOf(count));
  }

  private String markdown() throws IOException {
    return String.format(
        Locale.ROOT,
        """
        # What it costs on AWS

        Measured by `build/bench costs` on %s: generated organizations with three API keys in each
        project, on a Wednesday morning, polled into DynamoDB Local by a process with one core, C1 and the
        heap of a function of 512 MB, on %s.
        Nothing here was measured on AWS. Requests, units, processor time and the size of the table are
        measured; seconds on Lambda, GB-seconds, logs and dollars are computed from them as said below.
        A read unit is 4 KB read consistently, a write unit 1 KB written; the table has no index.

        ## A poll

        | projects | rows an hour (completions) | poll | requests | read units | write units | processor time |
        |---|---|---|---|---|---|---|
        %s
        ## A question

        | projects | question | requests | read units |
        |---|---|---|---|
        %s
        ## Which memory

        A typical poll, computed: its measured processor time divided by the share of a core that Lambda
        gives (one at 1,769 MB, less in proportion), 5 ms for each request to DynamoDB and 10 s for all of
        the provider's answers. Waiting costs by memory, computing costs the same with any: the least
        memory that is enough costs least.

        | projects | 512 MB | 1,024 MB | 1,769 MB |
        |---|---|---|---|
        %s
        ## A month

        Computed from the above:

        - polls every 5, 10 or 15 minutes, each as if it were a working morning, 720 of them the first of their
          hour, in 512 MB;
        - 3,000 calls of the HTTP API (100 a day), each the dearest question above, in 1,024 MB;
        - 1.5 s of Lambda's time to start a function, in every poll and as the whole of every call: more than
          is so, since functions stay started for some minutes;
        - 4 KB of log lines for each invocation: its own line with its metrics in it, Lambda's lines, and that
          of the HTTP API;
        - %d metrics (each stack counts its own) and %d alarms;
        - backups of 400 days of history, as the measured %d days were;
        - nothing for what is far inside a free quota: Scheduler, SQS, SNS, standard parameters of SSM, and
          25 GB in DynamoDB.

        Prices of us-east-1, functions on arm64:

        | what | price | free in each month | source |
        |---|---|---|---|
        | a million write units on demand | $0.625 | none | not looked up |
        | a million read units on demand | $0.125 | none | not looked up |
        | a write unit provisioned for an hour | $0.00065 | 25 units | not looked up |
        | a read unit provisioned for an hour | $0.00013 | 25 units | not looked up |
        | point-in-time recovery, a GB | $0.20 | none | not looked up |
        | a GB-second of Lambda | $0.0000133334 | 400,000 | price on arm64 not looked up; free quota: [a stored copy of a page of AWS, read on 2026-11-30](https://docs.aws.amazon.com/whitepapers/latest/how-aws-pricing-works/lambda.html) |
        | a million invocations | $0.20 | a million | the same page |
        | a million requests to an HTTP API | $1.00 | none | not looked up |
        | a GB of logs taken in | $0.50 | 5 GB | not looked up |
        | a metric of one's own | $0.30 | 10 | not looked up |
        | an alarm | $0.10 | 10 | not looked up |

        What was not looked up is remembered, and no page of AWS with a date was at hand for it. The free
        quotas are those of an account that uses them for nothing else. Check
        [DynamoDB](https://aws.amazon.com/dynamodb/pricing/), [Lambda](https://aws.amazon.com/lambda/pricing/),
        [API Gateway](https://aws.amazon.com/api-gateway/pricing/) and
        [CloudWatch](https://aws.amazon.com/cloudwatch/pricing/) before you rely on them.

        | projects | every … minutes | polls | million write units | million read units | thousand GB-seconds | MB of logs | provisioned read / write units needed | provisioned | on demand | on demand, without any free quota |
        |---|---|---|---|---|---|---|---|---|---|---|
        %s
        Provisioned units are what a poll needs on average over the time until the next: DynamoDB keeps
        unused capacity of the last five minutes for bursts, and its client waits and tries again beyond
        that. The template provisions the free 25 of each.

        The goal for 20 projects that use 10 models, every 5 minutes, is $0.10 provisioned and $1 on demand.

        After a day without polling, with 25 write units a second and no burst:

        | projects | write units | seconds |
        |---|---|---|
        %s\
        """,
        LocalDate.ofInstant(InstantSource.system().instant(), ZoneOffset.UTC),
        Machine.describe(),
        polls,
        queries,
        memories,
        dev.tallyman.lambda.Metric.values().length,
        ALARMS,
        DAYS_MEASURED,
        bills,
        outages);
  }
}

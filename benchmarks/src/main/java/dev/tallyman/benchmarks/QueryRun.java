package dev.tallyman.benchmarks;

import dev.tallyman.benchmarks.support.DynamoDb;
import dev.tallyman.benchmarks.support.Folders;
import dev.tallyman.benchmarks.support.Spread;
import dev.tallyman.benchmarks.support.TruthApi;
import dev.tallyman.core.metric.Granularity;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.poll.CycleOutcome;
import dev.tallyman.core.poll.FillOutcome;
import dev.tallyman.core.poll.Poller;
import dev.tallyman.core.query.Queries;
import dev.tallyman.core.query.Query;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.settings.UsageSettings;
import dev.tallyman.core.store.Store;
import dev.tallyman.dynamodb.Consumption;
import dev.tallyman.simulator.Simulator;
import dev.tallyman.simulator.Size;
import dev.tallyman.sqlite.SqliteStore;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Fills a ledger with 90 days of a large organization and asks it the questions of a dashboard. */
final class QueryRun {
  static final int DAYS = 90;
  private static final int WARM_UP = 60;
  private static final int REPETITIONS = 300;

  private final Instant now;

  private QueryRun(Instant now) {
    this.now = now;
  }

  /**
   * {@code sqlite} or {@code dynamodb}, and now. To profile, SQLite's file can be named, which is
   * kept and filled only once, and then the questions that are asked.
   */
  public static void main(String[] arguments) throws IOException {
    var run = new QueryRun(Instant.parse(arguments[1]));
    InstantSource clock = InstantSource.fixed(run.now);
    if (arguments[0].equals("sqlite")) {
      Path file =
          arguments.length > 2 ? Path.of(arguments[2]) : Folders.temporary().resolve("ledger.db");
      boolean filled = Files.exists(file);
      Map<String, Query> questions = run.questions();
      if (arguments.length > 3) {
        questions.keySet().retainAll(List.of(arguments).subList(3, arguments.length));
      }
      try (var store = new SqliteStore(file, clock)) {
        if (!filled) {
          fill(store, run.now);
        }
        IO.println("file=" + Files.size(file));
        questions.forEach((name, question) -> run.time(store, clock, name, question));
      }
    } else {
      try (DynamoDb table = DynamoDb.open(clock)) {
        fill(table.store(), run.now);
        run.questions().forEach((name, question) -> run.count(table, clock, name, question));
      }
    }
  }

  private Map<String, Query> questions() {
    // In order, so that each run asks after the same others.
    var questions = new LinkedHashMap<String, Query>();
    questions.put("model.day", query(List.of(GroupBy.MODEL), Granularity.DAY));
    questions.put("project.key", query(List.of(GroupBy.PROJECT, GroupBy.KEY), Granularity.ALL));
    questions.put("user", query(List.of(GroupBy.USER), Granularity.ALL, Metric.ESTIMATED));
    questions.put("tokens", query(List.of(GroupBy.MODEL), Granularity.DAY, Metric.TOKENS));
    return questions;
  }

  private Query query(List<GroupBy> by, Granularity granularity) {
    return query(by, granularity, Metric.COST);
  }

  private Query query(List<GroupBy> by, Granularity granularity, Metric metric) {
    Instant today = now.truncatedTo(ChronoUnit.DAYS);
    return new Query(
        metric,
        by,
        Map.of(),
        today.minus(Duration.ofDays(DAYS - 1)),
        today.plus(Duration.ofDays(1)),
        granularity,
        ZoneOffset.UTC,
        Query.DEFAULT_TOP,
        Query.USD);
  }

  /** Writes 90 days of a large organization into an empty ledger. */
  static void fill(Store store, Instant now) {
    var poller = new Poller(store, InstantSource.fixed(now));
    var api =
        new TruthApi(
            Simulator.builder(InstantSource.fixed(now.plus(Duration.ofDays(5))))
                .size(Size.LARGE)
                .build());
    Instant deadline = now.plus(Duration.ofDays(1));
    UsageSettings settings = Settings.defaults().usage();
    long began = System.nanoTime();
    if (!(poller.cycle("default", api, settings, "benchmark", deadline)
        instanceof CycleOutcome.Ran)) {
      throw new IllegalStateException("the cycle did not run");
    }
    FillOutcome outcome;
    do {
      outcome = poller.fill("default", api, settings, now.minus(Duration.ofDays(DAYS)), deadline);
    } while (outcome instanceof FillOutcome.Advanced);
    IO.println("fill=" + (System.nanoTime() - began) + " " + outcome);
  }

  private void time(Store store, InstantSource clock, String name, Query question) {
    var queries = new Queries(store, Settings.defaults().usage(), clock);
    for (int i = 0; i < WARM_UP; i++) {
      queries.answer("default", question);
    }
    var wall = new Spread(REPETITIONS);
    var processor = new Spread(REPETITIONS);
    var threads = ManagementFactory.getThreadMXBean();
    for (int i = 0; i < REPETITIONS; i++) {
      long began = System.nanoTime();
      long beganProcessor = threads.getCurrentThreadCpuTime();
      queries.answer("default", question);
      wall.add(System.nanoTime() - began);
      processor.add(threads.getCurrentThreadCpuTime() - beganProcessor);
    }
    wall.print(name + ".wall");
    processor.print(name + ".cpu");
  }

  private void count(DynamoDb table, InstantSource clock, String name, Query question) {
    Consumption.Sum before = table.consumption().sum();
    new Queries(table.store(), Settings.defaults().usage(), clock).answer("default", question);
    Consumption.Sum used = table.consumption().sum().since(before);
    IO.println(name + ".requests=" + used.requests());
    IO.println(name + ".units=" + used.readUnits());
  }
}

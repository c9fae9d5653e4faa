package dev.tallyman.benchmarks;

import dev.tallyman.api.access.Role;
import dev.tallyman.api.access.Tokens;
import dev.tallyman.benchmarks.support.Child;
import dev.tallyman.benchmarks.support.DynamoDb;
import dev.tallyman.benchmarks.support.Figures;
import dev.tallyman.benchmarks.support.Folders;
import dev.tallyman.benchmarks.support.Machine;
import dev.tallyman.benchmarks.support.ProcessorTime;
import dev.tallyman.benchmarks.support.Replay;
import dev.tallyman.benchmarks.support.Report;
import dev.tallyman.simulator.Size;
import dev.tallyman.stack.Events;
import dev.tallyman.stack.Function;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Measures everything that has a goal, prints the figures, and writes them to docs/benchmarks.md if
 * nothing was left out. Run by {@code build/bench}.
 */
final class Main {
  /** A day of the middle of a week, so that there is traffic. */
  private static final Instant NOW = Instant.parse("2026-11-18T23:10:00Z");

  private static final List<String> ALL =
      List.of(
          "page",
          "cycle",
          "hour",
          "backfill",
          "query",
          "budgets",
          "start",
          "memory",
          "answer",
          "browser",
          "lambda");

  private static final int STARTS = 5;

  private static final String NOTES = "\n## Notes\n";

  private final Report report = new Report();

  private Main() {}

  /** What to measure; everything if nothing is named. */
  public static void main(String[] arguments) throws IOException, RunnerException {
    List<String> chosen = arguments.length == 0 ? ALL : List.of(arguments);
    var main = new Main();
    for (String each : chosen) {
      switch (each) {
        case "page" -> main.page();
        case "cycle" -> main.cycle();
        case "hour" -> main.hour();
        case "backfill" -> main.backfill();
        case "query" -> main.query();
        case "budgets" -> main.budgets();
        case "start" -> main.start();
        case "memory" -> main.memory();
        case "answer" -> main.answer();
        case "browser" -> main.browser();
        case "lambda" -> main.lambda();
        case "costs" -> CostTable.write(Path.of("docs", "costs.md"));
        default -> throw new IllegalArgumentException(each + " is none of " + ALL);
      }
    }
    if (chosen.equals(ALL)) {
      main.write(Path.of("docs", "benchmarks.md"));
    }
  }

  private void page() throws IOException, RunnerException {
    int bytes = PageBenchmark.page().length;
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include(PageBenchmark.class.getName())
                    .forks(1)
                    .jvmArgs(Child.AS_SERVED.toArray(String[]::new))
                    .warmupIterations(4)
                    .warmupTime(TimeValue.seconds(2))
                    .measurementIterations(7)
                    .measurementTime(TimeValue.seconds(2))
                    .addProfiler(ProcessorTime.class)
                    .shouldFailOnError(true)
                    .build())
            .run();
    for (RunResult result : results) {
      double rate = bytes * 1e3 / ProcessorTime.medianNanos(result);
      String measured =
          String.format(
              Locale.ROOT, "%.0f MB/s of processor time (page of %.1f MB)", rate, bytes / 1e6);
      if (result.getParams().getBenchmark().endsWith("parseHashDiff")) {
        report.add(
            "a page of usage: parse, map, hash, diff",
            "≥ 100 MB/s per core",
            measured,
            rate >= 100);
      } else {
        report.add("of that, parse and map", measured);
      }
    }
  }

  private void cycle() throws IOException {
    String first = LocalDate.ofInstant(NOW, ZoneOffset.UTC).minusDays(1) + "T00:00:30Z";
    cycles("a cycle over 48 h of 500 + 9 × 50 rows an hour", "large", first, 9);
  }

  private void hour() throws IOException {
    cycles("a cycle over 24 h of 5,000 + 9 × 50 rows an hour", "huge", "2026-11-18T00:00:30Z", 4);
  }

  private void cycles(String what, String size, String first, int repetitions) throws IOException {
    try (Child simulator = Child.start(SimulatorRun.class, List.of(), NOW.toString(), size);
        var replay = new Replay(simulator.uri())) {
      String[] arguments = {replay.baseUrl(), first, NOW.toString(), "1"};
      Child.run(CycleRun.class, Child.AS_SERVED, arguments);
      double megabytes = replay.largestSpan() / 1e6;
      arguments[3] = Integer.toString(repetitions);
      Figures figures = Child.run(CycleRun.class, Child.AS_SERVED, arguments);
      long wall = figures.median("first", ".wall", repetitions);
      String measured =
          Figures.seconds(wall)
              + ", of processor time "
              + Figures.seconds(figures.median("first", ".cpu", repetitions))
              + "; as the first thing a JVM does "
              + figures.seconds("first0.wall")
              + ", of processor time "
              + figures.seconds("first0.cpu");
      String named = what + String.format(Locale.ROOT, " (%.0f MB), all of it new", megabytes);
      if (size.equals("large")) {
        report.add(named, "≤ 1 s", measured, wall <= 1_000_000_000);
      } else {
        report.add(named, measured);
      }
      report.add(
          "what it writes",
          figures.text("first1.writes")
              + " items, "
              + figures.number("first1.bytes") / 1000
              + " kB");
      report.add(
          "what it writes when repeated",
          "its record, lease taken and given back",
          figures.text("again1.keys"),
          figures.number("again1.writes") == 3);
      report.add(
          "the same span an hour later, nothing new",
          Figures.seconds(figures.median("hour", ".wall", repetitions))
              + ", of processor time "
              + Figures.seconds(figures.median("hour", ".cpu", repetitions))
              + "; writes "
              + figures.text("hour1.keys"));
      report.add(
          "memory of all this",
          "-Xmx256m",
          figures.text("peak")
              + " MB of process at most, "
              + figures.text("live")
              + " MB live at the end",
          true);
    }
  }

  private void backfill() throws IOException {
    try (Child simulator = Child.start(SimulatorRun.class, List.of(), NOW.toString(), "standard")) {
      Figures figures =
          Child.run(
              BackfillRun.class,
              Child.AS_SERVED,
              simulator.uri().toString(),
              NOW.toString(),
              "365");
      long wall = figures.number("wall");
      report.add(
          "backfill of a year of the simulated organization",
          "≤ 60 s",
          Figures.seconds(wall)
              + "; of processor time "
              + figures.seconds("cpu")
              + ", and the simulator's "
              + Figures.seconds(simulator.processorTime().toNanos()),
          wall <= 60_000_000_000L);
      report.add(
          "live memory before, half-way, after",
          "flat",
          figures.text("start.live")
              + ", "
              + figures.text("middle.live")
              + ", "
              + figures.text("end.live")
              + " MB; the process had at most "
              + figures.text("peak")
              + " MB",
          figures.number("end.live") <= 2 * figures.number("middle.live"));
      report.add("the year on disk", figures.number("file") / 1_000_000 + " MB");
    }
  }

  private void start() throws IOException {
    Path launcher = Path.of("tallyman").toAbsolutePath();
    Start.prepare(launcher);
    var starts = new ArrayList<Start>();
    for (int i = 0; i < STARTS; i++) {
      starts.add(Start.measure(launcher));
    }
    long healthy = median(starts, Start::healthy);
    long filled = median(starts, Start::filled);
    report.add(
        "`./tallyman`, once built: first 200 of `/health`",
        "≤ 1 s",
        Figures.seconds(healthy)
            + ", of processor time "
            + Figures.seconds(median(starts, Start::processor)),
        healthy <= 1_000_000_000L);
    report.add(
        "`./tallyman`, once built: 90 simulated days filled",
        "≤ 15 s",
        Figures.seconds(filled),
        filled <= 15_000_000_000L);
  }

  private static <T> long median(List<T> starts, ToLongFunction<T> figure) {
    return starts.stream().mapToLong(figure).sorted().toArray()[starts.size() / 2];
  }

  private void query() throws IOException {
    Figures sqlite = Child.run(QueryRun.class, Child.AS_SERVED, "sqlite", NOW.toString());
    Figures dynamoDb = Child.run(QueryRun.class, Child.AS_SERVED, "dynamodb", NOW.toString());
    String range = "90 days × 200 projects of 3 keys × 10 models: ";
    question(range + "cost by model and day", "model.day", sqlite, dynamoDb, true);
    question(range + "cost by project and key", "project.key", sqlite, dynamoDb, true);
    question(range + "tokens by model and day", "tokens", sqlite, dynamoDb, true);
    question(range + "estimated cost by user", "user", sqlite, dynamoDb, false);
  }

  private void budgets() throws IOException {
    String ledger = Folders.temporary().resolve("ledger.db").toString();
    // To roll up a month of this takes more than is measured here.
    Child.run(BudgetRun.class, List.of("-Xmx2g"), "fill", NOW.toString(), ledger);
    var options = new ArrayList<>(Child.AS_SERVED);
    options.set(0, "-Xmx96m");
    Figures figures = Child.run(BudgetRun.class, options, "measure", NOW.toString(), ledger);
    String what =
        "5,000 budgets of up to a quarter against 1,000 projects × 20 models, today's usage moved";
    long p99 = figures.number("moved.wall.p99");
    report.add(
        what,
        "≤ 100 ms",
        String.format(
            Locale.ROOT,
            "p99 %.1f ms, median %.1f ms; of processor time p99 %.1f ms, median %.1f ms",
            p99 / 1e6,
            figures.number("moved.wall.p50") / 1e6,
            figures.number("moved.cpu.p99") / 1e6,
            figures.number("moved.cpu.p50") / 1e6),
        p99 <= 100_000_000);
    report.add(
        "its requests to the store, and those of 50 budgets of the same kinds",
        "as many",
        figures.text("moved.requests") + " and " + figures.text("few.requests"),
        figures.number("moved.requests") == figures.number("few.requests"));
    report.add(
        "the same in a process that just started, of which closed days are summed and stored",
        figures.seconds("cold.wall") + ", " + figures.text("cold.requests") + " requests");
    report.add("the same before anything was summed", figures.seconds("first.wall"));
    report.add(
        "memory of all this, cycles that move today's usage included",
        "≤ 200 MB",
        "%s MB live with what is kept, in a heap of 96 MB; %s MB of process at most"
            .formatted(figures.text("moved.live"), figures.text("peak")),
        figures.number("peak") <= 200);
    Figures told = Child.run(CrossingRun.class, Child.AS_SERVED, NOW.toString(), ledger);
    long late = told.number("crossing.wall.p99");
    report.add(
        "from the evaluation of this ledger and 51 budgets, one of which is exceeded, to its"
            + " message in a Slack receiver on the same machine",
        "p99 ≤ 250 ms",
        String.format(
            Locale.ROOT,
            "p99 %.1f ms, median %.1f ms",
            late / 1e6,
            told.number("crossing.wall.p50") / 1e6),
        late <= 250_000_000);
  }

  private void browser() throws IOException {
    Figures figures = Child.run(BrowserRun.class, List.of("-Xmx512m", "-XX:+UseSerialGC"));
    String what = "the overview of 90 days × 200 projects, in Chromium with its files in the cache";
    report.add(
        what + ": first figure",
        "≤ 5 requests",
        figures.text("requests") + " requests; " + milliseconds(figures, "first"),
        figures.number("requests") <= 5);
    report.add(
        what + ": everything there, and charts drawn",
        "≤ 300 ms",
        milliseconds(figures, "all"),
        figures.number("all.p50") <= 300_000_000);
    report.add(
        "from a click in its menu to the frame with the other view",
        "≤ 100 ms",
        milliseconds(figures, "interaction"),
        figures.number("interaction.p50") <= 100_000_000);
  }

  private static String milliseconds(Figures figures, String name) {
    return String.format(
        Locale.ROOT,
        "median %.0f ms, p99 %.0f ms",
        figures.number(name + ".p50") / 1e6,
        figures.number(name + ".p99") / 1e6);
  }

  private void question(String what, String name, Figures sqlite, Figures dynamoDb, boolean goal) {
    long p99 = sqlite.number(name + ".wall.p99");
    String times =
        String.format(
            Locale.ROOT,
            "p99 %.1f ms, median %.1f ms; of processor time p99 %.1f ms, median %.1f ms",
            p99 / 1e6,
            sqlite.number(name + ".wall.p50") / 1e6,
            sqlite.number(name + ".cpu.p99") / 1e6,
            sqlite.number(name + ".cpu.p50") / 1e6);
    String requests =
        dynamoDb.text(name + ".requests")
            + " requests, "
            + dynamoDb.text(name + ".units")
            + " read units";
    if (goal) {
      report.add(what + ", SQLite", "p99 ≤ 20 ms", times, p99 <= 20_000_000);
      report.add(
          what + ", DynamoDB",
          "≤ 20 requests",
          requests,
          dynamoDb.number(name + ".requests") <= 20);
    } else {
      report.add(what + ", SQLite", times);
      report.add(what + ", DynamoDB", requests);
    }
  }

  private void memory() throws IOException {
    try (var organization = new Polls(new Size(500, 3, 10, 1_500, 100), NOW)) {
      long first = organization.poll().processor();
      organization.at(NOW.plus(Duration.ofDays(1)));
      Polls.Used full = organization.poll();
      report.add(
          "a poll of two days of 500 projects into DynamoDB Local, with one core and the heap of a"
              + " function of 512 MB (536 MB): memory",
          "≤ 450 MB",
          "%d MB of process at most, %d MB in the heap; of processor time %s, %s as the first thing"
                  .formatted(
                      full.peak(),
                      full.heap(),
                      Figures.seconds(full.processor()),
                      Figures.seconds(first))
              + " a JVM does, for today alone",
          full.peak() <= 450);
    }
  }

  private void lambda() throws IOException {
    try (DynamoDb table = DynamoDb.open(InstantSource.system())) {
      var token = Tokens.create(Role.VIEWER, new SecureRandom());
      var variables = new HashMap<>(DynamoDb.variables());
      variables.put("TABLE_NAME", table.name());
      variables.put("VIEWER_TOKEN_HASHES", token.hash());
      String event = Events.get("/api/v1/settings", "", token.text());
      String ok = "\"statusCode\":200,";
      // Also warms DynamoDB Local, whose own start is not what is asked for.
      ColdStart.measure(Function.API, variables, event, ok);
      var starts = new ArrayList<ColdStart>();
      var restored = new ArrayList<Long>();
      for (int i = 0; i < STARTS; i++) {
        starts.add(ColdStart.measure(Function.API, variables, event, ok));
        restored.add(ColdStart.restore(Function.API, variables, event, ok));
      }
      long cold = median(starts, ColdStart::both);
      report.add(
          "the API function started by the runtime interface client, with one core and C1: first"
              + " answer of `/api/v1/settings`, with one call of DynamoDB Local",
          "≤ 600 ms",
          told(starts),
          cold <= 600_000_000L);
      long restore = median(restored, Long::longValue);
      report.add(
          "the same from the end of its snapshot: hooks, connection and first answer, without"
              + " Lambda's own part",
          "≤ 200 ms",
          Figures.seconds(restore),
          restore <= 200_000_000L);
      alert(table);
    }
  }

  private void alert(DynamoDb table) throws IOException {
    var starts = new ArrayList<ColdStart>();
    try (var around = new AroundAlerts(table)) {
      for (int i = 0; i < STARTS; i++) {
        starts.add(
            ColdStart.measure(
                Function.ALERT, around.variables(), around.event(), "\"status\":\"sent\""));
      }
    }
    report.add(
        "the alert function started in the same way: one message over http to a Slack receiver on"
            + " the same machine, its address from a Parameter Store beside it",
        told(starts));
  }

  private static String told(List<ColdStart> starts) {
    return "%s: ready after %s, then answered after %s; of processor time %s"
        .formatted(
            Figures.seconds(median(starts, ColdStart::both)),
            Figures.seconds(median(starts, ColdStart::ready)),
            Figures.seconds(median(starts, ColdStart::answered)),
            Figures.seconds(median(starts, ColdStart::processor)));
  }

  private void answer() throws IOException {
    try (DynamoDb table = DynamoDb.open(InstantSource.fixed(NOW))) {
      QueryRun.fill(table.store(), NOW);
      Figures figures = Child.runAsInLambda(AnswerRun.class, table.name(), NOW.toString());
      answered("`/api/usage`", figures, "usage", 10);
      answered("90 days × 200 projects, cost by model and day", figures, "query", 60);
    }
  }

  private void answered(String what, Figures figures, String name, int goal) {
    long p99 = figures.number(name + ".beyond.p99");
    report.add(
        what + ": an answer of the API function, started, with one core and C1",
        "p99 ≤ " + goal + " ms beyond the store's time",
        String.format(
            Locale.ROOT,
            "p99 %.1f ms, median %.1f ms; with %s calls of the store p99 %.1f ms, median %.1f ms;"
                + " of processor time, the store's client included, p99 %.1f ms, median %.1f ms;"
                + " %s bytes of log",
            p99 / 1e6,
            figures.number(name + ".beyond.p50") / 1e6,
            figures.text(name + ".reads"),
            figures.number(name + ".wall.p99") / 1e6,
            figures.number(name + ".wall.p50") / 1e6,
            figures.number(name + ".cpu.p99") / 1e6,
            figures.number(name + ".cpu.p50") / 1e6,
            figures.text(name + ".log")),
        p99 <= goal * 1_000_000L);
  }

  private void write(Path file) throws IOException {
    Files.writeString(
        file,
        String.format(
            Locale.ROOT,
            """
            # Benchmarks

            Measured by `build/bench` on %s: %s.

            Each figure is the median of several runs in a process of its own, with the options of
            `./tallyman` (`-Xmx256m`, serial collector). Beside the time that passed stands the processor
            time, which others on the machine do not change; %.1f processes wanted a core at the end.

            What is said of functions and of DynamoDB was measured on this machine too, with one core for
            the function and DynamoDB Local as a process beside it; nothing was measured on AWS.

            %s%s\
            """,
            LocalDate.ofInstant(InstantSource.system().instant(), ZoneOffset.UTC),
            Machine.describe(),
            Machine.loadFactor(),
            report.markdown(),
            notes(file)));
  }

  /** What somebody wrote into the file by hand: everything from {@value #NOTES} on. */
  private static String notes(Path file) throws IOException {
    String before = Files.exists(file) ? Files.readString(file) : "";
    int from = before.indexOf(NOTES);
    return from < 0 ? "" : before.substring(from);
  }
}

package dev.tallyman.benchmarks;

import dev.tallyman.benchmarks.support.CountingStore;
import dev.tallyman.benchmarks.support.Machine;
import dev.tallyman.benchmarks.support.Spread;
import dev.tallyman.benchmarks.support.WideApi;
import dev.tallyman.core.budget.Budget;
import dev.tallyman.core.budget.Limit;
import dev.tallyman.core.budget.Notices;
import dev.tallyman.core.budget.Scope;
import dev.tallyman.core.budget.Threshold;
import dev.tallyman.core.budget.WindowKind;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.poll.CycleOutcome;
import dev.tallyman.core.poll.FillOutcome;
import dev.tallyman.core.poll.Poller;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.settings.UsageSettings;
import dev.tallyman.core.spend.Spend;
import dev.tallyman.core.spend.Usage;
import dev.tallyman.sqlite.SqliteStore;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Fills a ledger with a quarter of a wide organization and asks what 5,000 budgets have used. */
final class BudgetRun {
  private static final int DAYS = 92;
  private static final int BUDGETS = 5_000;
  private static final int FEW = 50;
  private static final int WARM_UP = 20;
  private static final int REPETITIONS = 60;
  private static final String ORGANIZATION = "default";

  private final UsageSettings settings = Settings.defaults().usage();
  private final CountingStore store;
  private Instant now;

  private BudgetRun(CountingStore store, Instant now) {
    this.store = store;
    this.now = now;
  }

  /** {@code fill} or {@code measure}, now, and the file of the ledger. */
  public static void main(String[] arguments) throws IOException {
    Instant now = Instant.parse(arguments[1]);
    try (var store =
        new CountingStore(new SqliteStore(Path.of(arguments[2]), InstantSource.fixed(now)))) {
      var run = new BudgetRun(store, now);
      if (arguments[0].equals("fill")) {
        run.fill();
        return;
      }
      run.measure();
    }
    IO.println("peak=" + Machine.peakMegabytes());
  }

  private void fill() {
    cycle();
    var poller = new Poller(store, InstantSource.fixed(now));
    FillOutcome outcome;
    do {
      outcome =
          poller.fill(
              ORGANIZATION,
              new WideApi(0),
              settings,
              now.minus(Duration.ofDays(DAYS)),
              now.plus(Duration.ofDays(1)));
    } while (outcome instanceof FillOutcome.Advanced);
  }

  /** Reads today anew; it moves with each instant. */
  private void cycle() {
    if (!(new Poller(store, InstantSource.fixed(now))
            .cycle(
                ORGANIZATION,
                new WideApi(now.getEpochSecond()),
                settings,
                "benchmark",
                now.plus(Duration.ofHours(1)))
        instanceof CycleOutcome.Ran)) {
      throw new IllegalStateException("the cycle did not run");
    }
  }

  private void measure() {
    List<Budget> budgets = budgets();
    store.reset();
    time("first", new Spend(store), budgets);
    time("cold", new Spend(store), budgets);
    moved("few", everyOf(budgets), 2);
    moved("moved", budgets, REPETITIONS);
  }

  private static List<Budget> everyOf(List<Budget> budgets) {
    var few = new ArrayList<Budget>();
    for (int i = 0; i < budgets.size(); i += BUDGETS / FEW + 1) {
      few.add(budgets.get(i));
    }
    return few;
  }

  private void time(String name, Spend spend, List<Budget> budgets) {
    long began = System.nanoTime();
    check(spend.used(ORGANIZATION, settings, budgets, now));
    IO.println(name + ".wall=" + (System.nanoTime() - began));
    IO.println(name + ".requests=" + (store.reads() + store.writes().size()));
    store.reset();
  }

  private void moved(String name, List<Budget> budgets, int repetitions) {
    var spend = new Spend(store);
    var wall = new Spread(repetitions);
    var processor = new Spread(repetitions);
    var threads = ManagementFactory.getThreadMXBean();
    for (int i = -WARM_UP; i < repetitions; i++) {
      now = now.plusSeconds(1);
      cycle();
      store.reset();
      long began = System.nanoTime();
      long beganProcessor = threads.getCurrentThreadCpuTime();
      List<Usage> usages = spend.used(ORGANIZATION, settings, budgets, now);
      if (i >= 0) {
        wall.add(System.nanoTime() - began);
        processor.add(threads.getCurrentThreadCpuTime() - beganProcessor);
      }
      check(usages);
    }
    wall.print(name + ".wall");
    processor.print(name + ".cpu");
    IO.println(name + ".requests=" + (store.reads() + store.writes().size()));
    IO.println(name + ".live=" + Machine.liveMegabytes());
    check(spend.used(ORGANIZATION, settings, budgets, now));
    store.reset();
  }

  private static void check(List<Usage> usages) {
    if (usages.isEmpty()
        || !usages.stream().allMatch(Usage::known)
        || usages.getFirst().used().signum() == 0) {
      throw new IllegalStateException("something is not known");
    }
  }

  /** Of every kind: by project, by project and model, by key, by several models; all windows. */
  private static List<Budget> budgets() {
    var budgets = new ArrayList<Budget>();
    WindowKind[] kinds = {
      WindowKind.QUARTER, WindowKind.MONTH, WindowKind.WEEK, WindowKind.DAY, WindowKind.QUARTER
    };
    for (int i = 0; i < BUDGETS; i++) {
      int project = i % WideApi.PROJECTS;
      WindowKind kind = kinds[i % kinds.length];
      String model = WideApi.model(i / 7 % WideApi.MODELS);
      budgets.add(
          switch (i % 4) {
            case 0 -> budget(i, Metric.COST, kind, Map.of(GroupBy.PROJECT, of("proj_" + project)));
            case 1 ->
                budget(
                    i,
                    Metric.ESTIMATED,
                    kind,
                    Map.of(
                        GroupBy.PROJECT, of("proj_" + project),
                        GroupBy.MODEL, of(model, WideApi.model(0))));
            case 2 -> budget(i, Metric.COST, kind, Map.of(GroupBy.KEY, of("key_" + project)));
            default ->
                budget(
                    i,
                    Metric.TOKENS,
                    kind,
                    Map.of(
                        GroupBy.PROJECT, of("proj_" + project, "proj_" + i % 500),
                        GroupBy.MODEL, of(model)));
          });
    }
    return budgets;
  }

  private static Set<String> of(String... values) {
    return new TreeSet<>(List.of(values));
  }

  private static Budget budget(
      int number, Metric metric, WindowKind kind, Map<GroupBy, Set<String>> scope) {
    var parts = new TreeMap<GroupBy, SortedSet<String>>();
    scope.forEach((by, values) -> parts.put(by, new TreeSet<>(values)));
    return new Budget(
        "budget-" + number,
        "Budget " + number,
        Optional.empty(),
        new Limit(
            metric,
            new BigDecimal(1_000),
            Optional.empty(),
            new Scope(parts),
            kind,
            ZoneId.of("UTC")),
        Notices.at(List.of(new Threshold.Percent(new BigDecimal(80)))),
        false);
  }
}

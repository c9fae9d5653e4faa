package dev.tallyman.benchmarks;

import dev.tallyman.benchmarks.support.CountingStore;
import dev.tallyman.benchmarks.support.Folders;
import dev.tallyman.benchmarks.support.Http;
import dev.tallyman.benchmarks.support.Machine;
import dev.tallyman.core.Clock;
import dev.tallyman.core.poll.CycleOutcome;
import dev.tallyman.core.poll.Poller;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.openai.OpenAiUsageApi;
import dev.tallyman.openai.call.OpenAiConfig;
import dev.tallyman.sqlite.SqliteStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

/**
 * Runs cycles over a span that is new to the ledger, several times, each with an empty ledger;
 * after each, one more cycle that finds nothing new.
 */
final class CycleRun {
  private final String baseUrl;

  private CycleRun(String baseUrl) {
    this.baseUrl = baseUrl;
  }

  /** Base URL, first instant, the instant of the cycle, hours until the last, repetitions. */
  public static void main(String[] arguments) throws IOException {
    var run = new CycleRun(arguments[0]);
    Instant first = Instant.parse(arguments[1]);
    Instant second = Instant.parse(arguments[2]);
    int repetitions = Integer.parseInt(arguments[3]);
    for (int i = 0; i < repetitions; i++) {
      run.once(i, first, second);
    }
    IO.println("live=" + Machine.liveMegabytes());
    IO.println("peak=" + Machine.peakMegabytes());
  }

  private void once(int i, Instant first, Instant second) throws IOException {
    Path folder = Folders.temporary();
    try (var store =
        new CountingStore(new SqliteStore(folder.resolve("ledger.db"), InstantSource.system()))) {
      cycle(store, first);
      store.reset();
      report("first" + i, store, () -> cycle(store, second));
      Instant settled = settle(store, second.plus(Duration.ofMinutes(5)));
      report("again" + i, store, () -> cycle(store, settled));
      report("hour" + i, store, () -> cycle(store, second.plus(Duration.ofMinutes(65))));
    }
  }

  /** Lets the names of hundreds of projects and keys come in, a few with each cycle. */
  private Instant settle(CountingStore store, Instant from) {
    Instant at = from;
    do {
      store.reset();
      cycle(store, at);
      at = at.plusSeconds(10);
    } while (store.writes().stream().anyMatch(write -> write.contains("#N ")));
    store.reset();
    return at;
  }

  private static void report(String name, CountingStore store, Runnable run) {
    long wall = System.nanoTime();
    long processor = Machine.processorNanos();
    run.run();
    IO.println(name + ".wall=" + (System.nanoTime() - wall));
    IO.println(name + ".cpu=" + (Machine.processorNanos() - processor));
    IO.println(name + ".writes=" + store.writes().size());
    IO.println(name + ".reads=" + store.reads());
    IO.println(name + ".bytes=" + store.bytes());
    if (store.writes().size() < 20) {
      IO.println(name + ".keys=" + String.join(", ", store.writes()));
    }
    store.reset();
  }

  private void cycle(CountingStore store, Instant at) {
    InstantSource clock =
        new Clock(at, InstantSource.system().instant(), 1, InstantSource.system());
    try (var api = new OpenAiUsageApi(OpenAiConfig.of(baseUrl), Http.ADMIN_KEY, Map.of(), clock)) {
      CycleOutcome outcome =
          new Poller(store, clock)
              .cycle("default", api, Settings.defaults().usage(), "benchmark", at.plusSeconds(600));
      if (!(outcome instanceof CycleOutcome.Ran(var cycle, _, _)) || !cycle.complete()) {
        throw new IllegalStateException("the cycle did not read all: " + outcome);
      }
    }
  }
}

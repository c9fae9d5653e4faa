package dev.tallyman.benchmarks;

import dev.tallyman.benchmarks.support.Folders;
import dev.tallyman.benchmarks.support.Http;
import dev.tallyman.benchmarks.support.Machine;
import dev.tallyman.core.Clock;
import dev.tallyman.core.poll.CycleOutcome;
import dev.tallyman.core.poll.FillOutcome;
import dev.tallyman.core.poll.Poller;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.settings.UsageSettings;
import dev.tallyman.openai.OpenAiUsageApi;
import dev.tallyman.openai.call.OpenAiConfig;
import dev.tallyman.sqlite.SqliteStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

/** Reads days of history into an empty ledger, as {@code tallyman backfill} does. */
final class BackfillRun {
  private BackfillRun() {}

  /** Base URL, now, how many days. */
  public static void main(String[] arguments) throws IOException {
    Instant now = Instant.parse(arguments[1]);
    int days = Integer.parseInt(arguments[2]);
    Instant since = now.minus(Duration.ofDays(days));
    InstantSource clock =
        new Clock(now, InstantSource.system().instant(), 1, InstantSource.system());
    Path file = Folders.temporary().resolve("ledger.db");
    IO.println("start.live=" + Machine.liveMegabytes());
    try (var store = new SqliteStore(file, clock);
        var api =
            new OpenAiUsageApi(OpenAiConfig.of(arguments[0]), Http.ADMIN_KEY, Map.of(), clock)) {
      var poller = new Poller(store, clock);
      UsageSettings settings = Settings.defaults().usage();
      long began = System.nanoTime();
      long processor = Machine.processorNanos();
      Instant deadline = now.plus(Duration.ofHours(2));
      if (!(poller.cycle("default", api, settings, "benchmark", deadline)
          instanceof CycleOutcome.Ran)) {
        throw new IllegalStateException("the first cycle did not run");
      }
      long collecting = 0;
      boolean halfway = false;
      FillOutcome outcome;
      do {
        outcome = poller.fill("default", api, settings, since, deadline);
        if (!halfway
            && outcome instanceof FillOutcome.Advanced(Instant reached, Instant _)
            && reached.isBefore(now.minus(Duration.ofDays(days / 2)))) {
          halfway = true;
          long before = System.nanoTime();
          IO.println("middle.live=" + Machine.liveMegabytes());
          collecting += System.nanoTime() - before;
        }
      } while (outcome instanceof FillOutcome.Advanced);
      if (!(outcome instanceof FillOutcome.Done)) {
        throw new IllegalStateException("history is not whole: " + outcome);
      }
      IO.println("wall=" + (System.nanoTime() - began - collecting));
      IO.println("cpu=" + (Machine.processorNanos() - processor));
    }
    IO.println("end.live=" + Machine.liveMegabytes());
    IO.println("peak=" + Machine.peakMegabytes());
    IO.println("file=" + Files.size(file));
  }
}

package dev.tallyman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tallyman.cli.config.Ledgers;
import dev.tallyman.core.CleanProcess;
import dev.tallyman.core.Clock;
import dev.tallyman.core.ledger.Ledger;
import dev.tallyman.core.poll.CycleOutcome;
import dev.tallyman.core.poll.FillOutcome;
import dev.tallyman.core.poll.Poller;
import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.poll.records.Records;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.settings.SettingsResult;
import dev.tallyman.core.settings.UsageSettings;
import dev.tallyman.core.store.Store;
import dev.tallyman.openai.OpenAiUsageApi;
import dev.tallyman.openai.call.OpenAiConfig;
import dev.tallyman.simulator.Simulator;
import dev.tallyman.sqlite.SqliteStore;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Lets Tallyman poll a faulty provider for days of accelerated time, both as processes of their
 * own, kills it at random moments, and compares its ledger with the truth once the faults are past.
 *
 * @param tallyman the command that starts it
 * @param folder for ledger and logs, empty
 * @param seed of the provider and of the moments
 * @param from when the simulated time begins, a midnight of UTC
 * @param days how long it lasts
 * @param factor how many simulated seconds pass in a real one
 * @param kills how often it is killed
 * @param faults what goes wrong meanwhile
 */
record Soak(
    List<String> tallyman,
    Path folder,
    long seed,
    Instant from,
    int days,
    long factor,
    int kills,
    String faults) {
  private static final String KEY = "sk-admin-soak";
  private static final ZoneId KATHMANDU = ZoneId.of("Asia/Kathmandu");

  /** How much history is compared besides. */
  private static final int HISTORY = 10;

  /** Longer than any simulated fault of the data lasts. */
  private static final Duration CALM = Duration.ofHours(73);

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Runs it and answers what was compared, in Markdown. */
  String run() throws IOException, InterruptedException {
    Files.writeString(folder.resolve("tallyman.yaml"), "zones:\n  - UTC\n  - " + KATHMANDU + "\n");
    Instant wall = InstantSource.system().instant();
    Clock clock = new Clock(from, wall, factor, InstantSource.system());
    try (Provider provider = provider(clock, faults)) {
      var random = new SplittableRandom(seed);
      long lasts = clock.realTime(Duration.ofDays(days)).toMillis();
      long[] moments = random.longs(kills, 0, lasts).sorted().toArray();
      for (long moment : moments) {
        serve(provider.url(), clock, wall.plusMillis(moment));
      }
      serve(provider.url(), clock, wall.plusMillis(lasts));
    }
    Instant end = from.plus(Duration.ofDays(days)).plus(CALM);
    Clock later = new Clock(end, InstantSource.system().instant(), 1, InstantSource.system());
    try (Provider provider = provider(later, faults)) {
      untilDone(provider.url(), later, "poll", "--once");
      untilDone(provider.url(), later, "backfill", "--from", first().minusDays(HISTORY).toString());
    }
    return compare(later);
  }

  private LocalDate first() {
    return LocalDate.ofInstant(from, ZoneOffset.UTC);
  }

  private String compare(Clock later) throws IOException, InterruptedException {
    LocalDate last = first().plusDays(days);
    try (Store store = new SqliteStore(Ledgers.real(folder), later);
        Store cleanStore = new SqliteStore(folder.resolve("clean.db"), later);
        Simulator simulator = Simulator.builder(later).seed(seed).build().start()) {
      UsageSettings settings = settings();
      var ledger = new Ledger(store, "default", settings.retention());
      var truth = new Truth(simulator, ledger);
      truth.check(first().minusDays(HISTORY), last);
      YearMonth month = YearMonth.from(first());
      if (YearMonth.from(last).isAfter(month)) {
        truth.checkMonth(month);
      }
      readOnce(simulator, cleanStore, later, settings);
      truth.checkZone(
          KATHMANDU,
          first().minusDays(HISTORY - 1),
          last,
          new Ledger(cleanStore, "default", settings.retention()));
      BigDecimal bill = truth.bill(first(), last);
      assertThat(spent(later, last)).isEqualByComparingTo(bill);
      List<CycleRecord> cycles =
          new Records(store, "default", settings.retention().cycles())
              .cycles(from, later.instant());
      return String.format(
          Locale.ROOT,
          """
          | what | how much |
          |---|---|
          | simulated days, at %d times the speed of time, seed %d | %d |
          | faults | %s |
          | `kill -9` at random moments | %d |
          | cycles that came to their end | %d |
          | of these, could not read everything | %d |
          | hours compared | %d |
          | rows of usage, equal | %d |
          | rows of rollups, equal | %d |
          | rows of charges, equal to the last digit | %d |
          | bill of these days, and what `tallyman spend` says | $%s |
          """,
          factor,
          seed,
          days,
          faults,
          kills,
          cycles.size(),
          cycles.stream().filter(cycle -> !cycle.complete()).count(),
          truth.hours(),
          truth.rows(),
          truth.rollupRows(),
          truth.costRows(),
          bill.toPlainString());
    }
  }

  private UsageSettings settings() {
    var document = Map.of("zones", List.of("UTC", KATHMANDU.getId()));
    return ((SettingsResult.Valid) Settings.of(document)).settings().usage();
  }

  /** One clean run over a provider without faults. */
  private void readOnce(Simulator simulator, Store store, Clock later, UsageSettings settings) {
    try (var api =
        new OpenAiUsageApi(OpenAiConfig.of(simulator.baseUrl().toString()), KEY, Map.of(), later)) {
      var poller = new Poller(store, later);
      Instant deadline = later.instant().plus(Duration.ofHours(1));
      assertThat(poller.cycle("default", api, settings, "clean", deadline))
          .isInstanceOf(CycleOutcome.Ran.class);
      FillOutcome outcome;
      do {
        outcome =
            poller.fill("default", api, settings, from.minus(Duration.ofDays(HISTORY)), deadline);
      } while (outcome instanceof FillOutcome.Advanced);
      assertThat(outcome).isInstanceOf(FillOutcome.Done.class);
    }
  }

  private BigDecimal spent(Clock later, LocalDate last) throws IOException, InterruptedException {
    Path out = folder.resolve("spend.json");
    var process =
        command(
                later,
                "spend",
                "--json",
                "--by",
                "project",
                "--since",
                first().toString(),
                "--until",
                last.toString())
            .redirectOutput(out.toFile())
            .redirectError(log("spend"))
            .start();
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return new BigDecimal((String) JSON.std.mapFrom(Files.readString(out)).get("total"));
  }

  private void serve(String url, Clock clock, Instant until)
      throws IOException, InterruptedException {
    Process process =
        withKey(command(clock, "serve", "--port", "0"), url)
            .redirectOutput(Redirect.DISCARD)
            .redirectError(log("serve"))
            .start();
    Duration left = Duration.between(InstantSource.system().instant(), until);
    boolean ended = process.waitFor(Math.max(0, left.toMillis()), TimeUnit.MILLISECONDS);
    process.destroyForcibly().waitFor();
    assertThat(ended).as("it ended by itself; see %s", folder).isFalse();
  }

  private void untilDone(String url, Clock clock, String... arguments)
      throws IOException, InterruptedException {
    int status = -1;
    for (int attempt = 0; attempt < 20 && status != 0; attempt++) {
      Process process =
          withKey(command(clock, arguments), url)
              .redirectOutput(log(arguments[0]))
              .redirectError(log(arguments[0]))
              .start();
      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      status = process.exitValue();
    }
    assertThat(status).as("%s; see %s", arguments[0], folder).isZero();
  }

  private Redirect log(String name) {
    return Redirect.appendTo(folder.resolve(name + ".log").toFile());
  }

  private ProcessBuilder command(Clock clock, String... arguments) {
    var command = new ArrayList<>(tallyman);
    command.addAll(List.of(arguments));
    if (!arguments[0].equals("simulate")) {
      command.addAll(
          List.of(
              "--data", folder.toString(), "--config", folder.resolve("tallyman.yaml").toString()));
    }
    var builder = CleanProcess.of(command);
    builder
        .environment()
        .put(Clock.VARIABLE, clock.start() + "," + clock.wall() + "," + clock.factor());
    return builder;
  }

  private static ProcessBuilder withKey(ProcessBuilder builder, String url) {
    builder.environment().put("OPENAI_ADMIN_KEY", KEY);
    builder.environment().put("OPENAI_BASE_URL", url);
    return builder;
  }

  private Provider provider(Clock clock, String faulty) throws IOException {
    Process process =
        command(clock, "simulate", "--port", "0", "--seed", Long.toString(seed), "--faults", faulty)
            .redirectError(log("simulate"))
            .start();
    String line = process.inputReader().readLine();
    assertThat(line).as("see %s", folder).startsWith("OPENAI_BASE_URL=");
    return new Provider(process, line.substring(line.indexOf('=') + 1));
  }

  private record Provider(Process process, String url) implements AutoCloseable {
    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}

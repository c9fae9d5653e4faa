package dev.tallyman.openai;

import static dev.tallyman.openai.UsageReadingTest.failed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.poll.KeyExpiry;
import dev.tallyman.core.poll.UsageApi.NamePage;
import dev.tallyman.core.poll.records.ReadOutcome;
import dev.tallyman.core.poll.records.ReadOutcome.Complete;
import dev.tallyman.core.poll.records.ReadOutcome.Failed;
import dev.tallyman.core.poll.records.ReadOutcome.Kind;
import dev.tallyman.core.poll.records.ReadOutcome.Origin;
import dev.tallyman.core.store.MovableClock;
import dev.tallyman.core.usage.Bucket;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.Name;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.UsageRow;
import dev.tallyman.core.usage.Width;
import dev.tallyman.openai.call.OpenAiConfig;
import dev.tallyman.openai.call.Time;
import dev.tallyman.simulator.Fault;
import dev.tallyman.simulator.Simulator;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Reads the simulated organization over real sockets and compares with what it knows to be true.
 */
final class OpenAiUsageApiSimulatorTest {
  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
  // Late usage is in and corrections are made after two days; charges take a little longer.
  private static final Instant SETTLED = Instant.parse("2026-11-16T00:00:00Z");
  private static final LocalDate SETTLED_DAY = LocalDate.of(2026, 11, 10);
  private static final int HOURS = 36;
  private static final int DAYS = 6;
  private static final int TRIES = 40;
  private static final String KEY = "sk-admin-simulated-0123456789";

  private final MovableClock clock = new MovableClock(NOW);

  @ParameterizedTest
  @EnumSource(Known.class)
  void readsEveryEndpointAsItIs(Known endpoint) throws IOException {
    try (var simulator = Simulator.builder(clock).build().start();
        var api = api(simulator, KEY)) {
      var buckets = new ArrayList<Bucket>();
      var origins = new HashSet<Origin>();

      var complete =
          (Complete)
              api.readUsage(
                  endpoint,
                  Width.HOUR,
                  SETTLED,
                  SETTLED.plus(Duration.ofHours(HOURS)),
                  deadline(),
                  (origin, bucket) -> {
                    origins.add(origin);
                    buckets.add(bucket);
                  });

      assertThat(buckets).isEqualTo(truth(simulator, endpoint));
      assertThat(buckets).anyMatch(bucket -> !bucket.rows().isEmpty());
      assertThat(origins)
          .containsExactly(new Origin(Optional.of(simulator.organization()), true))
          .containsExactly(complete.origin());
      assertThat(complete.bytes()).isPositive();
    }
  }

  @Test
  void readsMinutesThatAddUpToTheirHour() throws IOException {
    try (var simulator = Simulator.builder(clock).build().start();
        var api = api(simulator, KEY)) {
      Instant from = SETTLED.plus(Duration.ofHours(10));
      var rows = new ArrayList<UsageRow>();
      var starts = new ArrayList<Instant>();

      ReadOutcome outcome =
          api.readUsage(
              Known.COMPLETIONS,
              Width.MINUTE,
              from,
              from.plus(Duration.ofHours(1)),
              deadline(),
              (_, bucket) -> {
                starts.add(bucket.start());
                rows.addAll(bucket.rows());
              });

      assertThat(outcome).isInstanceOf(Complete.class);
      assertThat(starts).hasSize(60);
      assertThat(Bucket.merged(rows))
          .isEqualTo(simulator.truthUsage(Known.COMPLETIONS, from).rows());
    }
  }

  @Test
  void readsCostsToTheLastDigit() throws IOException {
    try (var simulator = Simulator.builder(clock).build().start();
        var api = api(simulator, KEY)) {
      var days = new ArrayList<CostDay>();

      ReadOutcome outcome =
          api.readCosts(
              SETTLED_DAY, SETTLED_DAY.plusDays(DAYS), deadline(), (_, day) -> days.add(day));

      assertThat(outcome).isInstanceOf(Complete.class);
      assertThat(days).isEqualTo(bills(simulator));
      assertThat(days).allMatch(day -> !day.rows().isEmpty());
    }
  }

  @Test
  void readsTheSameThroughAllFaultsOnceItIsSettled() throws IOException {
    try (var simulator =
            Simulator.builder(clock)
                .faults(EnumSet.allOf(Fault.class))
                .hang(Duration.ofSeconds(5))
                .build()
                .start();
        var api = api(simulator, KEY)) {
      for (Known endpoint : Known.values()) {
        for (int pass = 0; pass < 10; pass++) {
          var buckets = new TreeMap<Instant, Bucket>();
          untilComplete(() ->
              api.readUsage(
                  endpoint,
                  Width.HOUR,
                  SETTLED,
                  SETTLED.plus(Duration.ofHours(HOURS)),
                  deadline(),
                  (_, bucket) -> buckets.put(bucket.start(), bucket)));
          assertThat(List.copyOf(buckets.values())).isEqualTo(truth(simulator, endpoint));
        }
      }
      var days = new TreeMap<LocalDate, CostDay>();
      untilComplete(() ->
          api.readCosts(
              SETTLED_DAY,
              SETTLED_DAY.plusDays(DAYS),
              deadline(),
              (_, day) -> days.put(day.day(), day)));
      assertThat(List.copyOf(days.values())).isEqualTo(bills(simulator));
    }
  }

  @Test
  void readsTheFreshHoursThroughAllFaultsWithoutTakingThemForMalformed() throws IOException {
    try (var simulator =
            Simulator.builder(clock)
                .faults(EnumSet.of(Fault.LATE, Fault.RESTATED, Fault.MISSING, Fault.NULLS))
                .build()
                .start();
        var api = api(simulator, KEY)) {
      for (Known endpoint : Known.values()) {
        for (int hours = 1; hours <= 40; hours++) {
          Instant to = NOW.plus(Duration.ofHours(1));
          ReadOutcome outcome =
              api.readUsage(
                  endpoint,
                  Width.HOUR,
                  to.minus(Duration.ofHours(hours)),
                  to,
                  deadline(),
                  (_, _) -> {});
          assertThat(outcome)
              .as("%s, the last %d hours", endpoint, hours)
              .isInstanceOf(Complete.class);
        }
      }
    }
  }

  @Test
  void readsNamesPageByPageAndOneByOne() throws IOException {
    try (var simulator = Simulator.builder(clock).build().start();
        var api = api(simulator, KEY)) {
      List<Name> projects = all(api, Name.Kind.PROJECT, null);
      List<Name> users = all(api, Name.Kind.USER, null);
      var keys = new ArrayList<Name>();
      var accounts = new ArrayList<Name>();
      for (Name project : projects) {
        if (!"archived".equals(project.details().get("status"))) {
          keys.addAll(all(api, Name.Kind.API_KEY, project.id()));
          accounts.addAll(all(api, Name.Kind.SERVICE_ACCOUNT, project.id()));
        }
      }

      assertThat(projects).hasSizeGreaterThanOrEqualTo(8);
      assertThat(users).hasSize(15).allMatch(user -> user.details().containsKey("email"));
      assertThat(keys).hasSizeGreaterThan(30);
      assertThat(accounts).isNotEmpty();
      assertThat(keys).extracting(Name::id).doesNotContainAnyElementsOf(simulator.deletedKeys());
      for (Name known : List.of(projects.getFirst(), users.getLast(), keys.getFirst())) {
        NamePage page =
            api.readName(known.kind(), known.details().get("project"), known.id(), deadline());
        assertThat(page.names()).containsExactly(known);
      }
      NamePage gone =
          api.readName(
              Name.Kind.API_KEY,
              keys.getFirst().details().get("project"),
              simulator.deletedKeys().getFirst(),
              deadline());
      assertThat(gone.outcome()).isInstanceOf(Complete.class);
      assertThat(gone.names()).isEmpty();
    }
  }

  @Test
  void tellsKeysThatMayNotReadApart() throws IOException {
    String namesOnly = "sk-admin-names-only-0123";
    try (var simulator =
        Simulator.builder(clock)
            .adminKey(KEY)
            .restrictedKey(namesOnly, Set.of("api.management.read"))
            .build()
            .start()) {
      failed(hour(simulator, "sk-admin-another-0123456789"), Kind.BAD_KEY);
      assertThat(failed(hour(simulator, "sk-proj-0123456789abc"), Kind.MISSING_SCOPE).message())
          .contains("api.usage.read");
      assertThat(failed(hour(simulator, namesOnly), Kind.MISSING_SCOPE).message())
          .contains("api.usage.read");
      assertThat(hour(simulator, KEY)).isInstanceOf(Complete.class);
      try (var api = api(simulator, namesOnly)) {
        assertThat(api.readNames(Name.Kind.PROJECT, null, null, deadline()).outcome())
            .isInstanceOf(Complete.class);
        assertThat(api.adminKeyExpiry(deadline())).isInstanceOf(KeyExpiry.class);
      }
    }
  }

  private ReadOutcome hour(Simulator simulator, String key) {
    try (var api = api(simulator, key)) {
      return api.readUsage(
          Known.COMPLETIONS,
          Width.HOUR,
          SETTLED,
          SETTLED.plus(Duration.ofHours(1)),
          deadline(),
          (_, _) -> {});
    }
  }

  private List<Name> all(OpenAiUsageApi api, Name.Kind kind, @Nullable String project) {
    var names = new ArrayList<Name>();
    @Nullable String after = null;
    do {
      NamePage page = api.readNames(kind, project, after, deadline());
      assertThat(page.outcome()).isInstanceOf(Complete.class);
      names.addAll(page.names());
      after = page.next();
    } while (after != null);
    return names;
  }

  /** Asks as often as cycles would: some faults are not for one read to get over. */
  private static void untilComplete(Supplier<ReadOutcome> read) {
    for (int i = 0; i < TRIES; i++) {
      ReadOutcome outcome = read.get();
      if (outcome instanceof Complete) {
        return;
      }
      assertThat(outcome).isInstanceOf(Failed.class);
      assertThat(((Failed) outcome).message()).doesNotContain(KEY);
    }
    throw new AssertionError("not read in " + TRIES + " tries");
  }

  private OpenAiUsageApi api(Simulator simulator, String key) {
    return new OpenAiUsageApi(
        OpenAiConfig.of(simulator.baseUrl().toString()).withCallTimeout(Duration.ofMillis(800)),
        key,
        Map.of(),
        new Time(clock, _ -> {}),
        new SplittableRandom(1));
  }

  private Instant deadline() {
    return clock.instant().plus(Duration.ofMinutes(4));
  }

  private static List<Bucket> truth(Simulator simulator, Known endpoint) {
    var buckets = new ArrayList<Bucket>();
    for (int i = 0; i < HOURS; i++) {
      buckets.add(simulator.truthUsage(endpoint, SETTLED.plus(Duration.ofHours(i))));
    }
    return buckets;
  }

  private static List<CostDay> bills(Simulator simulator) {
    var days = new ArrayList<CostDay>();
    for (int i = 0; i < DAYS; i++) {
      days.add(simulator.truthCosts(SETTLED_DAY.plusDays(i)));
    }
    return days;
  }
}

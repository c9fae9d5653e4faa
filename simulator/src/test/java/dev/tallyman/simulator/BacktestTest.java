package dev.tallyman.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.budget.WindowKind;
import dev.tallyman.core.forecast.Driver;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.spend.Finding;
import dev.tallyman.simulator.Spend.Combination;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What forecasts and the search for anomalies are worth on the simulated organization. */
final class BacktestTest {
  private static final long SEED = SimulatorOptions.SEED;
  private static final List<Long> SEEDS = List.of(SEED, 1L, 2L, 4711L);

  // The last of its models began on 2026-06-25; after that a year is like the next.
  private static final Instant FIRST = Instant.parse("2026-09-01T00:00:00Z");
  private static final int YEAR = 365 * 24;
  private static final Duration CYCLE = Duration.ofMinutes(30);
  private static final Duration SOON = Duration.ofHours(2);

  /** What parts of the organization there are. */
  private static final List<Set<GroupBy>> KINDS =
      List.of(
          Set.of(),
          Set.of(GroupBy.PROJECT),
          Set.of(GroupBy.KEY),
          Set.of(GroupBy.MODEL),
          Set.of(GroupBy.KEY, GroupBy.MODEL));

  /** How many hours of it show an incident. */
  private static final int SHOWN = 3;

  /**
   * What an incident came to.
   *
   * @param begun when its first hour was told, or when it was found, if that was before
   * @param readable when the hours that show it were told, or when it was found
   */
  private record Outcome(
      Incident incident, Instant begun, Instant readable, Instant found, Finding by) {
    Duration delay() {
      return Duration.between(readable, found);
    }

    boolean named() {
      Driver driver = by.driver();
      return driver.project().equals(Optional.of(incident.project()))
          && driver.model().equals(Optional.of(incident.model()))
          && (incident.apiKey().isEmpty() || driver.key().equals(incident.apiKey()));
    }
  }

  /** What there is in the end, with what goes wrong and without. */
  private record Truth(Spend with, Spend without) {}

  @Test
  void forecastsAreNearerThanGoingOnEvenly() {
    var backtest = new ForecastBacktest();
    Spend spend = Spend.settled(World.standard(SEED), FIRST, (56 + 30 * 7) * 24);
    Map<String, long[]> series = spend.series();
    series.keySet().removeIf(name -> !name.equals("organization") && !name.startsWith("project "));
    backtest.run(FIRST, series.values());
    for (WindowKind kind : ForecastBacktest.KINDS) {
      double covered = 0;
      for (int tenths = 1; tenths <= ForecastBacktest.TENTHS; tenths++) {
        ForecastBacktest.Errors errors = backtest.errors(kind, tenths);
        assertThat(errors.percentage())
            .as("%s after %d tenths", kind, tenths)
            .isLessThan(errors.evenPercentage());
        covered += errors.coveredPercentage() / ForecastBacktest.TENTHS;
      }
      assertThat(covered).as("%s: windows within the band", kind).isBetween(70.0, 90.0);
    }
  }

  @Test
  void eachIncidentIsFoundInTimeAndNamed() {
    assertFound(outcomes(SEED));
  }

  @Test
  void nothingIsFoundWhereNothingHappens() {
    assertThat(alarms(SEED, Duration.ofDays(14))).hasSizeLessThanOrEqualTo(2);
  }

  private static void assertFound(List<Outcome> outcomes) {
    assertThat(outcomes)
        .hasSize(6)
        .allSatisfy(outcome -> {
          assertThat(outcome.delay()).as("%s", outcome).isLessThanOrEqualTo(SOON);
          assertThat(outcome.named()).as("the driver of %s", outcome).isTrue();
        });
  }

  private static List<Outcome> outcomes(long seed) {
    World world = World.standard(seed);
    World without = World.standard(seed, false);
    return world.incidents(FIRST, FIRST.plus(World.CYCLE)).stream()
        .map(incident -> outcome(world, without, incident))
        .toList();
  }

  /** Looks every half hour from when an incident begins until it is found. */
  private static Outcome outcome(World world, World without, Incident incident) {
    Instant first = incident.start().truncatedTo(ChronoUnit.DAYS);
    Duration length = Duration.between(first, incident.end()).plusDays(1);
    var backtest = new AnomalyBacktest(world, first, length);
    var truth =
        new Truth(
            Spend.settled(world, first, (int) length.toHours()),
            Spend.settled(without, first, (int) length.toHours()));
    Instant begun = Instant.MAX;
    Instant readable = Instant.MAX;
    for (Instant now = first.plus(Duration.ofHours(3));
        now.isBefore(first.plus(length));
        now = now.plus(CYCLE)) {
      List<Finding> found = backtest.look(now);
      if (now.isBefore(incident.start())) {
        continue;
      }
      if (begun.equals(Instant.MAX) && isReadable(backtest.told, truth, incident, now, 1)) {
        begun = now;
      }
      if (readable.equals(Instant.MAX) && isReadable(backtest.told, truth, incident, now, SHOWN)) {
        readable = now;
      }
      Optional<Finding> by =
          found.stream()
              .filter(each -> each.anomaly().end().isAfter(incident.start()))
              .filter(each -> concerns(each, incident))
              .findFirst();
      if (by.isPresent()) {
        return new Outcome(incident, earlier(begun, now), earlier(readable, now), now, by.get());
      }
    }
    throw new AssertionError(incident + " was not found, readable since " + readable);
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  /**
   * Whether so many hours in a row of what it cost more are over and told to at least nineteen
   * parts of twenty.
   */
  private static boolean isReadable(
      Spend told, Truth truth, Incident incident, Instant now, int hours) {
    Instant end = earlier(told.start(told.hour(now)), incident.end());
    int run = 0;
    for (Instant hour = incident.start();
        hour.isBefore(end) && run < hours;
        hour = hour.plus(Duration.ofHours(1))) {
      long settled = concerned(truth.with(), incident, hour);
      boolean full =
          settled > concerned(truth.without(), incident, hour)
              && concerned(told, incident, hour) * 20 >= settled * 19;
      run = full ? run + 1 : 0;
    }
    return run >= hours;
  }

  private static long concerned(Spend spend, Incident incident, Instant hour) {
    long sum = 0;
    int index = spend.hour(hour);
    for (Map.Entry<Combination, Long> entry : spend.sums(index, index + 1).entrySet()) {
      Combination of = entry.getKey();
      if (incident.project().equals(of.project())
          && incident.model().equals(of.model())
          && (incident.apiKey().isEmpty()
              || incident.apiKey().equals(Optional.ofNullable(of.key())))) {
        sum += entry.getValue();
      }
    }
    return sum;
  }

  /** Whether it says of nothing else; where all keys are concerned, it may be of one of them. */
  private static boolean concerns(Finding found, Incident incident) {
    Driver driver = found.driver();
    Optional<String> key = found.value(GroupBy.KEY);
    return found.value(GroupBy.PROJECT).or(driver::project).stream()
            .allMatch(incident.project()::equals)
        && found.value(GroupBy.MODEL).or(driver::model).stream().allMatch(incident.model()::equals)
        && (key.isEmpty() || incident.apiKey().isEmpty() || key.equals(incident.apiKey()));
  }

  /** What is found in an organization in which nothing goes wrong. */
  private static List<Finding> alarms(long seed, Duration length) {
    var backtest = new AnomalyBacktest(World.standard(seed, false), FIRST, length);
    var lastEnds = new HashMap<String, Instant>();
    var alarms = new ArrayList<Finding>();
    for (Instant now = FIRST.plus(Duration.ofHours(3));
        now.isBefore(FIRST.plus(length));
        now = now.plus(Duration.ofHours(1))) {
      for (Finding found : backtest.look(now)) {
        Instant last = lastEnds.getOrDefault(found.subject(), Instant.EPOCH);
        if (found.anomaly().start().isAfter(last.plus(Duration.ofDays(1)))) {
          alarms.add(found);
        }
        if (found.anomaly().end().isAfter(last)) {
          lastEnds.put(found.subject(), found.anomaly().end());
        }
      }
    }
    return alarms;
  }

  /** The whole of it, which docs/forecast.md tells. */
  @Test
  @Tag("soak")
  @Timeout(value = 150, unit = TimeUnit.MINUTES)
  void ofYearsAndSeveralOrganizations() throws IOException {
    var text = new StringBuilder();
    forecasts(text);
    incidents(text);
    falseAlarms(text);
    Files.createDirectories(Path.of("target"));
    Files.writeString(Path.of("target", "forecast.md"), text);
  }

  /** Side by side: each takes minutes of one core. */
  private static <T> Map<Long, T> ofEach(LongFunction<T> work) {
    return SEEDS.parallelStream()
        .collect(Collectors.toConcurrentMap(seed -> seed, seed -> work.apply(seed)));
  }

  private static void forecasts(StringBuilder text) {
    var backtest = new ForecastBacktest();
    for (long seed : SEEDS) {
      Spend spend = Spend.settled(World.standard(seed), FIRST, YEAR + 56 * 24);
      Map<String, long[]> series = spend.series();
      series.keySet().removeIf(name -> name.startsWith("model "));
      backtest.run(FIRST, series.values());
    }
    text.append("## Forecasts\n\n").append("| passed of the window |");
    for (WindowKind kind : ForecastBacktest.KINDS) {
      text.append(" ").append(kind.id()).append(": error | evenly | in the band |");
    }
    text.append("\n|--:").append("|--:".repeat(9)).append("|\n");
    for (int tenths = 1; tenths <= ForecastBacktest.TENTHS; tenths++) {
      text.append("| ").append(tenths * 10).append(" % |");
      for (WindowKind kind : ForecastBacktest.KINDS) {
        ForecastBacktest.Errors errors = backtest.errors(kind, tenths);
        text.append(
            String.format(
                Locale.ROOT,
                " %.1f %% | %.1f %% | %.0f %% |",
                errors.percentage(),
                errors.evenPercentage(),
                errors.coveredPercentage()));
        String what = kind + " after " + tenths + " tenths";
        assertThat(errors.percentage()).as(what).isLessThan(errors.evenPercentage());
        assertThat(errors.coveredPercentage()).as(what).isBetween(70.0, 90.0);
      }
      text.append("\n");
    }
    text.append("\nWindows that were forecast:");
    for (WindowKind kind : ForecastBacktest.KINDS) {
      text.append(
          String.format(Locale.ROOT, " %,d %ss", backtest.errors(kind, 5).windows(), kind.id()));
      text.append(kind == WindowKind.MONTH ? ".\n" : ",");
    }
  }

  private static void incidents(StringBuilder text) {
    text.append(
            "\n"
                + "## Incidents\n\n"
                + "| organization | what | began | first hour told | three hours told | found |"
                + " after | by |\n")
        .append("|--:|---|---|---|---|---|--:|---|\n");
    Map<Long, List<Outcome>> bySeed = ofEach(BacktestTest::outcomes);
    for (Long seed : SEEDS) {
      List<Outcome> outcomes = Objects.requireNonNull(bySeed.get(seed));
      for (Outcome outcome : outcomes) {
        text.append(
            String.format(
                Locale.ROOT,
                "| %d | %s | %s | %s | %s | %s | %d min | %s |\n",
                seed,
                outcome.incident().kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                minute(outcome.incident().start()),
                minute(outcome.begun()),
                minute(outcome.readable()),
                minute(outcome.found()),
                outcome.delay().toMinutes(),
                outcome.by().part().dimensions().stream()
                    .map(GroupBy::id)
                    .collect(Collectors.joining(" and "))));
      }
      assertFound(outcomes);
    }
  }

  private static String minute(Instant instant) {
    return instant.toString().substring(0, 16).replace('T', ' ');
  }

  private static void falseAlarms(StringBuilder text) {
    text.append("\n## A year in which nothing goes wrong\n\n| organization | found |");
    text.append(" of the organization | of projects | of keys | of models | of a key's models |\n");
    text.append("|--:|--:|--:|--:|--:|--:|--:|\n");
    Map<Long, List<Finding>> bySeed = ofEach(seed -> alarms(seed, Duration.ofDays(365)));
    for (Long seed : SEEDS) {
      List<Finding> alarms = Objects.requireNonNull(bySeed.get(seed));
      text.append("| ").append(seed).append(" | ").append(alarms.size()).append(" |");
      for (Set<GroupBy> kind : KINDS) {
        long count = alarms.stream().filter(each -> each.part().dimensions().equals(kind)).count();
        text.append(" ").append(count).append(" |");
      }
      text.append("\n");
      assertThat(alarms.size()).as("seed %d: a week", seed).isLessThanOrEqualTo(52);
    }
  }
}

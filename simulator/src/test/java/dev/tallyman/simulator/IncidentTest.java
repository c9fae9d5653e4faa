package dev.tallyman.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.price.Catalogue;
import dev.tallyman.core.price.Estimator;
import dev.tallyman.core.price.Rates;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.UsageRow;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class IncidentTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final Estimator ESTIMATOR = new Estimator(Catalogue.builtIn(), Rates.NONE);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 20, 4711})
  void thereAreSixOfFourKindsInTheLastTwelveWeeks(long seed) {
    Simulator simulator = Simulator.builder(InstantSource.fixed(NOW)).seed(seed).build();
    List<Incident> incidents = simulator.incidents();
    assertThat(incidents).as("seed %d", seed).hasSize(6);
    assertThat(EnumSet.copyOf(incidents.stream().map(Incident::kind).toList()))
        .isEqualTo(EnumSet.allOf(Incident.Kind.class));
    assertThat(incidents)
        .allSatisfy(i -> assertThat(i.start()).isBetween(NOW.minus(Duration.ofDays(84)), NOW))
        .allSatisfy(i -> assertThat(i.end()).isAfter(i.start()))
        .isSortedAccordingTo((a, b) -> a.start().compareTo(b.start()));
    assertThat(simulator.incidents(NOW, NOW.plus(Duration.ofDays(84)))).hasSize(6);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 20, 4711})
  void eachShowsInTheSpendOfWhomItConcerns(long seed) {
    Simulator simulator = Simulator.builder(InstantSource.fixed(NOW)).seed(seed).build();
    for (Incident incident : simulator.incidents()) {
      Predicate<UsageRow> concerned =
          row ->
              incident.project().equals(row.get(Dimension.PROJECT))
                  && incident
                      .apiKey()
                      .map(key -> key.equals(row.get(Dimension.API_KEY)))
                      .orElse(true);
      BigDecimal then = spend(simulator, incident.start(), incident.end(), concerned);
      Duration week = Duration.ofDays(7);
      BigDecimal before =
          spend(simulator, incident.start().minus(week), incident.end().minus(week), concerned);
      int percent =
          switch (incident.kind()) {
            case RUNAWAY_KEY -> 800;
            case DEAR_MODEL, BATCH_TO_SYNC -> 125;
            case CACHE_LOST -> 160;
          };
      assertThat(then.multiply(BigDecimal.valueOf(100)))
          .as("seed %d: %s, before %s, then %s", seed, incident, before, then)
          .isGreaterThan(before.multiply(BigDecimal.valueOf(percent)));
    }
  }

  private static BigDecimal spend(
      Simulator simulator, Instant from, Instant to, Predicate<UsageRow> concerned) {
    BigDecimal sum = BigDecimal.ZERO;
    for (Instant hour = from; hour.isBefore(to); hour = hour.plus(Duration.ofHours(1))) {
      LocalDate day = hour.atOffset(ZoneOffset.UTC).toLocalDate();
      for (UsageRow row : simulator.truthUsage(Known.COMPLETIONS, hour).rows()) {
        if (concerned.test(row)) {
          sum = sum.add(ESTIMATOR.estimate(Known.COMPLETIONS, row, day).usd());
        }
      }
    }
    return sum;
  }

  @Test
  void batchWorkRunsAsPlainCallsWhileItIsMoved() {
    Simulator simulator = Simulator.builder(InstantSource.fixed(NOW)).build();
    Incident moved =
        simulator.incidents().stream()
            .filter(i -> i.kind() == Incident.Kind.BATCH_TO_SYNC)
            .findAny()
            .orElseThrow();
    Predicate<UsageRow> concerned =
        row ->
            moved.apiKey().equals(Optional.ofNullable(row.get(Dimension.API_KEY)))
                && moved.model().equals(row.get(Dimension.MODEL));
    assertThat(
            spend(
                simulator,
                moved.start(),
                moved.end(),
                concerned.and(row -> "true".equals(row.get(Dimension.BATCH)))))
        .isZero();
    assertThat(
            spend(
                simulator,
                moved.start(),
                moved.end(),
                concerned.and(row -> "false".equals(row.get(Dimension.BATCH)))))
        .isPositive();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 20})
  void anOrganizationWithoutThemDiffersInNothingElse(long seed) {
    var builder = Simulator.builder(InstantSource.fixed(NOW)).seed(seed);
    Simulator with = builder.build();
    Simulator without = builder.incidents(false).build();
    assertThat(without.incidents()).isEmpty();
    Incident first = with.incidents().getFirst();
    for (int hour = -48; hour < 0; hour++) {
      Instant before = first.start().plus(Duration.ofHours(hour));
      assertThat(without.truthUsage(Known.COMPLETIONS, before))
          .as("seed %d", seed)
          .isEqualTo(with.truthUsage(Known.COMPLETIONS, before));
    }
    assertThat(without.truthUsage(Known.COMPLETIONS, first.start().plus(Duration.ofHours(1))))
        .as("seed %d", seed)
        .isNotEqualTo(with.truthUsage(Known.COMPLETIONS, first.start().plus(Duration.ofHours(1))));
    LocalDate day = first.start().atOffset(ZoneOffset.UTC).toLocalDate();
    assertThat(without.truthCosts(day.minusDays(3)).rows())
        .as("seed %d, what no usage shows included", seed)
        .isEqualTo(with.truthCosts(day.minusDays(3)).rows());
  }
}

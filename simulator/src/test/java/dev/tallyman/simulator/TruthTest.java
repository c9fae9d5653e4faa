package dev.tallyman.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.usage.Bucket;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.UsageRow;
import dev.tallyman.core.usage.Width;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TruthTest {
  private static final Instant NOW = Instant.parse("2026-11-20T14:37:21Z");
  // A Wednesday.
  private static final Instant NOON = Instant.parse("2026-11-18T12:00:00Z");

  private static Simulator simulator(long seed) {
    return Simulator.builder(InstantSource.fixed(NOW)).seed(seed).build();
  }

  private static List<UsageRow> rows(
      World world, Weather weather, Known endpoint, long from, long to) {
    var usage = new Usage(world, weather, endpoint, EnumSet.copyOf(endpoint.groupings()), Map.of());
    return UsageRows.of(endpoint, usage.rows(from, to));
  }

  private static long minute(Instant instant) {
    return instant.getEpochSecond() / 60;
  }

  @ParameterizedTest
  @EnumSource(Known.class)
  void equalSeedsAgreeAndOthersDoNot(Known endpoint) {
    assertThat(simulator(7).truthUsage(endpoint, NOON))
        .isEqualTo(simulator(7).truthUsage(endpoint, NOON))
        .isNotEqualTo(simulator(8).truthUsage(endpoint, NOON));
    assertThat(simulator(7).truthCosts(LocalDate.of(2026, 11, 1)))
        .isEqualTo(simulator(7).truthCosts(LocalDate.of(2026, 11, 1)))
        .isNotEqualTo(simulator(8).truthCosts(LocalDate.of(2026, 11, 1)));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 20, 4711})
  void anHourIsTheSumOfItsMinutesAndADayThatOfItsHours(long seed) {
    World world = World.standard(seed);
    Weather settled = Weather.settled(seed);
    long day = minute(NOON) / 1440 * 1440;
    for (Known endpoint : Known.values()) {
      var hours = new ArrayList<UsageRow>();
      for (long hour = day; hour < day + 1440; hour += 60) {
        List<UsageRow> whole = rows(world, settled, endpoint, hour, hour + 60);
        var minutes = new ArrayList<UsageRow>();
        for (long minute = hour; minute < hour + 60; minute++) {
          List<UsageRow> part = rows(world, settled, endpoint, minute, minute + 1);
          if (endpoint == Known.VECTOR_STORES) {
            assertThat(part).as("bytes are a gauge, seed %d", seed).isEqualTo(whole);
          }
          minutes.addAll(part);
        }
        if (endpoint != Known.VECTOR_STORES) {
          assertThat(Bucket.merged(minutes)).as("%s, seed %d", endpoint, seed).isEqualTo(whole);
        }
        hours.addAll(whole);
      }
      List<UsageRow> whole = rows(world, settled, endpoint, day, day + 1440);
      if (endpoint == Known.VECTOR_STORES) {
        for (UsageRow row : Bucket.merged(hours)) {
          assertThat(whole)
              .contains(
                  row.toBuilder().set(Quantity.BYTES, row.orZero(Quantity.BYTES) / 24).build());
        }
      } else {
        assertThat(whole).as("%s, seed %d", endpoint, seed).isEqualTo(Bucket.merged(hours));
      }
    }
  }

  @Test
  void theCurrentHourHoldsItsElapsedMinutes() {
    World world = World.standard(20);
    long hour = minute(NOON);
    for (Known endpoint : EnumSet.complementOf(EnumSet.of(Known.VECTOR_STORES))) {
      var now = new Weather(20, Set.of(), NOON.plus(Duration.ofSeconds(37 * 60 + 20)));
      assertThat(rows(world, now, endpoint, hour, hour + 60))
          .isEqualTo(rows(world, Weather.settled(20), endpoint, hour, hour + 37));
    }
    var later = new Weather(20, Set.of(), NOON.plus(Duration.ofMinutes(60)));
    assertThat(rows(world, later, Known.COMPLETIONS, hour, hour + 60))
        .isEqualTo(rows(world, Weather.settled(20), Known.COMPLETIONS, hour, hour + 60));
  }

  @Test
  void aRowWithoutRequestsHasNoTokens() {
    World world = World.standard(20);
    for (long minute = minute(NOON); minute < minute(NOON) + 60; minute++) {
      assertThat(rows(world, Weather.settled(20), Known.COMPLETIONS, minute, minute + 1))
          .allSatisfy(row -> assertThat(row.orZero(Quantity.MODEL_REQUESTS)).isPositive());
    }
  }

  @Test
  void theWeekHasARhythmAndTheYearGrows() {
    Simulator simulator = simulator(20);
    long office = requests(simulator, NOON.minus(Duration.ofHours(1)));
    assertThat(office)
        .isGreaterThan(3 * requests(simulator, Instant.parse("2026-11-18T05:00:00Z")));
    assertThat(office).isGreaterThan(requests(simulator, Instant.parse("2026-11-15T11:00:00Z")));
    assertThat(weekOfChat(simulator, Instant.parse("2026-11-09T00:00:00Z")))
        .isGreaterThan(weekOfChat(simulator, Instant.parse("2026-08-10T00:00:00Z")) * 11 / 10);
  }

  private static long requests(Simulator simulator, Instant hour) {
    return simulator.truthUsage(Known.COMPLETIONS, hour).rows().stream()
        .filter(row -> "false".equals(row.get(Dimension.BATCH)))
        .mapToLong(row -> row.orZero(Quantity.MODEL_REQUESTS))
        .sum();
  }

  private static long weekOfChat(Simulator simulator, Instant from) {
    long sum = 0;
    for (int hour = 0; hour < 168; hour++) {
      sum +=
          simulator.truthUsage(Known.COMPLETIONS, from.plus(Duration.ofHours(hour))).rows().stream()
              .filter(row -> "gpt-5.6-luna".equals(row.get(Dimension.MODEL)))
              .mapToLong(row -> row.orZero(Quantity.MODEL_REQUESTS))
              .sum();
    }
    return sum;
  }

  @Test
  void aWeekHasEveryKindOfTraffic() {
    Simulator simulator = simulator(20);
    Set<String> models = new HashSet<>();
    Set<String> tiers = new HashSet<>();
    Set<String> batch = new HashSet<>();
    Set<String> keys = new HashSet<>();
    long cached = 0;
    long written = 0;
    for (int hour = 0; hour < 168; hour++) {
      Instant start = Instant.parse("2026-11-09T00:00:00Z").plus(Duration.ofHours(hour));
      for (Known endpoint : Known.values()) {
        for (UsageRow row : simulator.truthUsage(endpoint, start).rows()) {
          add(models, row.get(Dimension.MODEL));
          add(tiers, row.get(Dimension.SERVICE_TIER));
          add(batch, row.get(Dimension.BATCH));
          add(keys, row.get(Dimension.API_KEY));
          cached += row.orZero(Quantity.INPUT_CACHED_TOKENS);
          written += row.orZero(Quantity.INPUT_CACHE_WRITE_TOKENS);
        }
      }
    }
    assertThat(models).hasSize(20);
    assertThat(tiers)
        .containsExactlyInAnyOrder("default", "flex", "priority", "data sharing incentive tier");
    assertThat(batch).containsExactlyInAnyOrder("true", "false");
    assertThat(keys).hasSizeGreaterThan(35);
    assertThat(cached).isPositive();
    assertThat(written).isPositive();
  }

  private static void add(Set<String> seen, @Nullable String value) {
    if (value != null) {
      seen.add(value);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 20})
  void theComplimentaryPoolsAreUsedUpOnSomeDaysOnly(long seed) {
    Simulator simulator = simulator(seed);
    String sharing = simulator.sharingProject().orElseThrow();
    var crossed = new TreeMap<String, Integer>();
    for (int day = 0; day < 56; day++) {
      LocalDate date = LocalDate.of(2026, 9, 21).plusDays(day);
      var free = new TreeMap<String, Long>();
      var paid = new TreeMap<String, Long>();
      for (int hour = 0; hour < 24; hour++) {
        Instant start = date.atStartOfDay(ZoneOffset.UTC).plusHours(hour).toInstant();
        for (UsageRow row : simulator.truthUsage(Known.COMPLETIONS, start).rows()) {
          if (sharing.equals(row.get(Dimension.PROJECT))) {
            boolean complimentary = World.INCENTIVE.equals(row.get(Dimension.SERVICE_TIER));
            (complimentary ? free : paid)
                .merge(
                    ChargesTest.text(row.get(Dimension.MODEL)),
                    row.orZero(Quantity.INPUT_TOKENS) + row.orZero(Quantity.OUTPUT_TOKENS),
                    Long::sum);
          }
        }
      }
      assertThat(free.getOrDefault("gpt-4.1-2025-04-14", 0L)).isLessThanOrEqualTo(1_000_000);
      assertThat(free.getOrDefault("gpt-5-mini-2025-08-07", 0L)).isLessThanOrEqualTo(10_000_000);
      paid.keySet().forEach(model -> crossed.merge(model, 1, Integer::sum));
    }
    assertThat(crossed.values()).as("seed %d: %s", seed, crossed).hasSize(2);
    assertThat(crossed.values())
        .as("seed %d: %s", seed, crossed)
        .allSatisfy(days -> assertThat(days).isBetween(5, 38));
  }

  @Test
  void aSizedOrganizationHasExactlyTheRowsAskedFor() {
    Simulator simulator = Simulator.builder(InstantSource.fixed(NOW)).size(Size.LARGE).build();
    Set<String> keys = new HashSet<>();
    Set<String> models = new HashSet<>();
    for (int hour = 0; hour < 30; hour++) {
      Instant start = NOON.minus(Duration.ofHours(hour));
      for (Known endpoint : Known.values()) {
        Bucket bucket = simulator.truthUsage(endpoint, start);
        assertThat(bucket.rows())
            .as(endpoint.id())
            .hasSize(endpoint == Known.COMPLETIONS ? 500 : 50);
        for (UsageRow row : bucket.rows()) {
          add(keys, row.get(Dimension.API_KEY));
          add(models, row.get(Dimension.MODEL));
        }
      }
    }
    assertThat(keys).hasSize(600);
    assertThat(models).hasSizeGreaterThanOrEqualTo(10);
    Simulator wide =
        Simulator.builder(InstantSource.fixed(NOW)).size(new Size(200, 3, 10, 5_000, 50)).build();
    assertThat(wide.truthUsage(Known.COMPLETIONS, NOON).rows()).hasSize(5_000);
    assertThat(wide.incidents()).isEmpty();
    assertThat(wide.truthCosts(LocalDate.of(2026, 11, 1)).rows()).hasSizeGreaterThan(5_000);
  }

  @Test
  void bucketsOfTheTruthAreAligned() {
    Bucket bucket = simulator(20).truthUsage(Known.EMBEDDINGS, NOON);
    assertThat(bucket.width()).isEqualTo(Width.HOUR);
    assertThat(bucket.start()).isEqualTo(NOON);
  }
}

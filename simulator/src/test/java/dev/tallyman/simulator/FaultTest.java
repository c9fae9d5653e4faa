package dev.tallyman.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParseException;
import dev.tallyman.core.store.MovableClock;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.CostRow;
import dev.tallyman.core.usage.Decimals;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.UsageRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FaultTest {
  private static final Instant NOW = Instant.parse("2026-11-20T14:37:21Z");
  private static final Instant HOUR = Instant.parse("2026-11-18T11:00:00Z");
  private static final long SEED = 20;

  @Test
  void aListNamesThem() {
    assertThat(Fault.parse("all")).containsExactly(Fault.values());
    assertThat(Fault.parse("none")).isEmpty();
    assertThat(Fault.parse("late, rate-limit,PAGE_TOKEN"))
        .containsExactly(Fault.LATE, Fault.RATE_LIMIT, Fault.PAGE_TOKEN);
    assertThatThrownBy(() -> Fault.parse("late,rain"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'rain'")
        .hasMessageContaining("server-error");
  }

  /** An hour as it is told when so much time has passed since it ended. */
  private static List<UsageRow> told(
      Known endpoint, Instant hour, Duration since, Set<Fault> faults) {
    long from = hour.getEpochSecond() / 60;
    var weather = new Weather(SEED, faults, hour.plus(Duration.ofHours(1)).plus(since));
    var usage =
        new Usage(
            World.standard(SEED),
            weather,
            endpoint,
            EnumSet.copyOf(endpoint.groupings()),
            Map.of());
    return UsageRows.of(endpoint, usage.rows(from, from + 60));
  }

  private static List<UsageRow> truth(Known endpoint, Instant hour) {
    return Simulator.builder(InstantSource.fixed(NOW))
        .seed(SEED)
        .build()
        .truthUsage(endpoint, hour)
        .rows();
  }

  private static long requests(List<UsageRow> rows) {
    return rows.stream().mapToLong(row -> row.orZero(Quantity.MODEL_REQUESTS)).sum();
  }

  @ParameterizedTest
  @EnumSource(Known.class)
  void whateverGoesWrongTheTruthIsReachedInTwoDays(Known endpoint) {
    Set<Fault> all = EnumSet.allOf(Fault.class);
    int wrong = 0;
    for (int i = 0; i < 24; i++) {
      Instant hour = HOUR.minus(Duration.ofHours(i));
      List<UsageRow> truth = truth(endpoint, hour);
      assertThat(told(endpoint, hour, Duration.ofDays(2), all)).isEqualTo(truth);
      wrong += told(endpoint, hour, Duration.ofHours(1), all).equals(truth) ? 0 : 1;
    }
    assertThat(wrong).isPositive();
  }

  @Test
  void lateUsageArrivesWithinSixHoursAndNothingIsTakenBack() {
    List<UsageRow> truth = truth(Known.COMPLETIONS, HOUR);
    long before = 0;
    for (int minutes = 0; minutes <= 360; minutes += 15) {
      long seen =
          requests(told(Known.COMPLETIONS, HOUR, Duration.ofMinutes(minutes), Set.of(Fault.LATE)));
      assertThat(seen).isGreaterThanOrEqualTo(before).isLessThanOrEqualTo(requests(truth));
      if (minutes == 0) {
        assertThat(seen).isLessThan(requests(truth) * 99 / 100);
      }
      before = seen;
    }
    assertThat(told(Known.COMPLETIONS, HOUR, Duration.ofHours(6), Set.of(Fault.LATE)))
        .isEqualTo(truth);
  }

  @Test
  void usageIsRestatedUpAndDown() {
    var truth = byDimensions(truth(Known.COMPLETIONS, HOUR));
    var first = byDimensions(told(Known.COMPLETIONS, HOUR, Duration.ZERO, Set.of(Fault.RESTATED)));
    assertThat(first.keySet()).isEqualTo(truth.keySet());
    int up = 0;
    int down = 0;
    for (Map.Entry<String, Long> entry : truth.entrySet()) {
      int order = entry.getValue().compareTo(first.getOrDefault(entry.getKey(), 0L));
      up += order > 0 ? 1 : 0;
      down += order < 0 ? 1 : 0;
    }
    assertThat(up).isPositive();
    assertThat(down).isPositive();
    assertThat(up + down).isLessThan(truth.size() / 2);
  }

  private static Map<String, Long> byDimensions(List<UsageRow> rows) {
    var tokens = new TreeMap<String, Long>();
    for (UsageRow row : rows) {
      var dimensions = new StringBuilder();
      for (Dimension dimension : Dimension.values()) {
        dimensions.append(row.get(dimension)).append('/');
      }
      tokens.put(dimensions.toString(), row.orZero(Quantity.INPUT_TOKENS));
    }
    return tokens;
  }

  @Test
  void unknownDimensionsAreNullAndNothingIsLost() {
    boolean modelless = false;
    for (int i = 0; i < 24; i++) {
      Instant hour = HOUR.minus(Duration.ofHours(i));
      List<UsageRow> told = told(Known.COMPLETIONS, hour, Duration.ZERO, Set.of(Fault.NULLS));
      assertThat(requests(told)).isEqualTo(requests(truth(Known.COMPLETIONS, hour)));
      modelless |= told.stream().anyMatch(row -> row.get(Dimension.MODEL) == null);
    }
    assertThat(modelless).isTrue();
  }

  @Test
  void chargesAreLateAndRestatedButSettle() {
    var charges = new Charges(World.standard(SEED));
    LocalDate day = LocalDate.of(2026, 11, 17);
    Instant end = day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    CostDay truth = charges.day(day.toEpochDay(), Weather.settled(SEED));
    var early = new Weather(SEED, EnumSet.allOf(Fault.class), end.plus(Duration.ofHours(2)));
    var settled = new Weather(SEED, EnumSet.allOf(Fault.class), end.plus(Duration.ofDays(2)));
    assertThat(charges.day(day.toEpochDay(), early)).isNotEqualTo(truth);
    assertThat(charges.day(day.toEpochDay(), settled)).isEqualTo(truth);
    for (CostRow row : charges.day(day.toEpochDay(), early).rows()) {
      assertThat(truth.rows()).anySatisfy(other -> assertThat(row.compareTo(other)).isZero());
    }
  }

  private static Simulator started(InstantSource clock, Fault... faults) throws IOException {
    return Simulator.builder(clock)
        .faults(Set.of(faults))
        .hang(Duration.ofMillis(20))
        .build()
        .start();
  }

  private static Web.Page ask(Web web, String pathAndQuery) {
    return web.get("/organization" + pathAndQuery, "Authorization", "Bearer sk-admin-x");
  }

  @Test
  void bucketsAreMissingAtTimesWhileTheyAreYoung() throws IOException {
    var clock = new MovableClock(NOW);
    long start = Instant.parse("2026-11-15T00:00:00Z").getEpochSecond();
    try (var simulator = started(clock, Fault.MISSING);
        var web = new Web(simulator.baseUrl())) {
      var seen = new ArrayList<Integer>();
      for (int i = 0; i < 12; i++) {
        List<Map<String, Object>> buckets =
            ask(
                    web,
                    "/usage/completions?bucket_width=1h&limit=168&start_time="
                        + start
                        + "&end_time="
                        + (start + 5 * 86_400))
                .data();
        seen.add(buckets.size());
        assertThat(buckets.stream().filter(b -> Web.number(b, "end_time") < start + 2 * 86_400))
            .hasSize(47);
        clock.advance(Duration.ofMinutes(20));
      }
      assertThat(seen).anyMatch(size -> size < 120).allMatch(size -> size > 90);
      clock.advance(Duration.ofDays(2));
      assertThat(
              ask(
                      web,
                      "/usage/completions?bucket_width=1h&limit=168&start_time="
                          + start
                          + "&end_time="
                          + (start + 5 * 86_400))
                  .data())
          .hasSize(120);
    }
  }

  /** What came of a request, in a word. */
  private static String outcome(Web web, String path) {
    try {
      Web.Page page = ask(web, path);
      if (page.status() == 200) {
        page.json();
        return "answered";
      }
      if (page.status() == 429) {
        assertThat(page.error()).containsKeys("message", "type", "param", "code");
        return "429 "
            + page.error().get("code")
            + page.response().headers().firstValue("retry-after").map(s -> " " + s).orElse("");
      }
      return Integer.toString(page.status());
    } catch (UncheckedIOException e) {
      return e.getCause() instanceof JsonParseException ? "cut" : "broken";
    }
  }

  @Test
  void requestsFailInEveryWayButNeverThriceInARow() throws IOException {
    try (var simulator = started(InstantSource.fixed(NOW), Fault.values());
        var web = new Web(simulator.baseUrl())) {
      var outcomes = new TreeMap<String, Integer>();
      int failures = 0;
      String path = "/usage/embeddings?start_time=" + (NOW.getEpochSecond() - 7200);
      for (int i = 0; i < 700; i++) {
        String outcome = outcome(web, path);
        outcomes.merge(outcome, 1, Integer::sum);
        failures = outcome.equals("answered") ? 0 : failures + 1;
        assertThat(failures).as("request %d: %s", i, outcome).isLessThan(3);
      }
      assertThat(outcomes)
          .containsOnlyKeys(
              "answered",
              "429 rate_limit_exceeded",
              "429 rate_limit_exceeded 1",
              "429 insufficient_quota",
              "500",
              "502",
              "503",
              "404",
              "cut",
              "broken");
      assertThat(outcomes.getOrDefault("answered", 0)).isGreaterThan(500);
    }
  }

  @Test
  void aHangingRequestIsLetGoWhenTheServerStops() throws IOException {
    var simulator =
        Simulator.builder(InstantSource.fixed(NOW))
            .faults(Set.of(Fault.HANG))
            .hang(Duration.ofMinutes(10))
            .build()
            .start();
    try (var web = new Web(simulator.baseUrl());
        simulator) {
      String path = "/usage/embeddings?start_time=" + (NOW.getEpochSecond() - 7200);
      var asking =
          Thread.ofVirtual()
              .start(() -> {
                String outcome = "answered";
                while (outcome.equals("answered")) {
                  outcome = outcome(web, path);
                }
              });
      while (!simulator.hangs()) {
        Thread.onSpinWait();
      }
      simulator.close();
      assertThat(join(asking)).isTrue();
    }
  }

  private static boolean join(Thread thread) {
    try {
      return thread.join(Duration.ofSeconds(30));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Test
  void amountsAreTheSameHoweverTheyAreWritten() throws IOException {
    LocalDate day = LocalDate.of(2026, 11, 12);
    long start = day.atStartOfDay(ZoneOffset.UTC).toEpochSecond();
    try (var simulator = started(InstantSource.fixed(NOW), Fault.DECIMALS);
        var web = new Web(simulator.baseUrl())) {
      int unreadable = 0;
      for (int i = 0; i < 120; i++) {
        List<Map<String, Object>> results =
            ask(
                    web,
                    "/costs?limit=1&group_by=project_id,line_item,api_key_id&start_time="
                        + start
                        + "&end_time="
                        + (start + 86_400))
                .results();
        try {
          var rows = new ArrayList<CostRow>();
          for (Map<String, Object> result : results) {
            rows.add(cost(result));
          }
          assertThat(CostDay.of(day, rows)).isEqualTo(simulator.truthCosts(day));
        } catch (NumberFormatException _) {
          unreadable++;
        }
      }
      assertThat(unreadable).isBetween(1, 24);
    }
  }

  private static CostRow cost(Map<String, Object> result) {
    Object quantity = result.get("quantity");
    return new CostRow(
        text(result.get("project_id")),
        text(result.get("line_item")),
        text(result.get("api_key_id")),
        decimal(Web.value(Web.map(result, "amount"), "value")),
        "usd",
        quantity == null ? null : decimal(quantity),
        text(result.get("quantity_unit")));
  }

  private static BigDecimal decimal(Object value) {
    return Decimals.parse(value.toString());
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  @Test
  void pageTokensAreRefusedOrPointlessAtTimes() throws IOException {
    long start = Instant.parse("2026-11-10T00:00:00Z").getEpochSecond();
    String query = "/costs?limit=2&start_time=" + start + "&end_time=" + (start + 2 * 86_400);
    try (var simulator = started(InstantSource.fixed(NOW), Fault.PAGE_TOKEN);
        var web = new Web(simulator.baseUrl())) {
      int pointless = 0;
      int refused = 0;
      for (int i = 0; i < 80; i++) {
        Web.Page whole = ask(web, query);
        pointless += Boolean.TRUE.equals(whole.json().get("has_more")) ? 1 : 0;
        Web.Page first = ask(web, query.replace("limit=2", "limit=1"));
        Web.Page second =
            ask(
                web,
                query.replace("limit=2", "limit=1")
                    + "&page="
                    + Web.value(first.json(), "next_page"));
        refused += second.status() == 400 ? 1 : 0;
      }
      assertThat(pointless).isBetween(1, 40);
      assertThat(refused).isBetween(1, 40);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void equalSeedsFailAlike(long seed) throws IOException {
    String path = "/usage/images?start_time=" + (NOW.getEpochSecond() - 7200);
    var outcomes = new ArrayList<List<String>>();
    for (int run = 0; run < 2; run++) {
      try (var simulator =
              Simulator.builder(InstantSource.fixed(NOW))
                  .seed(seed)
                  .faults(EnumSet.allOf(Fault.class))
                  .hang(Duration.ofMillis(1))
                  .build()
                  .start();
          var web = new Web(simulator.baseUrl())) {
        var seen = new ArrayList<String>();
        for (int i = 0; i < 60; i++) {
          seen.add(outcome(web, path));
        }
        outcomes.add(seen);
      }
    }
    assertThat(outcomes.getFirst()).isEqualTo(outcomes.getLast());
  }
}

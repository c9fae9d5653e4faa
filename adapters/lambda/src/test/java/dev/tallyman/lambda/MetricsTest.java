package dev.tallyman.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tallyman.core.store.MovableClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class MetricsTest {
  /** Those of the units of the PutMetricData API that are used here. */
  private static final Set<String> UNITS = Set.of("Seconds", "Milliseconds", "Count");

  private final MovableClock clock = MovableClock.at("2026-11-21T09:30:00Z");
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final Metrics metrics =
      new Metrics(
          new Log(new PrintStream(written, true, StandardCharsets.UTF_8), clock),
          "tallyman",
          clock);

  @Test
  void oneValueIsThisLine() throws IOException {
    metrics.event(
        Log.Level.INFO, "request", Map.of(Metric.API_MILLISECONDS, 12L), Map.of("route", "/"));

    assertThat(JSON.std.anyFrom(written.toString(StandardCharsets.UTF_8)))
        .isEqualTo(
            JSON.std.anyFrom(
                """
                {
                  "timestamp": "2026-11-21T09:30:00Z",
                  "level": "INFO",
                  "event": "request",
                  "_aws": {
                    "Timestamp": 1795253400000,
                    "CloudWatchMetrics": [
                      {
                        "Namespace": "Tallyman",
                        "Dimensions": [["Stack"]],
                        "Metrics": [{"Name": "ApiMilliseconds", "Unit": "Milliseconds"}]
                      }
                    ]
                  },
                  "Stack": "tallyman",
                  "ApiMilliseconds": 12,
                  "route": "/"
                }
                """));
  }

  /** What the specification says with "must", of a line that has everything in it. */
  @Test
  void theLineIsWhatTheSpecificationWants() throws IOException {
    var values = new EnumMap<Metric, BigDecimal>(Metric.class);
    for (Metric metric : Metric.values()) {
      values.put(metric, new BigDecimal("0.001"));
    }
    metrics.event(Log.Level.ERROR, "all", values, Map.of());
    Map<?, ?> root = JSON.std.mapFrom(written.toString(StandardCharsets.UTF_8));
    Map<?, ?> metadata = map(member(root, "_aws"));
    List<?> directives = list(member(metadata, "CloudWatchMetrics"));

    assertThat(metadata.get("Timestamp")).isInstanceOf(Long.class);
    assertThat(directives).hasSize(1);
    Map<?, ?> directive = map(directives.getFirst());
    assertThat(member(directive, "Namespace").toString()).hasSizeBetween(1, 1024);
    for (Object dimensions : list(member(directive, "Dimensions"))) {
      assertThat(list(dimensions))
          .hasSize(1)
          .allSatisfy(name -> assertThat(root.get(name)).isInstanceOf(String.class));
    }
    assertThat(list(member(directive, "Metrics")))
        .hasSize(Metric.values().length)
        .hasSizeLessThanOrEqualTo(100)
        .allSatisfy(definition -> {
          String name = member(map(definition), "Name").toString();
          assertThat(name).hasSizeBetween(1, 1024);
          assertThat(UNITS).contains(member(map(definition), "Unit").toString());
          assertThat(root.get(name)).isInstanceOf(Number.class);
        });
  }

  @Test
  void noMoreAreCountedThanCostNothing() {
    assertThat(Metric.values()).hasSizeLessThanOrEqualTo(10);
  }

  private static Object member(Map<?, ?> of, String name) {
    Object member = of.get(name);
    if (member == null) {
      throw new AssertionError("no " + name + " in " + of);
    }
    return member;
  }

  private static Map<?, ?> map(Object value) {
    return (Map<?, ?>) value;
  }

  private static List<?> list(Object value) {
    return (List<?>) value;
  }
}

package dev.tallyman.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.api.message.Response;
import dev.tallyman.api.metrics.Exposition;
import dev.tallyman.api.metrics.Prometheus;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.settings.SettingsStore;
import dev.tallyman.core.spend.Spend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PrometheusTest {
  private static final String OPEN = "application/openmetrics-text; version=1.0.0; charset=utf-8";
  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
  private static final String SCRAPER =
      "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;"
          + "q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

  @Test
  void whatIsToldIsWhatWasAgreed() {
    assertThat(Asking.text(scraped(populated(), "*/*"))).isEqualTo(golden());
  }

  @ParameterizedTest
  @ValueSource(strings = {"*/*", SCRAPER})
  void eachFormIsOneThatPrometheusReads(String accept) {
    Response response = scraped(populated(), accept);
    assertThat(response.header("Content-Type")).contains(accept.equals(SCRAPER) ? OPEN : TEXT);
    assertThat(parsed(Asking.text(response), accept.equals(SCRAPER))).hasSizeGreaterThan(50);
  }

  @Test
  void bothFormsSayTheSame() {
    Fixture fixture = populated();
    assertThat(parsed(Asking.text(scraped(fixture, SCRAPER)), true))
        .isEqualTo(parsed(Asking.text(scraped(fixture, "text/plain")), false));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "cost;month;tallyman_cost_usd;",
        "cost;day;tallyman_cost_usd;",
        "billed;month;tallyman_spend_usd;source=billed",
        "estimated;day;tallyman_spend_usd;source=estimated"
      })
  void spendIsWhatTheQuerySays(String metric, String window, String name, String source) {
    Fixture fixture = populated();
    var expected = new TreeMap<String, BigDecimal>();
    series(fixture, metric, "project", window)
        .forEach((project, total) -> expected.put(project, new BigDecimal(total)));
    assertThat(expected).isNotEmpty();

    var told = new TreeMap<String, BigDecimal>();
    parsed(Asking.text(scraped(fixture, "*/*")), false)
        .forEach((sample, value) -> {
          if (sample.name().equals(name)
              && window.equals(sample.labels().get("window"))
              && (source == null || metric.equals(sample.labels().get("source")))) {
            told.put(label(sample, "project"), value);
          }
        });
    assertThat(told).isEqualTo(expected);
  }

  @Test
  void typesOfTokensAddUpToAllOfThem() {
    Fixture fixture = populated();
    var told = new TreeMap<String, BigDecimal>();
    parsed(Asking.text(scraped(fixture, "*/*")), false)
        .forEach((sample, value) -> {
          if (sample.name().equals("tallyman_usage_tokens")) {
            told.merge(label(sample, "model"), value, BigDecimal::add);
          }
        });
    var expected = new TreeMap<String, BigDecimal>();
    series(fixture, "tokens", "model", "day")
        .forEach((model, total) -> expected.put(model, new BigDecimal(total)));
    assertThat(told).isEqualTo(expected);
  }

  @Test
  void aLargeLedgerHasBoundedSeriesAndCompleteSums() {
    var provider = new Provider(false);
    provider.crowd = 300;
    var fixture = new Fixture(provider).filledSince("2026-11-15T00:00:00Z");
    budgets(fixture, 300);
    Map<Sample, BigDecimal> told = parsed(Asking.text(scraped(fixture, "*/*")), false);

    assertThat(told).hasSizeBetween(2_000, 5_000);
    Map<String, Set<String>> values = new HashMap<>();
    told.keySet()
        .forEach(sample ->
            sample
                .labels()
                .forEach((label, value) ->
                    values.computeIfAbsent(label, _ -> new HashSet<>()).add(value)));
    assertThat(values.get("project")).hasSize(Prometheus.PROJECTS + 1).contains("other");
    assertThat(values.get("model")).hasSize(Prometheus.MODELS + 1).contains("other");
    assertThat(values.get("budget")).hasSize(Prometheus.BUDGETS);
    assertThat(values).doesNotContainKeys("key", "user");
    BigDecimal sum =
        told.entrySet().stream()
            .filter(each -> each.getKey().name().equals("tallyman_cost_usd"))
            .filter(each -> "month".equals(each.getKey().labels().get("window")))
            .map(Map.Entry::getValue)
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    assertThat(sum)
        .isEqualByComparingTo(
            Asking.member(query(fixture, "cost", "project", "month"), "total.total").toString());
    assertThat(told)
        .hasEntrySatisfying(
            new Sample(
                "tallyman_series_collapsed", Map.of("organization", "default", "label", "budget")),
            left -> assertThat(left).isEqualByComparingTo("102"));
  }

  @Test
  void labelsAreEscaped() {
    var out = new Exposition(false, "o");
    out.gauge("a_b", "Back\\slash and\nline.").sample(1, "x", "a\"b\\c\nd");
    String text = new String(out.bytes().toArray(), StandardCharsets.UTF_8);
    assertThat(text)
        .contains("# HELP a_b Back\\\\slash and\\nline.\n", "x=\"a\\\"b\\\\c\\nd\"} 1\n");
    assertThat(parsed(text, false).keySet().iterator().next().labels())
        .containsEntry("x", "a\"b\\c\nd");
  }

  @Test
  void jsonIsNotToldHere() {
    Response response = scraped(populated(), "application/json");
    assertThat(response.status()).isEqualTo(406);
    assertThat(Asking.member(response, "error.code")).isEqualTo("not_acceptable");
  }

  @Test
  void aScrapeNeedsATokenExceptOnThisMachine() {
    Fixture fixture = populated();
    assertThat(Asking.get("/metrics").send(fixture.routes).status()).isEqualTo(401);
    fixture.open(Set.of());
    assertThat(Asking.get("/metrics").fromThisMachine().send(fixture.routes).status())
        .isEqualTo(200);
  }

  @Test
  void whatIsSimulatedSaysSo() {
    var fixture = new Fixture(new Provider(true)).filledSince("2026-11-15T00:00:00Z");
    assertThat(Asking.text(scraped(fixture, "*/*")))
        .containsPattern("tallyman_build_info\\{.*simulated=\"true\"} 1");
  }

  /** A ledger that has something to say of every metric. */
  static Fixture populated() {
    var fixture = new Fixture().filledSince("2026-10-10T00:00:00Z");
    Asking.of("PUT", "/api/v1/settings")
        .token(Fixture.OPERATOR.text())
        .json(
            """
            {"budgets": {
              "team-a": {"metric": "cost", "limit": 50, "window": "month"},
              "calls": {"metric": "requests", "limit": 1000, "window": "month"}}}\
            """)
        .send(fixture.routes);
    Settings settings = new SettingsStore(fixture.store).load().settings();
    new Spend(fixture.store)
        .observe(
            "default",
            settings.usage(),
            settings.budgets(),
            settings.alerts().anomalyUsd(),
            fixture.clock.instant(),
            fixture.clock.instant().plusSeconds(60),
            fixture.clock);
    return fixture;
  }

  static String golden() {
    try (var in = Objects.requireNonNull(PrometheusTest.class.getResourceAsStream("metrics.txt"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static void budgets(Fixture fixture, int count) {
    var budgets = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      budgets.add(
          "\"b-" + i + "\": {\"metric\": \"estimated\", \"limit\": 5, \"window\": \"month\"}");
    }
    Response response =
        Asking.of("PUT", "/api/v1/settings")
            .token(Fixture.OPERATOR.text())
            .json("{\"budgets\": {" + String.join(",", budgets) + "}}")
            .send(fixture.routes);
    assertThat(response.status()).as(Asking.text(response)).isEqualTo(200);
  }

  private static Response scraped(Fixture fixture, String accept) {
    return Asking.get("/metrics")
        .token(Fixture.VIEWER.text())
        .with("Accept", accept)
        .send(fixture.routes);
  }

  private static Response query(Fixture fixture, String metric, String by, String window) {
    return Asking.get(
            "/api/v1/query?granularity=all&top=1000&metric="
                + metric
                + "&by="
                + by
                + "&since="
                + (window.equals("day") ? "today" : "mtd"))
        .token(Fixture.VIEWER.text())
        .send(fixture.routes);
  }

  private static Map<String, String> series(
      Fixture fixture, String metric, String by, String window) {
    var series = new LinkedHashMap<String, String>();
    for (Object each : (List<?>) Asking.member(query(fixture, metric, by, window), "series")) {
      var members = (Map<?, ?>) each;
      Object key = ((Map<?, ?>) Objects.requireNonNull(members.get("keys"))).get(by);
      series.put(key == null ? "(none)" : key.toString(), String.valueOf(members.get("total")));
    }
    return series;
  }

  private static String label(Sample sample, String name) {
    return Objects.requireNonNull(sample.labels().get(name));
  }

  record Sample(String name, Map<String, String> labels) {}

  private static final Pattern META = Pattern.compile("# (HELP|TYPE) ([a-z_]+) (.+)");
  private static final Pattern LINE = Pattern.compile("([a-z_]+)\\{(.*)} (-?[0-9]+(?:\\.[0-9]+)?)");
  private static final Pattern LABEL =
      Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\\\n]|\\\\[\\\\\"n])*)\"(,|$)");

  /** The samples of a text, which fails unless it keeps the rules of its form. */
  static Map<Sample, BigDecimal> parsed(String text, boolean open) {
    assertThat(text).endsWith(open ? "\n# EOF\n" : "\n");
    String body = open ? text.substring(0, text.length() - "# EOF\n".length()) : text;
    var samples = new LinkedHashMap<Sample, BigDecimal>();
    var families = new HashSet<String>();
    String family = "";
    String type = "";
    String helped = "";
    for (String line : body.lines().toList()) {
      Matcher meta = META.matcher(line);
      if (meta.matches()) {
        if (meta.group(1).equals("HELP")) {
          helped = meta.group(2);
          continue;
        }
        family = meta.group(2);
        type = meta.group(3);
        assertThat(family).as("has a help").isEqualTo(helped).doesNotEndWith("_total");
        assertThat(families.add(family)).as("%s comes once, in one piece", family).isTrue();
        assertThat(type).isIn(open ? List.of("gauge", "info") : List.of("gauge"));
        continue;
      }
      Matcher sample = LINE.matcher(line);
      assertThat(sample.matches()).as(line).isTrue();
      assertThat(sample.group(1)).isEqualTo(type.equals("info") ? family + "_info" : family);
      var labels = new TreeMap<String, String>();
      Matcher label = LABEL.matcher(sample.group(2));
      int end = 0;
      while (end < sample.group(2).length() && label.find(end) && label.start() == end) {
        String value = label.group(2).translateEscapes();
        assertThat(labels.put(label.group(1), value)).as(line).isNull();
        end = label.end();
      }
      assertThat(end).as(line).isEqualTo(sample.group(2).length());
      assertThat(labels).as(line).containsKey("organization").doesNotContainValue("");
      BigDecimal value = new BigDecimal(sample.group(3));
      assertThat(samples.put(new Sample(sample.group(1), Map.copyOf(labels)), value))
          .as("%s comes once", line)
          .isNull();
    }
    return samples;
  }
}

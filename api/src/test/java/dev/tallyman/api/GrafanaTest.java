package dev.tallyman.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tallyman.api.PrometheusTest.Sample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** grafana/tallyman.json asks for what /metrics tells, and for nothing else. */
final class GrafanaTest {
  private static final Pattern METRIC = Pattern.compile("(tallyman_[a-z_]+)(?:\\{([^}]*)})?");
  private static final Pattern MATCHER = Pattern.compile("([a-z_]+)(=~?)\"([^\"]*)\"");
  private static final Pattern BY = Pattern.compile("(?:by|on) \\(([^)]*)\\)");
  private static final Pattern LEGEND = Pattern.compile("\\{\\{([a-z_]+)}}");

  private final JsonNode dashboard = read();
  private final Map<String, Map<String, Set<String>>> told = told();

  @Test
  void everyMetricAndLabelIsTold() {
    List<String> expressions = expressions();
    assertThat(expressions).hasSizeGreaterThan(20);
    for (String expression : expressions) {
      var labels = new HashSet<String>();
      List<MatchResult> metrics = METRIC.matcher(expression).results().toList();
      assertThat(metrics).as(expression).isNotEmpty();
      for (MatchResult metric : metrics) {
        Map<String, Set<String>> known = told.get(metric.group(1));
        assertThat(known).as(metric.group(1)).isNotNull();
        labels.addAll(known.keySet());
        String matchers = metric.group(2) == null ? "" : metric.group(2);
        for (MatchResult matcher : MATCHER.matcher(matchers).results().toList()) {
          assertThat(known).as(expression).containsKey(matcher.group(1));
          if (!matcher.group(3).startsWith("$")) {
            assertThat(known.get(matcher.group(1))).as(expression).contains(matcher.group(3));
          }
        }
      }
      BY.matcher(expression)
          .results()
          .flatMap(by -> Stream.of(by.group(1).split(", *", -1)))
          .forEach(label -> assertThat(labels).as(expression).contains(label));
    }
  }

  @Test
  void everyLegendNamesALabelOfItsSeries() {
    dashboard
        .findValues("targets")
        .forEach(targets ->
            targets.forEach(target -> {
              String metric =
                  METRIC
                      .matcher(target.path("expr").asText())
                      .results()
                      .findFirst()
                      .orElseThrow()
                      .group(1);
              LEGEND
                  .matcher(target.path("legendFormat").asText())
                  .results()
                  .forEach(
                      label -> assertThat(told.get(metric)).as(metric).containsKey(label.group(1)));
            }));
  }

  @Test
  void itIsOneThatGrafanaImports() {
    assertThat(dashboard.path("uid").asText()).isEqualTo("tallyman");
    assertThat(dashboard.path("schemaVersion").asInt()).isPositive();
    var variables = new ArrayList<String>();
    dashboard.path("templating").path("list").forEach(each -> variables.add(name(each)));
    assertThat(variables)
        .containsExactly("datasource", "organization", "project", "model", "budget");
    var rows = new ArrayList<String>();
    var ids = new HashSet<Integer>();
    var units = new HashSet<String>();
    for (JsonNode panel : dashboard.path("panels")) {
      assertThat(ids.add(panel.path("id").asInt())).isTrue();
      if (panel.path("type").asText().equals("row")) {
        rows.add(panel.path("title").asText());
      } else {
        assertThat(panel.path("datasource").path("uid").asText()).isEqualTo("${datasource}");
        units.add(panel.path("fieldConfig").path("defaults").path("unit").asText());
      }
    }
    assertThat(rows).containsExactly("Overview", "Budgets", "Data health");
    assertThat(units).contains("currencyUSD", "short");
  }

  private static String name(JsonNode node) {
    return node.path("name").asText();
  }

  private List<String> expressions() {
    var expressions = new ArrayList<String>();
    dashboard.findValues("expr").forEach(each -> expressions.add(each.asText()));
    dashboard.findValues("definition").forEach(each -> expressions.add(each.asText()));
    return expressions;
  }

  /** By metric and label the values that the golden answer tells. */
  private static Map<String, Map<String, Set<String>>> told() {
    var told = new HashMap<String, Map<String, Set<String>>>();
    for (Sample sample : PrometheusTest.parsed(PrometheusTest.golden(), false).keySet()) {
      sample
          .labels()
          .forEach((label, value) ->
              told.computeIfAbsent(sample.name(), _ -> new HashMap<>())
                  .computeIfAbsent(label, _ -> new HashSet<>())
                  .add(value));
    }
    return told;
  }

  private static JsonNode read() {
    Path file = ApiPageTest.repository().resolve("grafana/tallyman.json");
    try {
      return new ObjectMapper().readTree(file.toFile());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}

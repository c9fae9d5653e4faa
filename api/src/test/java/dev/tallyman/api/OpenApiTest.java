package dev.tallyman.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import dev.tallyman.api.message.Response;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OpenApiTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final JsonSchemaFactory SCHEMAS =
      JsonSchemaFactory.getInstance(VersionFlag.V202012);

  private final Fixture fixture = new Fixture().filledSince("2026-11-15T00:00:00Z");

  /** Requests of every operation. */
  private static Stream<Asking> requests() {
    return Stream.of(
        get("/"),
        get("/health"),
        get("/api/health"),
        get("/api/usage"),
        get("/api/history"),
        get("/api/history?limit=3"),
        get("/api/history?days=1"),
        get("/api/stats"),
        get("/api/models"),
        get("/api/v1/query"),
        get("/api/v1/query?metric=tokens&by=model,project&top=1&since=24h"),
        get("/api/v1/query?metric=estimated&by=user&filter=model:&zone=UTC"),
        get("/api/v1/query?metric=billed&by=line_item&since=mtd"),
        get("/api/v1/query?metric=bytes&by=project"),
        get("/api/v1/organizations"),
        get("/api/v1/projects?limit=1"),
        get("/api/v1/keys"),
        get("/api/v1/models"),
        get("/api/v1/prices?limit=1000"),
        get("/api/v1/prices?tier=priority&limit=3"),
        get("/api/v1/prices?model=ft:gpt-5:acme::x"),
        get("/api/v1/rates"),
        get("/api/v1/polls"),
        get("/api/v1/revisions?endpoint=completions&bucket=2026-11-20T08:00:00Z"),
        get("/api/v1/revisions?endpoint=costs&bucket=2026-11-20"),
        get("/api/v1/settings"),
        get("/api/v1/audit"),
        get("/api/v1/budgets"),
        get("/api/v1/budgets/pool-mini"),
        operator("PUT", "/api/v1/budgets/all")
            .json("{\"metric\":\"cost\",\"limit\":2000,\"window\":\"month\"}"),
        operator("DELETE", "/api/v1/budgets/kept"),
        get("/api/alerts"),
        get("/api/v1/alerts"),
        get("/api/v1/alerts?open=false&severity=warning&subject=pool-premium"),
        get("/api/v1/alerts/" + Fixture.ALERT),
        get("/api/v1/deliveries?status=sent"),
        get("/api/v1/anomalies"),
        get("/api/v1/forecast"),
        get("/api/v1/reconciliation?since=2026-11-14"),
        get("/api/v1/channels"),
        operator("POST", "/api/v1/channels/ops/test"),
        operator("POST", "/api/v1/deliveries/" + Fixture.ALERT + "/ops/redeliver"),
        operator("POST", "/api/v1/budgets/kept/mute").json("{\"until\":\"2026-11-23T00:00:00Z\"}"),
        operator("POST", "/api/v1/alerts/" + Fixture.ALERT + "/mute").json("{\"until\":null}"),
        get("/metrics"),
        get("/v1/organization/usage/completions?start_time=1795132800&group_by[]=model"),
        get("/v1/organization/costs?start_time=1795132800&group_by=line_item"),
        get("/api/v1/focus?estimated=true"),
        get("/api/v1/openapi.json"),
        operator("PUT", "/api/v1/settings").json("{\"zones\":[\"Europe/Rome\"]}"),
        operator("POST", "/api/poll"),
        operator("POST", "/api/reconcile?date=2026-11-20"),
        operator("POST", "/api/v1/session"),
        operator("DELETE", "/api/v1/session"));
  }

  @BeforeEach
  void setUpABudgetAChannelAndAnAlert() {
    operator("PUT", "/api/v1/settings")
        .json(
            """
            {"channels": {"ops": {"kind": "slack", "secret": "SLACK_OPS"}},
             "budgets": {"kept":
               {"metric": "tokens", "limit": 9, "window": "day", "zone": "Europe/Rome"}}}\
            """)
        .send(fixture.routes);
    fixture.told();
  }

  @ParameterizedTest
  @MethodSource("requests")
  void whatIsAnsweredIsWhatIsDocumented(Asking asking) {
    fixture.provider.more = 5;
    var response = asking.send(fixture.routes);
    JsonNode documented =
        operation(asking).path("responses").path(Integer.toString(response.status()));

    assertThat(documented.isMissingNode())
        .as("%s is answered with %s %s", asking.target(), response, Asking.text(response))
        .isFalse();
    if (documented.has("content") && !documented.path("content").has("application/json")) {
      String type = response.header("Content-Type").orElse("").split(";", 2)[0];
      assertThat(documented.path("content").has(type)).as(type).isTrue();
    } else if (documented.has("content")) {
      assertThat(mistakes(documented, response)).as(Asking.text(response)).isEmpty();
    } else {
      assertThat(response.body().length()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/history?limit=x",
        "/api/usage?org=x",
        "/api/v1/prices?cursor=x",
        "/api/v1/query?by=x",
        "/api/v1/revisions",
      })
  void errorsAreWhatIsDocumented(String target) {
    var response = get(target).send(fixture.routes);
    var withoutToken = Asking.get(target).send(fixture.routes);
    JsonNode documented = operation(get(target)).path("responses").path("4XX");

    assertThat(response.status()).isEqualTo(400);
    assertThat(mistakes(documented, response)).as(Asking.text(response)).isEmpty();
    assertThat(withoutToken.status()).isEqualTo(401);
    assertThat(mistakes(documented, withoutToken)).isEmpty();
  }

  @Test
  void everyOperationIsDocumentedAndAskedHere() {
    Set<String> routed = new HashSet<>();
    fixture.routes.table().forEach(route -> routed.add(route.method() + " " + route.path()));
    Set<String> documented = new HashSet<>();
    Set<String> ids = new HashSet<>();
    document()
        .path("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .properties()
                .forEach(operation -> {
                  documented.add(operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey());
                  ids.add(operation.getValue().path("operationId").asText());
                }));
    Set<String> asked = new HashSet<>();
    requests().forEach(asking -> asked.add(fixture.operation(asking)));

    assertThat(documented).isEqualTo(routed).isEqualTo(asked);
    assertThat(ids).hasSameSizeAs(documented);
  }

  @Test
  void everySchemaIsOne() {
    var meta =
        SCHEMAS.getSchema(
            com.networknt.schema.SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
    var wrong = new ArrayList<String>();
    var found = new ArrayList<JsonNode>(document().findValues("schema"));
    document().path("components").path("schemas").forEach(found::add);
    found.forEach(schema -> meta.validate(schema).forEach(each -> wrong.add(each.getMessage())));

    assertThat(found).hasSizeGreaterThan(50);
    assertThat(wrong).isEmpty();
  }

  @Test
  void whichMetricKnowsWhichDimensionIsInTheDocument() {
    Map<String, List<String>> published = new HashMap<>();
    document()
        .path("x-tallyman-metrics")
        .properties()
        .forEach(metric -> {
          var dimensions = new ArrayList<String>();
          metric.getValue().path("dimensions").forEach(each -> dimensions.add(each.asText()));
          published.put(metric.getKey(), dimensions);
        });

    assertThat(published).hasSize(Metric.values().length);
    for (Metric metric : Metric.values()) {
      for (GroupBy by : GroupBy.BUILT_IN) {
        var response =
            get("/api/v1/query?granularity=all&metric=" + metric.id() + "&by=" + by.id())
                .send(fixture.routes);
        assertThat(response.status())
            .as("%s by %s: %s", metric, by, Asking.text(response))
            .isEqualTo(
                published.getOrDefault(metric.id(), List.of()).contains(by.id()) ? 200 : 400);
      }
    }
  }

  private Set<String> mistakes(JsonNode documented, Response response) {
    ObjectNode schema =
        documented.path("content").path("application/json").path("schema").deepCopy();
    schema.set("components", document().path("components"));
    var config = SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
    var mistakes = new HashSet<String>();
    for (ValidationMessage message :
        SCHEMAS.getSchema(schema, config).validate(read(Asking.text(response)))) {
      mistakes.add(message.getMessage());
    }
    return mistakes;
  }

  private JsonNode operation(Asking asking) {
    JsonNode operation =
        document()
            .path("paths")
            .path(fixture.operation(asking).split(" ", 2)[1])
            .path(asking.method().toLowerCase(Locale.ROOT));
    assertThat(operation.isMissingNode()).as(asking.target()).isFalse();
    return operation;
  }

  private JsonNode document() {
    return read(Asking.text(get("/api/v1/openapi.json").send(fixture.routes)));
  }

  private static JsonNode read(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException malformed) {
      throw new AssertionError(json, malformed);
    }
  }

  private static Asking get(String target) {
    return Asking.get(target).token(Fixture.VIEWER.text());
  }

  private static Asking operator(String method, String target) {
    return Asking.of(method, target).token(Fixture.OPERATOR.text());
  }
}

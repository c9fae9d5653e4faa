package dev.tallyman.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.api.message.Response;
import dev.tallyman.core.ledger.Ledger;
import dev.tallyman.core.ledger.Retention;
import dev.tallyman.core.poll.PollFixtures;
import dev.tallyman.core.poll.records.EndpointResult;
import dev.tallyman.core.poll.records.ReadOutcome;
import dev.tallyman.core.price.Rates;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NativeTest {
  private final Fixture fixture = new Fixture();

  @BeforeEach
  void fill() {
    fixture.filledSince("2026-11-10T00:00:00Z");
  }

  @Nested
  final class Questions {
    @Test
    void echoTheirDefaultsAndNameTheirKeys() {
      var answer = get("/api/v1/query?by=project&since=2026-11-15&until=2026-11-18");

      assertThat(Asking.member(answer, "query"))
          .isEqualTo(
              Map.of(
                  "org",
                  "default",
                  "metric",
                  "cost",
                  "by",
                  List.of("project"),
                  "filter",
                  Map.of(),
                  "since",
                  "2026-11-15T00:00:00Z",
                  "until",
                  "2026-11-18T00:00:00Z",
                  "granularity",
                  "day",
                  "zone",
                  "UTC",
                  "top",
                  12,
                  "currency",
                  "usd"));
      assertThat(Asking.member(answer, "buckets"))
          .isEqualTo(
              List.of("2026-11-15T00:00:00Z", "2026-11-16T00:00:00Z", "2026-11-17T00:00:00Z"));
      assertThat(Asking.member(answer, "series.0.keys"))
          .isEqualTo(Map.of("project", "proj_search"));
      assertThat(Asking.member(answer, "series.0.names")).isEqualTo(Map.of("project", "Search"));
      assertThat(Asking.member(answer, "series.0.values"))
          .isEqualTo(List.of("1.25", "1.25", "1.25"));
      assertThat(Asking.member(answer, "series.0.total")).isEqualTo("3.75");
      assertThat(Asking.member(answer, "total.total")).isEqualTo("5.25");
      assertThat(Asking.member(answer, "parts"))
          .isEqualTo(Map.of("billed", "5.25", "estimated", "0"));
      assertThat(Asking.member(answer, "currency")).isEqualTo("usd");
      assertThat(Asking.member(answer, "as_of")).isEqualTo("2026-11-21T09:30:00Z");
    }

    @Test
    void countInWholeNumbers() {
      var answer =
          get(
              "/api/v1/query?metric=tokens_in&by=model,project&filter=project:proj_search"
                  + "&filter=project:proj_chat&filter=model:gpt-5-2025-08-07&since=yesterday"
                  + "&until=today&granularity=all");

      assertThat(Asking.member(answer, "series"))
          .isEqualTo(
              List.of(
                  Map.of(
                      "keys",
                      Map.of("model", "gpt-5-2025-08-07", "project", "proj_search"),
                      "names",
                      Map.of("project", "Search"),
                      "values",
                      List.of(3000),
                      "total",
                      3000),
                  Map.of(
                      "keys",
                      Map.of("model", "gpt-5-2025-08-07", "project", "proj_chat"),
                      "names",
                      Map.of("project", "=Chat"),
                      "values",
                      List.of(1500),
                      "total",
                      1500)));
      assertThat(Asking.member(answer, "unit")).isEqualTo("tokens");
    }

    @Test
    void theFormerNameOfAMetricIsStillUnderstood() {
      var answer = get("/api/v1/query?metric=calls&since=today");
      assertThat(Asking.member(answer, "query.metric")).isEqualTo("searches");
      assertThat(Asking.text(answer))
          .isEqualTo(Asking.text(get("/api/v1/query?metric=searches&since=today")));
    }

    @Test
    void addUpWhatIsNotShown() {
      var answer = get("/api/v1/query?metric=requests&by=model&top=1&since=today&granularity=all");

      assertThat((List<?>) Asking.member(answer, "series")).hasSize(1);
      assertThat(Asking.member(answer, "other.series")).isEqualTo(4);
      assertThat(Asking.member(answer, "total.total")).isEqualTo(36);
    }

    @Test
    void agreeAsCsvWithThemselvesAsJson() {
      String question = "/api/v1/query?by=project&since=2026-11-15&until=2026-11-18";
      var csv = get(question + "&format=csv");

      assertThat(csv.header("Content-Type")).contains("text/csv; charset=utf-8; header=present");
      assertThat(Asking.text(csv))
          .startsWith("bucket,project,project_name,value,unit,source,as_of,flags\r\n")
          .contains("2026-11-15T00:00:00Z,proj_search,Search,1.25,usd,")
          .contains("2026-11-15T00:00:00Z,proj_chat,'=Chat,0.5,usd,");
      BigDecimal sum =
          Asking.text(csv)
              .lines()
              .skip(1)
              .map(line -> new BigDecimal(line.split(",", -1)[3]))
              .reduce(BigDecimal.ZERO, BigDecimal::add);
      assertThat(sum).isEqualByComparingTo((String) Asking.member(get(question), "total.total"));
      assertThat(get(question, "Accept", "text/csv;q=0.9, application/json;q=0.5"))
          .extracting(Asking::text)
          .isEqualTo(Asking.text(csv));
      assertThat(get(question, "Accept", "text/html, */*;q=0.8").header("Content-Type"))
          .contains("application/json");
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "metric=costs | metric | cost, billed",
          "by=colour | by | endpoint, project",
          "by=model,project,key | by | at most two",
          "by=line_item | by | project",
          "filter=gpt-5 | filter | dimension:value",
          "filter=x:y | filter | endpoint, project",
          "since=yesteryear | since | 2026-11-21",
          "since=2026-11-01T00:00:00+01:00 | since | %2B",
          "since=0d | since | 7d",
          "since=now&until=today | until | later",
          "granularity=decade | granularity | hour, day",
          "granularity=hour | granularity | estimated",
          "zone=Mars/Olympus | zone | Europe/Rome",
          "zone=Europe/Rome | zone | UTC",
          "top=0 | top | 1 to",
          "currency=dollars | currency | usd",
          "format=xml | format | json, csv",
          "top=1&top=2 | top | once",
          "metrik=cost | metrik | metric",
          "org=other | org | default",
        })
    void thatCannotBeAnsweredSayWhatCanBe(String query, String field, String says) {
      var response = get("/api/v1/query?" + query);

      assertThat(response.status()).as(Asking.text(response)).isEqualTo(400);
      assertThat(Asking.member(response, "error.param")).isEqualTo(field);
      assertThat(Asking.member(response, "error.type")).isEqualTo("invalid_request_error");
      assertThat(Asking.member(response, "error.message")).asString().contains(says);
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "since=2026-11-20T22:30:00Z&until=now | 2026-11-20T22:00:00Z | 2026-11-21T10:00:00Z |"
              + " hour",
          "since=24h | 2026-11-20T09:00:00Z | 2026-11-21T10:00:00Z | hour",
          "since=2d | 2026-11-20T00:00:00Z | 2026-11-21T10:00:00Z | hour",
          "since=mtd&until=today | 2026-11-01T00:00:00Z | 2026-11-21T00:00:00Z | day",
          "since=2026-11-01T00:00:00%2B01:00&until=today&granularity=hour | 2026-10-31T23:00:00Z |"
              + " 2026-11-21T00:00:00Z | hour",
          "since=90d&until=today | 2026-08-24T00:00:00Z | 2026-11-21T00:00:00Z | week",
        })
    void understandTimes(String query, String since, String until, String granularity) {
      var answer = get("/api/v1/query?metric=tokens&" + query);

      assertThat(Asking.member(answer, "query.since")).isEqualTo(since);
      assertThat(Asking.member(answer, "query.until")).isEqualTo(until);
      assertThat(Asking.member(answer, "query.granularity")).isEqualTo(granularity);
    }

    @Test
    void aboutDaysOfAZoneBeginAtItsMidnights() {
      var answer =
          get("/api/v1/query?metric=tokens&zone=Asia/Kolkata&granularity=day&since=2026-11-19");

      assertThat(Asking.member(answer, "buckets.0")).isEqualTo("2026-11-18T18:30:00Z");
    }
  }

  @Nested
  final class Lists {
    @Test
    void ofOrganizations() {
      var answer = get("/api/v1/organizations");

      assertThat(Asking.member(answer, "data.0.id")).isEqualTo("default");
      assertThat(Asking.member(answer, "data.0.provider_id")).isEqualTo("org-1");
      assertThat(Asking.member(answer, "data.0.last_poll")).isEqualTo("2026-11-21T09:35:00Z");
    }

    @Test
    void ofProjects() {
      assertThat(Asking.member(get("/api/v1/projects"), "data.0.name")).isEqualTo("=Chat");
      assertThat(Asking.text(get("/api/v1/projects?format=csv")))
          .isEqualTo(
              """
              id,name,status,created_at,archived_at\r
              proj_chat,'=Chat,active,,\r
              proj_search,Search,active,,\r
              """);
    }

    @Test
    void ofKeysShowNoKey() {
      var answer = get("/api/v1/keys");

      assertThat(Asking.member(answer, "data.0.masked")).isEqualTo("sk-abc***xyz");
      assertThat(Asking.member(answer, "data.0.project_name")).isEqualTo("Search");
      assertThat(Asking.text(answer)).doesNotContain("sk-shown-whole-by-mistake");
      assertThat(Asking.text(get("/api/v1/keys?format=csv")))
          .doesNotContain("sk-shown-whole-by-mistake");
    }

    @Test
    void ofModelsTellGroupAndPrice() {
      var answer = get("/api/v1/models");

      assertThat((List<?>) Asking.member(answer, "data"))
          .extracting(model -> ((Map<?, ?>) model).get("model") + " " + group((Map<?, ?>) model))
          .containsExactly(
              "ft:gpt-4o-mini:acme::x null true",
              "gpt-5-2025-08-07 premium true",
              "gpt-5-mini-2025-08-07 mini true",
              "text-embedding-3-small null true");
      assertThat(Asking.member(answer, "data.1.price.model")).isEqualTo("gpt-5");
      assertThat(Asking.member(answer, "data.1.price.usd.input")).isEqualTo("1.25");
      assertThat(Asking.member(answer, "data.1.tiers.0.price.model")).isEqualTo("gpt-5");
      assertThat(Asking.member(answer, "data.1.first_day")).isEqualTo("2026-11-10");
      assertThat(get("/api/v1/models?since=2026-11-20&until=2026-11-20").status()).isEqualTo(400);
    }

    @Test
    void ofPricesFindAModelByAnyOfItsNames() {
      assertThat(Asking.member(get("/api/v1/prices?model=gpt-5-2025-08-07"), "data.0.model"))
          .isEqualTo("gpt-5");
      assertThat((List<?>) Asking.member(get("/api/v1/prices?model=nothing"), "data")).isEmpty();
      assertThat(Asking.text(get("/api/v1/prices?format=csv&limit=1000"))).contains("\r\ngpt-5,");
    }

    @Test
    void ofPricesOfATierSayItsOwnOrWhyThereIsNone() {
      assertThat(Asking.member(get("/api/v1/prices?model=gpt-5.5&tier=fast"), "data.0.usd.input"))
          .isEqualTo("12.5");
      assertThat(Asking.member(get("/api/v1/prices?model=gpt-5.5&tier=fast"), "data.0.tier"))
          .isEqualTo("priority");
      assertThat(Asking.member(get("/api/v1/prices?model=gpt-5.5&tier=ultrafast"), "why"))
          .asString()
          .startsWith("its base price is known");
      assertThat(Asking.member(get("/api/v1/prices?model=openai/ft:gpt-5:acme::x"), "why"))
          .asString()
          .contains("the price of gpt-5 is known", "fine-tuned");
      assertThat(Asking.members(get("/api/v1/prices?model=gpt-5.5"))).containsEntry("why", null);
    }

    @Test
    void ofRatesShowBillAndListAndWhichIsUsed() {
      new Ledger(fixture.store, "default", Retention.DEFAULT)
          .putRates(
              Rates.parse(
                  """
                  gpt-4o\t\tinput\t2026-11-20\t0.00000001
                  gpt-4o\t\toutput\t2026-11-20\t0.000007
                  gpt-5-pro\tpriority\tinput\t2026-11-20\t0.000030
                  """));
      var answer = get("/api/v1/rates");

      assertThat((List<?>) Asking.member(answer, "data"))
          .extracting(rate -> {
            var fields = (Map<?, ?>) rate;
            return "%s %s: %s, list %s: %s (%s)"
                .formatted(
                    fields.get("model"),
                    fields.get("meter"),
                    fields.get("billed"),
                    fields.get("list"),
                    fields.get("used"),
                    fields.get("reason"));
          })
          .containsExactly(
              "gpt-4o input: 0.01, list 2.5: 2.5 (far)",
              "gpt-4o output: 7, list 10: 7 (believed)",
              "gpt-5-pro input: 30, list null: 30 (believed)");
      assertThat(Asking.text(get("/api/v1/rates?format=csv")))
          .contains("gpt-4o,,input,2026-11-20,0.01,2.5,,2.5,far");
    }

    @Test
    void arePagedWithoutAGap() {
      var models = new ArrayList<Object>();
      String next = "";
      do {
        var page = get("/api/v1/prices?limit=7" + (next.isEmpty() ? "" : "&cursor=" + next));
        ((List<?>) Asking.member(page, "data"))
            .forEach(price ->
                models.add(
                    ((Map<?, ?>) price).get("model") + "" + ((Map<?, ?>) price).get("from")));
        next = String.valueOf(Asking.members(page).get("next"));
      } while (!"null".equals(next));

      assertThat(new HashSet<>(models)).hasSameSizeAs(models);
      assertThat((List<?>) Asking.member(get("/api/v1/prices?limit=1000"), "data"))
          .hasSameSizeAs(models);
      assertThat(get("/api/v1/prices?cursor=x").status()).isEqualTo(400);
      assertThat(get("/api/v1/prices?limit=1001").status()).isEqualTo(400);
    }
  }

  @Nested
  final class Polls {
    @Test
    void areShownNewestFirstAndPaged() {
      for (int i = 0; i < 5; i++) {
        fixture.clock.advance(Duration.ofHours(20));
        fixture.poll("default");
      }
      var first = get("/api/v1/polls?limit=3");
      var second = get("/api/v1/polls?limit=10&cursor=" + Asking.member(first, "next"));

      assertThat(ats(first))
          .containsExactly("2026-11-25T13:35:00Z", "2026-11-24T17:35:00Z", "2026-11-23T21:35:00Z");
      assertThat(ats(second))
          .containsExactly(
              "2026-11-23T01:35:00Z",
              "2026-11-22T05:35:00Z",
              "2026-11-21T09:35:00Z",
              "2026-11-21T09:30:00Z");
      assertThat(Asking.member(second, "has_more")).isEqualTo(false);
      assertThat(get("/api/v1/polls?cursor=MXg").status()).isEqualTo(400);
    }

    @Test
    void tellHowFreshEachEndpointIs() {
      fixture.provider.failing = Optional.of(ReadOutcome.Kind.SERVER);
      fixture.clock.advance(Duration.ofMinutes(16));
      fixture.poll("default");

      assertThat((List<?>) Asking.member(get("/api/v1/polls"), "freshness"))
          .filteredOn(each -> "completions".equals(((Map<?, ?>) each).get("endpoint")))
          .first(org.assertj.core.api.InstanceOfAssertFactories.MAP)
          .containsEntry("last_success", "2026-11-21T09:35:00Z")
          .containsEntry("stale", true)
          .containsEntry("failure", "server")
          .containsEntry("message", "The provider is away; wait a little.")
          .containsEntry("complete_since", "2026-11-10T00:00:00Z");
    }

    @Test
    void callNothingStaleThatIsReadMoreSeldomOrThatTheProviderDoesNotOffer() {
      Instant now = fixture.clock.instant();
      var results = new TreeMap<String, EndpointResult>();
      results.put("completions", success(now.minus(Duration.ofMinutes(16))));
      results.put("costs", success(now.minus(Duration.ofMinutes(170))));
      results.put("embeddings", failure(ReadOutcome.Kind.MISSING_SCOPE));
      results.put("moderations", failure(ReadOutcome.Kind.NOT_OFFERED));
      results.put("names", success(now.minus(Duration.ofHours(70))));
      PollFixtures.cycle(
          fixture.store, "default", now, false, results, Collections.emptySortedMap());

      assertThat((List<?>) Asking.member(get("/api/v1/polls"), "freshness"))
          .map(each -> ((Map<?, ?>) each).get("endpoint") + " " + ((Map<?, ?>) each).get("stale"))
          .containsExactly(
              "completions true",
              "costs false",
              "embeddings true",
              "moderations false",
              "names false");
    }

    private static EndpointResult success(Instant at) {
      return new EndpointResult(1, 0, 0, 0, Optional.empty(), Optional.empty(), Optional.of(at));
    }

    private static EndpointResult failure(ReadOutcome.Kind kind) {
      return new EndpointResult(0, 0, 0, 0, Optional.of(kind), Optional.of("no"), Optional.empty());
    }

    private static List<Object> ats(Response response) {
      var ats = new ArrayList<Object>();
      ((List<?>) Asking.member(response, "data"))
          .forEach(poll -> ats.add(((Map<?, ?>) poll).get("at")));
      return ats;
    }
  }

  @Nested
  final class Revisions {
    @Test
    void areWhatABucketSaidBefore() {
      fixture.provider.more = 5;
      fixture.clock.advance(Duration.ofDays(1));
      fixture.poll("default");
      var answer = get("/api/v1/revisions?endpoint=completions&bucket=2026-11-20T08:00:00Z");

      assertThat(Asking.member(answer, "data.0.rows.0.model")).isEqualTo("gpt-5-2025-08-07");
      assertThat(Asking.member(answer, "data.0.rows.0.input_tokens")).isEqualTo(1000);
      assertThat(
              Asking.text(
                  get(
                      "/api/v1/revisions?endpoint=completions&bucket=2026-11-20T08:00:00Z&format=csv")))
          .contains("\"\"input_tokens\"\":1000");
    }

    @Test
    void ofWhatWasNeverRestatedAreNone() {
      assertThat(
              Asking.member(
                  get("/api/v1/revisions?endpoint=completions&bucket=2026-11-20T08:00:00Z"),
                  "data"))
          .isEqualTo(List.of());
      assertThat(Asking.member(get("/api/v1/revisions?endpoint=costs&bucket=2026-11-20"), "data"))
          .isEqualTo(List.of());
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "bucket=2026-11-20T08:00:00Z | endpoint",
          "endpoint=completions | bucket",
          "endpoint=x&bucket=2026-11-20T08:00:00Z | endpoint",
          "endpoint=completions&bucket=2026-11-20T08:30:00Z | bucket",
          "endpoint=costs&bucket=2026-11-20T08:00:00Z | bucket",
        })
    void needABucket(String query, String field) {
      var response = get("/api/v1/revisions?" + query);

      assertThat(response.status()).isEqualTo(400);
      assertThat(Asking.member(response, "error.param")).isEqualTo(field);
    }
  }

  @Nested
  final class SettingsDocument {
    private static final String SETTINGS = "{\"groups\":{\"mini\":{\"daily_limit\":5}}}";

    @Test
    void isReplacedWhole() {
      assertThat(Asking.text(get("/api/v1/settings"))).isEqualTo("{}");
      assertThat(Asking.text(put(SETTINGS))).isEqualTo(SETTINGS);
      assertThat(Asking.text(get("/api/v1/settings"))).isEqualTo(SETTINGS);
      assertThat(Asking.text(put("{}"))).isEqualTo("{}");
    }

    @Test
    void isRefusedWithAllItsMistakes() {
      var response = put("{\"groups\":{\"mini\":{\"daily_limit\":-1}},\"zone\":[\"Mars\"]}");

      assertThat(response.status()).isEqualTo(400);
      assertThat(Asking.member(response, "error.code")).isEqualTo("invalid_settings");
      assertThat((List<?>) Asking.member(response, "error.mistakes")).hasSize(2);
      assertThat(Asking.text(get("/api/v1/settings"))).isEqualTo("{}");
    }

    @Test
    void namesOnlyKeysAndSecretsThatItMay() {
      var key = put("{\"organizations\":[{\"id\":\"a\",\"key_env\":\"HOME\"}]}");
      var secret = put("{\"channels\":{\"ops\":{\"kind\":\"slack\",\"secret\":\"PATH\"}}}");
      var right = put("{\"organizations\":[{\"id\":\"a\",\"key_env\":\"KEY_A\"}]}");

      assertThat(key.status()).isEqualTo(400);
      assertThat((List<?>) Asking.member(key, "error.mistakes"))
          .asString()
          .isEqualTo("[organizations[0].key_env: has to begin with KEY_]");
      assertThat(secret.status()).isEqualTo(400);
      assertThat((List<?>) Asking.member(secret, "error.mistakes"))
          .asString()
          .isEqualTo("[channels.ops.secret: PATH is no secret of a channel]");
      assertThat(right.status()).isEqualTo(200);
    }

    @Test
    void isReplacedOnlyIfItIsStillWhatWasRead() {
      String tag = get("/api/v1/settings").header("ETag").orElseThrow();
      var asking = Asking.of("PUT", "/api/v1/settings").token(Fixture.OPERATOR.text());

      var first = asking.json(SETTINGS).with("If-Match", tag).send(fixture.routes);
      var second = asking.json("{}").with("If-Match", tag).send(fixture.routes);

      assertThat(first.status()).isEqualTo(200);
      assertThat(second.status()).isEqualTo(412);
      assertThat(Asking.text(get("/api/v1/settings"))).isEqualTo(SETTINGS);
      assertThat(first.header("ETag")).isEqualTo(get("/api/v1/settings").header("ETag"));
    }

    @Test
    void isReplacedByOperatorsOnlyAndOnlyByJson() {
      var asking = Asking.of("PUT", "/api/v1/settings");

      assertThat(asking.token(Fixture.VIEWER.text()).json("{}").send(fixture.routes).status())
          .isEqualTo(403);
      assertThat(put("{").status()).isEqualTo(400);
      assertThat(put("[]").status()).isEqualTo(400);
      assertThat(put("{\"a\":1,\"a\":2}").status()).isEqualTo(400);
      assertThat(put("{\"a\":".repeat(50)).status()).isEqualTo(400);
      assertThat(
              asking
                  .token(Fixture.OPERATOR.text())
                  .json("{}")
                  .with("Content-Type", "text/plain")
                  .send(fixture.routes)
                  .status())
          .isEqualTo(415);
    }

    private Response put(String settings) {
      return Asking.of("PUT", "/api/v1/settings")
          .token(Fixture.OPERATOR.text())
          .json(settings)
          .send(fixture.routes);
    }
  }

  private static String group(Map<?, ?> model) {
    return model.get("group") + " " + model.get("known");
  }

  private Response get(String target) {
    return Asking.get(target).token(Fixture.VIEWER.text()).send(fixture.routes);
  }

  private Response get(String target, String header, String value) {
    return Asking.get(target).token(Fixture.VIEWER.text()).with(header, value).send(fixture.routes);
  }
}

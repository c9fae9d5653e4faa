package dev.tallyman.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.api.access.Access;
import dev.tallyman.api.message.Response;
import dev.tallyman.api.site.PollTrigger;
import dev.tallyman.api.site.PollTrigger.Outcome;
import dev.tallyman.core.poll.DayOutcome;
import dev.tallyman.core.poll.records.ReadOutcome;
import dev.tallyman.core.usage.CostRow;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LegacyRoutesTest {
  /** What one hour of the provider takes from the pools. */
  private static final int PREMIUM = 1000 + 200 + 500 + 50 + 30 + 3;

  private static final int MINI = 4000 + 100;

  private final Fixture fixture = new Fixture();

  @Nested
  final class Usage {
    @Test
    void beforeTheFirstPollTodayIsNothing() {
      var usage = get("/api/usage");

      assertThat(usage.status()).isEqualTo(200);
      assertThat(Asking.member(usage, "date")).isEqualTo("2026-11-21");
      assertThat(Asking.member(usage, "premium")).isEqualTo(pool(0, 0, 1_000_000, BigDecimal.ZERO));
      assertThat(Asking.member(usage, "mini")).isEqualTo(pool(0, 0, 10_000_000, BigDecimal.ZERO));
      assertThat(Asking.member(usage, "last_updated")).isEqualTo(0);
    }

    @Test
    void carriesBothNamesAndAnUnroundedPercentage() {
      fixture.filledSince("2026-11-20T00:00:00Z");
      var usage = get("/api/usage");

      assertThat(Asking.member(usage, "premium"))
          .isEqualTo(pool(3 * PREMIUM, 3 * PREMIUM, 1_000_000, new BigDecimal("0.5349")));
      assertThat(Asking.member(usage, "mini.tokens_used")).isEqualTo(3 * MINI);
      assertThat(Asking.member(usage, "last_updated")).isEqualTo(1795253700);
      assertThat(Asking.member(usage, "simulated")).isEqualTo(false);
      assertThat(usage.headers()).doesNotContainKey("X-Tallyman-Simulated");
    }

    @Test
    void afterMidnightAndBeforeTheNextPollTodayIsNothingAndYesterdayStaysWhole() {
      fixture.filledSince("2026-11-20T00:00:00Z");
      fixture.clock.advance(Duration.ofHours(15));
      var usage = get("/api/usage");

      assertThat(Asking.member(usage, "date")).isEqualTo("2026-11-22");
      assertThat(Asking.member(usage, "premium.used")).isEqualTo(0);
      assertThat(Asking.member(get("/api/models?date=2026-11-21"), "count")).isEqualTo(5);
    }

    @Test
    void aLimitOfZeroIsNotDividedBy() {
      put("{\"groups\":{\"mini\":{\"daily_limit\":0}}}");
      fixture.filledSince("2026-11-20T00:00:00Z");

      assertThat(Asking.member(get("/api/usage"), "mini"))
          .isEqualTo(pool(3 * MINI, 3 * MINI, 0, BigDecimal.ZERO));
    }

    @Test
    void onlyTheProjectsThatShareDataCount() {
      put("{\"pools\":{\"projects\":[\"proj_chat\"]}}");
      fixture.filledSince("2026-11-20T00:00:00Z");

      assertThat(Asking.member(get("/api/usage"), "premium.used")).isEqualTo(3 * 583);
      assertThat(Asking.member(get("/api/usage"), "mini.used")).isEqualTo(0);
    }

    @Test
    void agreesWithTheSameQuestion() {
      fixture.filledSince("2026-11-20T00:00:00Z");
      var query =
          get(
              "/api/v1/query?metric=tokens&by=group&filter=endpoint:completions&since=today"
                  + "&granularity=all");

      assertThat(Asking.member(query, "series.0.keys.group")).isEqualTo("mini");
      assertThat(Asking.member(query, "series.0.total"))
          .isEqualTo(Asking.member(get("/api/usage"), "mini.used"));
      assertThat(Asking.member(query, "series.1.keys.group")).isEqualTo("premium");
      assertThat(Asking.member(query, "series.1.total"))
          .isEqualTo(Asking.member(get("/api/usage"), "premium.used"));
    }
  }

  @Nested
  final class HistoryPages {
    @Test
    void goFromTheNewestToTheOldestWithoutAGap() {
      fixture.filledSince("2026-11-15T00:00:00Z");
      int total = (int) Asking.member(get("/api/history?limit=1"), "pagination.total");
      var ids = new ArrayList<Object>();
      var times = new ArrayList<String>();
      for (int offset = 0; offset < total; offset += 7) {
        var page = get("/api/history?limit=7&offset=" + offset);
        assertThat(Asking.member(page, "pagination.hasMore")).isEqualTo(offset + 7 < total);
        for (Object row : list(page, "data")) {
          ids.add(((Map<?, ?>) row).get("id"));
          times.add((String) ((Map<?, ?>) row).get("timestamp"));
        }
      }

      // Seven days of three hours, with four models of completions and one of embeddings.
      assertThat(total).isEqualTo(7 * 3 * 5);
      assertThat(ids).hasSize(total);
      assertThat(new HashSet<>(ids)).hasSize(total);
      assertThat(times).isSortedAccordingTo(java.util.Comparator.reverseOrder());
    }

    @Test
    void tellEachRowAsTheSourceDid() {
      fixture.filledSince("2026-11-20T00:00:00Z");
      var page = get("/api/history?limit=500&offset=0");

      assertThat(list(page, "data"))
          .filteredOn(row -> "gpt-5-2025-08-07".equals(((Map<?, ?>) row).get("model")))
          .first(org.assertj.core.api.InstanceOfAssertFactories.MAP)
          .containsEntry("timestamp", "2026-11-21T08:00:00Z")
          .containsEntry("prompt_tokens", 1500)
          .containsEntry("completion_tokens", 250)
          .containsEntry("total_tokens", 1750)
          .containsEntry("request_path", "/v1/organization/usage/completions")
          .containsEntry("status", 200)
          .containsEntry("tier", "premium")
          .containsEntry("source", "reported")
          .containsEntry("requests", 4);
      assertThat(list(page, "data").stream().map(row -> tier((Map<?, ?>) row)))
          .contains(
              "gpt-5-mini-2025-08-07 mini",
              "ft:gpt-4o-mini:acme::x none",
              "unknown premium",
              "text-embedding-3-small none");
      assertThat(page.header("ETag")).isPresent();
    }

    @Test
    void keepTheirIds() {
      fixture.filledSince("2026-11-20T00:00:00Z");
      Object before = Asking.member(get("/api/history?limit=3"), "data.2.id");
      fixture.clock.advance(Duration.ofHours(30));
      fixture.poll("default");
      var later = get("/api/history?limit=500");

      assertThat(list(later, "data").stream().<Object>map(row -> ((Map<?, ?>) row).get("id")))
          .contains(before);
      assertThat((long) before).isLessThan(1L << 53);
    }

    @Test
    void haveALimitMovedIntoItsBounds() {
      assertThat(Asking.member(get("/api/history?limit=0"), "pagination.limit")).isEqualTo(1);
      assertThat(Asking.member(get("/api/history?limit=9999"), "pagination.limit")).isEqualTo(500);
      assertThat(Asking.member(get("/api/history?offset=5"), "pagination.limit")).isEqualTo(100);
      assertThat(Asking.member(get("/api/history?limit=2"), "pagination.hasMore")).isEqualTo(false);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"date=2026-13-01", "days=-1", "days=x", "limit=1.5", "limit=ten", "offset=x"})
    void refuseWhatIsNoNumberOrDate(String query) {
      var response = get("/api/history?" + query);
      String field = query.substring(0, query.indexOf('='));

      assertThat(response.status()).isEqualTo(400);
      assertThat(Asking.member(response, "error")).isEqualTo("Invalid " + field);
      assertThat(Asking.member(response, "field")).isEqualTo(field);
      assertThat(Asking.member(response, "message")).asString().contains("expected");
    }
  }

  @Nested
  final class Snapshots {
    @Test
    void areWhatEachPollFound() {
      fixture.filledSince("2026-11-20T00:00:00Z");
      var ascending = get("/api/history?date=2026-11-21");
      var descending = get("/api/history?days=7");

      assertThat(Asking.members(ascending)).containsOnlyKeys("snapshots", "count", "simulated");
      assertThat(Asking.member(ascending, "count")).isEqualTo(2);
      assertThat(Asking.member(ascending, "snapshots.1"))
          .isEqualTo(
              Map.of(
                  "timestamp",
                  1795253700,
                  "date",
                  "2026-11-21",
                  "premium_tokens",
                  3 * PREMIUM,
                  "mini_tokens",
                  3 * MINI));
      assertThat(Asking.member(descending, "snapshots.0"))
          .isEqualTo(Asking.member(ascending, "snapshots.1"));
    }

    @Test
    void ofSevenDaysAreComplete() {
      for (int i = 0; i < 3 * 24 * 2; i++) {
        fixture.poll("default");
        fixture.clock.advance(Duration.ofMinutes(30));
      }
      fixture.clock.advance(Duration.ofMinutes(-30));

      assertThat(Asking.member(get("/api/history?days=7"), "count")).isEqualTo(144);
    }

    @Test
    void areNotMadeOfAPollThatFailed() {
      fixture.poll("default");
      fixture.clock.advance(Duration.ofMinutes(5));
      fixture.provider.failing = Optional.of(ReadOutcome.Kind.SERVER);
      fixture.poll("default");

      assertThat(Asking.member(get("/api/history?days=1"), "count")).isEqualTo(1);
      assertThat(Asking.member(get("/api/usage"), "premium.used")).isEqualTo(3 * PREMIUM);
    }

    @Test
    void comeWithThePagesWhereNeitherIsAskedFor() {
      fixture.filledSince("2026-11-20T00:00:00Z");

      assertThat(Asking.members(get("/api/history")))
          .containsOnlyKeys("data", "pagination", "snapshots", "count", "simulated");
      assertThat(Asking.members(get("/api/history?limit=1")))
          .containsOnlyKeys("data", "pagination", "simulated");
    }
  }

  @Test
  void statsAreTheUsageAndTheRequestsOfNinetyDays() {
    fixture.filledSince("2026-11-15T00:00:00Z");
    var stats = get("/api/stats");

    assertThat(Asking.member(stats, "usage")).isEqualTo(Asking.members(get("/api/usage")));
    // Seven days of three hours with six rows of two requests each.
    assertThat(Asking.member(stats, "totalRequests")).isEqualTo(7 * 3 * 6 * 2);
  }

  @Test
  void modelsOfADayAreBrokenDown() {
    fixture.filledSince("2026-11-20T00:00:00Z");
    var models = get("/api/models?date=2026-11-20");

    assertThat(Asking.member(models, "count")).isEqualTo(5);
    assertThat(Asking.member(models, "models.1.model")).isEqualTo("gpt-5-2025-08-07");
    assertThat(Asking.member(models, "models.1.input_tokens")).isEqualTo(4500);
    assertThat(Asking.member(models, "models.1.cached_tokens")).isEqualTo(450);
    assertThat(Asking.member(models, "models.1.num_requests")).isEqualTo(12);
    assertThat(Asking.member(models, "models.1.priced")).isEqualTo(true);
    assertThat(get("/api/models?date=tomorrow").status()).isEqualTo(400);
  }

  @Nested
  final class Polling {
    @Test
    void answersWhenItIsDone() {
      var response = poll();

      assertThat(response.status()).isEqualTo(200);
      assertThat(Asking.members(response))
          .containsEntry("success", true)
          .containsEntry("date", "2026-11-21")
          .containsEntry("premium_tokens", 3 * PREMIUM)
          .containsEntry("mini_tokens", 3 * MINI)
          .containsEntry("alerts_triggered", 0);
    }

    @Test
    void needsAnOperator() {
      var viewer = Asking.of("POST", "/api/poll").token(Fixture.VIEWER.text());

      assertThat(viewer.send(fixture.routes).status()).isEqualTo(403);
      assertThat(Asking.of("POST", "/api/poll").send(fixture.routes).status()).isEqualTo(401);
      assertThat(Asking.member(viewer.send(fixture.routes), "error")).isEqualTo("Forbidden");
    }

    @Test
    void isRefusedWhileOneRuns() {
      fixture.polls = _ -> new Outcome.AlreadyRunning();
      var response = poll();

      assertThat(response.status()).isEqualTo(409);
      assertThat(Asking.member(response, "error")).isEqualTo("A poll is already running");
    }

    @Test
    void tellsWhyItFailed() {
      fixture.provider.failing = Optional.of(ReadOutcome.Kind.SERVER);
      var response = poll();

      assertThat(response.status()).isEqualTo(502);
      assertThat(Asking.member(response, "error")).isEqualTo("Failed to poll usage");
      assertThat(Asking.member(response, "message"))
          .isEqualTo("The provider is away; wait a little.");
      fixture.polls = _ -> new Outcome.Failed("No key is set; set OPENAI_ADMIN_KEY.");
      assertThat(Asking.member(poll(), "message"))
          .isEqualTo("No key is set; set OPENAI_ADMIN_KEY.");
    }

    @Test
    void byAPageNeedsThatItIsOurs() {
      fixture.open(java.util.Set.of());
      var asking = Asking.of("POST", "/api/poll").fromThisMachine();

      assertThat(asking.send(fixture.routes).status()).isEqualTo(200);
      assertThat(asking.with("Origin", "http://127.0.0.1:8080").send(fixture.routes).status())
          .isEqualTo(200);
      assertThat(asking.with("Origin", "http://127.0.0.1:9999").send(fixture.routes).status())
          .isEqualTo(403);
      assertThat(asking.with("Origin", "https://evil.example.com").send(fixture.routes).status())
          .isEqualTo(403);
    }

    @Test
    void withASessionNeedsTheOriginOfThisHost() {
      var opened =
          Asking.of("POST", "/api/v1/session").token(Fixture.OPERATOR.text()).send(fixture.routes);
      String cookie = opened.header("Set-Cookie").orElseThrow();
      var asking =
          Asking.of("POST", "/api/poll")
              .encrypted()
              .with("Cookie", cookie.substring(0, cookie.indexOf(';')));

      assertThat(asking.send(fixture.routes).status()).isEqualTo(403);
      assertThat(asking.with("Origin", "https://evil.example.com").send(fixture.routes).status())
          .isEqualTo(403);
      assertThat(asking.with("Origin", "https://tally.example.com").send(fixture.routes).status())
          .isEqualTo(200);
    }

    private Response poll() {
      return Asking.of("POST", "/api/poll").token(Fixture.OPERATOR.text()).send(fixture.routes);
    }
  }

  @Nested
  final class Reconciling {
    @Test
    void tellsWhatTheDaySaidBeforeAndSaysNow() {
      fixture.filledSince("2026-11-19T00:00:00Z");
      fixture.provider.more = 1000;
      var response = reconcile("?date=2026-11-19");

      assertThat(response.status()).isEqualTo(200);
      assertThat(Asking.members(response))
          .isEqualTo(
              Map.of(
                  "success",
                  true,
                  "date",
                  "2026-11-19",
                  "premium",
                  Map.of("before", 3 * PREMIUM, "after", 3 * PREMIUM + 3000, "added", 3000),
                  "mini",
                  Map.of("before", 3 * MINI, "after", 3 * MINI, "added", 0),
                  "details",
                  List.of(
                      "gpt-5-mini-2025-08-07 (mini): 12,300 tokens",
                      "gpt-5-2025-08-07 (premium): 8,250 tokens",
                      "unknown (premium): 99 tokens"),
                  "bill",
                  Asking.member(response, "bill"),
                  "failures",
                  Map.of(),
                  "simulated",
                  false));
      assertThat(Asking.member(get("/api/usage"), "premium.used")).isEqualTo(3 * PREMIUM);
    }

    @Test
    void comparesTheBillOfTheDayInWhatUsageShows() {
      fixture.provider.charges =
          List.of(
              new CostRow("proj_chat", "evals", null, new BigDecimal("20"), "usd", null, null),
              new CostRow(
                  null,
                  "gpt-5-mini, input, long context",
                  null,
                  BigDecimal.ONE,
                  "usd",
                  null,
                  null));
      fixture.filledSince("2026-11-10T00:00:00Z");

      var response = reconcile("?date=2026-11-12");

      assertThat(Asking.member(response, "bill.day")).isEqualTo("2026-11-12");
      assertThat(Asking.member(response, "bill.settled")).isEqualTo(true);
      assertThat(Asking.member(response, "bill.billed")).isEqualTo("1.75");
      assertThat(Asking.member(response, "bill.drift_percent").toString()).startsWith("-9");
      assertThat(Asking.member(response, "bill.not_in_usage"))
          .isEqualTo(Map.of("total", "20", "parts", Map.of("evals", "20")));
      assertThat(Asking.member(response, "bill.not_compared.parts"))
          .isEqualTo(Map.of("gpt-5-mini", "1", "completions", "0"));

      Response range = get("/api/v1/reconciliation?since=2026-11-12&until=2026-11-14");
      assertThat(Asking.member(range, "days.0")).isEqualTo(Asking.member(response, "bill"));
      assertThat(Asking.text(range)).contains("\"project\":\"proj_chat\",\"name\":");
      assertThat(Asking.member(range, "projects.1.not_in_usage.total")).isEqualTo("40");
      assertThat(
              Asking.text(
                  get("/api/v1/reconciliation?since=2026-11-12&filter=project:proj_search")))
          .doesNotContain("evals", "proj_chat");
      assertThat(get("/api/v1/reconciliation?filter=user:u").status()).isEqualTo(400);
      assertThat(get("/api/v1/reconciliation?since=2026-11-12&until=2026-11-12").status())
          .isEqualTo(400);
    }

    @Test
    void followsTheProviderDownAndAddsNothingThen() {
      fixture.filledSince("2026-11-20T00:00:00Z");
      fixture.provider.more = -1000;
      var response = reconcile("");

      assertThat(Asking.member(response, "date")).isEqualTo("2026-11-21");
      assertThat(Asking.member(response, "premium"))
          .isEqualTo(Map.of("before", 3 * PREMIUM, "after", 3 * PREMIUM - 3000, "added", 0));
      assertThat(Asking.member(get("/api/usage"), "premium.used")).isEqualTo(3 * PREMIUM - 3000);
    }

    @Test
    void countsOnlyTheProjectsThatShareData() {
      put("{\"pools\":{\"projects\":[\"proj_chat\"]}}");
      fixture.filledSince("2026-11-20T00:00:00Z");

      assertThat(list(reconcile(""), "details"))
          .asString()
          .isEqualTo("[gpt-5-2025-08-07 (premium): 1,650 tokens, unknown (premium): 99 tokens]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"21.11.2026", "2026-13-01", "2026-11", "yesterday", "0000-01-01"})
    void refusesWhatIsNoDate(String date) {
      var response = reconcile("?date=" + date);

      assertThat(response.status()).isEqualTo(400);
      assertThat(Asking.members(response))
          .isEqualTo(
              Map.of(
                  "success",
                  false,
                  "error",
                  "Invalid date: \"" + date + "\". Expected format: YYYY-MM-DD"));
    }

    @Test
    void refusesADayThatHasNotBegun() {
      var response = reconcile("?date=2026-11-22");

      assertThat(response.status()).isEqualTo(400);
      assertThat(Asking.member(response, "error").toString())
          .startsWith("Invalid date: \"2026-11-22\".")
          .contains("future", "2026-11-21");
    }

    @Test
    void withoutATokenTellsWhatIsMissingThoughAllMayRead() {
      fixture.access.set(
          new Access(Set.of(), Set.of(Fixture.OPERATOR.hash()), false, true, Set.of()));
      var response = Asking.of("POST", "/api/reconcile").send(fixture.routes);

      assertThat(Asking.get("/api/usage").send(fixture.routes).status()).isEqualTo(200);
      assertThat(response.status()).isEqualTo(401);
      assertThat(Asking.member(response, "success")).isEqualTo(false);
      assertThat(Asking.member(response, "error").toString())
          .contains("operator", "Authorization: Bearer", "tallyman token new");
    }

    @Test
    void onThisMachineNeedsNoToken() {
      fixture.open(Set.of());

      assertThat(
              Asking.of("POST", "/api/reconcile").fromThisMachine().send(fixture.routes).status())
          .isEqualTo(200);
    }

    @Test
    void aPageOfAnotherOriginMayAskWhereThatIsConfigured() {
      String origin = "https://dashboard.example.com";
      fixture.open(Set.of(origin));
      var preflight =
          Asking.of("OPTIONS", "/api/reconcile")
              .with("Origin", origin)
              .with("Access-Control-Request-Method", "POST")
              .send(fixture.routes);
      var response =
          Asking.of("POST", "/api/reconcile")
              .with("Origin", origin)
              .fromThisMachine()
              .send(fixture.routes);

      assertThat(preflight.status()).isEqualTo(204);
      assertThat(preflight.header("Access-Control-Allow-Origin")).contains(origin);
      assertThat(preflight.header("Access-Control-Allow-Methods").orElseThrow()).contains("POST");
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.header("Access-Control-Allow-Origin")).contains(origin);
      assertThat(
              Asking.of("POST", "/api/reconcile")
                  .with("Origin", "https://elsewhere.example.com")
                  .fromThisMachine()
                  .send(fixture.routes)
                  .status())
          .isEqualTo(403);
    }

    @Test
    void tellsWhyItFailedAsAPageShowsIt() {
      fixture.filledSince("2026-11-20T00:00:00Z");
      fixture.provider.failing = Optional.of(ReadOutcome.Kind.SERVER);
      assertThat(error(500))
          .isEqualTo("Failed to fetch usage from OpenAI: The provider is away; wait a little.");

      fixture.polls = PollTrigger.none("OPENAI_ADMIN_KEY is required");
      assertThat(error(500)).isEqualTo("OPENAI_ADMIN_KEY is required");

      fixture.polls = answering(new DayOutcome.AlreadyRunning());
      assertThat(error(409)).contains("is running");

      fixture.store.close();
      assertThat(error(500)).isNotBlank();
    }

    private String error(int status) {
      var response = reconcile("");
      assertThat(response.status()).isEqualTo(status);
      assertThat(Asking.members(response)).containsOnlyKeys("success", "error");
      assertThat(Asking.member(response, "success")).isEqualTo(false);
      return Asking.member(response, "error").toString();
    }

    private static PollTrigger answering(DayOutcome outcome) {
      return new PollTrigger() {
        @Override
        public Outcome poll(String organization) {
          return new Outcome.AlreadyRunning();
        }

        @Override
        public DayOutcome reread(String organization, LocalDate day) {
          return outcome;
        }
      };
    }

    private Response reconcile(String query) {
      return Asking.of("POST", "/api/reconcile" + query)
          .token(Fixture.OPERATOR.text())
          .send(fixture.routes);
    }
  }

  @Test
  void anOrganizationThatWasNeverReadIsRefused() {
    fixture.poll("default");
    var response = get("/api/usage?org=other");

    assertThat(response.status()).isEqualTo(400);
    assertThat(Asking.member(response, "message"))
        .isEqualTo("There is no organization 'other'; known: default.");
    assertThat(get("/api/usage?org=%23%2F..").status()).isEqualTo(400);
    assertThat(get("/api/usage?org=default&unknown=1").status()).isEqualTo(200);
  }

  @Test
  void whatIsSimulatedSaysSoEverywhere() {
    var simulated = new Fixture(new Provider(true));
    simulated.filledSince("2026-11-20T00:00:00Z");
    for (String path :
        List.of(
            "/api/usage",
            "/api/history",
            "/api/stats",
            "/api/models",
            "/api/v1/query",
            "/api/v1/projects",
            "/api/v1/keys",
            "/api/v1/models",
            "/api/v1/polls",
            "/api/v1/organizations")) {
      var response = Asking.get(path).token(Fixture.VIEWER.text()).send(simulated.routes);

      assertThat(response.header("X-Tallyman-Simulated")).as(path).contains("true");
      assertThat(Asking.text(response)).as(path).contains("\"simulated\":true");
    }
    var csv =
        Asking.get("/api/v1/query?format=csv").token(Fixture.VIEWER.text()).send(simulated.routes);
    assertThat(csv.header("Content-Disposition").orElseThrow()).contains("SIMULATED");
    assertThat(Asking.text(csv).lines().skip(1)).allMatch(line -> line.contains(",SIMULATED"));
  }

  @Test
  void whenTheStoreIsAwayTheErrorIsTheSourceSystems() {
    fixture.store.close();
    var response = get("/api/history");

    assertThat(response.status()).isEqualTo(500);
    assertThat(Asking.member(response, "error")).isEqualTo("Failed to fetch history");
  }

  private static String tier(Map<?, ?> row) {
    return row.get("model") + " " + row.get("tier");
  }

  private static List<?> list(Response response, String path) {
    return (List<?>) Asking.member(response, path);
  }

  private static Map<String, Object> pool(int used, int alias, int limit, BigDecimal percentage) {
    Object shown = percentage.signum() == 0 ? (Object) 0 : percentage;
    return Map.of("used", used, "tokens_used", alias, "limit", limit, "percentage", shown);
  }

  private void put(String settings) {
    var response =
        Asking.of("PUT", "/api/v1/settings")
            .token(Fixture.OPERATOR.text())
            .json(settings)
            .send(fixture.routes);
    assertThat(response.status()).as(Asking.text(response)).isEqualTo(200);
  }

  private Response get(String target) {
    return Asking.get(target).token(Fixture.VIEWER.text()).send(fixture.routes);
  }
}

package dev.tallyman.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.api.message.Pagination;
import dev.tallyman.api.message.Response;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class BudgetRoutesTest {
  private static final String TEAM =
      """
      {"name": "Team A", "metric": "estimated", "limit": 50, "window": "day",
       "zone": "Europe/Rome", "scope": {"project": "proj_a"}, "owner": "Ada"}\
      """;

  private final Fixture fixture = new Fixture();

  @Test
  void thePoolsAreBudgetsFromTheBeginning() {
    Response response = get("/api/v1/budgets");

    assertThat(response.status()).isEqualTo(200);
    assertThat(ids(response)).containsExactly("pool-premium", "pool-mini");
    assertThat(Asking.member(response, "data.0.thresholds")).isEqualTo(List.of("80%"));
    assertThat(Asking.member(response, "data.0.scope"))
        .isEqualTo(Map.of("group", List.of("premium")));
    assertThat(Asking.member(response, "data.0.limit")).isEqualTo("1000000");
  }

  @Test
  void aBudgetIsMadeReadReplacedAndRemoved() {
    Response made = put("team-a", TEAM);

    assertThat(made.status()).as(Asking.text(made)).isEqualTo(200);
    assertThat(Asking.member(made, "limit")).isEqualTo("50");
    assertThat(Asking.member(made, "zone")).isEqualTo("Europe/Rome");
    assertThat(Asking.member(made, "thresholds")).isEqualTo(List.of("80%", "90%", "100%"));
    assertThat(ids(get("/api/v1/budgets"))).containsExactly("pool-premium", "pool-mini", "team-a");
    assertThat(Asking.member(get("/api/v1/budgets/team-a"), "owner")).isEqualTo("Ada");
    assertThat(Asking.member(put("team-a", TEAM.replace("50", "60")), "limit")).isEqualTo("60");

    assertThat(send("DELETE", "team-a").status()).isEqualTo(204);
    assertThat(send("DELETE", "team-a").status()).isEqualTo(404);
    assertThat(get("/api/v1/budgets/team-a").status()).isEqualTo(404);
    assertThat(Asking.text(get("/api/v1/settings"))).isEqualTo("{}");
  }

  @Test
  void allMistakesOfABudgetAreToldAndNothingIsChanged() {
    Response response =
        put("b", "{\"metric\": \"cost\", \"limit\": -1, \"window\": \"hour\", \"zones\": 1}");

    assertThat(response.status()).isEqualTo(400);
    assertThat(Asking.member(response, "error.code")).isEqualTo("invalid_settings");
    assertThat(Asking.text(response))
        .contains("budgets.b.limit", "budgets.b.window", "budgets.b.zones", "estimated");
    assertThat(get("/api/v1/budgets/b").status()).isEqualTo(404);
    assertThat(put("pool-mini", TEAM).status()).isEqualTo(400);
    assertThat(Asking.text(send("DELETE", "pool-mini"))).contains("daily_limit");
    assertThat(put("b", "[]").status()).isEqualTo(400);
  }

  @Test
  void eachChangeIsInTheAuditLogWithWhoMadeIt() {
    put("team-a", TEAM);
    put("team-a", TEAM);
    put("team-a", TEAM.replace("50", "60"));
    send("DELETE", "team-a");

    Response response = get("/api/v1/audit?limit=2");
    assertThat(Asking.member(response, "data.0.changes.0.path")).isEqualTo("budgets");
    assertThat(Asking.member(response, "data.1.changes.0.path")).isEqualTo("budgets.team-a.limit");
    assertThat(Asking.member(response, "data.1.changes.0.before")).isEqualTo(50);
    assertThat(Asking.member(response, "data.1.changes.0.after")).isEqualTo(60);
    assertThat(Asking.member(response, "data.1.version")).isEqualTo(2);
    assertThat(Asking.member(response, "data.1.at")).isEqualTo("2026-11-21T09:30:00Z");
    assertThat(Asking.member(response, "data.1.who"))
        .isEqualTo("operator " + Fixture.OPERATOR.hash().substring(0, 8));
    assertThat(Asking.text(response)).doesNotContain(Fixture.OPERATOR.hash());

    Response rest = get("/api/v1/audit?cursor=" + Asking.member(response, "next"));
    assertThat(Asking.member(rest, "has_more")).isEqualTo(false);
    assertThat(Asking.member(rest, "data.0.version")).isEqualTo(1);
    assertThat(get("/api/v1/audit?cursor=" + Pagination.encode("x")).status()).isEqualTo(400);
    assertThat(Asking.text(get("/api/v1/audit?format=csv")).lines())
        .hasSize(4)
        .startsWith("at,who,version,path,before,after");
  }

  @Test
  void whoIsOnThisMachineIsCalledLocal() {
    fixture.open(java.util.Set.of());
    Asking.of("PUT", "/api/v1/budgets/team-a").json(TEAM).fromThisMachine().send(fixture.routes);

    Response audit = Asking.get("/api/v1/audit").fromThisMachine().send(fixture.routes);
    assertThat(Asking.member(audit, "data.0.who")).isEqualTo("local");
  }

  @Test
  void viewersReadBudgetsButChangeNone() {
    assertThat(
            Asking.of("PUT", "/api/v1/budgets/team-a")
                .token(Fixture.VIEWER.text())
                .json(TEAM)
                .send(fixture.routes)
                .status())
        .isEqualTo(403);
  }

  @Test
  void aPriceOfTheUserCountsInBudgetsAndAnswersFromTheNextPollOn() {
    String model = "gpt-5:of-0";
    String budgets =
        "\"budgets\": {\"new\": {\"metric\": \"estimated\", \"limit\": 50, \"window\": \"month\","
            + " \"scope\": {\"model\": [\""
            + model
            + "\"]}}}";
    String query = "/api/v1/query?metric=estimated&granularity=day&since=mtd&filter=model:" + model;
    fixture.provider.crowd = 1;
    fixture.filledSince("2026-11-10T00:00:00Z");
    settings("{" + budgets + "}");
    assertThat(Asking.member(get("/api/v1/budgets/new"), "state.unpriced")).isEqualTo(true);
    assertThat(Asking.member(get(query), "why_unpriced"))
        .isEqualTo(List.of(lack(model, "no price is known for this model")));

    settings(
        "{\"prices\": [{\"model\": \"gpt-5:*\", \"from\": \"2026-01-01\", \"input\": 3, \"output\":"
            + " 9}], "
            + budgets
            + "}");
    assertThat(Asking.member(get("/api/v1/budgets/new"), "state.unpriced")).isEqualTo(true);
    assertThat(Asking.member(get(query), "why_unpriced"))
        .isEqualTo(
            List.of(
                lack(
                    model,
                    "its price was set after this was estimated, and counts from the next poll"
                        + " on")));

    fixture.clock.advance(Duration.ofMinutes(5));
    fixture.poll("default");
    assertThat(Asking.member(get("/api/v1/budgets/new"), "state.used")).isEqualTo("0.1404");
    assertThat(Asking.member(get("/api/v1/budgets/new"), "state.unpriced")).isEqualTo(false);
    assertThat(Asking.member(get(query), "total.total")).isEqualTo("0.1404");
    assertThat(Asking.member(get(query), "unpriced")).isEqualTo(List.of());
  }

  private static Map<String, Object> lack(String name, String why) {
    var lack = new HashMap<String, Object>();
    lack.put("name", name);
    lack.put("tier", null);
    lack.put("why", why);
    return lack;
  }

  private void settings(String document) {
    assertThat(
            Asking.of("PUT", "/api/v1/settings")
                .token(Fixture.OPERATOR.text())
                .json(document)
                .send(fixture.routes)
                .status())
        .isEqualTo(200);
  }

  private static List<Object> ids(Response response) {
    return ((List<?>) Asking.member(response, "data"))
        .stream().<Object>map(each -> ((Map<?, ?>) each).get("id")).toList();
  }

  private Response get(String target) {
    return Asking.get(target).token(Fixture.VIEWER.text()).send(fixture.routes);
  }

  private Response put(String id, String body) {
    return Asking.of("PUT", "/api/v1/budgets/" + id)
        .token(Fixture.OPERATOR.text())
        .json(body)
        .send(fixture.routes);
  }

  private Response send(String method, String id) {
    return Asking.of(method, "/api/v1/budgets/" + id)
        .token(Fixture.OPERATOR.text())
        .send(fixture.routes);
  }
}

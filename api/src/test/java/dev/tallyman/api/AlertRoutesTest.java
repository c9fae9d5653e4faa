package dev.tallyman.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.api.message.Pagination;
import dev.tallyman.api.message.Response;
import dev.tallyman.core.alert.Alerts;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Reference;
import dev.tallyman.core.delivery.Sender.Outcome;
import dev.tallyman.core.delivery.Topic;
import dev.tallyman.core.poll.KeyExpiry;
import dev.tallyman.core.settings.SettingsStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AlertRoutesTest {
  private static final String SETTINGS =
      """
      {"channels": {"ops": {"kind": "slack", "secret": "SLACK_OPS"}},
       "groups": {"premium": {"daily_limit": 6000}},
       "budgets": {"all": {"metric": "tokens", "limit": 100, "window": "day"}}}\
      """;

  private final Fixture fixture = new Fixture();

  @Test
  void aPoolAlertHasTheFieldsOfOlderTrackers() {
    fixture.told();

    Response response = get("/api/alerts?days=7");
    assertThat(Asking.member(response, "count")).isEqualTo(1);
    assertThat((Map<?, ?>) Asking.member(response, "alerts.0"))
        .isEqualTo(
            Map.of(
                "id",
                1795185000000L * 1000 + Math.floorMod("1a2b3c4d".hashCode(), 1000),
                "timestamp",
                1795185000,
                "tier",
                "premium",
                "tokens_used",
                812345,
                "limit_value",
                1000000,
                "percentage",
                81,
                "message",
                "Free tokens of premium is at 81.2 % of 1,000,000 tokens",
                "sent",
                true,
                "created_at",
                "2026-11-20 14:30:00"));
    assertThat(Asking.member(get("/api/alerts?days=0"), "count")).isEqualTo(0);
  }

  @Test
  void whatNoChannelTookIsNotSent() {
    fixture.outcome = new Outcome.Failed("500", Optional.empty());
    fixture.told();
    assertThat(Asking.member(get("/api/alerts"), "alerts.0.sent")).isEqualTo(false);
    assertThat(Asking.member(get("/api/v1/deliveries"), "data.0.status")).isEqualTo("pending");

    fixture.outcome = new Outcome.Sent("200");
    fixture.clock.advance(Duration.ofMinutes(1));
    fixture.deliver(new Reference("default", Fixture.ALERT, Optional.of("ops")));
    assertThat(Asking.member(get("/api/alerts"), "alerts.0.sent")).isEqualTo(true);
    assertThat(Asking.member(get("/api/alerts"), "count")).isEqualTo(1);
  }

  @Test
  void whatWasToldWithinADigestIsSent() {
    fixture.toldWithinADigest();

    assertThat(Asking.member(get("/api/alerts"), "alerts.0.sent")).isEqualTo(true);
    Response alert = get("/api/v1/alerts/" + Fixture.ALERT);
    assertThat(Asking.member(alert, "deliveries.0.channel")).isEqualTo("ops");
    assertThat(Asking.member(alert, "channels")).isEqualTo(List.of());
  }

  @Test
  void whatIsOpenIsFoundUntilItIsOver() {
    filledAndDecided();

    Response open = get("/api/v1/alerts?open=true");
    assertThat(subjects(open)).contains("all", "pool-premium");
    assertThat(subjects(get("/api/v1/alerts?open=true&subject=all"))).containsExactly("all");
    assertThat(subjects(get("/api/v1/alerts?severity=critical"))).containsExactly("all");
    assertThat(subjects(get("/api/v1/alerts?open=false"))).isEmpty();
    assertThat(Asking.member(get("/api/v1/budgets/all"), "state.state")).isEqualTo("exceeded");
    assertThat(Asking.member(get("/api/v1/budgets/all"), "state.told_at"))
        .isEqualTo("2026-11-21T09:35:00Z");

    fixture.clock.advance(Duration.ofDays(4));
    decide();
    assertThat(subjects(get("/api/v1/alerts?open=true"))).containsExactly("stale");
    assertThat(subjects(get("/api/v1/alerts?open=false")))
        .contains("all", "pool-premium")
        .hasSizeGreaterThan(subjects(open).size());
  }

  @Test
  void alertsAreReadPageByPage() {
    filledAndDecided();

    List<Object> all = subjects(get("/api/v1/alerts"));
    Response first = get("/api/v1/alerts?limit=1");
    var seen = new ArrayList<>(subjects(first));
    seen.addAll(subjects(get("/api/v1/alerts?cursor=" + Asking.member(first, "next"))));
    assertThat(seen).isEqualTo(all).contains("all", "pool-premium");
    assertThat(get("/api/v1/alerts?cursor=" + Pagination.encode("x")).status()).isEqualTo(400);
    assertThat(Asking.text(get("/api/v1/alerts?format=csv")).lines())
        .hasSize(all.size() + 1)
        .startsWith("id,at,type,severity,subject,headline,open,delivered");
  }

  @Test
  void aBudgetSaysWhereItStands() {
    filledAndDecided();

    Response budget = get("/api/v1/budgets/pool-premium");
    assertThat(Asking.member(budget, "state.state")).isEqualTo("warning");
    assertThat(Asking.member(budget, "state.used")).isEqualTo("5349");
    assertThat(Asking.member(budget, "state.remaining")).isEqualTo("651");
    assertThat(Asking.member(budget, "state.percentage")).isEqualTo("89.1");
    assertThat(Asking.member(budget, "state.window")).isEqualTo("2026-11-21@UTC");
    assertThat(Asking.member(budget, "state.as_of")).isEqualTo("2026-11-21T09:35:00Z");
  }

  @Test
  void theProjectionOfABudgetIsToldWhereEnoughIsKnown() {
    filledAndDecided();

    Response forecast = get("/api/v1/forecast");
    assertThat(Asking.member(forecast, "data.0.budget")).isEqualTo("pool-premium");
    assertThat(Asking.member(forecast, "data.0.used")).isEqualTo("5349");
    assertThat(Asking.member(forecast, "data.0.pace.standing")).isEqualTo("ahead");
    assertThat(((Map<?, ?>) Asking.member(forecast, "data.0")).get("forecast")).isNull();
    assertThat(Asking.member(get("/api/v1/budgets/pool-premium"), "state.pace"))
        .isEqualTo(Asking.member(forecast, "data.0.pace"));
  }

  @Test
  void theMonthIsToldWithOrWithoutABudget() {
    filledAndDecided();

    Response forecast = get("/api/v1/forecast?limit=1");
    assertThat(Asking.member(forecast, "month.window")).isEqualTo("2026-11@UTC");
    assertThat(Asking.member(forecast, "month.window_end")).isEqualTo("2026-12-01T00:00:00Z");
    assertThat(Asking.member(forecast, "month.used"))
        .isEqualTo(
            Asking.member(
                get("/api/v1/query?since=mtd&metric=cost&granularity=all"), "total.total"));
    assertThat(((Map<?, ?>) Asking.member(forecast, "month")).get("forecast")).isNull();
  }

  @Test
  void whatWasNeverReadIsNotZero() {
    Map<?, ?> state = (Map<?, ?>) Asking.member(get("/api/v1/budgets/pool-mini"), "state");

    assertThat(state.get("state")).isEqualTo("unknown");
    assertThat(state.get("used")).isNull();
    assertThat(state.get("remaining")).isNull();
    assertThat(state.get("percentage")).isNull();
  }

  @Test
  void aBudgetIsMutedForSomeTime() {
    filledAndDecided();

    Response muted = mute("/api/v1/budgets/all/mute", "{\"until\": \"2026-11-21T12:00:00+01:00\"}");
    assertThat(Asking.member(muted, "muted_until")).isEqualTo("2026-11-21T11:00:00Z");
    assertThat(Asking.member(get("/api/v1/budgets/all"), "state.muted_until"))
        .isEqualTo("2026-11-21T11:00:00Z");

    Response over = mute("/api/v1/budgets/all/mute", "{\"until\": null}");
    assertThat(Asking.members(over).get("muted_until")).isNull();
    assertThat(((Map<?, ?>) Asking.member(get("/api/v1/budgets/all"), "state")).get("muted_until"))
        .isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "{\"until\": 3}", "{\"until\": \"2036-01-01T00:00:00Z\"}", "{\"x\": 1}"})
  void aMuteWithoutATimeIsRefused(String body) {
    assertThat(mute("/api/v1/budgets/pool-mini/mute", body).status()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/api/v1/alerts/al_20261120T143000000Z_00000000",
    "GET,/api/v1/alerts/x",
    "POST,/api/v1/deliveries/x/ops/redeliver",
    "POST,/api/v1/deliveries/" + Fixture.ALERT + "/other/redeliver",
    "POST,/api/v1/channels/other/test",
    "POST,/api/v1/budgets/other/mute"
  })
  void whatIsNotThereIsNotFound(String method, String path) {
    fixture.told();
    Response response =
        Asking.of(method, path)
            .token(Fixture.OPERATOR.text())
            .json("{\"until\":null}")
            .send(fixture.routes);

    assertThat(response.status()).as(Asking.text(response)).isEqualTo(404);
  }

  @Test
  void whatWasGivenUpIsSeenAndDeliveredOnceMore() {
    fixture.outcome = new Outcome.Refused("404 no_such_hook");
    fixture.told();
    assertThat(Asking.member(get("/api/v1/deliveries?status=dead"), "data.0.attempts.0.outcome"))
        .isEqualTo("404 no_such_hook");
    assertThat(Asking.text(get("/api/v1/deliveries?status=sent"))).contains("\"data\":[]");

    Response again = post("/api/v1/deliveries/" + Fixture.ALERT + "/ops/redeliver");
    assertThat(Asking.member(again, "status")).isEqualTo("pending");
    assertThat(fixture.repeated)
        .containsExactly(new Reference("default", Fixture.ALERT, Optional.of("ops")));

    fixture.outcome = new Outcome.Sent("200");
    fixture.deliver(fixture.repeated.getFirst());
    assertThat(Asking.member(get("/api/v1/alerts/" + Fixture.ALERT), "deliveries.0.status"))
        .isEqualTo("sent");
  }

  @Test
  void channelsAreShownWithTheNamesOfTheirSecretsAndTested() {
    put(SETTINGS);

    Response channels = get("/api/v1/channels");
    assertThat(Asking.member(channels, "data.0.secret")).isEqualTo("SLACK_OPS");
    assertThat(Asking.member(channels, "data.0.usual")).isEqualTo(true);
    Response tested = post("/api/v1/channels/ops/test");
    assertThat(Asking.member(tested, "sent")).isEqualTo(true);
    assertThat(fixture.tests).containsExactly("ops The channel ops works");

    fixture.outcome = new Outcome.Gone("410 no_service");
    fixture.told();
    assertThat(Asking.member(get("/api/v1/channels"), "data.0.disabled"))
        .isEqualTo("410 no_service");
    assertThat(Asking.member(post("/api/v1/channels/ops/test"), "detail"))
        .isEqualTo("410 no_service");

    fixture.outcome = new Outcome.Sent("200");
    post("/api/v1/channels/ops/test");
    assertThat(((Map<?, ?>) Asking.member(get("/api/v1/channels"), "data.0")).get("disabled"))
        .isNull();
  }

  private void filledAndDecided() {
    put(SETTINGS);
    fixture.filledSince("2026-11-19T00:00:00Z");
    decide();
  }

  private void decide() {
    Instant deadline = fixture.clock.instant().plusSeconds(60);
    var topic =
        new Topic() {
          @Override
          public void publish(Notification notification) {
            // It is in the log.
          }

          @Override
          public void repeat(Reference reference) {
            // It is pending.
          }
        };
    new Alerts(fixture.store, topic, fixture.clock)
        .run(
            "default",
            new SettingsStore(fixture.store).load().settings(),
            KeyExpiry::unknown,
            deadline);
  }

  private static List<Object> subjects(Response response) {
    return ((List<?>) Asking.member(response, "data"))
        .stream().<Object>map(each -> ((Map<?, ?>) each).get("subject")).toList();
  }

  private Response get(String target) {
    return Asking.get(target).token(Fixture.VIEWER.text()).send(fixture.routes);
  }

  private Response post(String target) {
    return Asking.of("POST", target).token(Fixture.OPERATOR.text()).send(fixture.routes);
  }

  private Response mute(String target, String body) {
    return Asking.of("POST", target).token(Fixture.OPERATOR.text()).json(body).send(fixture.routes);
  }

  private void put(String settings) {
    Response response =
        Asking.of("PUT", "/api/v1/settings")
            .token(Fixture.OPERATOR.text())
            .json(settings)
            .send(fixture.routes);
    assertThat(response.status()).as(Asking.text(response)).isEqualTo(200);
  }
}

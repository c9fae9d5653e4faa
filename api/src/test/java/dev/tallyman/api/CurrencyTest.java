package dev.tallyman.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.api.message.Response;
import dev.tallyman.core.usage.CostRow;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is answered where bills hold money in a currency that was not asked for. */
final class CurrencyTest {
  private final Fixture fixture;

  CurrencyTest() {
    var provider = new Provider(false);
    provider.charges =
        List.of(
            new CostRow(
                "proj_euro", "gpt-5, input", "key_e", new BigDecimal("3"), "eur", null, null));
    fixture = new Fixture(provider).filledSince("2026-11-01T00:00:00Z");
    Response set =
        Asking.of("PUT", "/api/v1/settings")
            .token(Fixture.OPERATOR.text())
            .json(
                """
                {"budgets": {
                  "all": {"metric": "cost", "limit": 5000, "window": "month"},
                  "exceeded": {"metric": "billed", "limit": 1, "window": "month"},
                  "euros": {"metric": "cost", "limit": 100, "window": "month",
                   "currency": "eur"}}}\
                """)
            .send(fixture.routes);
    assertThat(set.status()).as(Asking.text(set)).isEqualTo(200);
  }

  @Test
  void aBudgetOnAllMoneyIsUnknownAndSaysWhatToDo() {
    Response all = get("/api/v1/budgets/all");

    assertThat(Asking.member(all, "state.state")).isEqualTo("unknown");
    assertThat(Asking.text(all))
        .contains(
            "\"used\":null",
            "\"percentage\":null",
            "\"forecast\":null",
            "metric\":\"cost\",\"unit\":\"money\",\"currency\":null");
    assertThat(Asking.member(all, "state.other_currencies")).isEqualTo(List.of("eur"));
    assertThat(Asking.member(all, "state.note").toString()).contains("currency: eur");
    assertThat(Asking.member(get("/api/v1/budgets/exceeded"), "state.state")).isEqualTo("exceeded");
  }

  @Test
  void aBudgetInThatCurrencyIsKnown() {
    Response euros = get("/api/v1/budgets/euros");

    assertThat(Asking.member(euros, "currency")).isEqualTo("eur");
    assertThat(Asking.member(euros, "state.currency")).isEqualTo("eur");
    assertThat(Asking.member(euros, "state.state")).isEqualTo("ok");
    assertThat(Asking.member(euros, "state.used")).isEqualTo("63");
  }

  @Test
  void theForecastOfTheMonthIsUnknownWithItsReason() {
    Response forecast = get("/api/v1/forecast");

    assertThat(Asking.text(forecast)).contains("\"month\":{\"used\":null,");
    assertThat(Asking.member(forecast, "month.note").toString()).contains("money in eur");
  }

  @Test
  void aQuestionIsAnsweredWithUnknownAndNamesTheCurrency() {
    Response answer =
        get("/api/v1/query?metric=cost&filter=project:proj_euro&since=2026-11-02&until=2026-11-04");

    assertThat(Asking.text(answer))
        .contains("\"total\":{\"values\":[null,null],\"total\":null},\"parts\":null");
    assertThat(Asking.member(answer, "other_currencies.eur")).isEqualTo("6");
    assertThat(Asking.member(answer, "notes").toString()).contains("6 eur");
  }

  @Test
  void prometheusLeavesOutWhatIsUnknownAndTellsTheState() {
    String metrics = Asking.text(get("/metrics"));

    assertThat(metrics)
        .containsPattern("tallyman_budget_state\\{.*budget=\"all\",state=\"unknown\".*} 1")
        .containsPattern("tallyman_budget_limit_usd\\{.*budget=\"all\".*} 5000")
        .containsPattern("tallyman_budget_limit_eur\\{.*budget=\"euros\".*} 100")
        .containsPattern("tallyman_budget_spent_eur\\{.*budget=\"euros\".*} 63")
        .containsPattern("tallyman_billed_other_currency\\{.*currency=\"eur\".*} 63")
        .doesNotContainPattern("tallyman_budget_spent_usd\\{.*budget=\"all\"")
        .doesNotContainPattern("tallyman_budget_used_ratio\\{.*budget=\"all\"")
        .doesNotContainPattern("tallyman_budget_[a-z]+_usd\\{.*budget=\"euros\"")
        .doesNotContainPattern("tallyman_spend_usd\\{.*source=\"billed\".*proj_euro");
  }

  private Response get(String target) {
    return Asking.get(target).token(Fixture.VIEWER.text()).send(fixture.routes);
  }
}

package dev.tallyman.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.api.message.Response;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the contract of the provider does not say: how the ledger is seen through it. */
final class ProviderApiRoutesTest {
  /** 2026-11-20, of which three hours were used. */
  private static final long DAY = 1_795_132_800;

  private final Fixture fixture = new Fixture().filledSince("2026-11-15T00:00:00Z");

  @Test
  void aDayIsWhatTheQuerySaysOfIt() {
    Response query =
        asked(
            "/api/v1/query?metric=tokens_in&since=2026-11-20&until=2026-11-21&granularity=all"
                + "&filter=endpoint:completions");
    Response usage = usage("end_time=" + (DAY + 86_400));
    assertThat(Asking.member(usage, "data.0.results.0.input_tokens").toString())
        .isEqualTo(Asking.member(query, "total.total").toString());
  }

  @Test
  void costsAreThoseOfTheQuery() {
    Response query = asked("/api/v1/query?metric=billed&since=2026-11-20&until=2026-11-21");
    Response costs = asked("/v1/organization/costs?limit=1&start_time=" + DAY);
    assertThat(Asking.member(costs, "data.0.results.0.amount.value"))
        .isEqualTo(Asking.member(query, "total.total"));
  }

  @Test
  void anHourWithoutMinutesStandsInItsFirstAndSaysSo() {
    Response minutes = usage("bucket_width=1m&limit=120&end_time=" + (DAY + 7200));
    assertThat((List<?>) Asking.member(minutes, "data")).hasSize(120);
    assertThat((List<?>) Asking.member(minutes, "data.60.results")).isNotEmpty();
    assertThat((List<?>) Asking.member(minutes, "data.61.results")).isEmpty();
    assertThat((List<?>) Asking.member(minutes, "x_tallyman.notes")).hasSize(1);
  }

  @Test
  void anHourThatBeganBeforeIsNotCounted() {
    // At 01:00 there was usage.
    Response part = usage("end_time=" + (DAY + 7200), DAY + 3660);
    assertThat((List<?>) Asking.member(part, "data.0.results")).isEmpty();
  }

  @Test
  void todayIsToldAsFarAsItHasCome() {
    Response open = asked("/v1/organization/usage/completions?start_time=" + (DAY + 86_400));
    Response query =
        asked(
            "/api/v1/query?metric=requests&since=today&granularity=all"
                + "&filter=endpoint:completions");
    assertThat(Asking.member(open, "data.0.results.0.num_model_requests").toString())
        .isEqualTo(Asking.member(query, "total.total").toString());
    assertThat(((Number) Asking.member(open, "data.0.end_time")).longValue())
        .isEqualTo(fixture.clock.instant().getEpochSecond());
  }

  @Test
  void aPageEndsBeforeItIsTooLarge() {
    var provider = new Provider(false);
    provider.crowd = 900;
    var large = new Fixture(provider).filledSince("2026-11-15T00:00:00Z");
    String target =
        "/v1/organization/usage/completions?group_by=project_id,model,user_id&limit=6&start_time="
            + (DAY - 4 * 86_400);
    Response first = Asking.get(target).token(Fixture.VIEWER.text()).send(large.routes);
    assertThat(first.status()).isEqualTo(200);
    assertThat((List<?>) Asking.member(first, "data")).hasSize(4);
    assertThat(Asking.member(first, "has_more")).isEqualTo(true);
    Response second =
        Asking.get(
                target
                    + "&page="
                    + Asking.member(first, "next_page").toString().replace("=", "%3D"))
            .token(Fixture.VIEWER.text())
            .send(large.routes);
    assertThat((List<?>) Asking.member(second, "data")).hasSize(2);
    assertThat(Asking.member(second, "has_more")).isEqualTo(false);
  }

  @ParameterizedTest
  @CsvSource({"org-1,200", "default,200", "org-2,400"})
  void anOrganizationIsNamedByTheHeaderOfTheOfficialClients(String name, int status) {
    Response response =
        Asking.get("/v1/organization/costs?start_time=" + DAY)
            .token(Fixture.VIEWER.text())
            .with("OpenAI-Organization", name)
            .send(fixture.routes);
    assertThat(response.status()).as(Asking.text(response)).isEqualTo(status);
    if (status == 200) {
      assertThat(response.header("OpenAI-Organization")).contains("org-1");
    }
  }

  @Test
  void itNeedsATokenExceptOnThisMachine() {
    Asking asking = Asking.get("/v1/organization/costs?start_time=" + DAY);
    Response refused = asking.send(fixture.routes);
    assertThat(refused.status()).isEqualTo(401);
    assertThat(Asking.member(refused, "error.type")).isEqualTo("invalid_request_error");
    fixture.open(Set.of());
    assertThat(asking.fromThisMachine().send(fixture.routes).status()).isEqualTo(200);
  }

  private Response usage(String query) {
    return usage(query, DAY);
  }

  private Response usage(String query, long start) {
    return asked("/v1/organization/usage/completions?start_time=" + start + "&" + query);
  }

  private Response asked(String target) {
    Response response = Asking.get(target).token(Fixture.VIEWER.text()).send(fixture.routes);
    assertThat(response.status()).as(Asking.text(response)).isEqualTo(200);
    return response;
  }
}

package dev.tallyman.openai;

import static dev.tallyman.openai.Harness.page;
import static dev.tallyman.openai.ScriptedProvider.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tallyman.core.poll.records.ReadOutcome;
import dev.tallyman.core.poll.records.ReadOutcome.Complete;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.CostRow;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CostsReadingTest {
  @Test
  void asksForEveryGroupingAndAsManyDays() {
    try (var harness = new Harness(json(page()))) {
      harness.costs("2026-11-18", "2026-11-21");

      assertThat(harness.provider.requests().getFirst().target())
          .isEqualTo(
              "/v1/organization/costs?start_time=1794960000&end_time=1795219200&bucket_width=1d"
                  + "&limit=3&group_by[]=project_id&group_by[]=line_item&group_by[]=api_key_id");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> harness.costs("2026-01-01", "2026-07-01"))
          .withMessageContaining("180");
    }
  }

  @Test
  void readsTheRowsThatTheLiveApiWasSeenToSend() {
    String recorded =
        """
        {"object":"organization.costs.result","amount":{"value":"0E-6176","currency":"usd"},\
        "quantity":0.0,"line_item":"gpt-4o-mini-2024-07-18, cached input","project_id":"proj_x",\
        "organization_id":"org-x","project_name":"Default project","organization_name":"x",\
        "user_id":null,"api_key_id":null,"user_email":null},\
        {"amount":{"value":"0.000004500000000000000000000000000000000","currency":"usd"},\
        "quantity":30.0,"line_item":"gpt-4o-mini-2024-07-18, input","project_id":"proj_x",\
        "api_key_id":null,"quantity_unit":"tokens"}\
        """;
    try (var harness = new Harness(json(page(day(recorded))))) {
      assertThat(harness.costs("2026-11-20", "2026-11-21")).isInstanceOf(Complete.class);

      assertThat(harness.days)
          .containsExactly(
              CostDay.of(
                  LocalDate.parse("2026-11-20"),
                  List.of(
                      new CostRow(
                          "proj_x",
                          "gpt-4o-mini-2024-07-18, cached input",
                          null,
                          BigDecimal.ZERO,
                          "usd",
                          BigDecimal.ZERO,
                          null),
                      new CostRow(
                          "proj_x",
                          "gpt-4o-mini-2024-07-18, input",
                          null,
                          new BigDecimal("0.0000045"),
                          "usd",
                          new BigDecimal("30"),
                          "tokens"))));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"value\":\"12.50\",\"currency\":\"usd\"} | 12.5",
        "{\"value\":12.50,\"currency\":\"USD\",\"more\":{}} | 12.5",
        "{\"value\":-1e-3} | -0.001",
        "{\"currency\":null,\"value\":1} | 1",
        "\"7\" | 7",
        "0.1 | 0.1"
      })
  void readsAnAmountAsTextOrNumber(String written, BigDecimal expected) {
    try (var harness = new Harness(json(page(day(row(written)))))) {
      assertThat(harness.costs("2026-11-20", "2026-11-21")).isInstanceOf(Complete.class);
      CostRow row = harness.days.getFirst().rows().getFirst();
      assertThat(row.amount()).isEqualTo(expected);
      assertThat(row.currency()).isEqualTo("usd");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"value\":\"1234567890123456789012345678901234567890123456789012345678901\"}",
        "{\"value\":\"1E-100\"}",
        "{\"value\":1E400000000}",
        "{\"value\":\"a lot\"}",
        "{\"value\":true}",
        "{\"value\":1,\"currency\":\"gold\"}",
        "{\"value\":1,\"currency\":[{}]}",
        "{\"value\":{\"of\":[1]},\"currency\":\"usd\"}",
        "{\"value\":NaN,\"currency\":\"usd\"}",
        "{\"value\":\"NaN\",\"currency\":\"usd\"}",
        "{\"value\":-Infinity}",
        "NaN",
        "1e16",
        "[1]"
      })
  void leavesOutAndNamesARowWhoseAmountIsNone(String written) {
    String page = page(day(row("1"), row(written), row("2").replace("whisper", "embeddings")));
    try (var harness = new Harness(json(page))) {
      ReadOutcome outcome = harness.costs("2026-11-20", "2026-11-21");

      assertThat(outcome).isInstanceOf(Complete.class);
      assertThat(outcome.defects()).hasSize(1);
      assertThat(outcome.defects().getFirst().reason())
          .startsWith("a row was left out: amount")
          .doesNotContain("a lot", "gold");
      assertThat(harness.days.getFirst().rows())
          .extracting(CostRow::amount)
          .containsExactlyInAnyOrder(BigDecimal.ONE, BigDecimal.TWO);
      assertThat(harness.days.getFirst().whole()).isFalse();
    }
  }

  @Test
  void takesADimensionThatNoRowHasForNull() {
    String withoutKey = row("1").replace(",\"api_key_id\":\"key_a\"", ",\"user_id\":null");
    try (var harness = new Harness(json(page(day(withoutKey))))) {
      ReadOutcome outcome = harness.costs("2026-11-20", "2026-11-21");

      assertThat(outcome).isInstanceOf(Complete.class);
      assertThat(outcome.defects()).isEmpty();
      assertThat(harness.days.getFirst().rows().getFirst().apiKey()).isNull();
    }
  }

  @Test
  void leavesTheEndOutOnceOneInTheFutureWasRefused() {
    try (var harness = new Harness(ScriptedProvider.status(400, "{}"), json(page(day(row("1")))))) {
      assertThat(harness.costs("2026-11-20", "2026-11-21")).isInstanceOf(Complete.class);

      assertThat(harness.days).hasSize(1);
      assertThat(harness.provider.requests().get(1).target()).doesNotContain("end_time");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "{}", "{\"value\":null}"})
  void leavesOutARowWithoutAnAmountInsteadOfChargingZero(String written) {
    try (var harness = new Harness(json(page(day(row(written), row("1")))))) {
      harness.costs("2026-11-20", "2026-11-21");
      assertThat(harness.days.getFirst().rows()).hasSize(1);
    }
  }

  @Test
  void addsUpRowsOfTheSameItemToTheLastDigit() {
    String tiny = "\"0.000000000000000000000000000000000000000000000000000001\"";
    try (var harness = new Harness(json(page(day(row("0.1"), row(tiny), row("0.2")))))) {
      harness.costs("2026-11-20", "2026-11-21");
      assertThat(harness.days.getFirst().rows())
          .extracting(CostRow::amount)
          .containsExactly(
              new BigDecimal("0.300000000000000000000000000000000000000000000000000001"));
    }
  }

  private static String row(String amount) {
    return """
    {"amount":%s,"line_item":"whisper","project_id":"proj_a","api_key_id":"key_a"}\
    """
        .formatted(amount);
  }

  private static String day(String... rows) {
    return """
    {"object":"bucket","start_time":1795132800,"end_time":1795219200,"results":[%s]}\
    """
        .formatted(String.join(",", rows));
  }
}

package dev.tallyman.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.api.message.Response;
import dev.tallyman.core.usage.CostRow;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of FOCUS 1.2 that can be checked from a file alone (focus.finops.org, 29 May 2025). */
final class FocusTest {
  private static final List<String> MANDATORY =
      List.of(
          "BilledCost",
          "BillingAccountId",
          "BillingAccountName",
          "BillingCurrency",
          "BillingPeriodEnd",
          "BillingPeriodStart",
          "ChargeCategory",
          "ChargeClass",
          "ChargeDescription",
          "ChargePeriodEnd",
          "ChargePeriodStart",
          "ContractedCost",
          "EffectiveCost",
          "InvoiceIssuerName",
          "ListCost",
          "PricingQuantity",
          "PricingUnit",
          "ProviderName",
          "PublisherName",
          "ServiceCategory",
          "ServiceName");
  private static final Set<String> NULL_FOR_USAGE = Set.of("ChargeClass");
  private static final Set<String> KNOWN =
      Set.of(
          "BillingAccountType",
          "ChargeFrequency",
          "ConsumedQuantity",
          "ConsumedUnit",
          "InvoiceId",
          "RegionId",
          "ResourceId",
          "ResourceName",
          "ResourceType",
          "ServiceSubcategory",
          "SkuId",
          "SkuMeter",
          "SkuPriceDetails",
          "SkuPriceId",
          "SubAccountId",
          "SubAccountName",
          "SubAccountType",
          "Tags");
  private static final String UNIT =
      "([1-9][0-9]* )?[A-Z][A-Za-z]*s|(GiB|[A-Z][a-z]+)-(Seconds|Minutes|Hours|Days|Months)";

  private final Provider provider = new Provider(false);

  @Test
  void mandatoryColumnsAreThereInOrderAndOursComeLast() {
    List<String> columns = records(file("since=2026-11-15")).getFirst();
    List<String> specified = columns.stream().filter(column -> !column.startsWith("x_")).toList();
    assertThat(columns).doesNotHaveDuplicates().containsAll(MANDATORY);
    assertThat(specified).isSorted().allMatch(c -> MANDATORY.contains(c) || KNOWN.contains(c));
    assertThat(columns.subList(specified.size(), columns.size()))
        .isSorted()
        .allMatch(column -> column.matches("x_[A-Z][A-Za-z]+"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"since=2026-11-01", "since=2026-11-01&estimated=true"})
  void everyRowKeepsTheRules(String query) {
    provider.charges = charges();
    List<Map<String, String>> rows = rows(file(query));
    assertThat(rows).hasSizeGreaterThan(60);
    rows.forEach(FocusTest::check);
  }

  private static void check(Map<String, String> row) {
    for (String column : MANDATORY) {
      if (!NULL_FOR_USAGE.contains(column)) {
        assertThat(row.get(column)).as("%s of %s", column, row).isNotBlank();
      }
    }
    assertThat(row).containsEntry("ChargeClass", "");
    for (String column :
        List.of("BilledCost", "EffectiveCost", "ContractedCost", "ListCost", "PricingQuantity")) {
      assertThat(row.get(column)).as(column).matches("-?[0-9]+(\\.[0-9]+)?");
    }
    assertThat(row.get("BillingCurrency")).matches("[A-Z]{3}");
    Instant start = time(row, "ChargePeriodStart");
    Instant end = time(row, "ChargePeriodEnd");
    Instant periodStart = time(row, "BillingPeriodStart");
    Instant periodEnd = time(row, "BillingPeriodEnd");
    assertThat(start).isBefore(end).isAfterOrEqualTo(periodStart);
    assertThat(end).isBeforeOrEqualTo(periodEnd);
    LocalDate month = LocalDate.ofInstant(periodStart, ZoneOffset.UTC);
    assertThat(month.getDayOfMonth()).isEqualTo(1);
    assertThat(LocalDate.ofInstant(periodEnd, ZoneOffset.UTC))
        .isEqualTo(month.with(TemporalAdjusters.firstDayOfNextMonth()));
    assertThat(row.get("ChargeCategory")).isIn("Usage", "Adjustment");
    assertThat(row.get("ChargeFrequency")).isIn("One-Time", "Recurring", "Usage-Based");
    assertThat(row).containsEntry("ServiceCategory", "AI and Machine Learning");
    assertThat(row).containsEntry("ServiceSubcategory", "Generative AI");
    for (String what : List.of("Pricing", "Consumed")) {
      assertThat(value(row, what + "Quantity").isEmpty())
          .isEqualTo(value(row, what + "Unit").isEmpty());
      assertThat(row.get(what + "Unit")).matches(UNIT);
    }
    for (String what : List.of("SubAccount", "Resource")) {
      boolean none = value(row, what + "Id").isEmpty();
      assertThat(value(row, what + "Type").isEmpty()).isEqualTo(none);
      assertThat(value(row, what + "Name").isEmpty() || !none).isTrue();
    }
    assertThat(row.get("SkuId")).isNotBlank();
    assertThat(row.get("SkuPriceId")).isNotBlank();
    assertThat(row.get("x_Simulated")).isIn("true", "false");
    assertThat(row.get("x_Source")).isIn("billed", "estimated");
    if ("estimated".equals(row.get("x_Source"))) {
      assertThat(row).containsEntry("BilledCost", "0");
    }
  }

  @Test
  void amountsAreThoseOfTheBillToTheLastDigit() {
    provider.charges = charges();
    Fixture fixture = fixture();
    List<Map<String, String>> rows = rows(text(fixture, "since=2026-11-15&until=2026-11-18"));
    assertThat(rows).allSatisfy(row -> assertThat(row).containsEntry("x_Source", "billed"));
    BigDecimal sum =
        rows.stream()
            .filter(row -> "USD".equals(row.get("BillingCurrency")))
            .map(row -> new BigDecimal(value(row, "BilledCost")))
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    Response query =
        Asking.get("/api/v1/query?metric=billed&since=2026-11-15&until=2026-11-18")
            .token(Fixture.VIEWER.text())
            .send(fixture.routes);
    assertThat(sum).isEqualByComparingTo(Asking.member(query, "total.total").toString());
    assertThat(rows).anyMatch(row -> value(row, "BilledCost").endsWith("000123456789012345678901"));
  }

  @Test
  void effectiveCostWithEstimatesIsTheCostOfEveryOtherAnswer() {
    Fixture fixture = fixture();
    String range = "since=2026-11-15&until=2026-11-22";
    List<Map<String, String>> rows = rows(text(fixture, range + "&estimated=true"));
    BigDecimal sum =
        rows.stream()
            .map(row -> new BigDecimal(value(row, "EffectiveCost")))
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    Response query =
        Asking.get("/api/v1/query?metric=cost&" + range)
            .token(Fixture.VIEWER.text())
            .send(fixture.routes);
    assertThat(sum).isEqualByComparingTo(Asking.member(query, "total.total").toString());
  }

  @Test
  void whatIsNotBilledIsToldOnlyWhenAskedFor() {
    provider.uncharged = LocalDate.parse("2026-11-20");
    Fixture fixture = fixture();
    String range = "since=2026-11-20&until=2026-11-21";
    assertThat(rows(text(fixture, range))).isEmpty();
    assertThat(rows(text(fixture, range + "&estimated=true")))
        .isNotEmpty()
        .allSatisfy(row -> assertThat(row).containsEntry("x_Source", "estimated"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gpt-5-2025-08-07, output|2.5|1000000 Tokens|Tokens|2500000|25|true",
        "'priority | gpt-5-2025-08-07, output'|2.5|1000000 Tokens|Tokens|2500000|50|true",
        "'batch | gpt-5-2025-08-07, output'|2.5|1000000 Tokens|Tokens|2500000|12.5|true",
        "'ultrafast | gpt-5-2025-08-07, output'|2.5|1000000 Tokens|Tokens|2500000|70|false",
        "gpt-5-2025-08-07, output, long context|2.5|1000000 Tokens|Tokens|2500000|30|false",
        "mine, output|2.5|1000000 Tokens|Tokens|2500000|9|false",
        "web search tool calls|1|Charges|Charges|1|7.5|false",
        "whisper|90|Seconds|Seconds|90|0.009|true"
      })
  void quantitiesAndListPricesAreThoseOfTheLineItem(
      String item,
      String priced,
      String pricingUnit,
      String unit,
      String consumed,
      String list,
      boolean known) {
    provider.charges = charges();
    Fixture fixture = fixture();
    Response set =
        Asking.of("PUT", "/api/v1/settings")
            .token(Fixture.OPERATOR.text())
            .json("{\"prices\": [{\"model\": \"mine\", \"from\": \"2026-01-01\", \"output\": 3}]}")
            .send(fixture.routes);
    assertThat(set.status()).isEqualTo(200);
    Map<String, String> row =
        rows(text(fixture, "since=2026-11-15&until=2026-11-16")).stream()
            .filter(each -> item.equals(each.get("ChargeDescription")))
            .findFirst()
            .orElseThrow();
    assertThat(row)
        .containsEntry("PricingQuantity", priced)
        .containsEntry("PricingUnit", pricingUnit)
        .containsEntry("ConsumedUnit", unit)
        .containsEntry("ConsumedQuantity", consumed)
        .containsEntry("ListCost", list)
        .containsEntry("x_ListPriceKnown", Boolean.toString(known));
  }

  @Test
  void onlyOneProjectIsToldWhenAskedFor() {
    assertThat(rows(file("since=2026-11-15&project=proj_chat")))
        .isNotEmpty()
        .allSatisfy(row -> assertThat(row).containsEntry("SubAccountId", "proj_chat"));
  }

  @Test
  void aSimulatedFileSaysSoInItsNameAndInEachRow() {
    var fixture = new Fixture(new Provider(true)).filledSince("2026-11-15T00:00:00Z");
    Response response = asked(fixture, "since=2026-11-15");
    assertThat(response.header("Content-Disposition").orElse("")).contains("SIMULATED");
    assertThat(response.header("Content-Type")).contains("text/csv; charset=utf-8; header=present");
    assertThat(rows(Asking.text(response)))
        .isNotEmpty()
        .allSatisfy(row -> assertThat(row).containsEntry("x_Simulated", "true"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"since=2026-11-15&until=2026-11-15", "since=2024-01-01", "estimated=yes"})
  void whatCannotBeIsRefused(String query) {
    assertThat(asked(fixture(), query).status()).isEqualTo(400);
  }

  private static List<CostRow> charges() {
    return List.of(
        charge("proj_search", "gpt-5-2025-08-07, output", "25", "2500", "1000_tokens"),
        charge("proj_search", "priority | gpt-5-2025-08-07, output", "48", "2500", "1000_tokens"),
        charge("proj_search", "batch | gpt-5-2025-08-07, output", "11", "2500", "1000_tokens"),
        charge("proj_search", "ultrafast | gpt-5-2025-08-07, output", "70", "2500", "1000_tokens"),
        charge(
            "proj_search", "gpt-5-2025-08-07, output, long context", "30", "2500", "1000_tokens"),
        charge("proj_search", "mine, output", "9", "2500", "1000_tokens"),
        charge("proj_search", "gpt-5-2025-08-07, cached input", "0", "70", null),
        charge(null, "web search tool calls", "7.5", null, null),
        charge("proj_chat", "whisper", "0.009", "90", "duration_seconds"),
        charge("proj_chat", "Scale, adjusted", "-1.000123456789012345678901", null, null),
        charge("proj_chat", "file search storage", "0.3", "12.5", "gibibyte_hours"),
        charge("proj_chat", "something, new", "0.3", "12.5", "parsecs"),
        new CostRow("proj_chat", null, null, BigDecimal.ONE, "eur", null, null));
  }

  private static CostRow charge(
      @org.jspecify.annotations.Nullable String project,
      String item,
      String amount,
      @org.jspecify.annotations.Nullable String quantity,
      @org.jspecify.annotations.Nullable String unit) {
    return new CostRow(
        project,
        item,
        project == null ? null : "key_a",
        new BigDecimal(amount),
        "usd",
        quantity == null ? null : new BigDecimal(quantity),
        unit);
  }

  private Fixture fixture() {
    return new Fixture(provider).filledSince("2026-10-25T00:00:00Z");
  }

  private String file(String query) {
    return text(fixture(), query);
  }

  private static String text(Fixture fixture, String query) {
    Response response = asked(fixture, query);
    assertThat(response.status()).as(Asking.text(response)).isEqualTo(200);
    return Asking.text(response);
  }

  private static Response asked(Fixture fixture, String query) {
    return Asking.get("/api/v1/focus?" + query).token(Fixture.VIEWER.text()).send(fixture.routes);
  }

  private static Instant time(Map<String, String> row, String column) {
    String text = value(row, column);
    assertThat(text).matches("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z");
    return Instant.parse(text);
  }

  private static String value(Map<String, String> row, String column) {
    return row.getOrDefault(column, "");
  }

  private static List<Map<String, String>> rows(String csv) {
    List<List<String>> records = records(csv);
    var rows = new ArrayList<Map<String, String>>();
    for (List<String> record : records.subList(1, records.size())) {
      assertThat(record).hasSameSizeAs(records.getFirst());
      var row = new LinkedHashMap<String, String>();
      for (int i = 0; i < record.size(); i++) {
        row.put(records.getFirst().get(i), record.get(i));
      }
      rows.add(row);
    }
    return rows;
  }

  /** The records of a file as RFC 4180 has them. */
  private static List<List<String>> records(String csv) {
    var records = new ArrayList<List<String>>();
    var record = new ArrayList<String>();
    var field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < csv.length(); i++) {
      char c = csv.charAt(i);
      if (c == '"') {
        boolean escaped = quoted && i + 1 < csv.length() && csv.charAt(i + 1) == '"';
        if (escaped) {
          field.append('"');
          i++;
        } else {
          quoted = !quoted;
        }
      } else if (!quoted && (c == ',' || c == '\n')) {
        record.add(field.toString());
        field.setLength(0);
        if (c == '\n') {
          records.add(List.copyOf(record));
          record.clear();
        }
      } else if (quoted || c != '\r') {
        field.append(c);
      }
    }
    return records;
  }
}

package dev.tallyman.core.query;

import static dev.tallyman.core.query.TestLedger.charge;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.price.InUsage;
import dev.tallyman.core.price.LineItem;
import dev.tallyman.core.query.Reconciliation.Comparison;
import dev.tallyman.core.query.Reconciliation.Day;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is compared of a bill and an estimate, and what is only named. */
final class ReconciliationTest {
  private static final String DAY = "2026-11-16";
  private static final String HOUR = DAY + "T10:00:00Z";

  private final TestLedger ledger = new TestLedger("2026-11-20T12:00:00Z");

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "gpt-5, input                       ; gpt-5",
        "priority | gpt-5, cached input     ; gpt-5",
        "gpt-5, input, long context         ; gpt-5",
        "whisper                            ; whisper-1",
        "tts-1                              ; tts-1",
        "web search tool calls              ; web-search",
        "file search tool calls             ; file-search",
        "code interpreter sessions          ; code-interpreter",
        "vector store storage               ;",
        "file search storage                ;",
        "containers                         ;",
        "container memory, gb hours         ;",
        "agents                             ;",
        "fine-tuning training               ;",
        "gpt-4o-mini-2024-07-18 training    ;",
        "evals                              ;",
        "scale tier bundle                  ;",
        "Completions                        ;",
        "dall-e-3                           ;",
        "''                                 ;",
      })
  void usageShowsTokensAndCountedToolsAndNothingElse(String line, @Nullable String subject) {
    assertThat(InUsage.subject(LineItem.parse(line))).isEqualTo(Optional.ofNullable(subject));
  }

  @Test
  void whatUsageDoesNotShowIsNamedAndNoDifference() {
    gpt5();
    ledger.bill(
        DAY,
        charge("a", "gpt-5, input", "1.25"),
        charge("a", "gpt-5, output", "10"),
        charge("a", "evals", "3"),
        charge("b", "vector store storage", "2"),
        charge(null, "scale tier bundle", "18.25"));

    Day day = day();

    assertThat(day.comparable()).isTrue();
    assertThat(day.total().billed()).isEqualByComparingTo("11.25");
    assertThat(day.total().estimated()).isEqualByComparingTo("11.25");
    assertThat(day.total().driftPercent()).contains(new BigDecimal("0.0"));
    assertThat(day.total().notInUsage().keySet())
        .containsExactly("evals", "scale tier bundle", "vector store storage");
    assertThat(Comparison.total(day.total().notInUsage())).isEqualByComparingTo("23.25");
    assertThat(Objects.requireNonNull(day.projects().get("a")).notInUsage().keySet())
        .containsExactly("evals");
  }

  @Test
  void storageIsLeftOutOnBothSides() {
    ledger.hour(
        Known.VECTOR_STORES, HOUR, TestLedger.row("a", null).set(Quantity.BYTES, 1L << 44).build());
    gpt5();
    ledger.bill(DAY, charge("a", "gpt-5, input", "11.25"));

    assertThat(day().total().driftPercent()).contains(new BigDecimal("0.0"));
  }

  @Test
  void aWrongPriceIsADifference() {
    gpt5();
    ledger.bill(
        DAY, charge("a", "gpt-5, input", "22.5"), charge(null, "scale tier bundle", "18.25"));

    assertThat(day().total().driftPercent()).contains(new BigDecimal("-50.0"));
  }

  @Test
  void aModelThatCannotBeEstimatedInFullIsNamedAndNotCompared() {
    gpt5();
    ledger.hour(
        Known.COMPLETIONS,
        DAY + "T11:00:00Z",
        TestLedger.completion("a", "ft:mystery-9", 1_000_000, 0),
        TestLedger.completion("a", "gpt-5-mini", 1_000_000, 0));
    ledger.bill(
        DAY,
        charge("a", "gpt-5, input", "11.25"),
        charge("a", "ft:mystery-9, input", "400"),
        charge("a", "gpt-5-mini, input", "0.25"),
        charge("b", "gpt-5-mini, input, long context", "7"));

    Comparison total = day().total();

    assertThat(total.billed()).isEqualByComparingTo("11.25");
    assertThat(total.estimated()).isEqualByComparingTo("11.25");
    assertThat(total.notCompared()).containsOnlyKeys("ft:mystery-9", "gpt-5-mini");
    assertThat(Comparison.total(total.notCompared())).isEqualByComparingTo("407.25");
    assertThat(total.notInUsage()).isEmpty();
  }

  @Test
  void aToolThatAModelCallsIsComparedWithTheToolsLine() {
    ledger.hour(
        Known.WEB_SEARCH_CALLS,
        HOUR,
        TestLedger.row("a", "ft:mystery-9").set(Quantity.REQUESTS, 1000).build());
    ledger.hour(Known.COMPLETIONS, HOUR, TestLedger.completion("a", "ft:mystery-9", 1_000_000, 0));
    ledger.bill(DAY, charge("a", "web search tool calls", "10"));

    Comparison total = day().total();

    assertThat(total.billed()).isEqualByComparingTo("10");
    assertThat(total.estimated()).isEqualByComparingTo("10");
    assertThat(total.notCompared()).containsOnlyKeys("ft:mystery-9");
  }

  @Test
  void aBillInAnotherCurrencyIsNotComparable() {
    gpt5();
    ledger.bill(DAY, charge("a", "gpt-5, input", "11.25", "eur"));

    Day day = day();

    assertThat(day.comparable()).isFalse();
    assertThat(day.otherCurrencies()).containsExactly("eur");
  }

  @Test
  void aDayIsComparableOnceItsBillIsCompleteAndBothWereRead() {
    gpt5();
    ledger.bill("2026-11-18", charge("a", "gpt-5, input", "1"));
    ledger.readSince("2026-11-15T00:00:00Z");

    assertThat(days("2026-11-18").settled()).isFalse();
    assertThat(days("2026-11-10").known()).isFalse();
    assertThat(days(DAY).known()).isTrue();
  }

  @Test
  void filtersNarrowBothSides() {
    gpt5();
    ledger.hour(
        Known.COMPLETIONS,
        DAY + "T11:00:00Z",
        TestLedger.completion("b", "gpt-5", 1_000_000, 1_000_000));
    ledger.bill(DAY, charge("a", "gpt-5, input", "11.25"), charge("b", "gpt-5, input", "99"));
    ledger.readSince("2026-11-01T00:00:00Z");

    Day day =
        reconciliation()
            .days(
                LocalDate.parse(DAY),
                LocalDate.parse(DAY).plusDays(1),
                Map.of(GroupBy.PROJECT, Set.of("a")))
            .getFirst();

    assertThat(day.projects()).containsOnlyKeys("a");
    assertThat(day.total().driftPercent()).contains(new BigDecimal("0.0"));
  }

  /** One million tokens in and out: 11.25 USD. */
  private void gpt5() {
    ledger.hour(Known.COMPLETIONS, HOUR, TestLedger.completion("a", "gpt-5", 1_000_000, 1_000_000));
  }

  private Day day() {
    ledger.readSince("2026-11-01T00:00:00Z");
    return days(DAY);
  }

  private Day days(String day) {
    LocalDate from = LocalDate.parse(day);
    return reconciliation().days(from, from.plusDays(1), Map.of()).getFirst();
  }

  private Reconciliation reconciliation() {
    return new Reconciliation(
        ledger.store, TestLedger.ORGANIZATION, ledger.settings.usage(), ledger.clock.instant());
  }
}

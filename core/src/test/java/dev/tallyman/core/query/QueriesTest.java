package dev.tallyman.core.query;

import static dev.tallyman.core.query.TestLedger.charge;
import static dev.tallyman.core.query.TestLedger.completion;
import static dev.tallyman.core.query.TestLedger.inZone;
import static dev.tallyman.core.query.TestLedger.only;
import static dev.tallyman.core.query.TestLedger.query;
import static dev.tallyman.core.query.TestLedger.row;
import static dev.tallyman.core.query.TestLedger.total;
import static dev.tallyman.core.query.TestLedger.totals;
import static dev.tallyman.core.query.TestLedger.valuesOf;
import static dev.tallyman.core.usage.UsageEndpoint.Known.COMPLETIONS;
import static dev.tallyman.core.usage.UsageEndpoint.Known.EMBEDDINGS;
import static dev.tallyman.core.usage.UsageEndpoint.Known.FILE_SEARCH_CALLS;
import static dev.tallyman.core.usage.UsageEndpoint.Known.IMAGES;
import static dev.tallyman.core.usage.UsageEndpoint.Known.VECTOR_STORES;
import static dev.tallyman.core.usage.UsageEndpoint.Known.WEB_SEARCH_CALLS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tallyman.core.metric.Granularity;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.poll.PollFixtures;
import dev.tallyman.core.poll.records.Defect;
import dev.tallyman.core.poll.records.EndpointResult;
import dev.tallyman.core.poll.records.ReadOutcome;
import dev.tallyman.core.price.Unpriced;
import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Quantity;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class QueriesTest {
  private static final String NOW = "2026-11-21T09:14:00Z";

  /** Dollars a million: gpt-4o-mini costs 0.15 for input and 0.60 for output. */
  private static TestLedger ledger() {
    var ledger = new TestLedger(NOW);
    ledger.hour(COMPLETIONS, "2026-11-19T08:00:00Z", completion("a", "gpt-4o-mini", 100, 10));
    ledger.hour(
        COMPLETIONS,
        "2026-11-20T23:00:00Z",
        completion("a", "gpt-4o-mini", 1_000_000, 0),
        completion("b", "gpt-4o", 0, 7));
    ledger.hour(COMPLETIONS, "2026-11-21T09:00:00Z", completion("b", "gpt-4o", 5, 6));
    ledger.hour(
        EMBEDDINGS,
        "2026-11-21T08:00:00Z",
        row("b", "text-embedding-3-small").set(Quantity.INPUT_TOKENS, 50).build());
    return ledger.readSince("2026-11-18T00:00:00Z");
  }

  @Test
  void bucketsBeforeTheLedgerBeginsAreUnknownAndReadOnesWithoutUsageAreZero() {
    Answer answer = ledger().ask(Metric.TOKENS, "2026-11-16", "2026-11-23", Granularity.DAY);

    assertThat(valuesOf(answer.total())).isEqualTo("- - 0 110 1000007 61 -");
    assertThat(total(answer.total())).isEqualTo("1000178");
    assertThat(answer.provenance().partial()).isTrue();
    assertThat(answer.provenance().completeSince()).contains(Instant.parse("2026-11-18T00:00:00Z"));
    assertThat(answer.provenance().source()).isEqualTo("reported");
    assertThat(answer.provenance().currency()).isEmpty();
  }

  @Test
  void daysThatAreOverAndReadAreNotPartial() {
    Answer answer = ledger().ask(Metric.TOKENS, "2026-11-18", "2026-11-21", Granularity.DAY);

    assertThat(answer.provenance().partial()).isFalse();
    assertThat(answer.provenance().stale()).isFalse();
    assertThat(answer.provenance().asOf()).contains(Instant.parse(NOW));
  }

  @Test
  void nothingIsKnownOfAnOrganizationThatWasNeverRead() {
    var ledger = new TestLedger(NOW);

    Answer answer = ledger.ask(Metric.COST, "2026-11-20", "2026-11-22", Granularity.DAY);

    assertThat(valuesOf(answer.total())).isEqualTo("- -");
    assertThat(answer.total().total()).isEmpty();
    assertThat(answer.provenance().stale()).isTrue();
    assertThat(answer.provenance().partial()).isTrue();
    assertThat(answer.provenance().asOf()).isEmpty();
    assertThat(answer.provenance().notes()).anyMatch(note -> note.contains("costs"));
  }

  @Test
  void seriesAreTheLargestAndTheRestIsAddedUp() {
    Query query = query(Metric.TOKENS, "2026-11-18", "2026-11-22", Granularity.ALL, GroupBy.MODEL);
    var one =
        new Query(
            query.metric(),
            query.groupBy(),
            query.filters(),
            query.from(),
            query.to(),
            query.granularity(),
            query.zone(),
            1);

    Answer answer = ledger().ask(one);

    assertThat(totals(answer)).containsExactly(Map.entry("gpt-4o-mini", "1000110"));
    assertThat(answer.other()).map(TestLedger::total).contains("68");
    assertThat(answer.others()).isEqualTo(2);
    assertThat(total(answer.total())).isEqualTo("1000178");
    assertThat(totals(ledger().ask(query)))
        .containsEntry("gpt-4o", "18")
        .containsEntry("text-embedding-3-small", "50");
  }

  @Test
  void filtersCountAnyOfTheirValuesAndTheEmptyTextWhatHasNone() {
    Query query =
        query(Metric.TOKENS, "2026-11-18", "2026-11-22", Granularity.ALL, GroupBy.PROJECT);

    assertThat(totals(ledger().ask(query.with(GroupBy.MODEL, only("gpt-4o", "gpt-4o-mini")))))
        .isEqualTo(Map.of("a", "1000110", "b", "18"));
    assertThat(totals(ledger().ask(query.with(GroupBy.USER, only("")))))
        .isEqualTo(Map.of("b", "50"));
    assertThat(total(ledger().ask(query.with(GroupBy.PROJECT, only("nobody"))).total()))
        .isEqualTo("0");
  }

  @Test
  void groupsAreOfCompletionsOnly() {
    Answer answer =
        ledger().ask(Metric.TOKENS, "2026-11-18", "2026-11-22", Granularity.ALL, GroupBy.GROUP);

    assertThat(totals(answer)).isEqualTo(Map.of("mini", "1000110", "premium", "18", "-", "50"));
  }

  @Test
  void estimatesAreExact() {
    Answer answer =
        ledger().ask(Metric.ESTIMATED, "2026-11-18", "2026-11-21", Granularity.DAY, GroupBy.MODEL);

    assertThat(answer.series().getFirst().keys()).containsExactly(Optional.of("gpt-4o-mini"));
    assertThat(valuesOf(answer.series().getFirst())).isEqualTo("0 0.000021 0.15");
    assertThat(answer.provenance().source()).isEqualTo("estimated");
    assertThat(answer.provenance().estimated()).isTrue();
    assertThat(answer.provenance().currency()).contains("usd");
    assertThat(answer.provenance().unpriced()).isEmpty();
  }

  @Test
  void whatHasNoPriceIsUnknownAndNamedWhateverItIsGroupedBy() {
    TestLedger ledger = new TestLedger(NOW);
    ledger.hour(
        COMPLETIONS,
        "2026-11-20T08:00:00Z",
        completion("a", "a-model-from-nowhere", 100, 10),
        completion("b", "gpt-4o-mini", 1000, 0),
        completion("a", "gpt-4o-mini", 1000, 0).toBuilder()
            .set(Dimension.SERVICE_TIER, "Ultrafast")
            .build());
    ledger.readSince("2026-11-01T00:00:00Z");

    Answer byModel =
        ledger.ask(Metric.ESTIMATED, "2026-11-20", "2026-11-21", Granularity.DAY, GroupBy.MODEL);
    Answer byKey =
        ledger.ask(Metric.ESTIMATED, "2026-11-20", "2026-11-21", Granularity.DAY, GroupBy.KEY);

    assertThat(totals(byModel))
        .isEqualTo(Map.of("a-model-from-nowhere", "-", "gpt-4o-mini", "0.00015"));
    assertThat(total(byModel.total())).isEqualTo("0.00015");
    assertThat(byModel.provenance().unpriced())
        .isEqualTo(byKey.provenance().unpriced())
        .containsExactly(
            new Unpriced(
                "a-model-from-nowhere", Optional.empty(), "no price is known for this model"),
            new Unpriced(
                "gpt-4o-mini",
                Optional.of("ultrafast"),
                "its base price is known, but none for this tier"));
    assertThat(totals(byKey)).isEqualTo(Map.of("key_a", "-", "key_b", "0.00015"));
  }

  @Test
  void requestsLeaveWebSearchesToCalls() {
    TestLedger ledger = new TestLedger(NOW);
    String hour = "2026-11-20T08:00:00Z";
    ledger.hour(COMPLETIONS, hour, completion("a", "gpt-4o", 1, 1));
    ledger.hour(
        WEB_SEARCH_CALLS,
        hour,
        row("a", "gpt-4o").set(Quantity.MODEL_REQUESTS, 3).set(Quantity.REQUESTS, 4).build());
    ledger.hour(FILE_SEARCH_CALLS, hour, row("a", null).set(Quantity.REQUESTS, 5).build());
    ledger.hour(
        IMAGES,
        hour,
        row("a", "dall-e-3").set(Quantity.MODEL_REQUESTS, 2).set(Quantity.IMAGES, 6).build());
    ledger.readSince("2026-11-01T00:00:00Z");

    for (Granularity granularity : List.of(Granularity.DAY, Granularity.HOUR)) {
      assertThat(asked(ledger, Metric.REQUESTS, granularity)).isEqualTo("3");
      assertThat(asked(ledger, Metric.SEARCHES, granularity)).isEqualTo("9");
      assertThat(asked(ledger, Metric.IMAGES_MADE, granularity)).isEqualTo("6");
    }
  }

  private static String asked(TestLedger ledger, Metric metric, Granularity granularity) {
    return total(ledger.ask(metric, "2026-11-20", "2026-11-21", granularity).total());
  }

  @Test
  void kindsOfTokensAddUp() {
    TestLedger ledger = new TestLedger(NOW);
    ledger.hour(
        COMPLETIONS,
        "2026-11-20T08:00:00Z",
        row("a", "gpt-4o")
            .set(Quantity.INPUT_TOKENS, 100)
            .set(Quantity.INPUT_CACHED_TOKENS, 30)
            .set(Quantity.INPUT_CACHE_WRITE_TOKENS, 5)
            .set(Quantity.OUTPUT_TOKENS, 7)
            .set(Quantity.INPUT_AUDIO_TOKENS, 3)
            .set(Quantity.OUTPUT_AUDIO_TOKENS, 2)
            .build());
    ledger.readSince("2026-11-01T00:00:00Z");

    assertThat(asked(ledger, Metric.TOKENS, Granularity.DAY)).isEqualTo("107");
    assertThat(asked(ledger, Metric.TOKENS_IN, Granularity.DAY)).isEqualTo("100");
    assertThat(asked(ledger, Metric.TOKENS_UNCACHED, Granularity.DAY)).isEqualTo("65");
    assertThat(asked(ledger, Metric.TOKENS_CACHED, Granularity.DAY)).isEqualTo("30");
    assertThat(asked(ledger, Metric.TOKENS_CACHE_WRITE, Granularity.DAY)).isEqualTo("5");
    assertThat(asked(ledger, Metric.TOKENS_OUT, Granularity.DAY)).isEqualTo("7");
    assertThat(asked(ledger, Metric.TOKENS_AUDIO, Granularity.DAY)).isEqualTo("5");
    assertThat(asked(ledger, Metric.TOKENS_IMAGE, Granularity.DAY)).isEqualTo("0");
  }

  @Test
  void bytesAreAveragedOverTimeAndAddedOverProjects() {
    TestLedger ledger = new TestLedger("2026-11-21T00:00:00Z");
    for (int hour = 0; hour < 48; hour++) {
      Instant at = Instant.parse("2026-11-19T00:00:00Z").plus(Duration.ofHours(hour));
      ledger.hour(
          VECTOR_STORES,
          at,
          List.of(
              row("a", null).set(Quantity.BYTES, 1000).build(),
              row("b", null).set(Quantity.BYTES, hour < 24 ? 0 : 240).build()));
    }
    ledger.readSince("2026-11-19T00:00:00Z");

    Answer daily =
        ledger.ask(Metric.BYTES, "2026-11-19", "2026-11-21", Granularity.DAY, GroupBy.PROJECT);
    Answer all = ledger.ask(Metric.BYTES, "2026-11-19", "2026-11-21", Granularity.ALL);
    Answer hourly = ledger.ask(Metric.BYTES, "2026-11-20", "2026-11-21", Granularity.HOUR);

    assertThat(valuesOf(daily.total())).isEqualTo("1000 1240");
    assertThat(totals(daily)).isEqualTo(Map.of("a", "1000", "b", "120"));
    assertThat(total(all.total())).isEqualTo("1120");
    assertThat(hourly.total().values()).allMatch(Optional.of(BigDecimal.valueOf(1240))::equals);
  }

  @Test
  void hoursThatWereNotReadAreUnknown() {
    TestLedger ledger = new TestLedger("2026-11-20T05:00:00Z");
    ledger.hour(COMPLETIONS, "2026-11-20T01:00:00Z", completion("a", "gpt-4o", 1, 1));
    ledger.hour(COMPLETIONS, "2026-11-20T02:00:00Z");
    ledger.readSince("2026-11-20T00:00:00Z");

    Answer answer =
        ledger.ask(Metric.TOKENS, "2026-11-20T00:00:00Z", "2026-11-20T04:00:00Z", Granularity.HOUR);

    assertThat(valuesOf(answer.total())).isEqualTo("- 2 0 -");
    assertThat(answer.provenance().partial()).isTrue();
  }

  @Test
  void partsOfDaysAreReadByTheHour() {
    Answer answer =
        ledger()
            .ask(Metric.TOKENS, "2026-11-20T23:00:00Z", "2026-11-21T09:00:00Z", Granularity.DAY);

    assertThat(valuesOf(answer.total())).isEqualTo("1000007 50");
    assertThat(answer.buckets())
        .containsExactly(
            Instant.parse("2026-11-20T23:00:00Z"), Instant.parse("2026-11-21T00:00:00Z"));
  }

  @Test
  void partsOfDaysWhoseHoursAreGoneAreRefused() {
    var query =
        query(Metric.TOKENS, "2025-06-01T05:00:00Z", "2025-06-03T00:00:00Z", Granularity.DAY);

    assertThatThrownBy(() -> ledger().ask(query))
        .isInstanceOfSatisfying(QueryException.class, e -> assertThat(e.field()).isEqualTo("since"))
        .hasMessageContaining("400 days");
  }

  @Nested
  final class Costs {
    private TestLedger ledger(String now) {
      var ledger = new TestLedger(now);
      ledger.hour(
          COMPLETIONS,
          "2026-11-18T08:00:00Z",
          completion("a", "gpt-4o-mini", 2_000_000, 0),
          completion("b", "gpt-4o-mini", 4_000_000, 0));
      ledger.bill(
          "2026-11-18",
          charge("a", "gpt-4o-mini, input", "0.50"),
          charge("b", "priority | gpt-4o-mini, input", "0.25"),
          charge(null, "web search tool calls", "0.01"));
      return ledger.readSince("2026-11-01T00:00:00Z");
    }

    private static final String EDGE = "2026-11-21T00:00:00Z";
    private static final String BEFORE = "2026-11-20T23:59:59Z";

    private Answer ask(String now, GroupBy... by) {
      return ledger(now).ask(Metric.COST, "2026-11-18", "2026-11-19", Granularity.DAY, by);
    }

    @Test
    void isBilledOnceTheDayEndedTwoDaysAgo() {
      Answer answer = ask(EDGE, GroupBy.PROJECT);

      assertThat(totals(answer)).isEqualTo(Map.of("a", "0.5", "b", "0.25", "-", "0.01"));
      assertThat(answer.parts()).contains(new Parts(new BigDecimal("0.76"), BigDecimal.ZERO));
      assertThat(answer.provenance().source()).isEqualTo("billed");
      assertThat(answer.provenance().estimated()).isFalse();
    }

    @Test
    void isTheLargerOfBothForEachProjectBefore() {
      Answer answer = ask(BEFORE, GroupBy.PROJECT);

      assertThat(totals(answer)).isEqualTo(Map.of("a", "0.5", "b", "0.6", "-", "0.01"));
      assertThat(answer.parts()).contains(new Parts(new BigDecimal("0.51"), new BigDecimal("0.6")));
      assertThat(answer.provenance().source()).isEqualTo("billed+estimated");
      assertThat(answer.provenance().estimated()).isTrue();
    }

    @Test
    void isRegroupedFromTheSourceThatWasChosen() {
      assertThat(totals(ask(BEFORE, GroupBy.MODEL)))
          .isEqualTo(Map.of("gpt-4o-mini", "1.1", "-", "0.01"));
      assertThat(totals(ask(BEFORE, GroupBy.PROJECT, GroupBy.TIER)))
          .isEqualTo(Map.of("a/default", "0.5", "b/default", "0.6", "-/-", "0.01"));
      assertThat(totals(ask(EDGE, GroupBy.TIER)))
          .isEqualTo(Map.of("default", "0.5", "priority", "0.25", "-", "0.01"));
      assertThat(totals(ask(EDGE, GroupBy.GROUP))).isEqualTo(Map.of("mini", "0.75", "-", "0.01"));
      assertThat(totals(ask(EDGE, GroupBy.KEY)))
          .isEqualTo(Map.of("key_a", "0.5", "key_b", "0.25", "key_null", "0.01"));
    }

    @Test
    void aFilterDoesNotChangeWhichSourceIsChosen() {
      Query query =
          query(Metric.COST, "2026-11-18", "2026-11-19", Granularity.DAY, GroupBy.PROJECT);

      assertThat(totals(ledger(BEFORE).ask(query.with(GroupBy.TIER, only("priority"))))).isEmpty();
      assertThat(totals(ledger(EDGE).ask(query.with(GroupBy.TIER, only("priority")))))
          .isEqualTo(Map.of("b", "0.25"));
    }

    @Test
    void isEstimatedWhereNoBillWasRead() {
      var ledger = new TestLedger(NOW);
      ledger.hour(
          COMPLETIONS, "2026-11-10T08:00:00Z", completion("a", "gpt-4o-mini", 1_000_000, 0));
      ledger.readSince("2026-11-01T00:00:00Z", List.of("completions"));

      Answer answer = ledger.ask(Metric.COST, "2026-11-09", "2026-11-12", Granularity.DAY);

      assertThat(valuesOf(answer.total())).isEqualTo("0 0.15 0");
      assertThat(answer.provenance().source()).isEqualTo("estimated");
      assertThat(answer.provenance().notes()).anyMatch(note -> note.contains("1 day is estimated"));
    }

    @Test
    void isNothingWhereTheBillWasReadAndEmpty() {
      var ledger = new TestLedger(NOW);
      ledger.hour(
          COMPLETIONS, "2026-11-10T08:00:00Z", completion("a", "gpt-4o-mini", 1_000_000, 0));
      ledger.hour(
          COMPLETIONS, "2026-11-19T08:00:00Z", completion("a", "gpt-4o-mini", 2_000_000, 0));
      ledger.readSince("2026-11-01T00:00:00Z");

      Answer answer = ledger.ask(Metric.COST, "2026-11-10", "2026-11-20", Granularity.DAY);

      assertThat(valuesOf(answer.total())).isEqualTo("0 0 0 0 0 0 0 0 0 0.3");
      assertThat(answer.provenance().notes()).isEmpty();
    }

    @Test
    void todayIsAskedForAsFarAsItHasCome() {
      Answer answer =
          ledger(EDGE).ask(Metric.COST, "2026-11-18", "2026-11-21T00:01:00Z", Granularity.DAY);

      assertThat(answer.query().to()).isEqualTo("2026-11-22T00:00:00Z");
      assertThat(valuesOf(answer.total())).isEqualTo("0.76 0 0 -");
    }

    @Test
    void partsOfOtherDaysAreRefused() {
      assertThatThrownBy(() ->
              ledger(EDGE)
                  .ask(
                      Metric.COST, "2026-11-18T05:00:00Z", "2026-11-21T00:00:00Z", Granularity.DAY))
          .isInstanceOf(QueryException.class)
          .hasMessageContaining("since")
          .hasMessageContaining("estimated");
      assertThatThrownBy(() ->
              ledger(EDGE)
                  .ask(
                      Metric.BILLED,
                      "2026-11-18T00:00:00Z",
                      "2026-11-19T04:00:00Z",
                      Granularity.ALL))
          .isInstanceOf(QueryException.class)
          .hasMessageContaining("until");
    }

    @Test
    void whatIsBilledInOtherCurrenciesOnlyIsUnknownAndNever0() {
      var ledger = new TestLedger(NOW);
      ledger.bill(
          "2026-11-10",
          charge("a", "gpt-4o, input", "1.5"),
          charge("b", "gpt-4o, input", "2.25", "eur"));
      ledger.bill("2026-11-11", charge("a", "gpt-4o, input", "3", "eur"));
      ledger.readSince("2026-11-01T00:00:00Z");

      for (Metric metric : List.of(Metric.BILLED, Metric.COST)) {
        Answer answer =
            ledger.ask(query(metric, "2026-11-10", "2026-11-12", Granularity.DAY, GroupBy.PROJECT));

        assertThat(totals(answer)).isEqualTo(Map.of("a", "1.5", "b", "-"));
        assertThat(valuesOf(answer.total())).isEqualTo("1.5 -");
        assertThat(answer.provenance().otherCurrencies())
            .isEqualTo(Map.of("eur", new BigDecimal("5.25")));
        Answer nothing = ledger.ask(query(metric, "2026-11-11", "2026-11-12", Granularity.ALL));
        assertThat(nothing.total().total()).isEmpty();
        assertThat(nothing.parts()).isEmpty();
      }
    }

    @Test
    void currenciesAreNeverAdded() {
      var ledger = new TestLedger(NOW);
      ledger.bill(
          "2026-11-10",
          charge("a", "gpt-4o, input", "1.5"),
          charge("a", "gpt-4o, input", "2.25", "eur"));
      ledger.readSince("2026-11-01T00:00:00Z");
      Query query = query(Metric.BILLED, "2026-11-10", "2026-11-11", Granularity.ALL);
      var inEuro =
          new Query(
              query.metric(),
              List.of(GroupBy.LINE_ITEM),
              Map.of(),
              query.from(),
              query.to(),
              query.granularity(),
              query.zone(),
              12,
              "EUR");

      Answer dollars = ledger.ask(query);
      Answer euros = ledger.ask(inEuro);

      assertThat(total(dollars.total())).isEqualTo("1.5");
      assertThat(dollars.provenance().notes()).anyMatch(note -> note.contains("2.25 eur"));
      assertThat(totals(euros)).isEqualTo(Map.of("gpt-4o, input", "2.25"));
      assertThat(euros.provenance().currency()).contains("eur");
      assertThatThrownBy(() ->
              ledger.ask(
                  new Query(
                      Metric.ESTIMATED,
                      List.of(),
                      Map.of(),
                      query.from(),
                      query.to(),
                      Granularity.ALL,
                      query.zone(),
                      12,
                      "eur")))
          .isInstanceOf(QueryException.class)
          .hasMessageContaining("usd");
    }

    @Test
    void amountsOfManyDigitsAreAddedExactly() {
      var ledger = new TestLedger(NOW);
      ledger.bill(
          "2026-11-10",
          charge("a", "x, input", "0.000000000000000000000000000000000000001"),
          charge("b", "x, input", "90000000000000000000"),
          charge("c", "x, input", "-1"));
      ledger.readSince("2026-11-01T00:00:00Z");

      assertThat(
              total(ledger.ask(Metric.BILLED, "2026-11-10", "2026-11-11", Granularity.ALL).total()))
          .isEqualTo("89999999999999999999.000000000000000000000000000000000000001");
    }
  }

  @Nested
  final class Zones {
    private static final ZoneId ROME = ZoneId.of("Europe/Rome");
    private static final ZoneId KOLKATA = ZoneId.of("Asia/Kolkata");

    @Test
    void daysOfAReportingZoneAreItsOwn() {
      var ledger = new TestLedger("2026-10-27T12:00:00Z", "Europe/Rome");
      // Each hour of the long day counts one token more than the one before.
      Instant at = Instant.parse("2026-10-23T22:00:00Z");
      for (int i = 1; i <= 73; i++) {
        ledger.hour(COMPLETIONS, at, List.of(completion("a", "gpt-4o", i, 0)));
        at = at.plus(Duration.ofHours(1));
      }
      ledger.readSince("2026-10-20T00:00:00Z");
      Answer answer =
          ledger.ask(
              inZone(
                  ROME,
                  Metric.TOKENS,
                  "2026-10-23T22:00:00Z",
                  "2026-10-26T23:00:00Z",
                  Granularity.DAY));

      assertThat(valuesOf(answer.total()))
          .isEqualTo("%d %d %d", sum(1, 24), sum(25, 49), sum(50, 73));
    }

    private static int sum(int from, int to) {
      return (from + to) * (to - from + 1) / 2;
    }

    @Test
    void hoursThatStraddleMidnightAreSplitByTheirMinutes() {
      var ledger = new TestLedger("2026-11-20T12:00:00Z", "Asia/Kolkata");
      // Midnight in Kolkata is half past six in the evening of UTC.
      ledger.minutes(
          COMPLETIONS,
          Instant.parse("2026-11-18T18:00:00Z"),
          Map.of(
              29, List.of(completion("a", "gpt-4o", 3, 0)),
              30, List.of(completion("a", "gpt-4o", 40, 0))));
      ledger.hour(COMPLETIONS, "2026-11-18T12:00:00Z", completion("a", "gpt-4o", 500, 0));
      ledger.readSince("2026-11-01T00:00:00Z");
      Answer answer =
          ledger.ask(
              inZone(
                  KOLKATA,
                  Metric.TOKENS,
                  "2026-11-17T18:30:00Z",
                  "2026-11-19T18:30:00Z",
                  Granularity.DAY));

      assertThat(valuesOf(answer.total())).isEqualTo("503 40");
      assertThat(answer.provenance().notes()).isEmpty();
      assertThat(asked(ledger, Metric.TOKENS, Granularity.DAY)).isEqualTo("0");
    }

    @Test
    void hoursWithoutMinutesAreCountedWhereTheyBeginAndSaySo() {
      var ledger = new TestLedger("2026-11-20T12:00:00Z", "Asia/Kolkata");
      ledger.hour(COMPLETIONS, "2026-11-18T18:00:00Z", completion("a", "gpt-4o", 43, 0));
      ledger.readSince("2026-11-01T00:00:00Z");
      Answer kolkata =
          ledger.ask(
              inZone(
                  KOLKATA,
                  Metric.TOKENS,
                  "2026-11-17T18:30:00Z",
                  "2026-11-19T18:30:00Z",
                  Granularity.DAY));
      // Kathmandu is no reporting zone: its midnight is a quarter past six in the evening of UTC.
      Answer kathmandu =
          ledger.ask(
              inZone(
                  ZoneId.of("Asia/Kathmandu"),
                  Metric.TOKENS,
                  "2026-11-17T18:15:00Z",
                  "2026-11-19T18:15:00Z",
                  Granularity.DAY));

      for (Answer answer : List.of(kolkata, kathmandu)) {
        assertThat(valuesOf(answer.total())).isEqualTo("43 0");
        assertThat(answer.provenance().notes()).anyMatch(note -> note.contains("where they begin"));
      }
    }

    @Test
    void longRangesOfOtherZonesNameTheReportingZones() {
      var ledger = new TestLedger(NOW, "Europe/Rome");
      Query days = inZone(KOLKATA, Metric.TOKENS, "2026-11-01", "2026-11-20", Granularity.DAY);

      assertThatThrownBy(() -> ledger.ask(days))
          .isInstanceOfSatisfying(
              QueryException.class,
              e -> assertThat(e.allowed()).containsExactly("UTC", "Europe/Rome"))
          .hasMessageContaining("14 days");
    }

    @Test
    void minutesAreKnownWhereTheyAreHeld() {
      var ledger = new TestLedger("2026-11-20T12:00:00Z", "Asia/Kolkata");
      ledger.minutes(
          COMPLETIONS,
          Instant.parse("2026-11-18T18:00:00Z"),
          Map.of(1, List.of(completion("a", "gpt-4o", 3, 0))));
      ledger.readSince("2026-11-01T00:00:00Z");

      Answer answer =
          ledger.ask(
              Metric.TOKENS, "2026-11-18T17:58:00Z", "2026-11-18T18:03:00Z", Granularity.MINUTE);

      assertThat(valuesOf(answer.total())).isEqualTo("- - 0 3 0");
    }
  }

  @Nested
  final class Trust {
    @Test
    void answersAreAsOldAsTheOldestEndpointInvolved() {
      TestLedger ledger = ledger();
      var results = new TreeMap<String, EndpointResult>();
      for (String id : TestLedger.everything()) {
        results.put(id, success("2026-11-21T09:10:00Z"));
      }
      results.put("embeddings", success("2026-11-21T08:00:00Z"));
      ledger.clock.set(Instant.parse("2026-11-21T09:15:00Z"));
      PollFixtures.cycle(
          ledger.store,
          TestLedger.ORGANIZATION,
          ledger.clock.instant(),
          true,
          results,
          Collections.emptySortedMap());

      Provenance tokens =
          ledger.ask(Metric.TOKENS, "2026-11-20", "2026-11-21", Granularity.DAY).provenance();
      Provenance output =
          ledger.ask(Metric.TOKENS_OUT, "2026-11-20", "2026-11-21", Granularity.DAY).provenance();

      assertThat(tokens.asOf()).contains(Instant.parse("2026-11-21T08:00:00Z"));
      assertThat(tokens.stale()).isTrue();
      assertThat(output.asOf()).contains(Instant.parse("2026-11-21T09:10:00Z"));
      assertThat(output.stale()).isFalse();
      assertThat(tokens.simulated()).isTrue();
    }

    private static EndpointResult success(String at) {
      return new EndpointResult(
          1, 0, 0, 0, Optional.empty(), Optional.empty(), Optional.of(Instant.parse(at)));
    }

    @Test
    void whatWasReadBeyondAGapIsShownAndPartial() {
      var ledger = new TestLedger("2026-11-10T12:00:00Z");
      ledger.hour(COMPLETIONS, "2026-11-10T08:00:00Z", completion("a", "gpt-4o", 1, 0));
      ledger.readSince("2026-11-01T00:00:00Z");
      ledger.clock.set(Instant.parse("2026-11-14T12:00:00Z"));
      ledger.hour(COMPLETIONS, "2026-11-14T08:00:00Z", completion("a", "gpt-4o", 20, 0));
      ledger.finish();

      Answer answer = ledger.ask(Metric.TOKENS, "2026-11-10", "2026-11-15", Granularity.DAY);

      assertThat(valuesOf(answer.total())).isEqualTo("1 - - - 20");
      assertThat(answer.provenance().partial()).isTrue();
      assertThat(answer.provenance().stale()).isTrue();
    }

    @Test
    void anEndpointThatIsNotOfferedMakesNothingPartial() {
      var ledger = new TestLedger(NOW);
      ledger.hour(COMPLETIONS, "2026-11-20T08:00:00Z", completion("a", "gpt-4o", 1, 2));
      ledger.finish();
      PollFixtures.reached(
          ledger.store,
          TestLedger.ORGANIZATION,
          Map.of("completions", Instant.parse("2026-11-01T00:00:00Z")),
          ledger.clock.instant());
      var results = new TreeMap<String, EndpointResult>();
      results.put("completions", success(NOW));
      results.put("moderations", failure(ReadOutcome.Kind.NOT_OFFERED));
      results.put("embeddings", failure(ReadOutcome.Kind.MISSING_SCOPE));
      PollFixtures.cycle(
          ledger.store,
          TestLedger.ORGANIZATION,
          ledger.clock.instant(),
          false,
          results,
          Collections.emptySortedMap());

      Answer answer = ledger.ask(Metric.TOKENS, "2026-11-20", "2026-11-21", Granularity.DAY);
      Query completions =
          query(Metric.TOKENS, "2026-11-20", "2026-11-21", Granularity.DAY)
              .with(GroupBy.ENDPOINT, only("completions", "moderations"));

      assertThat(total(answer.total())).isEqualTo("3");
      assertThat(answer.provenance().partial()).isTrue();
      assertThat(answer.provenance().notes()).containsExactly("Never read so far: embeddings.");
      assertThat(ledger.ask(completions).provenance().partial()).isFalse();
      assertThat(ledger.ask(completions).provenance().notes()).isEmpty();
    }

    @Test
    void whatIsReadInPartMakesItsTimePartialAndSaysWhy() {
      TestLedger ledger = ledger();
      Instant hour = Instant.parse("2026-11-19T08:00:00Z");
      PollFixtures.defect(
          ledger.store,
          TestLedger.ORGANIZATION,
          "completions",
          new Defect(hour, hour.plusSeconds(3600), "a row was left out: images is below zero"));

      for (Granularity each : List.of(Granularity.HOUR, Granularity.DAY, Granularity.ALL)) {
        Provenance concerned =
            ledger.ask(Metric.TOKENS, "2026-11-19", "2026-11-20", each).provenance();
        assertThat(concerned.partial()).as(each.id()).isTrue();
        assertThat(concerned.notes())
            .singleElement()
            .asString()
            .contains("completions", "2026-11-19T08:00:00Z", "images is below zero");
        Provenance other = ledger.ask(Metric.TOKENS, "2026-11-18", "2026-11-19", each).provenance();
        assertThat(other.notes()).isEmpty();
      }
      assertThat(
              ledger
                  .ask(Metric.TOKENS, "2026-11-18", "2026-11-19", Granularity.DAY)
                  .provenance()
                  .partial())
          .isFalse();
    }

    @Test
    void hoursThatAreGoneAreUnknownNotZeroAndSaySo() {
      TestLedger ledger = ledger();
      var key = new Key("O#" + TestLedger.ORGANIZATION + "#U#completions#2026-11-19", "08");
      long version = ledger.store.get(key).orElseThrow().version();
      assertThat(ledger.store.delete(key, new Condition.VersionIs(version))).isTrue();
      Query hours =
          new Query(
              Metric.TOKENS,
              List.of(),
              Map.of(),
              Instant.parse("2026-11-19T07:00:00Z"),
              Instant.parse("2026-11-19T10:00:00Z"),
              Granularity.HOUR,
              ZoneId.of("UTC"),
              10);

      Answer answer = ledger.ask(hours);

      assertThat(answer.total().values().get(1)).isEmpty();
      assertThat(answer.provenance().partial()).isTrue();
      assertThat(answer.provenance().completeSince())
          .contains(Instant.parse("2026-11-19T09:00:00Z"));
      assertThat(answer.provenance().notes())
          .singleElement()
          .asString()
          .contains("an hour of completions", "tallyman backfill --from 2026-11-19");
      // Days are kept by themselves.
      Answer days = ledger.ask(Metric.TOKENS, "2026-11-19", "2026-11-20", Granularity.DAY);
      assertThat(valuesOf(days.total())).isEqualTo("110");
      assertThat(days.provenance().notes()).isEmpty();
    }

    private static EndpointResult failure(ReadOutcome.Kind kind) {
      return new EndpointResult(0, 0, 0, 0, Optional.of(kind), Optional.of("no"), Optional.empty());
    }
  }

  @Test
  void monthsThatAreOverComeFromTheirOwnRollups() {
    var ledger = new TestLedger("2026-11-21T09:14:00Z");
    for (LocalDate day = LocalDate.parse("2026-09-14");
        day.isBefore(LocalDate.parse("2026-11-21"));
        day = day.plusDays(1)) {
      ledger.hour(
          COMPLETIONS, day + "T05:00:00Z", completion("a", "gpt-4o", day.getDayOfMonth(), 0));
    }
    ledger.readSince("2026-09-14T00:00:00Z");

    Answer months = ledger.ask(Metric.TOKENS, "2026-09-20", "2026-11-22", Granularity.MONTH);
    Answer all = ledger.ask(Metric.TOKENS, "2026-09-20", "2026-11-22", Granularity.ALL);

    assertThat(valuesOf(months.total())).isEqualTo("275 496 210");
    assertThat(valuesOf(all.total())).isEqualTo("981");
  }

  @Test
  void tiersAndBatchesOfUsageAreAsReported() {
    var ledger = new TestLedger(NOW);
    ledger.hour(
        COMPLETIONS,
        "2026-11-20T08:00:00Z",
        completion("a", "gpt-4o", 1, 0),
        row("a", "gpt-4o")
            .set(Dimension.BATCH, "true")
            .set(Dimension.SERVICE_TIER, "default")
            .set(Quantity.INPUT_TOKENS, 20)
            .build(),
        row("a", "gpt-4o")
            .set(Dimension.SERVICE_TIER, "flex")
            .set(Quantity.INPUT_TOKENS, 300)
            .build());
    ledger.readSince("2026-11-01T00:00:00Z");

    assertThat(
            totals(
                ledger.ask(
                    Metric.TOKENS,
                    "2026-11-20",
                    "2026-11-21",
                    Granularity.DAY,
                    GroupBy.TIER,
                    GroupBy.BATCH)))
        .isEqualTo(Map.of("default/false", "1", "default/true", "20", "flex/-", "300"));
  }
}

package dev.tallyman.core.poll;

import static dev.tallyman.core.ledger.Rows.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tallyman.core.ledger.HourRows;
import dev.tallyman.core.ledger.Ledger;
import dev.tallyman.core.ledger.RollupRow;
import dev.tallyman.core.ledger.View;
import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.poll.records.Defect;
import dev.tallyman.core.poll.records.Defects;
import dev.tallyman.core.poll.records.EndpointResult;
import dev.tallyman.core.poll.records.PollState;
import dev.tallyman.core.poll.records.ReadOutcome.Kind;
import dev.tallyman.core.poll.records.ReadOutcome.Origin;
import dev.tallyman.core.poll.records.Records;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.settings.SettingsResult;
import dev.tallyman.core.settings.UsageSettings;
import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.InMemoryStore;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.MovableClock;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.CostRow;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Name;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.UsageRow;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class PollerTest {
  private static final String ORG = "acme";
  private static final LocalDate TODAY = LocalDate.parse("2026-11-20");
  private static final String AUGUST = "2026-08-22T00:00:00Z";

  private final MovableClock clock = MovableClock.at("2026-11-20T09:10:00Z");
  private final InMemoryStore store = new InMemoryStore(clock);
  private final FakeProvider provider = new FakeProvider();
  private UsageSettings settings = Settings.defaults().usage();

  private static Instant hour(int hour) {
    return TODAY.atStartOfDay(ZoneOffset.UTC).toInstant().plus(Duration.ofHours(hour));
  }

  private CycleRecord cycle() {
    return ran(store).cycle();
  }

  private CycleOutcome.Ran ran(Store on) {
    CycleOutcome outcome = outcome(on);
    assertThat(outcome).isInstanceOf(CycleOutcome.Ran.class);
    return (CycleOutcome.Ran) outcome;
  }

  private CycleOutcome outcome(Store on) {
    return new Poller(on, clock)
        .cycle(ORG, provider, settings, "test", clock.instant().plusSeconds(240));
  }

  private FillOutcome fill(String since) {
    return new Poller(store, clock)
        .fill(ORG, provider, settings, Instant.parse(since), clock.instant().plusSeconds(240));
  }

  private FillOutcome fillUntilItStops(String since) {
    FillOutcome outcome = fill(since);
    while (outcome instanceof FillOutcome.Advanced) {
      outcome = fill(since);
    }
    return outcome;
  }

  private static EndpointResult result(CycleRecord cycle, String id) {
    return cycle.endpoints().getOrDefault(id, EndpointResult.NONE);
  }

  private Ledger ledger() {
    return new Ledger(store, ORG, settings.retention());
  }

  private List<UsageRow> stored(Instant hour) {
    return ledger().hours(Known.COMPLETIONS, hour, hour.plusSeconds(3600)).stream()
        .flatMap(rows -> rows.rows().stream())
        .toList();
  }

  private long tokens(ZoneId zone, LocalDate day) {
    return ledger().rollup(View.MODELS, zone, day).stream()
        .flatMap(rollup -> rollup.rows().stream())
        .mapToLong(row -> row.usage().orZero(Quantity.INPUT_TOKENS))
        .sum();
  }

  private static CostRow cost(String lineItem, String amount) {
    return new CostRow(
        "p", lineItem, "key_p", new BigDecimal(amount), "usd", new BigDecimal(1000), "tokens");
  }

  private static UsageSettings settings(Map<String, Object> document) {
    return switch (Settings.of(document)) {
      case SettingsResult.Valid(Settings valid) -> valid.usage();
      case SettingsResult.Invalid invalid -> throw new AssertionError(invalid);
    };
  }

  @Test
  void theFirstCycleReadsTheDaySoFarFromAllEndpoints() {
    provider.set(Known.COMPLETIONS, hour(3), row("p", "gpt-5", 1000, 10));
    provider.set(Known.EMBEDDINGS, hour(9), row("p", "text-embedding-3-small", 5, 0));
    provider.setCosts(TODAY, cost("gpt-5, input", "1.25"));

    CycleRecord record = cycle();

    assertThat(record.complete()).isTrue();
    assertThat(record.endpoints()).hasSize(12);
    assertThat(record.today().poolTokens()).containsEntry("premium", 1010L);
    assertThat(stored(hour(3))).containsExactly(row("p", "gpt-5", 1000, 10));
    assertThat(ledger().costs(TODAY, TODAY.plusDays(1)))
        .containsExactly(CostDay.of(TODAY, List.of(cost("gpt-5, input", "1.25"))));
    assertThat(new Records(store, ORG, 400).latest(clock.instant())).contains(record);
  }

  @Test
  void repeatedWithoutAChangeItWritesOnlyItsCycleRecordBesideItsLease() {
    provider.set(Known.COMPLETIONS, hour(3), row("p", "gpt-5", 1000, 10));
    cycle();
    cycle();
    clock.advance(Duration.ofMinutes(5));
    var watched = new WatchedStore(store);

    CycleRecord record = ran(watched).cycle();

    assertThat(record.changed()).isZero();
    assertThat(watched.written)
        .extracting(Key::partition)
        .containsExactly("O#acme#L", "O#acme#P#2026-11-20");
  }

  private static UsageSettings priced(Object... prices) {
    return settings(Map.of("zones", List.of("UTC", "Asia/Kolkata"), "prices", List.of(prices)));
  }

  /** What is stored since September by these settings in a ledger that is filled since August. */
  private String filled(Store on) {
    ran(on);
    var poller = new Poller(on, clock);
    Instant since = Instant.parse("2026-08-01T00:00:00Z");
    while (poller.fill(ORG, provider, settings, since, clock.instant().plusSeconds(240))
        instanceof FillOutcome.Advanced) {
      // One slice after the other.
    }
    return sinceSeptember(on);
  }

  private String sinceSeptember(Store on) {
    return LedgerText.of(
        on, ORG, settings.zones(), LocalDate.parse("2026-09-01"), TODAY.plusDays(1));
  }

  private long print(LocalDate day) {
    return ledger().prints(day, day.plusDays(1)).values().iterator().next().hash();
  }

  @Test
  void aPriceOfTheUserEstimatesThisMonthAndTheTwoBeforeItAgain() {
    LocalDate august = LocalDate.parse("2026-08-31");
    LocalDate september = LocalDate.parse("2026-09-02");
    LocalDate october = LocalDate.parse("2026-10-31");
    for (LocalDate day : List.of(august, september, october, TODAY)) {
      Instant start = day.atStartOfDay(ZoneOffset.UTC).toInstant();
      UsageRow row = row("p", "mine", 1000, 10);
      provider.set(Known.COMPLETIONS, start.plus(Duration.ofHours(3)), row, row("q", "mine", 8, 2));
      provider.set(Known.COMPLETIONS, start.plus(Duration.ofHours(8)), row);
    }
    Map<String, Object> price =
        Map.of("model", "mine", "from", "2026-01-01", "input", "3", "output", "9");
    settings = priced(price);
    String pricedFromTheBeginning = filled(new InMemoryStore(clock));
    settings = priced();
    assertThat(filled(store)).contains("priced=false").doesNotContain("priced=true");
    long print = print(september);

    settings = priced(price);
    ran(store);

    assertThat(sinceSeptember(store)).isEqualTo(pricedFromTheBeginning);
    assertThat(print(september)).isNotEqualTo(print);
    assertThat(ledger().month(View.KEYS, ZoneOffset.UTC, YearMonth.from(october)))
        .hasValueSatisfying(month -> assertThat(month.rows()).allMatch(RollupRow::priced));
    assertThat(ledger().rollup(View.ALL, ZoneOffset.UTC, august))
        .hasValueSatisfying(day -> assertThat(day.rows()).noneMatch(RollupRow::priced));

    clock.advance(Duration.ofMinutes(5));
    var watched = new WatchedStore(store);
    ran(watched);
    assertThat(watched.written)
        .extracting(Key::partition)
        .containsExactly("O#acme#L", "O#acme#P#2026-11-20");

    settings = priced();
    ran(store);
    assertThat(sinceSeptember(store)).contains("priced=false").doesNotContain("priced=true");
  }

  @Test
  void afterMidnightAndBeforeTheFirstPollTodayIsNothingAndYesterdayStaysWhole() {
    provider.set(Known.COMPLETIONS, hour(3), row("p", "gpt-5", 1000, 10));
    cycle();
    clock.set(hour(24).plusSeconds(60));

    CycleRecord record = cycle();

    assertThat(record.today().day()).isEqualTo(TODAY.plusDays(1));
    assertThat(record.today().poolTokens()).containsEntry("premium", 0L);
    assertThat(tokens(ZoneOffset.UTC, TODAY)).isEqualTo(1000);
  }

  @Test
  void whatComesLateIsFoundByTheTrailingReadings() {
    cycle();
    for (int hours : List.of(6, 40, 24 * 6, 24 * 30)) {
      provider.set(Known.COMPLETIONS, hour(9), row("p", "gpt-5", hours, 1));
      clock.set(hour(9 + hours));
      CycleRecord record = cycle();

      assertThat(result(record, "completions").changed()).as("after %d h", hours).isEqualTo(1);
      assertThat(stored(hour(9))).containsExactly(row("p", "gpt-5", hours, 1));
      assertThat(tokens(ZoneOffset.UTC, TODAY)).isEqualTo(hours);
    }
    assertThat(ledger().revisions(Known.COMPLETIONS, hour(9))).hasSize(3);
  }

  @Test
  void aPollAfterAnOutageReachesBackOverTheWholeGap() {
    cycle();
    for (int day = 0; day < 60; day++) {
      provider.set(Known.COMPLETIONS, hour(12 + 24 * day), row("p", "gpt-5", 100 + day, 1));
    }
    clock.set(hour(24 * 60));

    cycle();

    for (int day = 0; day < 60; day++) {
      assertThat(tokens(ZoneOffset.UTC, TODAY.plusDays(day))).isEqualTo(100 + day);
    }
  }

  @Test
  void aFailureInTheMiddleOfACatchUpLosesNothing() {
    cycle();
    for (int day = 0; day < 60; day++) {
      provider.set(Known.COMPLETIONS, hour(12 + 24 * day), row("p", "gpt-5", 100 + day, 1));
    }
    clock.set(hour(24 * 60));
    provider.failing.add("completions");
    assertThat(cycle().complete()).isFalse();
    provider.failing.clear();
    clock.advance(Duration.ofMinutes(5));

    assertThat(cycle().complete()).isTrue();

    assertThat(tokens(ZoneOffset.UTC, TODAY.plusDays(10))).isEqualTo(110);
  }

  @Test
  void oneFailingEndpointStopsNoOther() {
    provider.failing.add("images");
    provider.set(Known.COMPLETIONS, hour(3), row("p", "gpt-5", 1000, 10));

    CycleRecord record = cycle();

    assertThat(record.complete()).isFalse();
    assertThat(record.readNothing()).isFalse();
    assertThat(result(record, "images").failure()).contains(Kind.SERVER);
    assertThat(result(record, "images").lastSuccess()).isEmpty();
    assertThat(result(record, "images").skipped()).isPositive();
    assertThat(stored(hour(3))).hasSize(1);
  }

  @Test
  void aFailedPollLosesNothingAndKeepsTheTimeOfTheLastSuccess() {
    provider.set(Known.COMPLETIONS, hour(3), row("p", "gpt-5", 1000, 10));
    Instant success = clock.instant();
    cycle();
    for (Known endpoint : Known.values()) {
      provider.failing.add(endpoint.id());
    }
    provider.failing.add("costs");
    clock.advance(Duration.ofMinutes(65));

    CycleRecord record = cycle();

    assertThat(record.readNothing()).isTrue();
    assertThat(stored(hour(3))).hasSize(1);
    assertThat(tokens(ZoneOffset.UTC, TODAY)).isEqualTo(1000);
    assertThat(result(record, "completions").lastSuccess()).contains(success);
  }

  @Test
  void anEndpointThatIsNotOfferedDoesNotSpoilTheCycle() {
    provider.failing.add("web_search_calls");
    provider.failure = Kind.NOT_OFFERED;

    assertThat(cycle().complete()).isTrue();
  }

  @Test
  void answersThatAreTooLargeHalveTheWindowAndTheSizeIsRemembered() {
    provider.maxHours = 3;
    for (int i = 0; i < 9; i++) {
      provider.set(Known.COMPLETIONS, hour(i), row("p", "gpt-5", 100 + i, 1));
    }

    assertThat(cycle().complete()).isTrue();

    for (int i = 0; i < 9; i++) {
      assertThat(stored(hour(i))).as("hour %d", i).hasSize(1);
    }
    clock.advance(Duration.ofMinutes(5));
    provider.asked.clear();
    cycle();
    assertThat(provider.asked)
        .filteredOn(asked -> asked.what().startsWith("completions"))
        .isNotEmpty()
        .allSatisfy(asked ->
            assertThat(Duration.between(asked.from(), asked.to()))
                .isLessThanOrEqualTo(Duration.ofHours(3)));
  }

  @Test
  void aMissingBucketIsNotReadAndIsReadWhenItComes() {
    provider.set(Known.COMPLETIONS, hour(3), row("p", "gpt-5", 1000, 10));
    provider.missing.add(hour(3));
    assertThat(result(cycle(), "completions").skipped()).isEqualTo(1);
    assertThat(stored(hour(3))).isEmpty();
    provider.missing.clear();
    clock.set(hour(20));

    cycle();

    assertThat(stored(hour(3))).hasSize(1);
  }

  @Test
  void hoursThatStraddleAReportingZonesMidnightAreReadByTheMinute() {
    settings = settings(Map.of("zones", List.of("Asia/Kolkata")));
    provider.set(Known.COMPLETIONS, hour(18), row("p", "gpt-5", 6000, 60));
    provider.set(Known.COMPLETIONS, hour(12), row("p", "gpt-5", 7, 1));
    clock.set(hour(20));

    cycle();

    assertThat(tokens(ZoneOffset.UTC, TODAY)).isEqualTo(6007);
    assertThat(tokens(ZoneId.of("Asia/Kolkata"), TODAY)).isEqualTo(3007);
    assertThat(tokens(ZoneId.of("Asia/Kolkata"), TODAY.plusDays(1))).isEqualTo(3000);
    assertThat(stored(hour(18)))
        .extracting(row -> row.orZero(Quantity.INPUT_TOKENS))
        .containsExactly(6000L);
  }

  @Test
  void bytesHeldAreReadByTheHourEvenAcrossMidnightSinceMinutesDoNotAddUpToThem() {
    settings = settings(Map.of("zones", List.of("Asia/Kolkata")));
    UsageRow held =
        UsageRow.builder().set(Dimension.PROJECT, "p").set(Quantity.BYTES, 1 << 30).build();
    provider.set(Known.VECTOR_STORES, hour(18), held);
    clock.set(hour(20));

    cycle();

    assertThat(ledger().hours(Known.VECTOR_STORES, hour(18), hour(19)))
        .extracting(HourRows::rows)
        .containsExactly(List.of(held));
  }

  @Test
  void historyIsFilledNewestFirstInSlicesUntilItIsThere() {
    for (int day = 1; day <= 90; day++) {
      provider.set(Known.COMPLETIONS, hour(-24 * day + 5), row("p", "gpt-5", day, 1));
      provider.setCosts(TODAY.minusDays(day), cost("gpt-5, input", "1." + day));
    }
    cycle();

    assertThat(fill(AUGUST))
        .isEqualTo(
            new FillOutcome.Advanced(Instant.parse("2026-11-13T00:00:00Z"), Instant.parse(AUGUST)));
    assertThat(tokens(ZoneOffset.UTC, TODAY.minusDays(7))).isEqualTo(7);
    assertThat(tokens(ZoneOffset.UTC, TODAY.minusDays(8))).isZero();

    assertThat(fillUntilItStops(AUGUST))
        .isEqualTo(new FillOutcome.Done(Instant.parse(AUGUST), List.of()));
    for (int day = 1; day <= 90; day++) {
      assertThat(tokens(ZoneOffset.UTC, TODAY.minusDays(day))).as("day %d", day).isEqualTo(day);
    }
    assertThat(ledger().costs(TODAY.minusDays(90), TODAY)).hasSize(90);
    assertThat(ledger().month(View.MODELS, ZoneOffset.UTC, YearMonth.of(2026, 9))).isPresent();
    assertThat(new Records(store, ORG, 400).state().of("completions").completeSince())
        .contains(Instant.parse(AUGUST));
  }

  @Test
  void historyThatIsOlderThanHoursAreKeptIsRolledUpInEveryZone() {
    settings = settings(Map.of("zones", List.of("America/New_York")));
    for (int day = 395; day <= 420; day++) {
      for (int i = 0; i < 24; i++) {
        provider.set(Known.COMPLETIONS, hour(-24 * day + i), row("p", "gpt-5", day, 1));
      }
    }
    cycle();

    fillUntilItStops("2025-09-20T00:00:00Z");

    for (int day = 396; day < 420; day++) {
      LocalDate date = TODAY.minusDays(day);
      assertThat(tokens(ZoneOffset.UTC, date)).as("UTC %s", date).isEqualTo(24L * day);
      assertThat(tokens(ZoneId.of("America/New_York"), date))
          .as("New York %s", date)
          .isBetween(24L * (day - 1), 24L * day);
    }
  }

  @Test
  void aFillThatFailsAtOneEndpointGoesOnWithTheOthers() {
    provider.set(Known.EMBEDDINGS, hour(-24 * 20), row("p", "text-embedding-3-small", 5, 0));
    cycle();
    provider.failing.add("completions");

    assertThat(fillUntilItStops("2026-10-20T00:00:00Z")).isInstanceOf(FillOutcome.Stuck.class);

    assertThat(tokens(ZoneOffset.UTC, TODAY.minusDays(20))).isEqualTo(5);
    provider.failing.clear();
    assertThat(fillUntilItStops("2026-10-20T00:00:00Z")).isInstanceOf(FillOutcome.Done.class);
  }

  @Test
  void namesAreKeptAlsoThoseOfDeletedKeys() {
    provider.name(new Name(Name.Kind.PROJECT, "p", "Search", Map.of()));
    provider.name(new Name(Name.Kind.API_KEY, "key_p", "prod", Map.of("project", "p")));
    provider.name(new Name(Name.Kind.USER, "user_1", "Ada", Map.of("email", "ada@example.com")));
    provider.set(
        Known.COMPLETIONS, hour(3), row("p", "gpt-5", 1000, 10), row("gone", "gpt-5", 1, 1));

    assertThat(result(cycle(), CycleRecord.NAMES).ok()).isTrue();

    assertThat(ledger().names(Name.Kind.PROJECT).values())
        .extracting(Name::name)
        .containsExactly("", "Search");
    assertThat(ledger().names(Name.Kind.API_KEY)).containsKeys("key_p", "key_gone");
    provider.deleted.add("key_p");
    clock.advance(Duration.ofDays(2));
    cycle();
    assertThat(ledger().names(Name.Kind.API_KEY).values()).extracting(Name::name).contains("prod");
    assertThat(ledger().names(Name.Kind.USER).values())
        .isNotEmpty()
        .allSatisfy(name -> assertThat(name.details()).containsKey("email"));
  }

  @Test
  void anIdThatOnlyHistoryMentionsIsLookedUpToo() {
    cycle();
    provider.set(Known.COMPLETIONS, hour(-30), row("gone", "gpt-5", 1, 1));

    fill("2026-11-18T00:00:00Z");

    assertThat(ledger().names(Name.Kind.API_KEY)).containsKey("key_gone");
  }

  @Test
  void eMailAddressesAreNotStoredWhereTheSettingsSaySo() {
    settings = settings(Map.of("names", Map.of("emails", false)));
    provider.name(new Name(Name.Kind.USER, "user_1", "Ada", Map.of("email", "ada@example.com")));

    cycle();

    assertThat(ledger().names(Name.Kind.USER).values())
        .isNotEmpty()
        .allSatisfy(name -> assertThat(name.details()).doesNotContainKey("email"));
  }

  @Test
  void failingNamesNeverFailTheCycle() {
    provider.failing.add("names");
    provider.set(Known.COMPLETIONS, hour(3), row("p", "gpt-5", 1000, 10));

    assertThat(cycle().complete()).isTrue();
  }

  @Test
  void aForeignOrganizationIsRefusedAndNothingOfItKept() {
    cycle();
    provider.origin = new Origin(Optional.of("org-other"), false);
    provider.set(Known.COMPLETIONS, hour(9), row("p", "gpt-5", 1, 1));
    clock.advance(Duration.ofMinutes(5));

    assertThat(outcome(store))
        .isInstanceOfSatisfying(
            CycleOutcome.WrongOrganization.class,
            wrong -> assertThat(wrong.message()).contains("org-other", "org-acme"));

    assertThat(stored(hour(9))).isEmpty();
  }

  @Test
  void simulatedAndRealNeverMix() {
    cycle();
    provider.origin = new Origin(Optional.of("org-acme"), true);

    assertThat(outcome(store)).isInstanceOf(CycleOutcome.WrongOrganization.class);
  }

  @Test
  void whatWasReadUnderASimulationStaysMarked() {
    provider.origin = new Origin(Optional.of("org-sim"), true);

    assertThat(cycle().simulated()).isTrue();
    assertThat(new Organizations(store).find(ORG))
        .hasValueSatisfying(organization -> assertThat(organization.simulated()).isTrue());
  }

  @Test
  void aSecondCallerIsToldThatOneIsRunning() {
    Lease lease = Lease.acquire(store, ORG, clock).orElseThrow();
    assertThat(outcome(store)).isInstanceOf(CycleOutcome.AlreadyRunning.class);

    clock.advance(Duration.ofMinutes(2));
    assertThat(outcome(store))
        .as("after the lease has expired")
        .isInstanceOf(CycleOutcome.Ran.class);
    lease.close();
  }

  @Test
  void aModelThatNobodyKnowsIsCountedAndNamed() {
    provider.set(Known.COMPLETIONS, hour(3), row("p", "gpt-99", 1000, 10));

    CycleOutcome.Ran ran = ran(store);

    assertThat(ran.unknownModels()).containsExactly("gpt-99");
    assertThat(ran.cycle().today().poolTokens()).containsEntry("premium", 1010L);
  }

  @Test
  void aCycleThatRunsOutOfTimeLeavesTheRestToTheNext() {
    provider.set(Known.COMPLETIONS, hour(3), row("p", "gpt-5", 1000, 10));

    CycleOutcome outcome =
        new Poller(store, clock).cycle(ORG, provider, settings, "test", clock.instant());

    assertThat(outcome)
        .isInstanceOfSatisfying(
            CycleOutcome.Ran.class,
            ran ->
                assertThat(result(ran.cycle(), "completions").failure())
                    .contains(Kind.OUT_OF_TIME));
    assertThat(cycle().complete()).isTrue();
    assertThat(stored(hour(3))).hasSize(1);
  }

  @Test
  void whatNeverAnswersStarvesNothingBehindIt() {
    provider.waiting = clock::set;
    provider.hanging.addAll(List.of("costs", "completions", "embeddings"));
    provider.failure = Kind.TIMEOUT;

    for (int cycle = 0; cycle < 3; cycle++) {
      CycleRecord record = cycle();

      assertThat(record.took()).isLessThanOrEqualTo(Duration.ofMinutes(4));
      record
          .endpoints()
          .forEach((id, result) ->
              assertThat(result.ok()).as(id).isEqualTo(!provider.hanging.contains(id)));
    }
    assertThat(fill("2026-11-13T00:00:00Z"))
        .isEqualTo(
            new FillOutcome.Advanced(
                Instant.parse("2026-11-13T00:00:00Z"), Instant.parse("2026-11-13T00:00:00Z")));
    assertThat(new Records(store, ORG, 400).state().of("images").completeSince())
        .contains(Instant.parse("2026-11-13T00:00:00Z"));
  }

  @Test
  void askingForHistoryThatIsThereWritesNothing() {
    cycle();
    fillUntilItStops(AUGUST);
    var watched = new WatchedStore(store);

    assertThat(
            new Poller(watched, clock)
                .fill(
                    ORG,
                    provider,
                    settings,
                    Instant.parse("2026-08-23T14:00:00Z"),
                    clock.instant().plusSeconds(240)))
        .isEqualTo(new FillOutcome.Done(Instant.parse("2026-08-23T00:00:00Z"), List.of()));
    assertThat(watched.written).isEmpty();
    assertThat(watched.calls()).isEqualTo(1);
  }

  @Test
  void aCycleCountsTheRowsThatItRead() {
    provider.set(Known.COMPLETIONS, hour(3), row("p", "gpt-5", 1, 1), row("q", "gpt-5", 1, 1));
    provider.setCosts(TODAY, cost("gpt-5, input", "1"));

    assertThat(ran(store).rows()).isEqualTo(3);
    assertThat(ran(store).rows()).isEqualTo(2);
  }

  @Test
  void aCycleRecordNeverGrowsBeyondOneKilobyteAndIsReadAsItWasWritten() {
    for (Known endpoint : Known.values()) {
      provider.failing.add(endpoint.id());
    }
    provider.failing.add("names");

    CycleRecord record = cycle();

    assertThat(record.encode()).hasSizeLessThanOrEqualTo(CycleRecord.MAX_BYTES);
    CycleRecord read = CycleRecord.decode(record.encode());
    assertThat(read.today()).isEqualTo(record.today());
    assertThat(result(read, "images").failure()).contains(Kind.SERVER);
  }

  @Test
  void whatAllEndpointsSayIsKeptOnceAndSoWhole() {
    CycleRecord record = cycle();
    String message = "The key lacks a scope or role. ".repeat(7).strip();
    var endpoints = new TreeMap<>(record.endpoints());
    endpoints.replaceAll((_, each) ->
        new EndpointResult(
            0, 0, 0, 0, Optional.of(Kind.MISSING_SCOPE), Optional.of(message), each.lastSuccess()));
    var refused =
        new CycleRecord(
            record.at(), record.took(), record.trigger(), false, endpoints, record.today());

    CycleRecord read = CycleRecord.decode(refused.encode());

    assertThat(read.endpoints()).isEqualTo(endpoints);
  }

  private static Defect defect(int from, int to, String reason) {
    return new Defect(hour(from), hour(to), reason);
  }

  private Defects known(String id) {
    return new Records(store, ORG, 400).state().of(id).defects();
  }

  @Test
  void whatIsNoSoundAnswerIsNamedAndTheRestIsKeptAndNothingIsHeldBack() {
    provider.set(Known.COMPLETIONS, hour(3), row("p", "gpt-5", 1000, 10));
    provider.missing.add(hour(5));
    provider.defects.put(
        "completions",
        List.of(
            defect(3, 4, "a row was left out: input_tokens is below zero"),
            defect(5, 6, "a row was left out: input_tokens is below zero")));

    CycleRecord record = cycle();

    EndpointResult result = result(record, "completions");
    assertThat(result.state()).isEqualTo("partial");
    assertThat(result.ok()).isTrue();
    assertThat(result.partial()).isEqualTo(2);
    assertThat(result.skipped()).isZero();
    assertThat(result.message().orElse("")).contains("2026-11-20T03:00:00Z", "below zero");
    assertThat(result.lastSuccess()).contains(clock.instant());
    assertThat(record.complete()).isFalse();
    assertThat(record.readNothing()).isFalse();
    assertThat(record.summary()).containsKey("partial").doesNotContainKey("failed");
    assertThat(CycleRecord.decode(record.encode())).isEqualTo(record);
    assertThat(stored(hour(3))).hasSize(1);
    assertThat(known("completions").all())
        .extracting(Defect::from)
        .containsExactly(hour(3), hour(5));
    assertThat(known("embeddings").all()).isEmpty();
    assertThat(new Records(store, ORG, 400).state().of("completions").watermark())
        .contains(hour(9));
  }

  @Test
  void whatIsReadAgainAndSoundIsNoLongerKnownInPart() {
    provider.defects.put("completions", List.of(defect(1, 2, "odd"), defect(3, 4, "odd")));
    provider.defects.put("costs", List.of(defect(0, 24, "odd")));
    cycle();
    assertThat(known("costs").all()).hasSize(1);
    provider.defects.remove("costs");
    provider.defects.put("completions", List.of(defect(1, 2, "odd")));
    clock.set(hour(11));

    assertThat(result(cycle(), "completions").state()).isEqualTo("partial");

    assertThat(known("completions").all()).extracting(Defect::from).containsExactly(hour(1));
    assertThat(known("costs").all()).isEmpty();
    provider.defects.clear();
    clock.set(hour(13));
    cycle();
    assertThat(known("completions").all()).isEmpty();
  }

  @Test
  void historyThatIsReadInPartIsFilledAndNamed() {
    cycle();
    Instant odd = Instant.parse("2026-11-17T03:00:00Z");
    provider.defects.put("images", List.of(new Defect(odd, odd.plusSeconds(3600), "odd")));

    assertThat(fillUntilItStops("2026-11-10T00:00:00Z")).isInstanceOf(FillOutcome.Done.class);

    assertThat(known("images").all()).extracting(Defect::from).containsExactly(odd);
  }

  @Test
  void aRowThatIsLeftOutTakesNothingFromWhatIsKnownOfItsHour() {
    settings = settings(Map.of("zones", List.of("Asia/Kolkata")));
    clock.set(hour(20));
    for (int hour : List.of(17, 18)) {
      provider.set(
          Known.COMPLETIONS,
          hour(hour),
          row("p", "gpt-5", 6000, 60),
          row("q", "gpt-5", 60, 60),
          row("r", "gpt-5", 60, 60));
    }
    cycle();
    provider.defects.put("completions", List.of(defect(17, 18, "odd"), defect(18, 19, "odd")));
    for (int hour : List.of(17, 18)) {
      // Of p nothing is sound, of q a part; r has grown, and s is new.
      provider.set(
          Known.COMPLETIONS,
          hour(hour),
          row("q", "gpt-5", 6, 6),
          row("r", "gpt-5", 120, 60),
          row("s", "gpt-5", 60, 60));
    }

    for (int i = 0; i < 2; i++) {
      clock.advance(Duration.ofMinutes(5));
      cycle();
      for (int hour : List.of(17, 18)) {
        assertThat(stored(hour(hour)))
            .as("hour %d", hour)
            .extracting(row -> row.orZero(Quantity.INPUT_TOKENS))
            .containsExactly(6000L, 60L, 120L, 60L);
      }
      assertThat(tokens(ZoneOffset.UTC, TODAY)).isEqualTo(2 * 6240);
      assertThat(tokens(ZoneId.of("Asia/Kolkata"), TODAY)).isEqualTo(6240 + 3120);
      assertThat(tokens(ZoneId.of("Asia/Kolkata"), TODAY.plusDays(1))).isEqualTo(3120);
    }
    assertThat(known("completions").all()).isNotEmpty();

    provider.defects.clear();
    clock.advance(Duration.ofMinutes(5));
    cycle();
    assertThat(stored(hour(18))).hasSize(3);
    assertThat(tokens(ZoneOffset.UTC, TODAY)).isEqualTo(2 * 186);
    assertThat(known("completions").all()).isEmpty();
  }

  @Test
  void aChargeThatIsLeftOutTakesNothingFromWhatIsKnownOfItsDayWhichIsReadAgain() {
    provider.setCosts(TODAY, cost("a", "1.25"), cost("b", "2"), cost("c", "3"));
    cycle();
    clock.advance(Duration.ofHours(1));
    provider.defects.put("costs", List.of(defect(0, 24, "odd")));
    provider.setCosts(TODAY, cost("b", "1"), cost("c", "4"), cost("d", "5"));

    assertThat(result(cycle(), "costs").state()).isEqualTo("partial");

    assertThat(ledger().costs(TODAY, TODAY.plusDays(1)))
        .containsExactly(
            CostDay.of(
                TODAY, List.of(cost("a", "1.25"), cost("b", "2"), cost("c", "4"), cost("d", "5"))));
    clock.advance(Duration.ofMinutes(5));
    provider.defects.clear();
    assertThat(result(cycle(), "costs").changed()).isEqualTo(1);
    assertThat(ledger().costs(TODAY, TODAY.plusDays(1)))
        .containsExactly(
            CostDay.of(TODAY, List.of(cost("b", "1"), cost("c", "4"), cost("d", "5"))));
    assertThat(known("costs").all()).isEmpty();
  }

  @Test
  void historyThatIsKnownInPartIsReadAgainInEachCycleAndNothingElseOfIt() {
    Instant odd = hour(3).minus(Duration.ofDays(80));
    LocalDate day = TODAY.minusDays(80);
    provider.set(Known.COMPLETIONS, odd, row("p", "gpt-5", 10, 1));
    provider.setCosts(day, cost("a", "1"));
    provider.defects.put("completions", List.of(new Defect(odd, odd.plusSeconds(3600), "odd")));
    provider.defects.put("costs", List.of(new Defect(odd, odd.plusSeconds(3600), "odd")));
    cycle();

    assertThat(fillUntilItStops(AUGUST))
        .isInstanceOfSatisfying(
            FillOutcome.Done.class,
            done ->
                assertThat(done.partial())
                    .hasSize(2)
                    .anySatisfy(
                        part -> assertThat(part).contains("completions", odd.toString(), "odd")));
    for (int i = 0; i < 3; i++) {
      clock.advance(Duration.ofMinutes(5));
      provider.asked.clear();
      assertThat(result(cycle(), "completions").state()).isEqualTo("partial");
      assertThat(provider.asked)
          .filteredOn(asked -> asked.from().isBefore(hour(0)))
          .extracting(FakeProvider.Asked::what, asked -> Duration.between(asked.from(), asked.to()))
          .containsExactlyInAnyOrder(
              tuple("completions 1h", Duration.ofHours(1)), tuple("costs", Duration.ofDays(1)));
    }

    provider.set(Known.COMPLETIONS, odd, row("p", "gpt-5", 10, 1), row("q", "gpt-5", 30, 1));
    provider.setCosts(day, cost("a", "1"), cost("b", "2"));
    provider.defects.clear();
    clock.advance(Duration.ofMinutes(5));
    cycle();
    assertThat(tokens(ZoneOffset.UTC, day)).isEqualTo(40);
    assertThat(ledger().costs(day, day.plusDays(1)).getFirst().rows()).hasSize(2);
    assertThat(fill(AUGUST)).isEqualTo(new FillOutcome.Done(Instant.parse(AUGUST), List.of()));
  }

  @Test
  void whatFailsOrIsMissingWhenItIsReadAgainStaysKnownInPartAndFailsNothing() {
    Instant odd = hour(3).minus(Duration.ofDays(80));
    provider.defects.put("completions", List.of(new Defect(odd, odd.plusSeconds(3600), "odd")));
    cycle();
    fillUntilItStops(AUGUST);
    provider.defects.clear();
    provider.missing.add(odd);
    clock.advance(Duration.ofMinutes(5));

    assertThat(result(cycle(), "completions").state()).isEqualTo("ok");

    assertThat(known("completions").all()).hasSize(1);
  }

  @Test
  void ofMuchThatIsKnownInPartEachCycleReadsALittle() {
    var odd = new ArrayList<Defect>();
    for (int day = 10; day < 70; day += 2) {
      Instant at = hour(3).minus(Duration.ofDays(day));
      odd.add(new Defect(at, at.plusSeconds(3600), "odd " + day));
    }
    provider.defects.put("images", odd);
    cycle();
    fillUntilItStops(AUGUST);
    assertThat(known("images").all()).hasSize(odd.size());
    provider.defects.clear();

    int cycles = 0;
    while (!known("images").all().isEmpty()) {
      clock.advance(Duration.ofMinutes(5));
      provider.asked.clear();
      cycle();
      assertThat(provider.asked)
          .filteredOn(asked -> asked.what().startsWith("images"))
          .hasSizeLessThanOrEqualTo(5);
      cycles++;
    }
    assertThat(cycles).isEqualTo((odd.size() + 3) / 4);
  }

  private void cycleWithTheRightClock() {
    provider.time = clock.instant();
    cycle();
  }

  @Test
  void aClockThatRunsAheadReadsNothingAndRemovesNothingAndSaysSo() {
    provider.set(Known.COMPLETIONS, hour(3), row("p", "gpt-5", 1000, 10));
    cycleWithTheRightClock();
    PollState before = new Records(store, ORG, 400).state();
    Instant right = clock.instant().plus(Duration.ofMinutes(5));
    provider.time = right;
    clock.set(right.plus(Duration.ofDays(500)));

    for (int i = 0; i < 3; i++) {
      CycleRecord record = cycle();

      assertThat(record.readNothing()).isTrue();
      assertThat(record.at()).isEqualTo(right);
      EndpointResult result = result(record, "completions");
      assertThat(result.failure()).contains(Kind.CLOCK);
      assertThat(result.message().orElse("")).contains("500 days", "ahead of", "set the clock");
    }
    assertThat(fill("2026-11-01T00:00:00Z"))
        .isInstanceOfSatisfying(
            FillOutcome.Stuck.class, stuck -> assertThat(stuck.kind()).isEqualTo(Kind.CLOCK));

    clock.set(right);
    assertThat(stored(hour(3))).hasSize(1);
    assertThat(new Records(store, ORG, 400).state()).isEqualTo(before);
    assertThat(cycle().complete()).isTrue();
  }

  @Test
  void aClockThatIsBehindReadsNothingEither() {
    cycleWithTheRightClock();
    fillUntilItStops("2026-11-01T00:00:00Z");
    clock.set(clock.instant().minus(Duration.ofDays(2)));

    assertThat(result(cycle(), "costs").message().orElse("")).contains("behind");
  }

  @Test
  void aClockThatIsOffOnALedgerWithoutAHistoryReadsNothingEvenIfThereIsNothingToRead() {
    provider.silent = true;
    provider.failing.add("names");
    for (Duration off : List.of(Duration.ofDays(-2), Duration.ofDays(2))) {
      provider.time = clock.instant().minus(off);
      var watched = new WatchedStore(new InMemoryStore(clock));

      CycleRecord record = ran(watched).cycle();

      assertThat(record.readNothing()).isTrue();
      assertThat(record.at()).isEqualTo(provider.time);
      assertThat(result(record, "completions").failure()).contains(Kind.CLOCK);
      assertThat(result(record, "costs").message().orElse(""))
          .contains("2 days", off.isNegative() ? "behind" : "ahead of", "set the clock");
      var records = new Records(watched, ORG, 400);
      assertThat(records.latest(clock.instant())).contains(record);
      assertThat(records.state().endpoints()).isEmpty();
      assertThat(watched.purges()).isZero();
    }
  }

  @Test
  void aClockThatIsADayOffAtMostIsNoClockThatIsWrong() {
    provider.time = clock.instant().plus(Duration.ofHours(24));
    assertThat(cycle().complete()).isTrue();
    provider.time = clock.instant().minus(Duration.ofHours(24));
    assertThat(cycle().complete()).isTrue();
  }

  @Test
  void whatHasExpiredIsRemovedOnlyWhenTheTimeIsCertain() {
    settings = settings(Map.of("retention", Map.of("hours", 32)));
    provider.set(Known.COMPLETIONS, hour(3), row("p", "gpt-5", 1000, 10));
    cycleWithTheRightClock();
    Instant read = clock.instant();
    clock.set(read.plus(Duration.ofDays(40)));

    // The provider does not say its time, and says the same as a clock that has just jumped.
    provider.time = null;
    cycle();
    cycle();
    clock.set(read);
    assertThat(stored(hour(3))).as("without the provider's time").hasSize(1);
    clock.set(read.plus(Duration.ofDays(80)));
    cycleWithTheRightClock();
    clock.set(read);
    assertThat(stored(hour(3))).as("after a jump").hasSize(1);

    clock.set(read.plus(Duration.ofDays(80)).plus(Duration.ofMinutes(5)));
    cycleWithTheRightClock();
    clock.set(read);
    assertThat(stored(hour(3))).as("once it is certain").isEmpty();
  }

  @Test
  void hoursThatAreGoneAreReadBackWhenAskedFor() {
    for (int day = 1; day <= 12; day++) {
      Instant at = hour(3).minus(Duration.ofDays(day));
      provider.set(Known.COMPLETIONS, at, row("p", "gpt-5", 100 + day, 1));
      provider.set(Known.IMAGES, at, row("p", "dall-e-3", day, 0));
    }
    cycle();
    assertThat(fillUntilItStops("2026-11-01T00:00:00Z")).isInstanceOf(FillOutcome.Done.class);
    List<Instant> gone = new ArrayList<>();
    for (int day : List.of(2, 9)) {
      Instant at = hour(3).minus(Duration.ofDays(day));
      gone.add(at);
      store.delete(
          new Key("O#acme#U#completions#" + LocalDate.ofInstant(at, ZoneOffset.UTC), "03"),
          new Condition.VersionIs(
              store
                  .get(
                      new Key(
                          "O#acme#U#completions#" + LocalDate.ofInstant(at, ZoneOffset.UTC), "03"))
                  .orElseThrow()
                  .version()));
      assertThat(stored(at)).isEmpty();
    }
    assertThat(fill("2026-11-01T00:00:00Z")).isInstanceOf(FillOutcome.Done.class);

    FillOutcome outcome = fillAndVerify();
    assertThat(outcome).isInstanceOf(FillOutcome.Advanced.class);
    assertThat(fillUntilItStops("2026-11-01T00:00:00Z")).isInstanceOf(FillOutcome.Done.class);

    assertThat(gone).allSatisfy(at -> assertThat(stored(at)).hasSize(1));
    assertThat(fillAndVerify()).isInstanceOf(FillOutcome.Done.class);
  }

  private FillOutcome fillAndVerify() {
    return new Poller(store, clock)
        .fill(
            ORG,
            provider,
            settings,
            Instant.parse("2026-11-01T00:00:00Z"),
            clock.instant().plusSeconds(240),
            true);
  }
}

package dev.tallyman.core.poll;

import static dev.tallyman.core.ledger.Rows.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.poll.records.DayTotals;
import dev.tallyman.core.poll.records.ReadOutcome.Kind;
import dev.tallyman.core.poll.records.ReadOutcome.Origin;
import dev.tallyman.core.poll.records.Records;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.store.InMemoryStore;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.MovableClock;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.usage.CostRow;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** One day read again follows the provider, up and down, and no other day moves. */
final class RereadTest {
  private static final String ORG = "acme";
  private static final LocalDate TODAY = LocalDate.parse("2026-11-20");
  private static final LocalDate PAST = TODAY.minusDays(2);
  private static final LocalDate FIRST = TODAY.minusDays(5);

  private final MovableClock clock = MovableClock.at("2026-11-20T09:10:00Z");
  private final InMemoryStore store = new InMemoryStore(clock);
  private final FakeProvider provider = new FakeProvider();

  private static Instant hour(LocalDate day, int hour) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant().plus(Duration.ofHours(hour));
  }

  private static CostRow cost(String amount) {
    return new CostRow(
        "p",
        "gpt-5, input",
        "key_p",
        new BigDecimal(amount),
        "usd",
        new BigDecimal(1000),
        "tokens");
  }

  /** Five days that are alike, read; then the provider says otherwise of all of them. */
  private void restated(Store into) {
    for (LocalDate day = FIRST; !day.isAfter(TODAY); day = day.plusDays(1)) {
      provider.set(
          Known.COMPLETIONS,
          hour(day, 3),
          row("p", "gpt-5", 1000, 10),
          row("q", "gpt-5-mini", 300, 0));
      provider.set(Known.COMPLETIONS, hour(day, 7), row("p", "gpt-5", 500, 5));
      provider.set(Known.EMBEDDINGS, hour(day, 3), row("p", "text-embedding-3-small", 70, 0));
      provider.setCosts(day, cost("1.25"));
    }
    var poller = new Poller(into, clock);
    poller.cycle(ORG, provider, Settings.defaults().usage(), "test", deadline());
    while (poller.fill(ORG, provider, Settings.defaults().usage(), hour(FIRST, 0), deadline())
        instanceof FillOutcome.Advanced) {
      // One slice after the other.
    }
    clock.advance(Duration.ofMinutes(5));
    for (LocalDate day = FIRST; !day.isAfter(TODAY); day = day.plusDays(1)) {
      provider.set(Known.COMPLETIONS, hour(day, 3), row("p", "gpt-5", 900, 10));
      provider.set(Known.COMPLETIONS, hour(day, 7));
      provider.set(Known.COMPLETIONS, hour(day, 8), row("p", "gpt-5-mini", 800, 8));
      provider.setCosts(day, cost("0.75"));
    }
  }

  private Instant deadline() {
    return clock.instant().plusSeconds(240);
  }

  private DayOutcome reread(Store into, LocalDate day) {
    return new Poller(into, clock)
        .reread(ORG, provider, Settings.defaults().usage(), day, deadline());
  }

  private static String text(Store of, LocalDate from, LocalDate to) {
    return LedgerText.of(of, ORG, List.of(ZoneOffset.UTC), from, to);
  }

  private Map<String, Long> pools(LocalDate day) {
    return switch (reread(store, day)) {
      case DayOutcome.Read(DayTotals before, _) -> before.poolTokens();
      case DayOutcome other -> throw new AssertionError(other);
    };
  }

  @Test
  void aPastDayFollowsTheProviderUpAndDownAndTellsWhatItSaidBefore() {
    restated(store);

    assertThat(pools(PAST)).isEqualTo(Map.of("premium", 1515L, "mini", 300L));
    assertThat(text(store, PAST, PAST.plusDays(1)))
        .contains("INPUT_TOKENS=900", "INPUT_TOKENS=800", "0.75")
        .doesNotContain("INPUT_TOKENS=1000", "INPUT_TOKENS=300", "1.25");
    assertThat(pools(PAST)).isEqualTo(Map.of("premium", 910L, "mini", 808L));
  }

  @Test
  void todayIsReadAgainUpToTheCurrentHour() {
    restated(store);

    assertThat(pools(TODAY)).isEqualTo(Map.of("premium", 1515L, "mini", 300L));
    assertThat(pools(TODAY)).isEqualTo(Map.of("premium", 910L, "mini", 808L));
    assertThat(provider.asked)
        .filteredOn(asked -> !asked.what().equals(CycleRecord.COSTS))
        .allMatch(asked -> !asked.to().isAfter(hour(TODAY, 10)));
  }

  @Test
  void noOtherDayIsWritten() {
    restated(store);
    String before = text(store, FIRST, PAST);
    String after = text(store, PAST.plusDays(1), TODAY.plusDays(1));
    var state = new Records(store, ORG, 400).state();
    var watched = new WatchedStore(store);

    reread(watched, PAST);

    assertThat(text(store, FIRST, PAST)).isEqualTo(before);
    assertThat(text(store, PAST.plusDays(1), TODAY.plusDays(1))).isEqualTo(after);
    assertThat(new Records(store, ORG, 400).state().sameAs(state)).isTrue();
    assertThat(watched.written)
        .filteredOn(key -> key.partition().matches(".*#[UDVC]#.*"))
        .isNotEmpty()
        .allMatch(RereadTest::ofThePast);
  }

  private static boolean ofThePast(Key key) {
    return key.partition().endsWith("#" + PAST)
        || (key.partition().endsWith("#2026-11") && key.sort().matches("(r#)?18.*"));
  }

  @Test
  void aDayThatDidNotMoveIsNotWritten() {
    restated(store);
    reread(store, PAST);
    var watched = new WatchedStore(store);

    reread(watched, PAST);

    assertThat(watched.written)
        .filteredOn(key -> key.partition().matches(".*#[UDVC]#.*"))
        .isEmpty();
  }

  @Test
  void killedAtEverySingleStoreCallItIsRepairedByRepeating() {
    restated(store);
    var watched = new WatchedStore(store);
    reread(watched, PAST);
    String clean = text(store, FIRST, TODAY.plusDays(1));

    for (int at = 1; at <= watched.calls(); at++) {
      var another = new RereadTest();
      another.restated(another.store);
      var killed = new WatchedStore(another.store, at, at % 2 == 0);
      assertThatThrownBy(() -> another.reread(killed, PAST))
          .isInstanceOf(WatchedStore.KilledException.class);
      another.clock.advance(Duration.ofMinutes(5));
      another.reread(another.store, PAST);
      assertThat(text(another.store, FIRST, TODAY.plusDays(1)))
          .as("killed at call %d of %d", at, watched.calls())
          .isEqualTo(clean);
    }
  }

  @Test
  void withoutTheCompletionsItFailsAndTheRestIsKept() {
    restated(store);
    provider.failing.add(Known.COMPLETIONS.id());

    assertThat(reread(store, PAST))
        .isEqualTo(new DayOutcome.Unread(Kind.SERVER, "completions cannot be read now"));
    assertThat(text(store, PAST, PAST.plusDays(1))).contains("0.75", "INPUT_TOKENS=1000");
  }

  @Test
  void whatElseFailsIsTold() {
    restated(store);
    provider.failing.add("costs");

    assertThat(reread(store, PAST))
        .isInstanceOfSatisfying(
            DayOutcome.Read.class,
            read ->
                assertThat(read.endpoints())
                    .hasEntrySatisfying(
                        CycleRecord.COSTS, costs -> assertThat(costs.ok()).isFalse())
                    .hasEntrySatisfying(
                        Known.COMPLETIONS.id(),
                        completions -> assertThat(completions.changed()).isEqualTo(3)));
  }

  @Test
  void whileAnotherPollerIsAtWorkNothingIsRead() {
    assertThat(Lease.acquire(store, ORG, clock)).isPresent();

    assertThat(reread(store, PAST)).isEqualTo(new DayOutcome.AlreadyRunning());
    assertThat(provider.asked).isEmpty();
  }

  @Test
  void anotherOrganizationsAnswerIsRefused() {
    restated(store);
    String before = text(store, FIRST, TODAY.plusDays(1));
    provider.origin = new Origin(Optional.of("org-other"), false);

    assertThat(reread(store, PAST))
        .isInstanceOfSatisfying(
            DayOutcome.Refused.class,
            refused -> assertThat(refused.message()).contains("org-other"));
    assertThat(text(store, FIRST, TODAY.plusDays(1))).isEqualTo(before);
  }

  @Test
  void aDayWhoseHoursAreNoLongerKeptIsRefusedWithTheRemedy() {
    assertThat(reread(store, TODAY.minusDays(401)))
        .isInstanceOfSatisfying(
            DayOutcome.Refused.class,
            refused -> assertThat(refused.message()).contains("400 days", "tallyman backfill"));
    assertThat(provider.asked).isEmpty();
  }
}

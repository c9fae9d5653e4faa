package dev.tallyman.core.poll;

import static dev.tallyman.core.ledger.Rows.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tallyman.core.ledger.Ledger;
import dev.tallyman.core.ledger.Retention;
import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.poll.records.Records;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.settings.SettingsResult;
import dev.tallyman.core.settings.UsageSettings;
import dev.tallyman.core.store.InMemoryStore;
import dev.tallyman.core.store.MovableClock;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.usage.CostRow;
import dev.tallyman.core.usage.Name;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** However often, however many at once, wherever killed: the ledger is that of one clean run. */
final class RepeatedPollTest {
  private static final String ORG = "acme";
  private static final LocalDate TODAY = LocalDate.parse("2026-11-20");

  private static Instant hour(int hour) {
    return TODAY.atStartOfDay(ZoneOffset.UTC).toInstant().plus(Duration.ofHours(hour));
  }

  private static CostRow cost(String lineItem, String amount) {
    return new CostRow(
        "p", lineItem, "key_p", new BigDecimal(amount), "usd", new BigDecimal(1000), "tokens");
  }

  private static FakeProvider provider() {
    var provider = new FakeProvider();
    for (int i = 0; i < 10; i++) {
      provider.set(
          Known.COMPLETIONS,
          hour(i),
          row("p", "gpt-5", 1000 + i, 10),
          row("q", "gpt-5-mini", 10, 10));
      provider.set(Known.EMBEDDINGS, hour(i), row("p", "text-embedding-3-small", 5 + i, 0));
    }
    provider.setCosts(TODAY, cost("gpt-5, input", "1.25"), cost("gpt-5, output", "0.5"));
    provider.name(new Name(Name.Kind.PROJECT, "p", "Search", Map.of()));
    provider.name(new Name(Name.Kind.API_KEY, "key_p", "prod", Map.of("project", "p")));
    provider.name(new Name(Name.Kind.USER, "user_1", "Ada", Map.of()));
    return provider;
  }

  private static void restate(FakeProvider provider) {
    provider.set(Known.COMPLETIONS, hour(2), row("p", "gpt-5", 999, 10));
    provider.set(Known.COMPLETIONS, hour(8), row("p", "gpt-5", 5000, 10), row("r", "o3", 1, 1));
    provider.set(Known.EMBEDDINGS, hour(4));
    provider.setCosts(TODAY, cost("gpt-5, input", "1.30"), cost("gpt-5, output", "0.4"));
  }

  private static void cycle(Store store, MovableClock clock, FakeProvider provider) {
    cycle(store, clock, provider, Settings.defaults().usage());
  }

  private static void cycle(
      Store store, MovableClock clock, FakeProvider provider, UsageSettings settings) {
    CycleOutcome outcome =
        new Poller(store, clock)
            .cycle(ORG, provider, settings, "test", clock.instant().plusSeconds(240));
    assertThat(outcome).isInstanceOf(CycleOutcome.Ran.class);
  }

  /** In which usage that does not move any more has a price of the user. */
  private static UsageSettings priced() {
    var price = Map.of("model", "gpt-5-mini", "from", "2026-01-01", "input", "7");
    return ((SettingsResult.Valid) Settings.of(Map.of("prices", List.of(price))))
        .settings()
        .usage();
  }

  private static String text(Store store) {
    return LedgerText.of(
        store, ORG, List.of(ZoneOffset.UTC), TODAY.minusDays(3), TODAY.plusDays(3));
  }

  /** What one scenario ended in, and how many store calls its second cycle made. */
  private record Ending(String ledger, long calls) {}

  /** A first cycle, a restated and otherwise priced second one that may be killed, and two more. */
  private static Ending scenario(long killAt, boolean afterTheCall) {
    var clock = MovableClock.at("2026-11-20T09:10:00Z");
    var store = new InMemoryStore(clock);
    var provider = provider();
    cycle(store, clock, provider);
    restate(provider);
    clock.advance(Duration.ofHours(7));
    var watched = new WatchedStore(store, killAt, afterTheCall);
    if (killAt == Long.MAX_VALUE) {
      cycle(watched, clock, provider, priced());
    } else {
      assertThatThrownBy(() -> cycle(watched, clock, provider, priced()))
          .isInstanceOf(WatchedStore.KilledException.class);
    }
    // Hourly, so that what was read empty once is read a second time.
    for (int i = 0; i < 2; i++) {
      clock.advance(Duration.ofMinutes(61));
      cycle(store, clock, provider, priced());
    }
    return new Ending(text(store), watched.calls());
  }

  @Test
  void killedAtEverySingleStoreCallACycleIsRepairedByTheNext() {
    Ending clean = scenario(Long.MAX_VALUE, false);
    assertThat(clean.calls()).isGreaterThan(40);
    assertThat(clean.ledger()).contains("INPUT_TOKENS=5000").doesNotContain("INPUT_TOKENS=1002");

    for (int at = 1; at <= clean.calls(); at++) {
      for (boolean afterTheCall : List.of(false, true)) {
        assertThat(scenario(at, afterTheCall).ledger())
            .as("killed at call %d of %d, after it: %s", at, clean.calls(), afterTheCall)
            .isEqualTo(clean.ledger());
      }
    }
  }

  @Test
  void killedAtEverySingleStoreCallAFirstCycleIsRepairedByTheNext() {
    var clock = MovableClock.at("2026-11-20T09:10:00Z");
    var store = new InMemoryStore(clock);
    var counted = new WatchedStore(store);
    cycle(counted, clock, provider());
    String clean = text(store);

    for (int at = 1; at <= counted.calls(); at++) {
      var time = MovableClock.at("2026-11-20T09:10:00Z");
      var another = new InMemoryStore(time);
      var watched = new WatchedStore(another, at, true);
      assertThatThrownBy(() -> cycle(watched, time, provider()))
          .isInstanceOf(WatchedStore.KilledException.class);
      time.advance(Duration.ofMinutes(5));
      cycle(another, time, provider());
      assertThat(text(another)).as("killed after call %d", at).isEqualTo(clean);
    }
  }

  @Test
  void theSameTriggerTwiceChangesNothing() {
    var clock = MovableClock.at("2026-11-20T09:10:00Z");
    var store = new InMemoryStore(clock);
    cycle(store, clock, provider());
    String once = text(store);

    cycle(store, clock, provider());

    assertThat(text(store)).isEqualTo(once);
  }

  @RepeatedTest(5)
  void twoPollersAtOnceEndInTheLedgerOfOneCleanRun() throws Exception {
    var clock = MovableClock.at("2026-11-20T09:10:00Z");
    var clean = new InMemoryStore(clock);
    cycle(clean, clock, provider());
    var shared = new InMemoryStore(clock);
    Callable<CycleRecord> poll =
        () ->
            new Run(
                    new Ledger(shared, ORG, Retention.DEFAULT),
                    new Records(shared, ORG, 400),
                    new OriginCheck(new Organizations(shared), ORG, clock, provider()),
                    provider(),
                    Settings.defaults().usage(),
                    // A lease of another store: nothing keeps these two apart.
                    Lease.acquire(new InMemoryStore(clock), ORG, clock).orElseThrow(),
                    clock,
                    clock.instant().plusSeconds(240))
                .cycle("test");
    try (var executor = Executors.newFixedThreadPool(2)) {
      for (var future : executor.invokeAll(List.of(poll, poll))) {
        assertThat(future.get().complete()).isTrue();
      }
    }

    assertThat(text(shared)).isEqualTo(text(clean));
  }
}

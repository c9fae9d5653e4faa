package dev.tallyman.core.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tallyman.core.poll.WatchedStore;
import dev.tallyman.core.settings.SettingsChange.Difference;
import dev.tallyman.core.settings.SettingsStore.Stored;
import dev.tallyman.core.store.InMemoryStore;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SettingsStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-21T09:30:00.123Z");

  private final SettingsStore store = new SettingsStore(new InMemoryStore(() -> NOW));

  @Test
  void whereNothingIsStoredTheDefaultsHold() {
    assertThat(store.load()).isEqualTo(new Stored(Settings.defaults(), 0));
  }

  @Test
  void whatIsSavedIsLoaded() {
    assertThat(save(withZone("Europe/Rome"), 0)).isTrue();
    assertThat(store.load()).isEqualTo(new Stored(withZone("Europe/Rome"), 1));
    assertThat(save(withZone("Asia/Kolkata"), 1)).isTrue();
    assertThat(store.load()).isEqualTo(new Stored(withZone("Asia/Kolkata"), 2));
  }

  @Test
  void whatOthersChangedIsNotReplaced() {
    save(withZone("Europe/Rome"), 0);

    assertThat(save(withZone("Asia/Kolkata"), 0)).isFalse();
    assertThat(store.load().settings()).isEqualTo(withZone("Europe/Rome"));
  }

  @Test
  void savingTheSameTwiceIsASuccess() {
    save(withZone("Europe/Rome"), 0);

    assertThat(save(withZone("Europe/Rome"), 0)).isTrue();
    assertThat(store.load().version()).isEqualTo(1);
  }

  @Test
  void whatIsLargerThanAnItemIsKeptToo() {
    var projects = IntStream.range(0, 8000).mapToObj(i -> "proj_" + "x".repeat(100) + i).toList();
    Settings large = settings(Map.of("pools", Map.of("projects", projects)));

    assertThat(save(large, 0)).isTrue();
    assertThat(save(large, 0)).isTrue();
    assertThat(store.load()).isEqualTo(new Stored(large, 1));
    assertThat(save(withZone("Europe/Rome"), 1)).isTrue();
    assertThat(store.load()).isEqualTo(new Stored(withZone("Europe/Rome"), 2));
  }

  @Test
  void eachChangeIsLoggedWithWhoWhenBeforeAndAfter() {
    save(withZone("Europe/Rome"), 0);
    store.save(
        settings(
            Map.of(
                "zones", List.of("Europe/Rome"),
                "budgets", Map.of("b", Map.of("metric", "cost", "limit", 5, "window", "day")))),
        1,
        "operator 12345678",
        NOW.plusSeconds(60));
    store.save(Settings.defaults(), 2, "local", NOW.plusSeconds(86_400 * 40));

    List<SettingsChange> changes = changes(10);
    assertThat(changes)
        .extracting(SettingsChange::version, SettingsChange::who)
        .containsExactly(tuple(3L, "local"), tuple(2L, "operator 12345678"), tuple(1L, "test"));
    assertThat(changes.get(1).at()).isEqualTo(NOW.plusSeconds(60));
    assertThat(changes.get(1).differences())
        .containsExactly(
            new Difference(
                "budgets",
                null,
                Map.of(
                    "b",
                    Map.of("metric", "cost", "limit", BigDecimal.valueOf(5), "window", "day"))));
    assertThat(changes.get(2).differences())
        .containsExactly(new Difference("zones", null, List.of("Europe/Rome")));
    assertThat(changes.getFirst().differences())
        .extracting(Difference::path, Difference::after)
        .containsExactly(tuple("budgets", null), tuple("zones", null));
  }

  @Test
  void changesAreReadPageByPage() {
    for (int i = 0; i < 7; i++) {
      store.save(
          withZone(i % 2 == 0 ? "Europe/Rome" : "Asia/Tokyo"), i, "n" + i, NOW.plusMillis(i / 2));
    }

    var seen = new ArrayList<String>();
    Optional<String> place = Optional.empty();
    List<SettingsChange> page = store.changes(place, 3, NOW);
    while (!page.isEmpty()) {
      page.forEach(change -> seen.add(change.who()));
      place = Optional.of(SettingsStore.place(page.getLast()));
      page = store.changes(place, 3, NOW);
    }

    assertThat(seen).containsExactly("n6", "n5", "n4", "n3", "n2", "n1", "n0");
  }

  @Test
  void whereNothingWasChangedTheLogIsEmpty() {
    assertThat(changes(10)).isEmpty();
  }

  @Test
  void aKillLosesNoChangeFromTheLog() {
    for (int call = 1; call <= 12; call++) {
      for (boolean after : List.of(false, true)) {
        var memory = new InMemoryStore(() -> NOW);
        var whole = new SettingsStore(memory);
        whole.save(withZone("Europe/Rome"), 0, "first", NOW);
        var dying = new SettingsStore(new WatchedStore(memory, call, after));
        try {
          dying.save(withZone("Asia/Tokyo"), 1, "second", NOW.plusSeconds(1));
        } catch (WatchedStore.KilledException _) {
          // What it had written stays.
        }

        long version = whole.load().version();
        whole.save(Settings.defaults(), version, "third", NOW.plusSeconds(2));
        assertThat(whole.changes(Optional.empty(), 9, NOW))
            .as("killed at call %s, after it: %s", call, after)
            .extracting(SettingsChange::who)
            .containsExactlyElementsOf(
                version == 2 ? List.of("third", "second", "first") : List.of("third", "first"));
      }
    }
  }

  private boolean save(Settings settings, long version) {
    return store.save(settings, version, "test", NOW);
  }

  private List<SettingsChange> changes(int limit) {
    return store.changes(Optional.empty(), limit, NOW.plusSeconds(86_400 * 60));
  }

  private static Settings withZone(String zone) {
    return settings(Map.of("zones", List.of(zone)));
  }

  private static Settings settings(Map<String, Object> document) {
    return switch (Settings.of(document)) {
      case SettingsResult.Valid(Settings settings) -> settings;
      case SettingsResult.Invalid(var mistakes) -> throw new AssertionError(mistakes);
    };
  }
}

package dev.tallyman.core.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.settings.SettingsStore.Stored;
import dev.tallyman.core.store.InMemoryStore;
import dev.tallyman.core.store.MovableClock;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SettingsStoreTest {
  private final SettingsStore store =
      new SettingsStore(new InMemoryStore(MovableClock.at("2026-11-21T09:30:00Z")));

  @Test
  void whereNothingIsStoredTheDefaultsHold() {
    assertThat(store.load()).isEqualTo(new Stored(Settings.defaults(), 0));
  }

  @Test
  void whatIsSavedIsLoaded() {
    assertThat(store.save(withZone("Europe/Rome"), 0)).isTrue();
    assertThat(store.load()).isEqualTo(new Stored(withZone("Europe/Rome"), 1));
    assertThat(store.save(withZone("Asia/Kolkata"), 1)).isTrue();
    assertThat(store.load()).isEqualTo(new Stored(withZone("Asia/Kolkata"), 2));
  }

  @Test
  void whatOthersChangedIsNotReplaced() {
    store.save(withZone("Europe/Rome"), 0);

    assertThat(store.save(withZone("Asia/Kolkata"), 0)).isFalse();
    assertThat(store.load().settings()).isEqualTo(withZone("Europe/Rome"));
  }

  @Test
  void savingTheSameTwiceIsASuccess() {
    store.save(withZone("Europe/Rome"), 0);

    assertThat(store.save(withZone("Europe/Rome"), 0)).isTrue();
    assertThat(store.load().version()).isEqualTo(1);
  }

  @Test
  void whatIsLargerThanAnItemIsKeptToo() {
    var projects = IntStream.range(0, 8000).mapToObj(i -> "proj_" + "x".repeat(100) + i).toList();
    Settings large = settings(Map.of("pools", Map.of("projects", projects)));

    assertThat(store.save(large, 0)).isTrue();
    assertThat(store.save(large, 0)).isTrue();
    assertThat(store.load()).isEqualTo(new Stored(large, 1));
    assertThat(store.save(withZone("Europe/Rome"), 1)).isTrue();
    assertThat(store.load()).isEqualTo(new Stored(withZone("Europe/Rome"), 2));
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

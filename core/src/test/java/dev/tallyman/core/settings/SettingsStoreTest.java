package dev.tallyman.core.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.settings.SettingsStore.Stored;
import dev.tallyman.core.store.InMemoryStore;
import dev.tallyman.core.store.MovableClock;
import java.util.List;
import java.util.Map;
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

  private static Settings withZone(String zone) {
    return switch (Settings.of(Map.of("zones", List.of(zone)))) {
      case SettingsResult.Valid(Settings settings) -> settings;
      case SettingsResult.Invalid(var mistakes) -> throw new AssertionError(mistakes);
    };
  }
}

package dev.tallyman.core.settings;

import dev.tallyman.core.store.Blobs;
import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Document;
import dev.tallyman.core.store.Item;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.PutResult;
import dev.tallyman.core.store.Store;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one settings document of a store, always valid, replaced whole. Safe for use by many threads;
 * what it loads again unchanged is the same object.
 */
public final class SettingsStore {
  private static final Key KEY = new Key("SETTINGS", "document");

  private final Store store;
  private final Blobs blobs;
  private volatile Stored last = new Stored(Settings.defaults(), 0);

  /** The settings of this store. */
  public SettingsStore(Store store) {
    this.store = store;
    this.blobs = new Blobs(store);
  }

  /**
   * What is stored; the defaults, of version 0, if nothing is. Reads the document only if its
   * version has changed.
   *
   * @throws IllegalStateException if a later version stored what this one takes for a mistake
   */
  public Stored load() {
    long version = store.get(KEY).map(Item::version).orElse(0L);
    Stored known = last;
    if (known.version() != version) {
      known =
          blobs
              .get(KEY)
              .map(blob -> new Stored(read(blob.content()), blob.version()))
              .orElseGet(() -> new Stored(Settings.defaults(), 0));
      last = known;
    }
    return known;
  }

  private static Settings read(byte[] content) {
    var document = new HashMap<String, @Nullable Object>();
    if (Document.decode(content) instanceof Map<?, ?> map) {
      map.forEach((name, value) -> document.put((String) name, value));
    }
    return switch (Settings.of(document)) {
      case SettingsResult.Valid(Settings settings) -> settings;
      case SettingsResult.Invalid(var mistakes) ->
          throw new IllegalStateException(
              "the stored settings have mistakes: " + Mistake.told(mistakes));
    };
  }

  /**
   * Replaces what is stored if it still has this version; returns whether it did.
   *
   * @param version as {@link #load} said it; 0 for nothing stored
   * @throws IllegalArgumentException if the document is too large to be kept
   */
  public boolean save(Settings settings, long version) {
    byte[] content = Document.encode(settings.toDocument());
    PutResult result =
        blobs.put(
            KEY,
            version + 1,
            Optional.empty(),
            content,
            version == 0 ? new Condition.Absent() : new Condition.VersionIs(version),
            version > 0);
    return switch (result) {
      case PutResult.Stored() -> true;
      // A put that was repeated finds what its own first attempt wrote.
      case PutResult.Refused _ ->
          blobs
              .get(KEY)
              .filter(blob -> blob.version() == version + 1)
              .filter(blob -> Arrays.equals(blob.content(), content))
              .isPresent();
    };
  }

  /**
   * Settings as they are kept.
   *
   * @param version counts how often they were replaced
   */
  public record Stored(Settings settings, long version) {}
}

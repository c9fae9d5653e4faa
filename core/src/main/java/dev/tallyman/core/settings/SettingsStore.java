package dev.tallyman.core.settings;

import dev.tallyman.core.store.Blobs;
import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Document;
import dev.tallyman.core.store.Fields;
import dev.tallyman.core.store.Item;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.PutResult;
import dev.tallyman.core.store.Store;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one settings document of a store, always valid, replaced whole, with a log of its changes.
 * Safe for use by many threads; what it loads again unchanged is the same object.
 *
 * <p>The document is kept together with its last change, by one conditional write, and the change
 * is copied into the log afterwards: if a process dies in between, whoever changes the settings
 * next or reads the log finishes that.
 */
public final class SettingsStore {
  private static final Key KEY = new Key("SETTINGS", "document");
  private static final String LOG = "AUDIT#";
  private static final String SETTINGS = "settings";
  private static final String CHANGE = "change";

  /** Nothing was ever changed before this month. */
  private static final YearMonth FIRST = YearMonth.of(2020, 1);

  /** Always of the same length, so that texts sort as instants do. */
  private static final DateTimeFormatter MILLIS =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

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
   * @throws dev.tallyman.core.store.StoreException if a later version stored what this one takes
   *     for a mistake
   */
  public Stored load() {
    long version = store.get(KEY).map(Item::version).orElse(0L);
    Stored known = last;
    if (known.version() != version) {
      known = current().stored();
      last = known;
    }
    return known;
  }

  private Current current() {
    return blobs
        .get(KEY)
        .map(blob ->
            blobs.decode(
                blob,
                bytes -> {
                  Fields fields = Fields.decode(bytes);
                  return new Current(
                      new Stored(read(fields.fields(SETTINGS)), blob.version()),
                      SettingsChange.of(fields.fields(CHANGE)));
                }))
        .orElseGet(() -> new Current(new Stored(Settings.defaults(), 0), Optional.empty()));
  }

  private static Settings read(Fields fields) {
    var document = new HashMap<String, @Nullable Object>();
    fields.members().forEach((name, value) -> document.put((String) name, value));
    return switch (Settings.of(document)) {
      case SettingsResult.Valid(Settings settings) -> settings;
      case SettingsResult.Invalid(var mistakes) ->
          throw new IllegalStateException(
              "the stored settings have mistakes: " + Mistake.told(mistakes));
    };
  }

  /**
   * Replaces what is stored if it still has this version, and logs the change; returns whether it
   * did.
   *
   * @param version as {@link #load} said it; 0 for nothing stored
   * @param who changes it, for the log
   * @param now when, for the log
   */
  public boolean save(Settings settings, long version, String who, Instant now) {
    Current replaced = current();
    if (replaced.stored().version() != version) {
      return replaced.stored().equals(new Stored(settings, version + 1));
    }
    replaced.change().ifPresent(this::log);
    var change =
        new SettingsChange(
            version + 1,
            now,
            who,
            SettingsChange.differences(
                replaced.stored().settings().toDocument(), settings.toDocument()));
    byte[] content =
        Document.encode(Map.of(SETTINGS, settings.toDocument(), CHANGE, change.document()));
    PutResult result =
        blobs.put(
            KEY,
            version + 1,
            Optional.empty(),
            content,
            version == 0 ? new Condition.Absent() : new Condition.VersionIs(version),
            version > 0);
    boolean saved =
        switch (result) {
          case PutResult.Stored() -> true;
          // A put that was repeated finds what its own first attempt wrote.
          case PutResult.Refused _ -> current().change().filter(change::equals).isPresent();
        };
    if (saved) {
      log(change);
    }
    return saved;
  }

  private void log(SettingsChange change) {
    Key key = new Key(partition(month(change.at())), sort(change));
    if (store.get(key).isEmpty()) {
      blobs.put(key, 1, Optional.empty(), change.encoded(), new Condition.Absent(), false);
    }
  }

  /**
   * Changes, the newest first.
   *
   * @param before the place of the last one that was seen, as {@link #place} says; empty to begin
   * @param limit at most how many
   * @param now when it is asked
   * @throws java.time.DateTimeException if nothing ever stood at that place
   */
  public List<SettingsChange> changes(Optional<String> before, int limit, Instant now) {
    Optional<SettingsChange> latest = current().change();
    if (latest.isEmpty()) {
      return List.of();
    }
    log(latest.get());
    var changes = new ArrayList<SettingsChange>();
    // What a clock that went back wrote is in a later month than this one.
    YearMonth newest = month(now).plusMonths(1);
    YearMonth month = before.map(SettingsStore::monthOf).filter(newest::isAfter).orElse(newest);
    boolean all = false;
    while (!all && changes.size() < limit && !month.isBefore(FIRST)) {
      for (Blobs.Blob blob : blobs.range(partition(month), " ", before.orElse("~")).reversed()) {
        Optional<SettingsChange> change =
            blobs.decode(blob, bytes -> SettingsChange.of(Fields.decode(bytes)));
        boolean seen = before.filter(place -> place.equals(blob.key().sort())).isPresent();
        if (change.isPresent() && !seen && changes.size() < limit) {
          changes.add(change.get());
        }
        all |= change.filter(each -> each.version() == 1).isPresent();
      }
      month = month.minusMonths(1);
    }
    return changes;
  }

  /** Where a change stands in the log: later ones sort after earlier ones. */
  public static String place(SettingsChange change) {
    return sort(change);
  }

  private static String sort(SettingsChange change) {
    return MILLIS.format(change.at()) + "#" + String.format(Locale.ROOT, "%019d", change.version());
  }

  private static YearMonth monthOf(String place) {
    return YearMonth.parse(place.substring(0, Math.min(place.length(), "2026-11".length())));
  }

  private static YearMonth month(Instant at) {
    return YearMonth.from(at.atOffset(ZoneOffset.UTC));
  }

  private static String partition(YearMonth month) {
    return LOG + month;
  }

  private record Current(Stored stored, Optional<SettingsChange> change) {}

  /**
   * Settings as they are kept.
   *
   * @param version counts how often they were replaced
   */
  public record Stored(Settings settings, long version) {}
}

package dev.tallyman.core.settings;

import dev.tallyman.core.group.ModelGroups;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What environment variables say above the stored settings: the daily limits of the two pools, more
 * reporting zones, and how many days hours are kept.
 */
public final class Overrides {
  /** Nothing is said above the stored settings. */
  public static final Overrides NONE = new Overrides(Collections.emptySortedMap());

  /** The variables, each with the place in the settings document that it speaks of. */
  private static final Map<String, List<String>> VARIABLES =
      Map.of(
          "PREMIUM_TIER_LIMIT",
          List.of(Check.GROUPS, ModelGroups.PREMIUM, Check.DAILY_LIMIT),
          "MINI_TIER_LIMIT",
          List.of(Check.GROUPS, ModelGroups.MINI, Check.DAILY_LIMIT),
          "TIME_ZONES",
          List.of(Check.ZONES),
          "RETENTION_DAYS",
          List.of(Check.RETENTION, Check.HOURS));

  private final SortedMap<String, Object> document;

  private Overrides(SortedMap<String, Object> document) {
    this.document = document;
  }

  /**
   * What these variables say; those that are missing or empty say nothing.
   *
   * @param variables {@code PREMIUM_TIER_LIMIT} and {@code MINI_TIER_LIMIT} in tokens a day, {@code
   *     TIME_ZONES} separated by commas, {@code RETENTION_DAYS}; others are not looked at
   * @param mistakes told every mistake, the name of the variable being its path
   */
  public static Overrides of(Map<String, String> variables, Consumer<Mistake> mistakes) {
    SortedMap<String, Object> document = new TreeMap<>();
    for (var variable : new TreeMap<>(VARIABLES).entrySet()) {
      String text = variables.getOrDefault(variable.getKey(), "").strip();
      if (!text.isEmpty()) {
        SortedMap<String, Object> said = said(variable.getValue(), text);
        if (new Check(said, Check.Bounds.WRITTEN).result() instanceof SettingsResult.Invalid bad) {
          bad.mistakes()
              .forEach(each -> mistakes.accept(new Mistake(variable.getKey(), each.message())));
        } else {
          document = merged(document, said);
        }
      }
    }
    return new Overrides(document);
  }

  /** The settings that hold where these are the stored ones. */
  public Settings over(Settings stored) {
    return document.isEmpty() ? stored : stored.below(document);
  }

  /** The document that says this alone. */
  private static SortedMap<String, Object> said(List<String> place, String text) {
    Object value =
        place.getFirst().equals(Check.ZONES)
            ? Stream.of(text.split(",", -1))
                .map(String::strip)
                .filter(zone -> !zone.isEmpty())
                .toList()
            : text.replace("_", "");
    for (String name : place.subList(1, place.size()).reversed()) {
      value = Map.of(name, value);
    }
    return new TreeMap<>(Map.of(place.getFirst(), value));
  }

  /** A document with another above it: fields replace, sections are merged, lists are joined. */
  static SortedMap<String, Object> merged(Object below, Object above) {
    var merged = new TreeMap<String, Object>();
    for (Object each : List.of(below, above)) {
      if (each instanceof Map<?, ?> section) {
        section.forEach(
            (name, value) -> merged.merge((String) name, (Object) value, Overrides::either));
      }
    }
    return merged;
  }

  private static Object either(Object below, Object above) {
    if (below instanceof List<?> some && above instanceof List<?> more) {
      return Stream.concat(some.stream(), more.stream()).distinct().toList();
    }
    return above instanceof Map<?, ?> ? merged(below, above) : above;
  }
}

package dev.tallyman.core.settings;

import dev.tallyman.core.delivery.Channel.Kind;
import dev.tallyman.core.group.ModelGroups;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What environment variables say above the stored settings: the daily limits of the two pools, more
 * reporting zones, how many days hours are kept, from which share of a pool people are told, over
 * which webhook, and where links lead.
 */
public final class Overrides {
  /** Nothing is said above the stored settings. */
  public static final Overrides NONE = new Overrides(Collections.emptySortedMap());

  private static final String PUBLIC_URL = "PUBLIC_URL";

  /** The variable that holds the address of the channel {@code alert-webhook}, which is secret. */
  private static final String ALERT_WEBHOOK_URL = "ALERT_WEBHOOK_URL";

  /** What kind of channel it is, where its address is in a parameter that others read. */
  private static final String ALERT_WEBHOOK_KIND = "ALERT_WEBHOOK_KIND";

  /** The variables, each with the place in the settings document that it speaks of. */
  private static final Map<String, List<String>> VARIABLES =
      Map.of(
          "PREMIUM_TIER_LIMIT",
          List.of(Check.GROUPS, ModelGroups.PREMIUM, GroupReader.DAILY_LIMIT),
          "MINI_TIER_LIMIT",
          List.of(Check.GROUPS, ModelGroups.MINI, GroupReader.DAILY_LIMIT),
          "TIME_ZONES",
          List.of(Check.ZONES),
          "RETENTION_DAYS",
          List.of(Check.RETENTION, Check.HOURS),
          "ALERT_THRESHOLD",
          List.of(Check.ALERTS, ChannelReader.POOL_PERCENT),
          PUBLIC_URL,
          List.of(Check.ALERTS, ChannelReader.PUBLIC_URL));

  private static final Set<String> DISCORD = Set.of("discord.com", "discordapp.com");

  private final SortedMap<String, Object> document;

  private Overrides(SortedMap<String, Object> document) {
    this.document = document;
  }

  /**
   * What these variables say; those that are missing or empty say nothing.
   *
   * @param variables {@code PREMIUM_TIER_LIMIT} and {@code MINI_TIER_LIMIT} in tokens a day, {@code
   *     TIME_ZONES} separated by commas, {@code RETENTION_DAYS}, {@code ALERT_THRESHOLD} in
   *     percent, {@code PUBLIC_URL}; {@code ALERT_WEBHOOK_URL}, of which only whose it is goes into
   *     the settings, or {@code ALERT_WEBHOOK_KIND} where its value is in a parameter; others are
   *     not looked at
   * @param mistakes told every mistake, the name of the variable being its path
   */
  public static Overrides of(Map<String, String> variables, Consumer<Mistake> mistakes) {
    SortedMap<String, Object> document = new TreeMap<>();
    for (var variable : new TreeMap<>(VARIABLES).entrySet()) {
      String text = variables.getOrDefault(variable.getKey(), "").strip();
      if (!text.isEmpty()) {
        SortedMap<String, Object> said = said(variable.getKey(), variable.getValue(), text);
        if (new Check(said, Bounds.WRITTEN).result() instanceof SettingsResult.Invalid bad) {
          bad.mistakes()
              .forEach(each -> mistakes.accept(new Mistake(variable.getKey(), each.message())));
        } else {
          document = merged(document, said);
        }
      }
    }
    Optional<Kind> webhook = webhook(variables, mistakes);
    return new Overrides(webhook.isPresent() ? merged(document, channel(webhook.get())) : document);
  }

  /** Who the address of {@code ALERT_WEBHOOK_URL} belongs to; it is never repeated. */
  private static Optional<Kind> webhook(Map<String, String> variables, Consumer<Mistake> mistakes) {
    String url = variables.getOrDefault(ALERT_WEBHOOK_URL, "").strip();
    String kind = variables.getOrDefault(ALERT_WEBHOOK_KIND, "").strip();
    if (!url.isEmpty()) {
      Optional<String> host = Addresses.host(url);
      if (host.isEmpty()) {
        mistakes.accept(
            new Mistake(
                ALERT_WEBHOOK_URL,
                "is not the address of a webhook; write for instance"
                    + " https://hooks.slack.com/services/…"));
      }
      return host.map(Overrides::kind);
    }
    if (kind.isEmpty()) {
      return Optional.empty();
    }
    Optional<Kind> known =
        Stream.of(Kind.SLACK, Kind.DISCORD).filter(each -> each.id().equals(kind)).findFirst();
    if (known.isEmpty()) {
      mistakes.accept(new Mistake(ALERT_WEBHOOK_KIND, "is neither slack nor discord"));
    }
    return known;
  }

  private static Kind kind(String host) {
    String folded = host.toLowerCase(Locale.ROOT);
    return DISCORD.stream().anyMatch(each -> folded.equals(each) || folded.endsWith("." + each))
        ? Kind.DISCORD
        : Kind.SLACK;
  }

  private static SortedMap<String, Object> channel(Kind kind) {
    return new TreeMap<>(
        Map.of(
            Check.CHANNELS,
            Map.of(
                ChannelReader.ALERT_WEBHOOK,
                Map.of(ChannelReader.KIND, kind.id(), ChannelReader.SECRET, ALERT_WEBHOOK_URL))));
  }

  /** The settings that hold where these are the stored ones. */
  public Settings over(Settings stored) {
    return document.isEmpty() ? stored : stored.below(document);
  }

  /** The document that says this alone. */
  private static SortedMap<String, Object> said(String variable, List<String> place, String text) {
    Object value =
        place.getFirst().equals(Check.ZONES)
            ? Stream.of(text.split(",", -1))
                .map(String::strip)
                .filter(zone -> !zone.isEmpty())
                .toList()
            : variable.equals(PUBLIC_URL) ? text : text.replace("_", "");
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

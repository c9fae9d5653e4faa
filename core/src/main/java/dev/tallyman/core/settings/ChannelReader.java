package dev.tallyman.core.settings;

import dev.tallyman.core.Slug;
import dev.tallyman.core.delivery.Channel;
import dev.tallyman.core.delivery.Channel.Format;
import dev.tallyman.core.delivery.Channel.Kind;
import dev.tallyman.core.delivery.Channel.SecretKind;
import dev.tallyman.core.settings.Section.Listed;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads the channels of a settings document, and what is told over them. */
final class ChannelReader {
  static final String KIND = "kind";
  static final String SECRET = "secret";
  static final String POOL_PERCENT = "pool_percent";
  static final String PUBLIC_URL = "public_url";

  /** The channel of the variable {@code ALERT_WEBHOOK_URL}; it may be named while it is not set. */
  static final String ALERT_WEBHOOK = "alert-webhook";

  private static final String CHANNELS = "channels";
  private static final String CONDITIONS = "conditions";
  private static final String SIGNING = "signing";
  private static final String FORMAT = "format";
  private static final String ANOMALY_USD = "anomaly_usd";
  private static final String DRIFT_PERCENT = "drift_percent";
  private static final int MOST_CHANNELS = 50;
  private static final int MOST_SIGNING = 2;
  private static final BigDecimal MOST_USD = BigDecimal.valueOf(1_000_000_000);
  private static final BigDecimal MOST_PERCENT = BigDecimal.valueOf(1000);
  private static final BigDecimal ANOMALY = BigDecimal.valueOf(20);
  private static final BigDecimal POOL = BigDecimal.valueOf(80);
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,99}");

  /** What could be a name but is a key of PagerDuty or for signing, put into the wrong place. */
  private static final Pattern SECRET_ITSELF = Pattern.compile("[A-Za-z0-9]{32}|whsec_.*");

  private static final Pattern OTHERS = Pattern.compile("(OPENAI|AWS|TALLYMAN)_.*");

  private final SortedMap<String, Channel> channels = new TreeMap<>();

  /** The channels of this section, by name, which is kept. */
  SortedMap<String, Channel> channels(Section section) {
    if (section.names().size() > MOST_CHANNELS) {
      section.note(section.path(), "are more than " + MOST_CHANNELS);
      return channels;
    }
    for (String name : section.names()) {
      if (!Slug.is(name)) {
        section.add(name, "cannot be the name of a channel; it has to be " + Slug.ALLOWED);
        continue;
      }
      Section fields = section.section(name);
      channels.put(name, channel(name, fields));
      section.keep(name, fields.canonical());
    }
    return channels;
  }

  private static Channel channel(String name, Section fields) {
    fields.only(List.of(KIND, SECRET, SIGNING, FORMAT));
    List<String> kinds = ids(Kind.values(), Kind::id);
    Optional<Kind> given = fields.oneOf(KIND, kinds).flatMap(Kind::of);
    if (!fields.has(KIND)) {
      fields.add(KIND, "is missing; allowed: " + String.join(", ", kinds));
    }
    boolean known = given.isPresent();
    Kind kind = given.orElse(Kind.WEBHOOK);
    if (known && kind.secret() != SecretKind.NONE && !fields.has(SECRET)) {
      fields.add(
          SECRET,
          "is missing; give the name of the variable, or in AWS of the parameter, that holds the "
              + (kind.secret() == SecretKind.ROUTING_KEY ? "routing key" : "address"));
    } else if (known && kind.secret() == SecretKind.NONE && fields.has(SECRET)) {
      fields.add(SECRET, "has no use for e-mail, which goes over a topic of its own; remove it");
    }
    Optional<String> secret = fields.text(SECRET);
    secret.ifPresent(text -> {
      refuseSecret(fields, fields.path(SECRET), text);
      fields.keep(SECRET, text);
    });
    List<String> signing = new ArrayList<>();
    if (fields.has(SIGNING)) {
      if (known && !kind.signed()) {
        fields.add(SIGNING, "is for channels of the kind webhook; remove it");
      }
      for (Listed listed : fields.texts(SIGNING, MOST_SIGNING)) {
        refuseSecret(fields, listed.path(), listed.text());
        signing.add(listed.text());
      }
      fields.keep(SIGNING, List.copyOf(signing));
    }
    Optional<Format> format =
        fields.oneOf(FORMAT, ids(Format.values(), Format::id)).map(ChannelReader::format);
    if (format.equals(Optional.of(Format.CLASSIC)) && known && !kind.classic()) {
      fields.add(FORMAT, "is classic for slack and discord only; remove it");
    }
    return new Channel(name, kind, secret, signing, format.orElse(Format.USUAL));
  }

  private static Format format(String id) {
    return id.equals(Format.CLASSIC.id()) ? Format.CLASSIC : Format.USUAL;
  }

  private static <E extends Enum<E>> List<String> ids(E[] values, Function<E, String> id) {
    return Arrays.stream(values).map(id).toList();
  }

  /** Only the name of a secret may be in a document; what looks like the secret is not repeated. */
  private static void refuseSecret(Section fields, String place, String text) {
    if (!NAME.matcher(text).matches() || SECRET_ITSELF.matcher(text).matches()) {
      fields.note(
          place,
          "has to be the name of a variable or parameter, such as SLACK_OPS. The secret itself is"
              + " never kept in the settings; if it was written here, replace it");
    } else if (OTHERS.matcher(text).matches()) {
      fields.note(place, Text.shown(text) + " is the name of something else; choose another");
    }
  }

  /** What is told over which of the channels. */
  AlertSettings alerts(Section section) {
    section.only(
        List.of(CHANNELS, CONDITIONS, ANOMALY_USD, DRIFT_PERCENT, POOL_PERCENT, PUBLIC_URL));
    List<String> usual =
        section.has(CHANNELS) ? names(section, CHANNELS) : List.copyOf(channels.keySet());
    return new AlertSettings(
        usual,
        names(section, CONDITIONS),
        section.money(ANOMALY_USD, MOST_USD).orElse(ANOMALY),
        section.decimal(DRIFT_PERCENT, BigDecimal.ONE, MOST_PERCENT).orElse(BigDecimal.TEN),
        section.decimal(POOL_PERCENT, BigDecimal.ONE, MOST_PERCENT).orElse(POOL),
        Addresses.read(
            section, PUBLIC_URL, "https://costs.example.com", "links with ids lead there"));
  }

  /** The names of channels listed in a field, which are kept. */
  List<String> names(Section fields, String field) {
    if (!fields.has(field)) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    for (Listed listed : fields.texts(field, MOST_CHANNELS)) {
      String name = listed.text();
      if (!channels.containsKey(name) && !name.equals(ALERT_WEBHOOK)) {
        fields.note(
            listed.path(),
            "knows no channel %s%s; %s"
                .formatted(
                    Text.shown(name),
                    Text.didYouMean(name, channels.keySet()),
                    channels.isEmpty()
                        ? "none is in the section channels"
                        : "known: " + String.join(", ", channels.keySet())));
      }
      names.add(name);
    }
    fields.keep(field, List.copyOf(names));
    return names;
  }
}

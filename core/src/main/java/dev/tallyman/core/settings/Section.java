package dev.tallyman.core.settings;

import dev.tallyman.core.usage.Decimals;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A map within a settings document: reads its fields, notes what is wrong with them, and keeps what
 * is right in canonical form. A field that is null counts as absent.
 */
final class Section {
  private static final int MAX_TEXT = 500;

  private final String path;
  private final Map<String, Object> fields;
  private final List<Mistake> mistakes;
  private final SortedMap<String, Object> canonical = new TreeMap<>();

  private Section(String path, Map<String, Object> fields, List<Mistake> mistakes) {
    this.path = path;
    this.fields = fields;
    this.mistakes = mistakes;
  }

  /** The section that this value is, or an empty one if it is none. */
  static Section of(String path, Object value, List<Mistake> mistakes) {
    var fields = new LinkedHashMap<String, Object>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, field) -> {
        if (key instanceof String name && Text.looksLikeKey(name)) {
          mistakes.add(new Mistake(path, "holds a field whose name " + Text.KEY_REFUSED));
        } else if (!(key instanceof String name)) {
          mistakes.add(new Mistake(path, Text.shown(key) + " is no field; put it in quotes"));
        } else if (field != null) {
          fields.put(name, field);
        }
      });
    } else {
      mistakes.add(new Mistake(path, "has to be a section of fields, not " + Text.shown(value)));
    }
    return new Section(path, fields, mistakes);
  }

  /** Notes every field that is none of these. */
  void only(List<String> names) {
    for (String name : fields.keySet()) {
      if (!names.contains(name)) {
        add(
            name,
            "is not a field here%s; allowed: %s"
                .formatted(Text.didYouMean(name, names), String.join(", ", names)));
      }
    }
  }

  /** The names of all fields that are not null. */
  List<String> names() {
    return List.copyOf(fields.keySet());
  }

  boolean has(String name) {
    return fields.containsKey(name);
  }

  /** What was read, in canonical form. */
  SortedMap<String, Object> canonical() {
    return canonical;
  }

  /** Keeps a value in the canonical form. */
  void keep(String name, Object value) {
    canonical.put(name, value);
  }

  /** Whether no mistake was found in the document so far. */
  boolean sound() {
    return mistakes.isEmpty();
  }

  /** Whether no mistake was found at this field or within it. */
  boolean clean(String name) {
    return mistakes.stream().noneMatch(mistake -> mistake.path().startsWith(path(name)));
  }

  /** Notes a mistake in a field. */
  void add(String name, String message) {
    note(path(name), message);
  }

  /** Notes a mistake at a path. */
  void note(String place, String message) {
    mistakes.add(new Mistake(place, message));
  }

  /** Where it stands. */
  String path() {
    return path;
  }

  /** The path of a field. */
  String path(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  /** The section in this field, empty if there is none. */
  Section section(String name) {
    Object value = fields.get(name);
    return value == null
        ? new Section(path(name), Map.of(), mistakes)
        : of(path(name), value, mistakes);
  }

  /** The sections listed in this field. */
  List<Section> sections(String name, int most) {
    var sections = new ArrayList<Section>();
    List<@Nullable Object> list = list(name, most);
    for (int i = 0; i < list.size(); i++) {
      Object value = list.get(i);
      String place = path(name) + "[" + i + "]";
      if (value instanceof Map<?, ?>) {
        sections.add(of(place, value, mistakes));
      } else {
        note(place, "has to be a section of fields, not " + Text.shown(value));
      }
    }
    return sections;
  }

  /**
   * A text in a list.
   *
   * @param path where it stands
   */
  record Listed(String path, String text) {}

  /** The texts listed in this field, each once; of another kind none. */
  List<Listed> texts(String name, int most) {
    var texts = new ArrayList<Listed>();
    var seen = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    List<@Nullable Object> list = list(name, most);
    for (int i = 0; i < list.size(); i++) {
      String place = path(name) + "[" + i + "]";
      if (!(list.get(i) instanceof String text) || text.isBlank() || text.length() > MAX_TEXT) {
        note(place, "has to be a text of 1 to " + MAX_TEXT + " characters");
      } else if (!seen.add(text.strip())) {
        note(place, Text.shown(text) + " is there twice; remove one");
      } else {
        texts.add(new Listed(place, text.strip()));
      }
    }
    return texts;
  }

  /** The text in this field, or the texts listed in it. */
  List<Listed> textOrTexts(String name, int most) {
    return fields.get(name) instanceof String
        ? text(name).map(text -> List.of(new Listed(path(name), text))).orElseGet(List::of)
        : texts(name, most);
  }

  private List<@Nullable Object> list(String name, int most) {
    Object value = fields.get(name);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof List<?> list)) {
      add(name, "has to be a list, not " + Text.shown(value));
      return List.of();
    }
    if (list.size() > most) {
      add(name, "has " + list.size() + " entries; at most " + most + " are allowed");
      return List.of();
    }
    return new ArrayList<@Nullable Object>(list);
  }

  /** The text in this field. */
  Optional<String> text(String name) {
    Object value = fields.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof String text && !text.isBlank() && text.length() <= MAX_TEXT) {
      return Optional.of(text.strip());
    }
    add(name, "has to be a text of 1 to " + MAX_TEXT + " characters");
    return Optional.empty();
  }

  /** The text in this field, which is kept if it is one of these. */
  Optional<String> oneOf(String name, List<String> allowed) {
    Optional<String> text = text(name);
    if (text.isPresent() && !allowed.contains(text.get())) {
      add(
          name,
          "knows no %s%s; allowed: %s"
              .formatted(
                  Text.shown(text.get()),
                  Text.didYouMean(text.get(), allowed),
                  String.join(", ", allowed)));
      return Optional.empty();
    }
    text.ifPresent(word -> keep(name, word));
    return text;
  }

  /** The time zone in this field, which is kept unless it is UTC. */
  Optional<ZoneId> zone(String name) {
    Optional<ZoneId> zone = text(name).flatMap(text -> zoneAt(path(name), text));
    zone.filter(each -> !each.equals(ZoneOffset.UTC)).ifPresent(each -> keep(name, each.getId()));
    return zone;
  }

  /** The time zone of this name; for all that is always UTC, UTC itself. */
  Optional<ZoneId> zoneAt(String place, String name) {
    Set<String> known = ZoneId.getAvailableZoneIds();
    if (!known.contains(name)) {
      note(
          place,
          "knows no %s%s; allowed are names of the IANA time zone database, such as Europe/Rome"
              .formatted(Text.shown(name), Text.didYouMean(name, known)));
      return Optional.empty();
    }
    ZoneId zone = ZoneId.of(name);
    return Optional.of(zone.normalized().equals(ZoneOffset.UTC) ? ZoneOffset.UTC : zone);
  }

  /** The whole number in this field, kept in the canonical form. */
  Optional<Long> number(String name, long least, long most) {
    Object value = fields.get(name);
    if (value == null) {
      return Optional.empty();
    }
    Optional<BigDecimal> decimal = toDecimal(value);
    try {
      long number = decimal.orElseThrow(ArithmeticException::new).longValueExact();
      if (number >= least && number <= most) {
        keep(name, number);
        return Optional.of(number);
      }
    } catch (ArithmeticException _) {
      // Said below, together with a number that is out of range.
    }
    add(
        name,
        "has to be a whole number from %d to %d, not %s".formatted(least, most, Text.shown(value)));
    return Optional.empty();
  }

  /** The amount of money in this field: not negative, at most 12 decimals; kept. */
  Optional<BigDecimal> money(String name, BigDecimal most) {
    return decimal(name, BigDecimal.ZERO, most);
  }

  /** The decimal in this field, within these bounds, with at most 12 decimals; kept. */
  Optional<BigDecimal> decimal(String name, BigDecimal least, BigDecimal most) {
    Object value = fields.get(name);
    if (value == null) {
      return Optional.empty();
    }
    Optional<BigDecimal> decimal =
        toDecimal(value)
            .filter(amount -> amount.compareTo(least) >= 0 && amount.compareTo(most) <= 0)
            .filter(amount -> amount.scale() <= 12);
    if (decimal.isEmpty()) {
      add(
          name,
          "has to be an amount from %s to %s with at most 12 decimals, not %s"
              .formatted(least.toPlainString(), most.toPlainString(), Text.shown(value)));
    }
    decimal.ifPresent(amount -> keep(name, amount));
    return decimal;
  }

  /** The yes or no in this field, kept. */
  Optional<Boolean> truth(String name) {
    Object value = fields.get(name);
    if (value instanceof Boolean truth) {
      keep(name, truth);
      return Optional.of(truth);
    }
    if (value != null) {
      add(name, "has to be true or false, not " + Text.shown(value));
    }
    return Optional.empty();
  }

  /** The day in this field, kept. */
  Optional<LocalDate> day(String name) {
    Object value = fields.get(name);
    if (value == null) {
      return Optional.empty();
    }
    try {
      LocalDate day = LocalDate.parse(value.toString().strip());
      keep(name, day.toString());
      return Optional.of(day);
    } catch (DateTimeException _) {
      add(name, "has to be a day such as \"2026-11-20\", not " + Text.shown(value));
      return Optional.empty();
    }
  }

  /** Any JSON or YAML number, or its text; decimals in their shortest form. */
  private static Optional<BigDecimal> toDecimal(Object value) {
    if (!(value instanceof Number) && !(value instanceof String)) {
      return Optional.empty();
    }
    String text = value.toString().strip();
    try {
      return text.length() > 40 ? Optional.empty() : Optional.of(Decimals.parse(text));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }
}

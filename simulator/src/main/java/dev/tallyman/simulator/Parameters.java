package dev.tallyman.simulator;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The parameters of a question, read and refused as the provider does. */
final class Parameters {
  private final Map<String, List<String>> values = new TreeMap<>();

  /**
   * @param query the part of the address after the question mark, still encoded; null if none
   */
  Parameters(@Nullable String query) {
    if (query == null || query.isEmpty()) {
      return;
    }
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = decode(equals < 0 ? pair : pair.substring(0, equals));
      String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
      int bracket = name.indexOf('[');
      // group_by[]=a, group_by[0]=a and group_by=a are all understood.
      String bare = bracket < 0 ? name : name.substring(0, bracket);
      values.computeIfAbsent(bare, _ -> new ArrayList<>()).add(value);
    }
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return text;
    }
  }

  /** Refuses the first parameter that is none of these: ignored, a filter would keep everything. */
  void requireOnly(Collection<String> known) {
    for (String name : values.keySet()) {
      if (!known.contains(name)) {
        throw Refusal.of(name, "unknown_parameter", "Unknown parameter: '" + name + "'.");
      }
    }
  }

  /** The last value of a parameter. */
  Optional<String> one(String name) {
    List<String> all = values.get(name);
    return all == null ? Optional.empty() : Optional.of(all.getLast());
  }

  /** All values of a parameter; none if it is absent. */
  Set<String> all(String name) {
    return new LinkedHashSet<>(values.getOrDefault(name, List.of()));
  }

  /** All values of a parameter, of which each may be a list separated by commas. */
  Set<String> list(String name) {
    return values.getOrDefault(name, List.of()).stream()
        .flatMap(value -> List.of(value.split(",", -1)).stream())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** A whole number, or empty if the parameter is absent. */
  OptionalLong number(String name) {
    Optional<String> text = one(name);
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(text.get()));
    } catch (NumberFormatException _) {
      throw Refusal.of(
          name,
          "invalid_type",
          "Invalid type for '" + name + "': expected an integer, but got a string instead.");
    }
  }

  /** A number of things on a page. */
  int limit(int standard, int most) {
    long limit = number("limit").orElse(standard);
    if (limit < 1) {
      throw Refusal.of(
          "limit",
          "integer_below_min_value",
          "Invalid 'limit': integer below minimum value. Expected a value >= 1, but got "
              + limit
              + " instead.");
    }
    if (limit > most) {
      throw Refusal.of(
          "limit",
          "integer_above_max_value",
          "Invalid 'limit': integer above maximum value. Expected a value <= "
              + most
              + ", but got "
              + limit
              + " instead.");
    }
    return (int) limit;
  }

  /** A yes or no; no if it is absent. */
  boolean flag(String name) {
    return one(name).map(text -> yes(name, text)).orElse(false);
  }

  /** Whether this text says yes. */
  static boolean yes(String name, String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "1" -> true;
      case "false", "0" -> false;
      default -> throw unsupported(name, text, List.of("true", "false"));
    };
  }

  static Refusal unsupported(String name, String value, List<String> supported) {
    String words =
        supported.size() == 1
            ? "'" + supported.getFirst() + "'"
            : supported.subList(0, supported.size() - 1).stream()
                    .map(word -> "'" + word + "'")
                    .collect(Collectors.joining(", "))
                + (supported.size() > 2 ? "," : "")
                + " and '"
                + supported.getLast()
                + "'";
    return Refusal.of(
        name,
        "invalid_value",
        "Invalid value: '" + value + "'. Supported values are: " + words + ".");
  }

  /** A hash of everything but the page, which the provider binds its page tokens to. */
  int hash(String path) {
    var rest = new TreeMap<>(values);
    rest.remove("page");
    long bits = Hash.of(path.length(), path + rest);
    return (int) (bits ^ (bits >>> 32));
  }
}

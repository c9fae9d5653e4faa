package dev.tallyman.core;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Values by model pattern. A pattern matches the whole name, the name followed by {@code
 * -YYYY-MM-DD} or {@code -YYYYMMDD}, or, with a trailing {@code *}, every name that begins so.
 * Letter case is folded; the longest pattern wins, and of equally long ones the more exact. A name
 * is matched as it is and as {@link #plain}. Immutable.
 */
public final class ModelPatterns<V> {
  private static final int MAX_LENGTH = 200;
  private static final int ISO_DATE = "-2026-11-20".length();
  private static final int PLAIN_DATE = "-20261120".length();

  /** What gateways and libraries write before the provider's own name of a model. */
  private static final List<String> PREFIXES = List.of("openai/", "azure/", "models/");

  private static final String TUNED = "ft:";
  private static final String AZURE_TUNED = ".ft-";

  private final Map<String, V> names;
  private final Map<String, V> prefixes;

  private ModelPatterns(Map<String, V> names, Map<String, V> prefixes) {
    this.names = names;
    this.prefixes = prefixes;
  }

  /**
   * Patterns with their values; of two that differ in letter case only, one is kept.
   *
   * @throws IllegalArgumentException if a pattern is none, see {@link #problem}
   */
  public static <V> ModelPatterns<V> of(Map<String, V> values) {
    var names = new HashMap<String, V>();
    var prefixes = new HashMap<String, V>();
    values.forEach((pattern, value) -> {
      problem(pattern)
          .ifPresent(problem -> {
            throw new IllegalArgumentException("\"" + pattern + "\" " + problem);
          });
      String folded = fold(pattern);
      if (folded.endsWith("*")) {
        prefixes.put(folded.substring(0, folded.length() - 1), value);
      } else {
        names.put(folded, value);
      }
    });
    return new ModelPatterns<>(names, prefixes);
  }

  /** The value of the longest pattern that matches this name, or empty. */
  public Optional<V> find(String model) {
    String name = fold(model);
    Optional<Match<V>> asItIs = match(name);
    String plain = plain(name);
    if (plain.equals(name)) {
      return asItIs.map(Match::value);
    }
    Optional<Match<V>> withoutExtras = match(plain);
    boolean longer =
        withoutExtras.isPresent()
            && withoutExtras.get().length() > asItIs.map(Match::length).orElse(-1);
    return (longer ? withoutExtras : asItIs).map(Match::value);
  }

  private Optional<Match<V>> match(String name) {
    V exact = names.get(name);
    if (exact != null) {
      return Optional.of(new Match<>(name.length(), exact));
    }
    String undated = undated(name);
    V dated = undated.length() < name.length() ? names.get(undated) : null;
    if (!prefixes.isEmpty()) {
      int shortest = dated == null ? 0 : undated.length() + 1;
      for (int length = name.length(); length >= shortest; length--) {
        V prefixed = prefixes.get(name.substring(0, length));
        if (prefixed != null) {
          return Optional.of(new Match<>(length, prefixed));
        }
      }
    }
    return dated == null ? Optional.empty() : Optional.of(new Match<>(undated.length(), dated));
  }

  private record Match<V>(int length, V value) {}

  /** The name in the letter case in which names are compared. */
  public static String fold(String name) {
    return name.strip().toLowerCase(Locale.ROOT);
  }

  /**
   * The provider's own name of a model, in folded case: without {@code openai/}, {@code azure/} or
   * {@code models/} before it, with a date after {@code @} written as the provider does, and of a
   * fine-tuned model only what it was made of: {@code ft:gpt-4o-2024-08-06} for {@code
   * ft:gpt-4o-2024-08-06:acme::id} and for Azure's {@code gpt-4o-2024-08-06.ft-id}.
   */
  public static String plain(String model) {
    String name = fold(model);
    String before;
    do { // A gateway may write several, in any order.
      before = name;
      for (String prefix : PREFIXES) {
        name = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
      }
    } while (!name.equals(before));
    if (name.startsWith(TUNED)) {
      int owner = name.indexOf(':', TUNED.length());
      name = owner < 0 ? name : name.substring(0, owner);
    } else if (name.indexOf(AZURE_TUNED) > 0) {
      name = TUNED + name.substring(0, name.indexOf(AZURE_TUNED));
    }
    int at = name.lastIndexOf('@');
    if (at > 0) {
      String dated = name.substring(0, at) + "-" + name.substring(at + 1);
      name = undated(dated).length() == at ? dated : name;
    }
    return name;
  }

  /** The name without a trailing {@code -YYYY-MM-DD} or {@code -YYYYMMDD}. */
  public static String undated(String name) {
    for (int length : new int[] {ISO_DATE, PLAIN_DATE}) {
      int start = name.length() - length;
      if (start > 0 && isDate(name, start)) {
        return name.substring(0, start);
      }
    }
    return name;
  }

  /** What is wrong with a pattern, to be read after the pattern itself; empty if nothing is. */
  public static Optional<String> problem(String pattern) {
    if (pattern.isBlank()) {
      return Optional.of("is empty; give a model's name");
    }
    if (pattern.length() > MAX_LENGTH) {
      return Optional.of("is longer than " + MAX_LENGTH + " characters");
    }
    int star = pattern.indexOf('*');
    if (star >= 0 && star < pattern.length() - 1) {
      return Optional.of("has a * that is not its last character; only a trailing * is understood");
    }
    if (pattern.chars().anyMatch(c -> Character.isWhitespace(c) || Character.isISOControl(c))) {
      return Optional.of("holds white space; a model's name has none");
    }
    return Optional.empty();
  }

  private static boolean isDate(String name, int start) {
    boolean iso = name.length() - start == ISO_DATE;
    for (int i = start; i < name.length(); i++) {
      int at = i - start;
      boolean dash = at == 0 || (iso && (at == 5 || at == 8));
      char c = name.charAt(i);
      if (dash ? c != '-' : c < '0' || c > '9') {
        return false;
      }
    }
    return true;
  }
}

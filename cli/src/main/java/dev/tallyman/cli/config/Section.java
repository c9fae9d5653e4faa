package dev.tallyman.cli.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One mapping of the configuration, read member by member; whatever is wrong is handed to {@code
 * wrong} with its path, and reading goes on, so that all mistakes are found at once.
 */
public final class Section {
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,6})\\s*(ms|s|m|h|d)");

  private final Map<?, ?> values;
  private final String path;
  private final BiConsumer<String, String[]> wrong;
  private final Set<String> known = new LinkedHashSet<>();

  /**
   * A section.
   *
   * @param path where it stands; empty for the whole file
   * @param wrong takes a path, and what is wrong with it and the remedy
   */
  Section(Map<?, ?> values, String path, BiConsumer<String, String[]> wrong) {
    this.values = values;
    this.path = path;
    this.wrong = wrong;
  }

  String path(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  Optional<String> text(String name) {
    Optional<Object> value = take(name);
    if (value.isPresent() && !(value.get() instanceof String s && !s.isBlank())) {
      complain(name, "'" + value.get() + "' is not a text", "write a text");
      return Optional.empty();
    }
    return value.map(String::valueOf).map(String::strip);
  }

  /** A text that a pattern allows. */
  Optional<String> text(String name, Pattern allowed, String remedy) {
    Optional<String> text = text(name);
    if (text.isPresent() && !allowed.matcher(text.get()).matches()) {
      complain(name, "'" + text.get() + "' is not possible", remedy);
      return Optional.empty();
    }
    return text;
  }

  Optional<Integer> integer(String name, int least, int most) {
    Optional<Object> value = take(name);
    if (value.isPresent()) {
      if (value.get() instanceof Long n && n >= least && n <= most) {
        return Optional.of(n.intValue());
      }
      complain(
          name,
          "'" + value.get() + "' is not possible",
          "write a whole number from " + least + " to " + most);
    }
    return Optional.empty();
  }

  Optional<Boolean> bool(String name) {
    Optional<Object> value = take(name);
    if (value.isPresent()) {
      if (value.get() instanceof Boolean b) {
        return Optional.of(b);
      }
      complain(name, "'" + value.get() + "' is not possible", "write true or false");
    }
    return Optional.empty();
  }

  public Optional<Duration> duration(String name, Duration least, Duration most) {
    Optional<String> text = take(name).map(String::valueOf);
    if (text.isPresent()) {
      Optional<Duration> duration = duration(text.get());
      if (duration.isPresent()
          && duration.get().compareTo(least) >= 0
          && duration.get().compareTo(most) <= 0) {
        return duration;
      }
      complain(
          name,
          "'" + text.get() + "' is not possible",
          "write a duration from " + words(least) + " to " + words(most) + ", such as 5m");
    }
    return Optional.empty();
  }

  /** A duration such as {@code 90s}, {@code 5m}, {@code 24h} or {@code 7d}. */
  public static Optional<Duration> duration(String text) {
    Matcher matcher = DURATION.matcher(text.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long count = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(count);
          case "s" -> Duration.ofSeconds(count);
          case "m" -> Duration.ofMinutes(count);
          case "h" -> Duration.ofHours(count);
          default -> Duration.ofDays(count);
        });
  }

  private static String words(Duration duration) {
    return duration.toSeconds() % 86400 == 0 && duration.toDays() > 1
        ? duration.toDays() + "d"
        : duration.toSeconds() % 3600 == 0
            ? duration.toHours() + "h"
            : duration.toSeconds() % 60 == 0
                ? duration.toMinutes() + "m"
                : duration.toSeconds() + "s";
  }

  /** The section below a name; an empty one if there is none. */
  Section section(String name) {
    Optional<Object> value = take(name);
    if (value.isPresent() && value.get() instanceof Map<?, ?> map) {
      return new Section(map, path(name), wrong);
    }
    if (value.isPresent()) {
      complain(name, "this is not a mapping", "write `name: value` lines below it");
    }
    return new Section(Map.of(), path(name), wrong);
  }

  /** The sections of the list below a name. */
  List<Section> sections(String name) {
    List<Section> sections = new ArrayList<>();
    int index = 0;
    for (Object element : list(name)) {
      String at = path(name) + "[" + index++ + "]";
      if (element instanceof Map<?, ?> map) {
        sections.add(new Section(map, at, wrong));
      } else {
        wrong.accept(at, new String[] {"this is not a mapping", "write `- name: value` lines"});
      }
    }
    return sections;
  }

  /** The texts of the list below a name. */
  List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    int index = 0;
    for (Object element : list(name)) {
      if (element instanceof String text) {
        texts.add(text);
      } else {
        wrong.accept(
            path(name) + "[" + index + "]",
            new String[] {"'" + element + "' is not a text", "write a text"});
      }
      index++;
    }
    return texts;
  }

  private List<?> list(String name) {
    Optional<Object> value = take(name);
    if (value.isPresent() && value.get() instanceof List<?> list) {
      return list;
    }
    if (value.isPresent()) {
      complain(name, "this is not a list", "write `- ` lines below it");
    }
    return List.of();
  }

  /** Reports every member that nobody asked for. */
  void refuseOthers() {
    for (Object key : values.keySet()) {
      if (!known.contains(String.valueOf(key))) {
        complain(
            String.valueOf(key), "'" + key + "' is not known here", "known are " + names(known));
      }
    }
  }

  static String names(Set<String> names) {
    return String.join(", ", names);
  }

  void complain(String name, String what, String remedy) {
    wrong.accept(name.isEmpty() ? path : path(name), new String[] {what, remedy});
  }

  private Optional<Object> take(String name) {
    known.add(name);
    return Optional.ofNullable(values.get(name));
  }
}

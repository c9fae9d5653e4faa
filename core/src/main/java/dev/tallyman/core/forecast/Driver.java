package dev.tallyman.core.forecast;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where an excess came from, as narrowly as most of it came from one place.
 *
 * @param project empty if no single one has most of the excess
 * @param key likewise, within the project
 * @param model likewise, within project and key
 * @param excess what it used more than is usual
 */
public record Driver(
    Optional<String> project, Optional<String> key, Optional<String> model, long excess) {
  private static final double MOST_SHARE = 0.6;

  /**
   * What a combination used in the hours in question.
   *
   * @param project null where unknown
   * @param key null where unknown or none
   * @param model null where unknown or none
   * @param actual what was used
   * @param usual what is usual in such hours: that of the same hours of the weeks before
   */
  public record Part(
      @Nullable String project,
      @Nullable String key,
      @Nullable String model,
      long actual,
      long usual) {
    long excess() {
      return actual - usual;
    }
  }

  /** The driver of what these parts used more than usual. */
  public static Driver of(Collection<Part> parts) {
    Collection<Part> left = parts;
    Optional<String> project = most(left, Part::project);
    left = only(left, project, Part::project);
    Optional<String> key = most(left, Part::key);
    left = only(left, key, Part::key);
    Optional<String> model = most(left, Part::model);
    left = only(left, model, Part::model);
    return new Driver(project, key, model, sum(left));
  }

  private static long sum(Collection<Part> parts) {
    return parts.stream().mapToLong(Part::excess).sum();
  }

  private static Collection<Part> only(
      Collection<Part> parts, Optional<String> value, Function<Part, @Nullable String> dimension) {
    return value.isEmpty()
        ? parts
        : parts.stream().filter(part -> value.get().equals(dimension.apply(part))).toList();
  }

  /** The value of a dimension that has most of the excess; savings elsewhere do not count. */
  private static Optional<String> most(
      Collection<Part> parts, Function<Part, @Nullable String> dimension) {
    Map<String, Long> excess = new HashMap<>();
    for (Part part : parts) {
      String value = dimension.apply(part);
      excess.merge(value == null ? "" : value, part.excess(), Long::sum);
    }
    long all = excess.values().stream().mapToLong(each -> Math.max(0, each)).sum();
    return excess.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .filter(first -> first.getValue() > 0 && first.getValue() >= MOST_SHARE * all)
        .map(Map.Entry::getKey)
        .filter(value -> !value.isEmpty());
  }
}

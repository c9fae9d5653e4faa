package dev.tallyman.core.group;

import dev.tallyman.core.ModelPatterns;
import java.util.List;

/**
 * A named set of models that share one pool of tokens a day.
 *
 * @param name lower-case letters, digits, {@code -} and {@code _}
 * @param patterns the models, see {@link ModelPatterns}
 * @param dailyLimit tokens a UTC day; 0 for none
 */
public record ModelGroup(String name, List<String> patterns, long dailyLimit) {
  /** The longest name. */
  public static final int MAX_NAME = 40;

  public ModelGroup {
    if (!isName(name)) {
      throw new IllegalArgumentException("\"" + name + "\" cannot be the name of a group");
    }
    if (dailyLimit < 0) {
      throw new IllegalArgumentException("the group " + name + " has a negative limit");
    }
    patterns = List.copyOf(patterns);
    for (String pattern : patterns) {
      ModelPatterns.problem(pattern)
          .ifPresent(problem -> {
            throw new IllegalArgumentException("\"" + pattern + "\" " + problem);
          });
    }
  }

  /** Whether a group may have this name. */
  public static boolean isName(String name) {
    return !name.isEmpty()
        && name.length() <= MAX_NAME
        && name.chars()
            .allMatch(
                c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_');
  }

  /** This group with another limit. */
  public ModelGroup withDailyLimit(long tokens) {
    return new ModelGroup(name, patterns, tokens);
  }
}

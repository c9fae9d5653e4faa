package dev.tallyman.core.settings;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One mistake in a settings document.
 *
 * @param path where, for instance {@code groups.premium.models[2]}; empty for the whole document
 * @param message what is wrong and what to do, with what is allowed; never the value of a key
 */
public record Mistake(String path, String message) {
  /** Where and what, in one line. */
  public String told() {
    return path.isEmpty() ? message : path + ": " + message;
  }

  /** All of them in one line. */
  public static String told(List<Mistake> mistakes) {
    return mistakes.stream().map(Mistake::told).collect(Collectors.joining("; "));
  }
}

package dev.tallyman.core.settings;

import java.util.List;

/** What became of a settings document. */
public sealed interface SettingsResult {
  /**
   * The document is right.
   *
   * @param settings what it says
   */
  record Valid(Settings settings) implements SettingsResult {}

  /**
   * The document cannot be used.
   *
   * @param mistakes all of them, at least one
   */
  record Invalid(List<Mistake> mistakes) implements SettingsResult {
    public Invalid {
      mistakes = List.copyOf(mistakes);
      if (mistakes.isEmpty()) {
        throw new IllegalArgumentException("an invalid document has a mistake");
      }
    }
  }
}

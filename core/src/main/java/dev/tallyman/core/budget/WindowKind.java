package dev.tallyman.core.budget;

import java.util.Locale;
import java.util.Optional;

/** How long a window lasts, from the shortest to the longest. */
public enum WindowKind {
  /** An hour of UTC. */
  HOUR,
  /** A calendar day of a zone: 23, 24 or 25 hours, give or take. */
  DAY,
  /** Seven calendar days of a zone, beginning on a Monday. */
  WEEK,
  /** A calendar month of a zone. */
  MONTH,
  /** Three calendar months of a zone, beginning in January, April, July or October. */
  QUARTER;

  /** The name in settings, the API and on the command line. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The kind of this name, or empty. */
  public static Optional<WindowKind> of(String id) {
    for (WindowKind kind : values()) {
      if (kind.id().equals(id)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }
}

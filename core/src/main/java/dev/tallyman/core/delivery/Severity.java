package dev.tallyman.core.delivery;

import java.util.Locale;

/** How bad it is, from the mildest. */
public enum Severity {
  /** Good news, or none. */
  INFO,
  /** The lowest threshold. */
  WARNING,
  /** A higher one, below all of the limit. */
  ERROR,
  /** All of the limit, or more. */
  CRITICAL;

  /** The name in answers. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}

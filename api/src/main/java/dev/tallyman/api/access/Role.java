package dev.tallyman.api.access;

import java.util.Locale;

/** What a caller may do; each may do all that the ones before it may. */
public enum Role {
  /** Nobody in particular: health and the front door only. */
  NONE,
  /** May read. */
  VIEWER,
  /** May read and change. */
  OPERATOR;

  public boolean may(Role needed) {
    return compareTo(needed) >= 0;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

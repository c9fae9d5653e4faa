package dev.tallyman.core.settings;

/** How long lists and the whole may become. */
enum Bounds {
  /** What somebody wrote. */
  WRITTEN,
  /** What somebody wrote, with what somebody else wrote above it. */
  MERGED;

  int most(int written) {
    return this == WRITTEN ? written : 2 * written;
  }
}

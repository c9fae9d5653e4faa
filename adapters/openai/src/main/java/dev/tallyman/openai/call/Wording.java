package dev.tallyman.openai.call;

import java.util.regex.Pattern;

/** What others said, made fit to be shown: short, on one line, without keys. */
public final class Wording {
  private static final int MAX_LENGTH = 300;
  private static final Pattern KEY =
      Pattern.compile("(?<![A-Za-z0-9])sk-[A-Za-z0-9_*.\\u2026-]{2,}|(?i:bearer)\\s+\\S+");
  private static final Pattern BLANK = Pattern.compile("[\\s\\p{Cntrl}]+");

  private Wording() {}

  /** The text with all that looks like a key masked, on one line, of at most 300 characters. */
  public static String safe(String text) {
    // Cut before matching as well: an error body may be long, a shown text never is.
    String bounded = text.length() > 10 * MAX_LENGTH ? text.substring(0, 10 * MAX_LENGTH) : text;
    String line = BLANK.matcher(KEY.matcher(bounded).replaceAll("sk-***")).replaceAll(" ").strip();
    return line.length() > MAX_LENGTH ? line.substring(0, MAX_LENGTH) + "…" : line;
  }

  /** The text as {@link #safe}, with a full stop at its end unless it has one. */
  static String sentence(String text) {
    String safe = safe(text);
    return safe.isEmpty() || safe.endsWith(".") || safe.endsWith("…") ? safe : safe + ".";
  }
}

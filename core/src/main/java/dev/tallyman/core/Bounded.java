package dev.tallyman.core;

/**
 * Texts from outside, made short enough to be kept, listed and sent: what is longer is cut, and a
 * fingerprint of the whole keeps two that begin alike apart.
 */
public final class Bounded {
  /** The most characters of an id or a name; the provider's own are shorter than 100. */
  public static final int NAME = 256;

  private Bounded() {}

  /** An id or a name of at most {@link #NAME} characters. */
  public static String name(String text) {
    return text(text, NAME);
  }

  /**
   * A text of at most so many characters, never ending within one of two units.
   *
   * @param most at least 10
   */
  public static String text(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    String digits = Digest.of(text);
    int end = most - digits.length() - 1;
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end)
        + "…"
        + digits;
  }
}

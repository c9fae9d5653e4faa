package dev.tallyman.core;

import java.util.regex.Pattern;

/**
 * The form of our own ids, of organizations among others: they stand in keys of the store, in paths
 * and in names of parameters, so that nothing else may be in them.
 */
public final class Slug {
  /** What is allowed, to be read after "has to be". */
  public static final String ALLOWED =
      "1 to 63 of a-z, 0-9 and -, beginning with a letter or digit";

  private static final Pattern PATTERN = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

  private Slug() {}

  /** Whether a text has this form. */
  public static boolean is(String text) {
    return PATTERN.matcher(text).matches();
  }
}

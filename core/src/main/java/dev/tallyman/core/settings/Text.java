package dev.tallyman.core.settings;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Words for mistakes. */
final class Text {
  private static final Pattern KEY = Pattern.compile("(?i)(^|[^a-z0-9])sk-[a-z0-9_-]{3,}");

  /** What is said of a key, to be read after the place where it stands. */
  static final String KEY_REFUSED =
      "looks like a key; keys are never kept in the settings. Put it into an environment variable"
          + " and give the variable's name in key_env. If this text was ever shared, revoke the"
          + " key";

  private static final int MOST_SHOWN = 60;

  private Text() {}

  /** Whether a text holds what looks like a key of the provider. */
  static boolean looksLikeKey(String text) {
    return KEY.matcher(text).find();
  }

  /** A value as it may be shown: shortened, and never a key. */
  static String shown(@Nullable Object value) {
    String text = String.valueOf(value);
    if (looksLikeKey(text)) {
      return "this value";
    }
    String line = text.replaceAll("\\p{Cntrl}", " ");
    return "\"" + (line.length() > MOST_SHOWN ? line.substring(0, MOST_SHOWN) + "…" : line) + "\"";
  }

  /** The allowed word that was probably meant, as an addition to a sentence. */
  static String didYouMean(String word, Collection<String> allowed) {
    return nearest(word, allowed).map(near -> " (did you mean \"" + near + "\"?)").orElse("");
  }

  private static Optional<String> nearest(String word, Collection<String> allowed) {
    String folded = fold(word);
    int best = Math.max(1, folded.length() / 3) + 1;
    String nearest = null;
    for (String candidate : allowed) {
      int distance = distance(folded, fold(candidate), best);
      if (distance < best) {
        best = distance;
        nearest = candidate;
      }
    }
    return Optional.ofNullable(nearest);
  }

  private static String fold(String word) {
    return word.toLowerCase(Locale.ROOT).replace('-', '_');
  }

  /** How many letters must be added, dropped or changed, as far as it is below a limit. */
  private static int distance(String one, String two, int limit) {
    if (Math.abs(one.length() - two.length()) >= limit) {
      return limit;
    }
    int[] above = new int[two.length() + 1];
    for (int j = 0; j < above.length; j++) {
      above[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int[] row = new int[two.length() + 1];
      row[0] = i;
      for (int j = 1; j <= two.length(); j++) {
        int changed = above[j - 1] + (one.charAt(i - 1) == two.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(changed, Math.min(above[j], row[j - 1]) + 1);
      }
      above = row;
    }
    return above[two.length()];
  }
}

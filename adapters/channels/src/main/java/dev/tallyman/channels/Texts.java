package dev.tallyman.channels;

import java.text.Normalizer;
import java.util.function.IntFunction;

/** Texts as a channel can take them: one line, well-formed, no longer than allowed. */
final class Texts {
  private static final String ELLIPSIS = "…";

  private Texts() {}

  /** A text within so many characters (UTF-16 units, which none of the channels counts lower). */
  static String cut(String text, int max) {
    return fit(text, max, Character::toString);
  }

  /**
   * A text of which each character is replaced by what stands for it, and which is within so many
   * characters then: never half of a pair, never half of what stands for one. White space of any
   * kind is one space; what controls is left out, since it can make a text look like another.
   */
  static String fit(String text, int max, IntFunction<String> replace) {
    var out = new StringBuilder();
    int safe = 0;
    boolean space = false;
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      if (Character.isWhitespace(point) || Character.isSpaceChar(point)) {
        space = !out.isEmpty();
        continue;
      }
      int type = Character.getType(point);
      if (type == Character.CONTROL || (type == Character.FORMAT && point != 0x200D)) {
        continue;
      }
      String piece = replace.apply(type == Character.SURROGATE ? 0xFFFD : point);
      String whole = space ? " " + piece : piece;
      space = false;
      if (out.length() + whole.length() > max) {
        return out.substring(0, safe) + ELLIPSIS;
      }
      out.append(whole);
      if (out.length() + ELLIPSIS.length() <= max) {
        safe = out.length();
      }
    }
    return out.toString();
  }

  /** Only characters of ASCII, others replaced where they have a plain form, else by '?'. */
  static String ascii(String text, int max) {
    String plain =
        Normalizer.normalize(text, Normalizer.Form.NFKD)
            .replaceAll("\\p{M}+", "")
            .replaceAll("[‐-―−]", "-")
            .replaceAll("[‘’]", "'")
            .replaceAll("[“”]", "\"")
            .replace("·", "-");
    String cut = cut(plain, max).replace(ELLIPSIS, ".");
    return cut.replaceAll("[^\\x20-\\x7E]", "?");
  }
}

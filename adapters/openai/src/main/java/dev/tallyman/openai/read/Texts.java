package dev.tallyman.openai.read;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.tallyman.core.Bounded;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The texts of one read, each kept once: a page repeats a few ids and models a hundred thousand
 * times. A table of fixed size in which a later text may displace an earlier one, so its memory is
 * bounded whatever arrives.
 */
final class Texts {
  private static final int SIZE = 4096;
  private static final int MAX_LENGTH = 200;

  private final @Nullable String[] table = new @Nullable String[SIZE];

  /**
   * The text at the parser, no longer than a name may be; null if it says null or nothing.
   *
   * @param field its name, for the message
   * @throws MalformedAnswer if it is an object or an array
   */
  @Nullable String at(JsonParser parser, String field) throws IOException {
    JsonToken token = parser.currentToken();
    return switch (token) {
      case VALUE_STRING -> {
        int length = parser.getTextLength();
        yield length == 0
            ? null
            : unique(parser.getTextCharacters(), parser.getTextOffset(), length);
      }
      case VALUE_NULL -> null;
      case VALUE_TRUE -> "true";
      case VALUE_FALSE -> "false";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Bounded.name(parser.getText());
      default -> throw Json.malformed(parser, field, "is no text");
    };
  }

  /** The text at the parser as {@code true} or {@code false} if it is one in any letter case. */
  @Nullable String flagAt(JsonParser parser, String field) throws IOException {
    @Nullable String text = at(parser, field);
    return text == null ? null : text.toLowerCase(Locale.ROOT);
  }

  private String unique(char[] buffer, int offset, int length) {
    if (length > MAX_LENGTH) {
      return Bounded.name(new String(buffer, offset, length));
    }
    int hash = 0;
    for (int i = 0; i < length; i++) {
      hash = 31 * hash + buffer[offset + i];
    }
    int slot = (hash ^ hash >>> 16) & SIZE - 1;
    @Nullable String known = table[slot];
    if (known != null && known.length() == length && matches(known, buffer, offset)) {
      return known;
    }
    String text = new String(buffer, offset, length);
    table[slot] = text;
    return text;
  }

  private static boolean matches(String known, char[] buffer, int offset) {
    for (int i = 0; i < known.length(); i++) {
      if (known.charAt(i) != buffer[offset + i]) {
        return false;
      }
    }
    return true;
  }
}

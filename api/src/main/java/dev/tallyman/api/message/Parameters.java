package dev.tallyman.api.message;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a query string says: every name with its values, decoded strictly. */
public final class Parameters {
  private static final int MAX_COUNT = 200;

  private final Map<String, List<String>> values;

  private Parameters(Map<String, List<String>> values) {
    this.values = values;
  }

  /**
   * The parameters of a query string.
   *
   * @throws Problem if it is not percent-encoded UTF-8 or has more than 200 parameters
   */
  public static Parameters parse(String query) {
    var values = new LinkedHashMap<String, List<String>>();
    int count = 0;
    for (String pair : query.split("&", -1)) {
      if (pair.isEmpty()) {
        continue;
      }
      count++;
      if (count > MAX_COUNT) {
        throw Problem.invalid(
            "too_many_parameters", "", "The query has more than " + MAX_COUNT + " parameters.");
      }
      int equals = pair.indexOf('=');
      String raw = equals < 0 ? pair : pair.substring(0, equals);
      String name = decode(raw, true, raw);
      String value = equals < 0 ? "" : decode(pair.substring(equals + 1), true, name);
      values.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
    }
    return new Parameters(values);
  }

  public Set<String> names() {
    return values.keySet();
  }

  /** All values given for a name, in order. */
  public List<String> all(String name) {
    return values.getOrDefault(name, List.of());
  }

  /**
   * Percent-encoding undone.
   *
   * @param plus whether a plus sign stands for a space, as in a query
   * @param name of the parameter that it is, for the problem; empty for none
   * @throws Problem if the text is not percent-encoded UTF-8
   */
  public static String decode(String text, boolean plus, String name) {
    if (text.chars().allMatch(c -> c != '%' && c != '+' && c > ' ' && c < 0x7f)) {
      return text;
    }
    var bytes = ByteBuffer.allocate(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
        int low = i + 2 < text.length() ? Character.digit(text.charAt(i + 2), 16) : -1;
        if (high < 0 || low < 0) {
          throw notEncoded(name);
        }
        bytes.put((byte) (high * 16 + low));
        i += 2;
      } else if (c <= ' ' || c >= 0x7f) {
        throw notEncoded(name);
      } else {
        bytes.put((byte) (c == '+' && plus ? ' ' : c));
      }
    }
    try {
      String decoded = StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
      if (decoded.indexOf('\0') >= 0) {
        throw notEncoded(name);
      }
      return decoded;
    } catch (CharacterCodingException _) {
      throw notEncoded(name);
    }
  }

  private static Problem notEncoded(String name) {
    return Problem.invalid(
        "malformed_url",
        name,
        (name.isEmpty() ? "The URL" : Parameter.shown(name) + " in the URL")
            + " is not percent-encoded UTF-8; encode it as RFC 3986 says: a percent sign is %25.");
  }
}

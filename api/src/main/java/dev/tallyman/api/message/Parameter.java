package dev.tallyman.api.message;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.OptionalInt;

/**
 * One parameter of a route: what the router accepts and what the OpenAPI document says are both
 * read from here.
 *
 * @param name as it stands in the URL
 * @param inPath whether it is a part of the path; otherwise it is in the query
 * @param repeated whether it may be given several times
 * @param about one sentence for a reader
 * @param schema what a value is, as JSON Schema
 * @param bounds for numbers only
 * @param allowed the only values, if there are any such
 */
public record Parameter(
    String name,
    boolean inPath,
    boolean repeated,
    String about,
    JsonObject schema,
    Bounds bounds,
    List<String> allowed) {
  private static final Bounds ANY = new Bounds(Integer.MIN_VALUE, Integer.MAX_VALUE, false);

  /** A text of the query. */
  public static Parameter text(String name, String about) {
    return new Parameter(name, false, false, about, Schema.string(), ANY, List.of());
  }

  /** A text of the query that may be given several times. */
  public static Parameter texts(String name, String about) {
    return new Parameter(name, false, true, about, Schema.string(), ANY, List.of());
  }

  /** A part of the path. */
  public static Parameter path(String name, String about) {
    return new Parameter(name, true, false, about, Schema.string(), ANY, List.of());
  }

  /** One of these texts. */
  public static Parameter oneOf(String name, List<String> allowed, String about) {
    return new Parameter(
        name, false, false, about, Schema.string().put("enum", allowed), ANY, allowed);
  }

  /** A date of the form {@code 2026-11-21}. */
  public static Parameter date(String name, String about) {
    return new Parameter(
        name, false, false, about, Schema.string().put("format", "date"), ANY, List.of());
  }

  /** A whole number that is refused outside its bounds. */
  public static Parameter integer(String name, int least, int most, String about) {
    return number(name, new Bounds(least, most, false), about);
  }

  /** A whole number that is moved into its bounds. */
  public static Parameter clamped(String name, int least, int most, String about) {
    return number(name, new Bounds(least, most, true), about);
  }

  private static Parameter number(String name, Bounds bounds, String about) {
    var schema = Schema.integer();
    if (!bounds.clamps()) {
      schema.put("minimum", bounds.least()).put("maximum", bounds.most());
    }
    return new Parameter(name, false, false, about, schema, bounds, List.of());
  }

  /** The same parameter with what it is when it is not given, for the reader of the document. */
  public Parameter byDefault(Object value) {
    return new Parameter(
        name,
        inPath,
        repeated,
        about,
        JsonObject.of().putAll(schema).put("default", value),
        bounds,
        allowed);
  }

  /** The number of a text, or empty for no text. */
  OptionalInt number(String text) {
    if (text.isEmpty()) {
      return OptionalInt.empty();
    }
    int value;
    try {
      value = Integer.parseInt(text);
    } catch (NumberFormatException _) {
      throw refused(text);
    }
    if (value < bounds.least() || value > bounds.most()) {
      if (!bounds.clamps()) {
        throw refused(text);
      }
      value = Math.clamp(value, bounds.least(), bounds.most());
    }
    return OptionalInt.of(value);
  }

  /** The date of a text. */
  public LocalDate day(String text) {
    try {
      LocalDate day = LocalDate.parse(text);
      // Far from these years a day before or after is none, and no store has its key.
      if (day.getYear() >= 2000 && day.getYear() < 2200) {
        return day;
      }
    } catch (DateTimeException _) {
      // Reported below.
    }
    throw Problem.parameter(
        name, name + " is '" + shown(text) + "'; expected a date such as 2026-11-21.");
  }

  /** The text itself if it is one of those allowed. */
  public String choice(String text) {
    if (!allowed.contains(text)) {
      throw Problem.parameter(
          name,
          name + " is '" + shown(text) + "'; expected one of " + String.join(", ", allowed) + ".");
    }
    return text;
  }

  /** A value that came from outside, shortened for a message. */
  public static String shown(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }

  private Problem refused(String text) {
    return Problem.parameter(
        name,
        name
            + " is '"
            + shown(text)
            + "'; expected a whole number from "
            + bounds.least()
            + " to "
            + bounds.most()
            + ".");
  }

  /**
   * What numbers are accepted.
   *
   * @param clamps whether one outside is moved to the nearest inside
   */
  record Bounds(int least, int most, boolean clamps) {}
}

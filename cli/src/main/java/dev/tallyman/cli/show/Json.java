package dev.tallyman.cli.show;

import com.fasterxml.jackson.jr.ob.JSON;
import com.fasterxml.jackson.jr.ob.JSON.Feature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One object of an answer, read without surprises: what is absent or of another kind is empty.
 *
 * @param members in their order
 */
public record Json(Map<String, Object> members) {
  private static final JSON READER =
      JSON.builder().enable(Feature.USE_BIG_DECIMAL_FOR_FLOATS).build();
  private static final JSON LINE = JSON.builder().enable(Feature.WRITE_NULL_PROPERTIES).build();
  private static final JSON PRETTY =
      JSON.builder()
          .enable(Feature.WRITE_NULL_PROPERTIES)
          .enable(Feature.PRETTY_PRINT_OUTPUT)
          .build();

  /** The object that these bytes hold; empty if they hold none. */
  public static Optional<Json> parse(byte[] bytes) {
    try {
      return READER.anyFrom(bytes) instanceof Map<?, ?> map
          ? Optional.of(new Json(members(map)))
          : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private static Map<String, Object> members(Map<?, ?> map) {
    Map<String, Object> members = new LinkedHashMap<>();
    map.forEach((name, value) -> {
      if (value != null) {
        members.put(String.valueOf(name), value);
      }
    });
    return members;
  }

  /** A value as one line. */
  public static String line(Object value) {
    try {
      return LINE.asString(value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A value for people and for scripts. */
  public static String pretty(Object value) {
    try {
      return PRETTY.asString(value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static byte[] bytes(Object value) {
    return line(value).getBytes(StandardCharsets.UTF_8);
  }

  public Optional<Object> value(String name) {
    return Optional.ofNullable(members.get(name));
  }

  /** A scalar as text. */
  public Optional<String> text(String name) {
    return value(name).flatMap(Json::scalar);
  }

  private static Optional<String> scalar(Object value) {
    return switch (value) {
      case BigDecimal number -> Optional.of(number.toPlainString());
      case Map<?, ?> _ -> Optional.empty();
      case List<?> _ -> Optional.empty();
      default -> Optional.of(String.valueOf(value));
    };
  }

  public boolean flag(String name) {
    return Boolean.TRUE.equals(members.get(name));
  }

  /** A number, or a text that is one. */
  public Optional<BigDecimal> number(String name) {
    return value(name).flatMap(Json::decimal);
  }

  static Optional<BigDecimal> decimal(Object value) {
    try {
      return scalar(value).map(BigDecimal::new);
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  /** The object below a name; an empty one if there is none. */
  public Json object(String name) {
    return members.get(name) instanceof Map<?, ?> map ? new Json(members(map)) : new Json(Map.of());
  }

  public boolean has(String name) {
    return members.containsKey(name);
  }

  /** The objects of the list below a name. */
  public List<Json> objects(String name) {
    return list(name).stream()
        .filter(Map.class::isInstance)
        .map(Map.class::cast)
        .map(map -> new Json(members(map)))
        .toList();
  }

  /** The list below a name; an empty one if there is none. Its elements may be null. */
  public List<?> list(String name) {
    return members.get(name) instanceof List<?> list ? list : List.of();
  }

  /** The numbers of the list below a name, where null is unknown. */
  public List<Optional<BigDecimal>> numbers(String name) {
    return list(name).stream()
        .map(value -> Optional.<Object>ofNullable(value).flatMap(Json::decimal))
        .toList();
  }

  public List<String> texts(String name) {
    return list(name).stream()
        .flatMap(value -> Optional.<Object>ofNullable(value).flatMap(Json::scalar).stream())
        .toList();
  }
}

package dev.tallyman.core.store;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The members of a stored document, each of the type that is asked for or missing. */
public record Fields(Map<?, ?> members) {
  /** The members of the document that these bytes are. */
  public static Fields decode(byte[] bytes) {
    return of(Document.decode(bytes));
  }

  /** The members of a value; none if it is no map. */
  public static Fields of(@Nullable Object value) {
    return new Fields(value instanceof Map<?, ?> map ? map : Map.of());
  }

  /** The text under a name. */
  public Optional<String> text(String name) {
    return members.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
  }

  /** The whole number under a name; 0 if there is none. */
  public long number(String name) {
    return members.get(name) instanceof Number number ? number.longValue() : 0;
  }

  /** Whether there is a true under a name. */
  public boolean flag(String name) {
    return Boolean.TRUE.equals(members.get(name));
  }

  /** An instant kept in whole seconds. */
  public Optional<Instant> instant(String name) {
    return members.get(name) instanceof Number number
        ? Optional.of(Instant.ofEpochSecond(number.longValue()))
        : Optional.empty();
  }

  /** The map under a name; an empty one if there is none. */
  public Fields fields(String name) {
    return of(members.get(name));
  }

  /** The names of all members, in order. */
  public List<String> names() {
    var names = new ArrayList<String>();
    members.keySet().forEach(name -> names.add(String.valueOf(name)));
    return names;
  }

  /** The list under a name, as texts; an empty one if there is none. */
  public List<String> texts(String name) {
    var texts = new ArrayList<String>();
    if (members.get(name) instanceof List<?> list) {
      list.forEach(each -> texts.add(String.valueOf(each)));
    }
    return texts;
  }

  /** The decimal or whole number under a name; 0 if there is none. */
  public BigDecimal decimal(String name) {
    return switch (members.get(name)) {
      case BigDecimal decimal -> decimal;
      case Long number -> BigDecimal.valueOf(number);
      case null, default -> BigDecimal.ZERO;
    };
  }

  /** The list of maps under a name; an empty one if there is none. */
  public List<Fields> list(String name) {
    return members.get(name) instanceof List<?> list
        ? list.stream().map(Fields::of).toList()
        : List.of();
  }

  /** The list of pairs of texts under a name; an empty one if there is none. */
  public List<List<String>> pairs(String name) {
    var pairs = new ArrayList<List<String>>();
    if (members.get(name) instanceof List<?> list) {
      for (Object each : list) {
        if (each instanceof List<?> pair && pair.size() == 2) {
          pairs.add(List.of(String.valueOf(pair.get(0)), String.valueOf(pair.get(1))));
        }
      }
    }
    return pairs;
  }
}

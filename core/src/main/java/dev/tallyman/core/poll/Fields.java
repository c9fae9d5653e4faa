package dev.tallyman.core.poll;

import dev.tallyman.core.store.Document;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The members of a stored document, each of the type that is asked for or missing. */
record Fields(Map<?, ?> members) {
  static Fields decode(byte[] bytes) {
    return of(Document.decode(bytes));
  }

  static Fields of(@Nullable Object value) {
    return new Fields(value instanceof Map<?, ?> map ? map : Map.of());
  }

  Optional<String> text(String name) {
    return members.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
  }

  long number(String name) {
    return members.get(name) instanceof Number number ? number.longValue() : 0;
  }

  boolean flag(String name) {
    return Boolean.TRUE.equals(members.get(name));
  }

  /** An instant kept in whole seconds. */
  Optional<Instant> instant(String name) {
    return members.get(name) instanceof Number number
        ? Optional.of(Instant.ofEpochSecond(number.longValue()))
        : Optional.empty();
  }

  Fields fields(String name) {
    return of(members.get(name));
  }

  List<String> names() {
    var names = new ArrayList<String>();
    members.keySet().forEach(name -> names.add(String.valueOf(name)));
    return names;
  }

  List<String> texts(String name) {
    var texts = new ArrayList<String>();
    if (members.get(name) instanceof List<?> list) {
      list.forEach(each -> texts.add(String.valueOf(each)));
    }
    return texts;
  }
}

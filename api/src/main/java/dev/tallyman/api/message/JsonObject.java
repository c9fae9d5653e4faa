package dev.tallyman.api.message;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A JSON object in the order in which its members were put. */
public final class JsonObject {
  private final Map<String, @Nullable Object> members = new LinkedHashMap<>();

  public static JsonObject of() {
    return new JsonObject();
  }

  public static JsonObject of(String name, @Nullable Object value) {
    return new JsonObject().put(name, value);
  }

  /**
   * Puts a member: null, a text, a boolean, a number, an {@link Optional}, a collection, a map, a
   * document, or anything that shows itself as a text, such as an instant.
   */
  public JsonObject put(String name, @Nullable Object value) {
    members.put(name, value);
    return this;
  }

  /** Puts a member unless there is nothing to put: an empty optional, collection or map. */
  public JsonObject putPresent(String name, @Nullable Object value) {
    return switch (value) {
      case null -> this;
      case Optional<?> optional when optional.isEmpty() -> this;
      case Collection<?> collection when collection.isEmpty() -> this;
      case Map<?, ?> map when map.isEmpty() -> this;
      default -> put(name, value);
    };
  }

  /** Puts all members of another one. */
  public JsonObject putAll(JsonObject other) {
    members.putAll(other.members);
    return this;
  }

  public Map<String, @Nullable Object> members() {
    return Collections.unmodifiableMap(members);
  }
}

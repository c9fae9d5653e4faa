package dev.tallyman.api.message;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One page of a list whose items have sorted, unique keys: a cursor names the last item that was
 * shown, so that what is added or removed meanwhile moves nothing.
 *
 * @param next the cursor of the page after this one; empty at the end
 */
public record Pagination<T>(List<T> items, Optional<String> next) {
  private static final int DEFAULT_LIMIT = 100;

  public static final Parameter LIMIT =
      Parameter.integer("limit", 1, 1000, "How many items a page has at most.")
          .byDefault(DEFAULT_LIMIT);
  public static final Parameter CURSOR =
      Parameter.text("cursor", "Where to go on: next of the page before.");

  public Pagination {
    items = List.copyOf(items);
  }

  public static int limit(Call call) {
    return call.integer(LIMIT, DEFAULT_LIMIT);
  }

  /** The key after which a page begins; empty for the first page. */
  public static Optional<String> after(Call call) {
    return call.text(CURSOR).map(Pagination::decode);
  }

  /**
   * The page of a call from all items.
   *
   * @param sorted by their keys, ascending
   */
  public static <T> Pagination<T> of(Call call, List<T> sorted, Function<T, String> key) {
    Optional<String> after = after(call);
    int limit = limit(call);
    var items = new ArrayList<T>();
    for (T item : sorted) {
      if (after.isPresent() && key.apply(item).compareTo(after.orElseThrow()) <= 0) {
        continue;
      }
      if (items.size() == limit) {
        return new Pagination<>(items, Optional.of(encode(key.apply(items.getLast()))));
      }
      items.add(item);
    }
    return new Pagination<>(items, Optional.empty());
  }

  /** The document of this page. */
  public JsonObject document(Function<T, JsonObject> item) {
    return JsonObject.of("data", items.stream().map(item).toList())
        .put("has_more", next.isPresent())
        .put("next", next);
  }

  public static JsonObject schema(JsonObject item) {
    return JsonObject.of("data", Schema.array(item))
        .put("has_more", Schema.bool())
        .put("next", Schema.nullable(Schema.string()));
  }

  /** The schema of a page that also says whether any number in it is simulated. */
  public static JsonObject simulatedSchema(JsonObject item) {
    return Schema.object(schema(item).put("simulated", Schema.bool()));
  }

  public static String encode(String key) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(("1" + key).getBytes(StandardCharsets.UTF_8));
  }

  /** Says that a cursor is none. */
  public static Problem strange() {
    return Problem.parameter(
        CURSOR.name(), "This cursor was not given out here; begin again without one.");
  }

  private static String decode(String cursor) {
    try {
      String decoded = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
      if (decoded.startsWith("1")) {
        return decoded.substring(1);
      }
    } catch (IllegalArgumentException _) {
      // Reported below.
    }
    throw strange();
  }
}

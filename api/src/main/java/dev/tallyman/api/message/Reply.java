package dev.tallyman.api.message;

import dev.tallyman.core.store.Bytes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a route has to say, before it is put into bytes.
 *
 * @param document the JSON body, if any
 * @param content a body of another kind, if any, in the place of a document
 * @param table the same as a table, where the route offers one
 * @param headers further headers
 * @param simulated whether any number in it comes from a simulated organization
 */
public record Reply(
    int status,
    Optional<JsonObject> document,
    Optional<Content> content,
    Optional<Supplier<Table>> table,
    Map<String, String> headers,
    boolean simulated) {
  public Reply {
    headers = Map.copyOf(headers);
  }

  public static Reply of(JsonObject document) {
    return new Reply(
        200, Optional.of(document), Optional.empty(), Optional.empty(), Map.of(), false);
  }

  /** A body that is no JSON. */
  public static Reply of(String type, Bytes body) {
    return new Reply(
        200,
        Optional.empty(),
        Optional.of(new Content(type, body)),
        Optional.empty(),
        Map.of(),
        false);
  }

  public static Reply nothing() {
    return new Reply(204, Optional.empty(), Optional.empty(), Optional.empty(), Map.of(), false);
  }

  public Reply withTable(Supplier<Table> alternative) {
    return new Reply(status, document, content, Optional.of(alternative), headers, simulated);
  }

  public Reply withStatus(int other) {
    return new Reply(other, document, content, table, headers, simulated);
  }

  public Reply with(String name, String value) {
    var more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Reply(status, document, content, table, more, simulated);
  }

  public Reply simulated(boolean is) {
    return new Reply(status, document, content, table, headers, is);
  }

  /**
   * A body as it is sent.
   *
   * @param type its media type
   */
  record Content(String type, Bytes body) {}
}

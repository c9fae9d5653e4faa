package dev.tallyman.stack;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tallyman.dynamodb.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Events as functions receive them. */
public final class Events {
  private static final Path FOLDER = Checkout.find("events").orElseThrow();

  private Events() {}

  /** A sample of the repository. */
  public static String sample(String name) throws IOException {
    return Files.readString(FOLDER.resolve(name));
  }

  /** A request of a viewer to the API, in all else like the sample of one. */
  public static String get(String path, String query, String token) throws IOException {
    return JSON.std.asString(
        request("GET", path, query, Map.of("authorization", "Bearer " + token, "accept", "*/*")));
  }

  /** A request with nothing in it, in all else like the sample of one. */
  static Map<String, Object> request(
      String method, String path, String query, Map<String, String> headers) throws IOException {
    Map<String, Object> event = JSON.std.mapFrom(sample("api-query.json"));
    event.put("rawPath", path);
    event.put("rawQueryString", query);
    event.put("headers", headers);
    Map<String, Object> context = copy(event.get("requestContext"));
    Map<String, Object> http = copy(context.get("http"));
    http.put("method", method);
    http.put("path", path);
    context.put("http", http);
    event.put("requestContext", context);
    event.remove("queryStringParameters");
    return event;
  }

  /**
   * What Lambda makes of a message of the topic of crossings, in all else like the sample of one.
   */
  public static String crossing(String message) throws IOException {
    Map<String, Object> event = JSON.std.mapFrom(sample("sns-crossing.json"));
    Map<String, Object> entry =
        copy(((List<?>) Objects.requireNonNull(event.get("Records"))).getFirst());
    Map<String, Object> inner = copy(entry.get("Sns"));
    inner.put("Message", message);
    entry.put("Sns", inner);
    event.put("Records", List.of(entry));
    return JSON.std.asString(event);
  }

  private static Map<String, Object> copy(@Nullable Object map) {
    var copied = new LinkedHashMap<String, Object>();
    ((Map<?, ?>) Objects.requireNonNull(map))
        .forEach((name, value) -> copied.put((String) name, value));
    return copied;
  }
}

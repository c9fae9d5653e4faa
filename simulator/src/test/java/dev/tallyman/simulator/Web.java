package dev.tallyman.simulator;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A client that knows nothing of the provider, for proofs over real sockets. */
final class Web implements AutoCloseable {
  private static final JSON READER = JSON.std.with(JSON.Feature.USE_BIG_DECIMAL_FOR_FLOATS);

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final URI base;

  Web(URI base) {
    this.base = base;
  }

  /** An answer with its body as text. */
  record Page(int status, HttpResponse<String> response) {
    Map<String, Object> json() {
      try {
        return READER.mapFrom(response.body());
      } catch (IOException e) {
        throw new UncheckedIOException(response.body(), e);
      }
    }

    List<Map<String, Object>> data() {
      return maps(json(), "data");
    }

    List<Map<String, Object>> results() {
      var all = new ArrayList<Map<String, Object>>();
      data().forEach(bucket -> all.addAll(maps(bucket, "results")));
      return all;
    }

    Map<String, Object> error() {
      return map(json(), "error");
    }
  }

  /** Asks for a path and query below the base URL, already encoded. */
  Page get(String pathAndQuery, String... headers) {
    return send("GET", pathAndQuery, headers);
  }

  Page send(String method, String pathAndQuery, String... headers) {
    var request =
        HttpRequest.newBuilder(URI.create(base + pathAndQuery))
            .timeout(Duration.ofSeconds(20))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      var response = client.send(request.build(), BodyHandlers.ofString());
      return new Page(response.statusCode(), response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("unchecked") // Objects of a JSON reader are maps with text keys.
  static Map<String, Object> map(Map<String, Object> object, String field) {
    return (Map<String, Object>) value(object, field);
  }

  @SuppressWarnings("unchecked") // Arrays asked for here hold objects only.
  static List<Map<String, Object>> maps(Map<String, Object> object, String field) {
    return (List<Map<String, Object>>) value(object, field);
  }

  static Object value(Map<String, Object> object, String field) {
    Object value = object.get(field);
    if (value == null) {
      throw new AssertionError(field + " is absent in " + object);
    }
    return value;
  }

  static long number(Map<String, Object> object, String field) {
    return ((Number) value(object, field)).longValue();
  }

  @Override
  public void close() {
    client.close();
  }
}

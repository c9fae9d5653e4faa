package dev.tallyman.api;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tallyman.api.message.Request;
import dev.tallyman.api.message.Response;
import dev.tallyman.core.store.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** A request in the making, as a test likes to write it. */
record Asking(
    String method,
    String target,
    Map<String, List<String>> headers,
    Bytes body,
    boolean secure,
    boolean loopback) {
  static Asking get(String target) {
    return of("GET", target);
  }

  static Asking of(String method, String target) {
    return new Asking(method, target, Map.of(), Bytes.copyOf(new byte[0]), false, false)
        .with("Host", "tally.example.com");
  }

  /** With a header, sent as often as there are values. */
  Asking with(String name, String... values) {
    var more = new HashMap<>(headers);
    more.put(name, List.of(values));
    return new Asking(method, target, more, body, secure, loopback);
  }

  Asking token(String token) {
    return with("Authorization", "Bearer " + token);
  }

  Asking json(String text) {
    return new Asking(
            method,
            target,
            headers,
            Bytes.copyOf(text.getBytes(StandardCharsets.UTF_8)),
            secure,
            loopback)
        .with("Content-Type", "application/json");
  }

  Asking body(byte[] bytes) {
    return new Asking(method, target, headers, Bytes.copyOf(bytes), secure, loopback);
  }

  Asking encrypted() {
    return new Asking(method, target, headers, body, true, loopback);
  }

  Asking fromThisMachine() {
    return new Asking(method, target, headers, body, secure, true).with("Host", "127.0.0.1:8080");
  }

  Request request() {
    int question = target.indexOf('?');
    return new Request(
        method,
        question < 0 ? target : target.substring(0, question),
        question < 0 ? "" : target.substring(question + 1),
        headers,
        body,
        secure,
        loopback,
        "req-1");
  }

  Response send(Routes routes) {
    return routes.handle(request());
  }

  /** The text of an answer's body, unpacked. */
  static String text(Response response) {
    byte[] bytes = response.body().toArray();
    if (response.header("Content-Encoding").filter("gzip"::equals).isPresent()) {
      try (var unpacked = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
        bytes = unpacked.readAllBytes();
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The members of an answer's body. */
  static Map<String, Object> members(Response response) {
    try {
      return new HashMap<>(
          JSON.builder()
              .enable(JSON.Feature.USE_BIG_DECIMAL_FOR_FLOATS)
              .build()
              .mapFrom(text(response)));
    } catch (IOException failed) {
      throw new UncheckedIOException(text(response), failed);
    }
  }

  /** The member that a path such as {@code error.code} or {@code data.0.id} leads to. */
  static Object member(Response response, String path) {
    Object at = members(response);
    var walked = new ArrayList<String>();
    for (String step : path.split("\\.", -1)) {
      walked.add(step);
      Object next =
          at instanceof List<?> list
              ? list.get(Integer.parseInt(step))
              : at instanceof Map<?, ?> map ? map.get(step) : null;
      if (next == null) {
        throw new AssertionError("nothing at " + walked + " of " + text(response));
      }
      at = next;
    }
    return at;
  }
}

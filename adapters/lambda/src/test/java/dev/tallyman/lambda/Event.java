package dev.tallyman.lambda;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** An event of an HTTP API in the making. */
public record Event(Map<String, Object> members) {
  public static Event of(String method, String path, String query) {
    var members = new LinkedHashMap<String, Object>();
    members.put("version", "2.0");
    members.put("routeKey", "$default");
    members.put("rawPath", path);
    members.put("rawQueryString", query);
    members.put("headers", Map.of("host", "abc.execute-api.us-east-1.amazonaws.com"));
    members.put(
        "requestContext",
        Map.of(
            "http",
            Map.of("method", method, "path", path, "protocol", "HTTP/1.1", "sourceIp", "1.2.3.4"),
            "requestId",
            "JKJaXmPLvHcESHA=",
            "stage",
            "$default"));
    members.put("isBase64Encoded", false);
    return new Event(members);
  }

  public static Event get(String path) {
    return of("GET", path, "");
  }

  public Event with(String name, Object value) {
    var more = new LinkedHashMap<>(members);
    more.put(name, value);
    return new Event(more);
  }

  public Event without(String name) {
    var fewer = new LinkedHashMap<>(members);
    fewer.remove(name);
    return new Event(fewer);
  }

  public Event header(String name, String value) {
    var headers = new LinkedHashMap<Object, Object>();
    if (members.get("headers") instanceof Map<?, ?> before) {
      headers.putAll(before);
    }
    headers.put(name, value);
    return with("headers", headers);
  }

  /** As Lambda hands it over. */
  public InputStream stream() {
    try {
      return new ByteArrayInputStream(JSON.std.asBytes(members));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}

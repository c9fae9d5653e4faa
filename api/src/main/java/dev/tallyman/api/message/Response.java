package dev.tallyman.api.message;

import dev.tallyman.core.store.Bytes;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One HTTP answer as plain values, for whatever server sends it. The length of the body is the
 * server's to say, except in an answer to {@code HEAD}, which says it itself.
 *
 * @param status for instance 200
 * @param headers by name in any letter case, each once
 * @param body empty for none
 */
public record Response(int status, Map<String, String> headers, Bytes body) {
  public static final Bytes NO_BODY = Bytes.copyOf(new byte[0]);

  public Response {
    var copied = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    copied.putAll(headers);
    headers = Collections.unmodifiableMap(copied);
  }

  /** The value of a header, or empty if it is not sent. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  public Response with(String name, String value) {
    var more = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    more.putAll(headers);
    more.put(name, value);
    return new Response(status, more, body);
  }

  /** Adds the name of a request header on which this answer depends. */
  public Response varyingOn(String name) {
    return with("Vary", header("Vary").map(before -> before + ", " + name).orElse(name));
  }

  /** Never shows the headers, among which a session's cookie may be. */
  @Override
  public String toString() {
    return status + " with " + body.length() + " bytes";
  }
}

package dev.tallyman.api.message;

import dev.tallyman.core.store.Bytes;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One HTTP request as plain values, whatever server received it.
 *
 * @param method as sent, for instance {@code GET}
 * @param path as sent, percent-encoded, without the query
 * @param query as sent, percent-encoded, without the question mark; empty for none
 * @param headers by name in any letter case; a header sent twice has two values
 * @param body empty for none; a server need not read more than {@link #MAX_BODY} + 1 bytes
 * @param secure whether the client's connection is encrypted, as the transport knows it
 * @param loopback whether the connection came from this machine, as the transport knows it
 * @param id names this request in the log and in the answer
 */
public record Request(
    String method,
    String path,
    String query,
    Map<String, List<String>> headers,
    Bytes body,
    boolean secure,
    boolean loopback,
    String id) {
  /** The most bytes that a body may have. */
  public static final int MAX_BODY = 1024 * 1024;

  /** The most characters that path and query may have together. */
  public static final int MAX_TARGET = 8 * 1024;

  /** The most characters that all names and values of headers may have together. */
  public static final int MAX_HEADERS = 16 * 1024;

  /** The most headers. */
  public static final int MAX_HEADER_COUNT = 100;

  private static final int MAX_ID = 64;

  public Request {
    var copied = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
    headers.forEach((name, values) ->
        copied.merge(
            name,
            List.copyOf(values),
            (before, more) -> {
              var both = new java.util.ArrayList<>(before);
              both.addAll(more);
              return List.copyOf(both);
            }));
    headers = Collections.unmodifiableMap(copied);
    id = id.replaceAll("[^A-Za-z0-9._-]", "");
    id = id.length() > MAX_ID ? id.substring(0, MAX_ID) : id;
  }

  /** The first value of a header, or empty if it was not sent. */
  public Optional<String> header(String name) {
    return headers.getOrDefault(name, List.of()).stream().findFirst();
  }

  /** All values of a header joined by commas, or empty if it was not sent. */
  public Optional<String> joined(String name) {
    return Optional.ofNullable(headers.get(name)).map(values -> String.join(",", values));
  }

  /** Never shows a header or a body: they hold tokens. */
  @Override
  public String toString() {
    return method + " " + path + " (" + id + ")";
  }
}

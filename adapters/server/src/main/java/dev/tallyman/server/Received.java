package dev.tallyman.server;

import java.io.InputStream;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;

/**
 * A request whose head has been read.
 *
 * @param method as sent
 * @param path as sent, percent-encoded, without the query; bytes beyond ASCII are decoded as UTF-8
 * @param query as sent, without the question mark; empty for none
 * @param headers in the order in which they were sent; one that was sent twice has two values
 * @param length the bytes of the body, 0 for none, -1 if only its end says
 * @param body as it arrives; reading it fails once the client is too slow, and the edge then
 *     answers 408 if the service lets the exception pass
 * @param peer the other end of the connection
 * @param id names this request in logs and answers
 */
public record Received(
    String method,
    String path,
    String query,
    Map<String, List<String>> headers,
    long length,
    InputStream body,
    InetAddress peer,
    String id) {
  /** Never shows the query, a header or a body: they hold tokens. */
  @Override
  public String toString() {
    return method + " " + path + " (" + id + ")";
  }
}

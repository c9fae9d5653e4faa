package dev.tallyman.server;

import dev.tallyman.core.store.Bytes;
import java.util.Map;

/**
 * An answer as it is sent. The edge adds the date and the length of the body; it leaves the body
 * out where HTTP has none (HEAD, 204, 304).
 *
 * @param status for instance 200
 * @param headers each once; {@code Connection: close} closes the connection
 * @param body empty for none
 */
public record Answer(int status, Map<String, String> headers, Bytes body) {
  public Answer {
    headers = Map.copyOf(headers);
  }

  /** Never shows the headers, among which a session's cookie may be. */
  @Override
  public String toString() {
    return status + " with " + body.length() + " bytes";
  }
}

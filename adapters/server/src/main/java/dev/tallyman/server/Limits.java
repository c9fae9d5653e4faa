package dev.tallyman.server;

import java.time.Duration;

/**
 * How long the edge waits for a client, and how much of it it takes.
 *
 * @param head the longest that a request line with its headers may take, from its first byte to its
 *     last
 * @param body the longest that reading a body may take in all
 * @param idle the longest that nothing may move: in a head, in a body, between two requests, or
 *     while a client does not read its answer
 * @param stop the longest that a stop waits for requests that are being answered
 * @param headBytes the most bytes of a request line with its headers
 * @param connections the most connections at a time
 * @param connectionsOfAddress the most of them from one address; IPv6 addresses of one /64 network
 *     count as one. This machine's own addresses have no limit of their own: its tools, and the
 *     clients of a proxy on it, all share them.
 */
public record Limits(
    Duration head,
    Duration body,
    Duration idle,
    Duration stop,
    int headBytes,
    int connections,
    int connectionsOfAddress) {
  /** For a server that answers at once what it is asked in at most a few megabytes. */
  public static Limits usual() {
    return new Limits(
        Duration.ofSeconds(10),
        Duration.ofMinutes(1),
        Duration.ofSeconds(30),
        Duration.ofSeconds(2),
        64 * 1024,
        8192,
        256);
  }
}

package dev.tallyman.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * The open connections: refuses one too many, and closes those whose head takes too long in all,
 * for which Jetty has no setting (its idle limit begins anew with each byte).
 */
final class Connections extends AbstractLifeCycle implements Connection.Listener {
  private static final long SWEEP_MILLIS = 200;

  private final Limits limits;
  private final Service service;
  private final Scheduler scheduler;
  private final Map<Connection, Head> heads = new ConcurrentHashMap<>();
  private final Map<String, Integer> ofNetwork = new ConcurrentHashMap<>();
  private volatile Scheduler.@Nullable Task sweep;

  Connections(Limits limits, Service service, Scheduler scheduler) {
    this.limits = limits;
    this.service = service;
    this.scheduler = scheduler;
  }

  @Override
  protected void doStart() {
    schedule();
  }

  @Override
  protected void doStop() {
    Scheduler.Task task = sweep;
    if (task != null) {
      task.cancel();
    }
  }

  @Override
  public void onOpened(Connection connection) {
    InetAddress peer = peer(connection);
    String network = network(peer);
    heads.put(connection, new Head(network, 0, 0, 0));
    int same = ofNetwork.merge(network, 1, Integer::sum);
    if (heads.size() > limits.connections()
        || (same > limits.connectionsOfAddress() && !peer.isLoopbackAddress())) {
      refuse(connection, 503);
    }
  }

  @Override
  public void onClosed(Connection connection) {
    Head head = heads.remove(connection);
    if (head != null) {
      ofNetwork.computeIfPresent(head.network(), (_, count) -> count == 1 ? null : count - 1);
    }
  }

  private void schedule() {
    sweep = scheduler.schedule(this::sweep, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void sweep() {
    long now = System.nanoTime();
    for (Connection each : heads.keySet()) {
      Head head = heads.computeIfPresent(each, (_, before) -> before.seen(each, now));
      if (head != null && head.begun() != 0 && now - head.begun() > limits.head().toNanos()) {
        refuse(each, 408);
      }
    }
    if (isRunning() || isStarting()) {
      schedule();
    }
  }

  /** Says why, as far as the client takes it at once, and closes. */
  private void refuse(Connection connection, int status) {
    var endPoint = connection.getEndPoint();
    try {
      endPoint.flush(ByteBuffer.wrap(bytes(service.refusal(status, Edge.id()))));
    } catch (IOException _) {
      // It is gone already.
    } finally {
      endPoint.close();
    }
  }

  private static byte[] bytes(Answer answer) {
    var head = new StringBuilder();
    head.append("HTTP/1.1 ").append(answer.status()).append(' ');
    head.append(HttpStatus.getMessage(answer.status())).append("\r\n");
    answer
        .headers()
        .forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    head.append("Content-Length: ").append(answer.body().length()).append("\r\n");
    head.append("Connection: close\r\n\r\n");
    var all = new ByteArrayOutputStream();
    all.writeBytes(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    all.writeBytes(answer.body().toArray());
    return all.toByteArray();
  }

  /** What is counted as one address: an IPv6 network of 64 bits is given to one customer. */
  private static String network(InetAddress peer) {
    byte[] bytes = peer.getAddress();
    return HexFormat.of().formatHex(peer instanceof Inet6Address ? Arrays.copyOf(bytes, 8) : bytes);
  }

  /** The other end, while the connection is open. */
  private static InetAddress peer(Connection connection) {
    return connection.getEndPoint().getRemoteSocketAddress() instanceof InetSocketAddress peer
        ? peer.getAddress()
        : InetAddress.getLoopbackAddress();
  }

  /**
   * What a connection had done when it was last looked at.
   *
   * @param network where it comes from
   * @param requests how many it had begun
   * @param bytes how many had come when the last of them was answered
   * @param begun when more were first seen to come than that, as {@link System#nanoTime} tells it;
   *     0 if there are none: no head is under way
   */
  private record Head(String network, long requests, long bytes, long begun) {
    Head seen(Connection connection, long now) {
      long in = connection.getMessagesIn();
      if (in != requests || in != connection.getMessagesOut()) {
        return new Head(network, in, connection.getBytesIn(), 0);
      }
      return begun == 0 && connection.getBytesIn() > bytes
          ? new Head(network, in, bytes, now)
          : this;
    }
  }
}

package dev.tallyman.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A webhook's other end, on this machine. */
final class Receiver implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final HttpServer server;
  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

  Receiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            received.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            exchange.sendResponseHeaders(200, -1);
          }
        });
    server.start();
  }

  /** Where messages are sent, in the way of Slack. */
  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/services/test";
  }

  /** The next message in which this stands; others are passed over. */
  String message(String text) throws InterruptedException {
    while (true) {
      String next = received.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("nobody was told of " + text);
      }
      if (next.contains(text)) {
        return next;
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

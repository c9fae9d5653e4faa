package dev.tallyman.cli;

import dev.tallyman.api.Request;
import dev.tallyman.api.Response;
import dev.tallyman.api.Routes;
import dev.tallyman.core.store.Bytes;
import io.helidon.common.socket.SocketOptions;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The routes behind an HTTP server on this machine: a virtual thread for each connection. */
final class LocalServer implements AutoCloseable {
  private static final Duration SILENCE = Duration.ofSeconds(30);
  private static final Duration IDLE = Duration.ofMinutes(2);
  private static final Duration GRACE = Duration.ofSeconds(2);
  private static final int CONNECTIONS = 1000;

  // Beyond these a request is dropped without a word; what is only too large the routes explain.
  private static final int LARGEST_HEAD = 64 * 1024;
  private static final long LARGEST_BODY = 8L * 1024 * 1024;

  /** Held, since the logging of the JDK forgets the level of a logger that nobody holds. */
  private static final Logger QUIET = Logger.getLogger("io.helidon");

  private final WebServer server;

  private LocalServer(WebServer server) {
    this.server = server;
  }

  /**
   * A server that listens.
   *
   * @param port 0 for a free one
   * @throws Failure if it cannot listen there
   */
  static LocalServer start(String host, int port, Routes routes) {
    // What Helidon says about itself would stand between our own lines.
    QUIET.setLevel(Level.OFF);
    Http1Config http =
        Http1Config.builder().maxPrologueLength(LARGEST_HEAD).maxHeadersSize(LARGEST_HEAD).build();
    WebServer server =
        WebServer.builder()
            .host(host)
            .port(port)
            .shutdownHook(false)
            .shutdownGracePeriod(GRACE)
            // Otherwise a second server could share the port, and half of the requests.
            .putListenerSocketOption(StandardSocketOptions.SO_REUSEPORT, false)
            .maxTcpConnections(CONNECTIONS)
            .maxPayloadSize(LARGEST_BODY)
            .idleConnectionTimeout(IDLE)
            .connectionOptions(SocketOptions.builder().readTimeout(SILENCE).build())
            .featuresDiscoverServices(false)
            .protocolsDiscoverServices(false)
            .addProtocol(http)
            .routing(rules -> rules.any((request, response) -> handle(routes, request, response)))
            .build()
            .start();
    // Helidon logs why it could not start, and goes on as if it had.
    if (!server.isRunning() || server.port() < 0) {
      server.stop();
      throw new Failure(
          Exit.UNREACHABLE,
          "Cannot listen on "
              + host
              + ":"
              + port
              + ": the address is not this machine's, or another server has the port; choose"
              + " another with --port or --host");
    }
    return new LocalServer(server);
  }

  int port() {
    return server.port();
  }

  private static void handle(Routes routes, ServerRequest request, ServerResponse response)
      throws IOException {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (Header header : request.headers()) {
      headers.computeIfAbsent(header.name(), _ -> new ArrayList<>()).addAll(header.allValues());
    }
    boolean loopback =
        request.remotePeer().address() instanceof InetSocketAddress address
            && address.getAddress().isLoopbackAddress();
    Bytes body = body(request);
    Response answer =
        routes.handle(
            new Request(
                request.prologue().method().text(),
                request.path().rawPath(),
                request.query().rawValue(),
                headers,
                body,
                false,
                loopback,
                id()));
    response.status(Status.create(answer.status()));
    if (body.length() > Request.MAX_BODY) {
      // What is left of it is not worth reading.
      response.header(HeaderValues.CONNECTION_CLOSE);
    }
    answer.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
    if (answer.body().length() == 0) {
      response.send();
    } else {
      response.send(answer.body().toArray());
    }
  }

  private static Bytes body(ServerRequest request) throws IOException {
    if (!request.content().hasEntity()) {
      return Bytes.copyOf(new byte[0]);
    }
    try (InputStream in = request.content().inputStream()) {
      return Bytes.copyOf(in.readNBytes(Request.MAX_BODY + 1));
    }
  }

  private static String id() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  }

  /** Answers what has been asked, for at most two seconds, and listens no more. */
  @Override
  public void close() {
    server.stop();
  }
}

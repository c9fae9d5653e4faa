package dev.tallyman.cli;

import dev.tallyman.api.Request;
import dev.tallyman.api.Response;
import dev.tallyman.api.Routes;
import dev.tallyman.core.store.Bytes;
import io.helidon.common.socket.SocketOptions;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
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
    QUIET.setLevel(Level.SEVERE);
    Http1Config http =
        Http1Config.builder()
            .maxPrologueLength(Request.MAX_TARGET + 64)
            .maxHeadersSize(Request.MAX_HEADERS + 1024)
            .build();
    try {
      return new LocalServer(
          WebServer.builder()
              .host(host)
              .port(port)
              .shutdownHook(false)
              .shutdownGracePeriod(GRACE)
              .maxTcpConnections(CONNECTIONS)
              .maxPayloadSize(Request.MAX_BODY + 1L)
              .idleConnectionTimeout(IDLE)
              .connectionOptions(SocketOptions.builder().readTimeout(SILENCE).build())
              .featuresDiscoverServices(false)
              .protocolsDiscoverServices(false)
              .addProtocol(http)
              .routing(rules -> rules.any((request, response) -> handle(routes, request, response)))
              .build()
              .start());
    } catch (UncheckedIOException | IllegalStateException e) {
      throw new Failure(
          Exit.UNREACHABLE,
          "Cannot listen on "
              + host
              + ":"
              + port
              + " ("
              + cause(e)
              + "); is another server"
              + " running there? Choose another port with --port.",
          e);
    }
  }

  private static String cause(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return Failure.message(root);
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
    Response answer =
        routes.handle(
            new Request(
                request.prologue().method().text(),
                request.path().rawPath(),
                request.query().rawValue(),
                headers,
                body(request),
                false,
                loopback,
                id()));
    response.status(Status.create(answer.status()));
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

package dev.tallyman.cli.local;

import dev.tallyman.api.Routes;
import dev.tallyman.api.message.Request;
import dev.tallyman.api.message.Response;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.Failure;
import dev.tallyman.core.store.Bytes;
import dev.tallyman.server.Answer;
import dev.tallyman.server.Edge;
import dev.tallyman.server.Limits;
import dev.tallyman.server.Received;
import dev.tallyman.server.Service;
import java.io.IOException;

/** The routes behind an HTTP server on this machine. */
public final class LocalServer implements AutoCloseable {
  private final Edge edge;

  private LocalServer(Edge edge) {
    this.edge = edge;
  }

  /**
   * A server that listens.
   *
   * @param port 0 for a free one
   * @throws Failure if it cannot listen there
   */
  public static LocalServer start(String host, int port, Routes routes) {
    try {
      return new LocalServer(Edge.start(host, port, Limits.usual(), new Served(routes)));
    } catch (IOException e) {
      throw new Failure(
          Exit.UNREACHABLE,
          "Cannot listen on "
              + host
              + ":"
              + port
              + ": the address is not this machine's, or another server has the port; choose"
              + " another with --port or --host",
          e);
    }
  }

  public int port() {
    return edge.port();
  }

  /** Answers what has been asked, for at most two seconds, and listens no more. */
  @Override
  public void close() {
    edge.close();
  }

  private record Served(Routes routes) implements Service {
    @Override
    public Answer answer(Received received) throws IOException {
      return answer(
          routes.handle(
              new Request(
                  received.method(),
                  received.path(),
                  received.query(),
                  received.headers(),
                  Bytes.copyOf(received.body().readNBytes(Request.MAX_BODY + 1)),
                  false,
                  received.peer().isLoopbackAddress(),
                  received.id())));
    }

    @Override
    public Answer refusal(int status, String id) {
      return answer(routes.refuse(status, id));
    }

    private static Answer answer(Response response) {
      return new Answer(response.status(), response.headers(), response.body());
    }
  }
}

package dev.tallyman.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.Blocker;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1 server in front of a {@link Service}: a virtual thread for each request. It waits for
 * no client longer than its {@link Limits} say, takes what clients really send (brackets and other
 * raw characters in a query, HTTP/1.0), and answers every error with the service's own words.
 *
 * <p>All that is known of Jetty's ways stands in this class and in {@link Connections}; tests on
 * raw sockets fail when a newer version changes them.
 */
public final class Edge implements AutoCloseable {
  private static final int BACKLOG = 1024;

  /**
   * How long nothing may move on a connection while the edge stops, unless it is being answered.
   */
  private static final Duration IDLE_AT_STOP = Duration.ofMillis(200);

  private final Server server;
  private final ServerConnector connector;

  private Edge(Server server, ServerConnector connector) {
    this.server = server;
    this.connector = connector;
  }

  /**
   * An edge that listens.
   *
   * @param host the name or address to listen on
   * @param port 0 for a free one
   * @throws IOException if it cannot listen there
   */
  public static Edge start(String host, int port, Limits limits, Service service)
      throws IOException {
    var threads = new VirtualThreadPool();
    // Without this, at most 200 requests are answered at a time.
    threads.setMaxConcurrentTasks(0);
    var server = new Server(threads);
    var connector =
        new ServerConnector(
            server, 1, 1, new HttpConnectionFactory(configuration(limits.headBytes())));
    connector.setHost(host);
    connector.setPort(port);
    connector.setAcceptQueueSize(BACKLOG);
    connector.setIdleTimeout(limits.idle().toMillis());
    connector.setShutdownIdleTimeout(IDLE_AT_STOP.toMillis());
    connector.addBean(new Connections(limits, service, connector.getScheduler()));
    server.addConnector(connector);
    server.setHandler(new GracefulHandler(new Answering(service, limits.body())));
    server.setErrorHandler(
        (request, response, callback) -> refuse(service, status(request), response, callback));
    server.setStopTimeout(limits.stop().toMillis());
    try {
      server.start();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
    return new Edge(server, connector);
  }

  private static HttpConfiguration configuration(int headBytes) {
    var configuration = new HttpConfiguration();
    configuration.setRequestHeaderSize(headBytes);
    configuration.setSendServerVersion(false);
    // The service decides about a query and a path.
    configuration.setUriCompliance(UriCompliance.UNSAFE);
    return configuration;
  }

  /** The port that it listens on. */
  public int port() {
    return connector.getLocalPort();
  }

  /** Takes no more requests, and waits as long as its limits say for those that it has. */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (TimeoutException _) {
      // It has stopped: what took longer was cut.
    } catch (Exception e) {
      throw new IllegalStateException("the edge did not stop", e);
    }
  }

  /** A name for a request. */
  static String id() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  }

  private static int status(Request request) {
    return request.getAttribute(ErrorHandler.ERROR_STATUS) instanceof Integer status ? status : 500;
  }

  private static boolean refuse(Service service, int status, Response response, Callback callback) {
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    send(service.refusal(status, id()), response, callback);
    return true;
  }

  private static void send(Answer answer, Response response, Callback callback) {
    begin(answer, response);
    response.write(true, ByteBuffer.wrap(answer.body().toArray()), callback);
  }

  private static void begin(Answer answer, Response response) {
    response.setStatus(answer.status());
    answer.headers().forEach((name, value) -> response.getHeaders().put(name, value));
    if (answer.status() == HttpStatus.NOT_MODIFIED_304) {
      response.getRequest().addHttpStreamWrapper(WithoutLength::new);
    }
  }

  /** Sends an answer of which Jetty says the length 0, which is not that of what it stands for. */
  private static final class WithoutLength extends HttpStream.Wrapper {
    WithoutLength(HttpStream stream) {
      super(stream);
    }

    @Override
    public void send(
        MetaData.Request request,
        MetaData.@Nullable Response response,
        boolean last,
        ByteBuffer content,
        Callback callback) {
      super.send(
          request,
          response == null
              ? null
              : new MetaData.Response(
                  response.getStatus(),
                  response.getReason(),
                  response.getHttpVersion(),
                  HttpFields.build(response.getHttpFields()).remove(HttpHeader.CONTENT_LENGTH),
                  -1),
          last,
          content,
          callback);
    }
  }

  /** Hands each request to the service. */
  private static final class Answering extends Handler.Abstract {
    private final Service service;
    private final Duration longestBody;

    Answering(Service service, Duration longestBody) {
      this.service = service;
      this.longestBody = longestBody;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      var body = new DeadlineBody(request, longestBody);
      try {
        Answer answer = service.answer(received(request, body));
        if (body.hasEnded() || answer.body().length() == 0 || expectsToContinue(request)) {
          send(answer, response, callback);
        } else {
          sendEarly(answer, response, body);
          callback.succeeded();
        }
      } catch (IOException | RuntimeException e) {
        refuse(service, status(e), response, callback);
      }
      return true;
    }

    /** Answers who still sends, and lets them send on, so that they come to read it. */
    private static void sendEarly(Answer answer, Response response, DeadlineBody body)
        throws IOException {
      begin(answer, response);
      response.getHeaders().put(HttpHeader.CONTENT_LENGTH, answer.body().length());
      try (var written = Blocker.callback()) {
        response.write(false, ByteBuffer.wrap(answer.body().toArray()), written);
        written.block();
      }
      body.drain();
    }

    /** Who has not been told to go on sends nothing. */
    private static boolean expectsToContinue(Request request) {
      return request.getHeaders().contains(HttpHeader.EXPECT);
    }

    private static Received received(Request request, DeadlineBody body) {
      Map<String, List<String>> headers = new LinkedHashMap<>();
      for (HttpField field : request.getHeaders()) {
        headers
            .computeIfAbsent(field.getName(), _ -> new ArrayList<>())
            .add(Objects.requireNonNullElse(field.getValue(), ""));
      }
      var uri = request.getHttpURI();
      return new Received(
          request.getMethod(),
          Objects.requireNonNullElse(uri.getPath(), ""),
          Objects.requireNonNullElse(uri.getQuery(), ""),
          headers,
          request.getLength(),
          body,
          ((InetSocketAddress) request.getConnectionMetaData().getRemoteSocketAddress())
              .getAddress(),
          id());
    }

    /** What HTTP calls a failure: Jetty's own are 400s, or say that the client was too slow. */
    private static int status(Throwable failure) {
      for (Throwable each = failure; each != null; each = each.getCause()) {
        if (each instanceof HttpException known) {
          return known.getCode();
        }
        if (each instanceof TimeoutException) {
          return 408;
        }
      }
      return 500;
    }
  }
}

package dev.tallyman.channels;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.bootstrap.HttpRequester;
import org.apache.hc.core5.http.impl.bootstrap.RequesterBootstrap;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.http.protocol.HttpProcessorBuilder;
import org.apache.hc.core5.http.protocol.RequestConnControl;
import org.apache.hc.core5.http.protocol.RequestContent;
import org.apache.hc.core5.http.protocol.RequestTargetHost;
import org.apache.hc.core5.http.protocol.RequestUserAgent;

/**
 * Posts to addresses that strangers may have chosen: over https to public addresses only, unless
 * local ones are allowed. The name is resolved once, all its addresses are checked, and one of
 * those is connected to, whatever the name says a moment later. Redirects are answers like others,
 * proxies are not used, and all of it takes at most as long as it may.
 */
final class Http {
  /** How much of an answer's body is looked at. */
  private static final int MAX_BODY = 2048;

  /** How many addresses of a host are tried. */
  private static final int MAX_ADDRESSES = 3;

  private static final Http1Config LIMITS =
      Http1Config.custom()
          .setMaxHeaderCount(100)
          .setMaxLineLength(8192)
          .setMaxEmptyLineCount(1)
          .build();

  private final Resolver resolver;
  private final SSLSocketFactory tls;
  private final boolean local;
  private final Duration timeout;
  // Nothing is asked before it is sent: not every receiver answers that, and a body is small.
  private final HttpRequester requester =
      RequesterBootstrap.bootstrap()
          .setHttpProcessor(
              HttpProcessorBuilder.create()
                  .addAll(
                      new RequestTargetHost(),
                      new RequestContent(),
                      new RequestConnControl(),
                      new RequestUserAgent("Tallyman"))
                  .build())
          .create();

  /**
   * Creates one.
   *
   * @param local whether http, and addresses that are not public, are allowed
   * @param timeout for everything from resolving to the end of the answer
   */
  Http(Resolver resolver, SSLSocketFactory tls, boolean local, Duration timeout) {
    this.resolver = resolver;
    this.tls = tls;
    this.local = local;
    this.timeout = timeout;
  }

  /** Finds the addresses of a host. */
  interface Resolver {
    /** All of them, at least one. */
    List<InetAddress> resolve(String host) throws UnknownHostException;
  }

  /** What came of a request. */
  sealed interface Result {
    /**
     * An answer.
     *
     * @param headers the values of some headers, by their names in lower case
     * @param body its first bytes, as text
     */
    record Answered(int status, Map<String, String> headers, String body) implements Result {}

    /** No answer; it may work later. */
    record Failed(String reason) implements Result {}

    /** It is not asked, and will not be. */
    record Forbidden(String reason) implements Result {}
  }

  /** Posts once. Reasons do not quote the address. */
  Result post(URI address, Map<String, String> headers, byte[] body) {
    String scheme = Optional.ofNullable(address.getScheme()).orElse("");
    boolean secure = scheme.equalsIgnoreCase("https");
    String host = address.getHost();
    if (host == null || !(secure || scheme.equalsIgnoreCase("http"))) {
      return new Result.Forbidden("its address is none that begins with https://");
    }
    if (!secure && !local) {
      return new Result.Forbidden("its address is not https");
    }
    var task = new FutureTask<>(() -> exchange(address, host, secure, headers, body));
    // In a thread of its own, since an interrupt ends whatever a virtual thread waits for.
    Thread thread = Thread.ofVirtual().start(task);
    try {
      return task.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      return new Result.Failed("no answer within " + timeout.toSeconds() + " s");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new Result.Failed("interrupted");
    } catch (ExecutionException e) {
      return new Result.Failed(reason(e));
    } finally {
      thread.interrupt();
    }
  }

  private Result exchange(
      URI address, String host, boolean secure, Map<String, String> headers, byte[] body)
      throws IOException, HttpException {
    List<InetAddress> addresses = resolver.resolve(host);
    if (!local && !addresses.stream().allMatch(Addresses::isPublic)) {
      return new Result.Forbidden("its address is not a public one");
    }
    int port = address.getPort() > 0 ? address.getPort() : secure ? 443 : 80;
    // A socket of its own: no proxy, and no pool in which a name might meet another's connection.
    try (Socket plain = connect(addresses, port);
        var connection = new DefaultBHttpClientConnection(LIMITS)) {
      if (secure) {
        connection.bind(secured(plain, bare(host), port), plain);
      } else {
        connection.bind(plain);
      }
      ClassicRequestBuilder request =
          ClassicRequestBuilder.post(address)
              .setEntity(body, ContentType.APPLICATION_JSON)
              .setHeader("Connection", "close");
      headers.forEach(request::setHeader);
      return answer(requester.execute(connection, request.build(), HttpCoreContext.create()));
    }
  }

  /** A socket connected to the first of these addresses that can be. */
  private Socket connect(List<InetAddress> addresses, int port) throws IOException {
    List<InetAddress> tried = addresses.subList(0, Math.min(MAX_ADDRESSES, addresses.size()));
    int patience = (int) timeout.toMillis() / (tried.size() + 1);
    for (InetAddress each : tried.subList(0, tried.size() - 1)) {
      try {
        return connect(each, port, patience);
      } catch (IOException _) {
        // The next one may be within reach: a host may have an IPv6 address where there is no IPv6.
      }
    }
    return connect(tried.getLast(), port, patience);
  }

  private static Socket connect(InetAddress address, int port, int patience) throws IOException {
    var socket = new Socket(Proxy.NO_PROXY);
    try {
      socket.connect(new InetSocketAddress(address, port), patience);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Encryption on top of a socket, after the other side has proven to be this host. */
  private SSLSocket secured(Socket socket, String host, int port) throws IOException {
    var secured = (SSLSocket) tls.createSocket(socket, host, port, true);
    SSLParameters parameters = secured.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    secured.setSSLParameters(parameters);
    secured.startHandshake();
    return secured;
  }

  private static Result answer(ClassicHttpResponse response) throws IOException {
    var headers = new HashMap<String, String>();
    for (String name : List.of("retry-after", "date")) {
      Header header = response.getFirstHeader(name);
      if (header != null && header.getValue() != null) {
        headers.put(name, header.getValue());
      }
    }
    HttpEntity entity = response.getEntity();
    String body = "";
    if (entity != null) {
      InputStream stream = entity.getContent();
      if (stream != null) {
        body = new String(stream.readNBytes(MAX_BODY), StandardCharsets.UTF_8);
      }
    }
    return new Result.Answered(response.getCode(), headers, body);
  }

  private static String reason(ExecutionException e) {
    return switch (e.getCause()) {
      case UnknownHostException _ -> "its host cannot be found";
      case SSLException _ -> "its certificate or encryption is not accepted";
      case ConnectException _ -> "it cannot be connected to";
      case SocketTimeoutException _ -> "it cannot be connected to in time";
      case HttpException _ -> "its answer is not HTTP";
      case IOException _ -> "the connection broke";
      case null, default -> "the request could not be made";
    };
  }

  /** A host without the brackets of an IPv6 address. */
  private static String bare(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }
}

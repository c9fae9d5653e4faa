package dev.tallyman.cli.ask;

import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.Failure;
import dev.tallyman.core.settings.Hosts;
import dev.tallyman.core.store.Bytes;
import dev.tallyman.http.EnvironmentProxies;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** A server somewhere else, asked over HTTP. */
public final class RemoteAsk implements Ask {
  /** The largest answer that is read; the server itself stops at 4 MB. */
  public static final int LARGEST_ANSWER = 8 << 20;

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(30);

  private final URI base;
  private final Optional<String> token;
  private final HttpClient client;

  /**
   * A client of one server.
   *
   * @param endpoint its address; https unless it is this machine
   * @param environment where {@code HTTPS_PROXY} and {@code NO_PROXY} are looked up
   * @throws Failure if the address is not one, or would send the token unprotected, or the proxy is
   *     none
   */
  public RemoteAsk(String endpoint, Optional<String> token, Map<String, String> environment) {
    this.base = base(endpoint);
    this.token = token;
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(Redirect.NEVER)
            .proxy(proxies(environment))
            .build();
  }

  private static ProxySelector proxies(Map<String, String> environment) {
    try {
      return new EnvironmentProxies(environment);
    } catch (IllegalArgumentException e) {
      throw new Failure(Exit.USAGE, Failure.message(e), e);
    }
  }

  private static URI base(String endpoint) {
    URI uri;
    try {
      uri = URI.create(endpoint.endsWith("/") ? endpoint : endpoint + "/");
    } catch (IllegalArgumentException e) {
      throw new Failure(Exit.USAGE, "--endpoint '" + endpoint + "' is not an address", e);
    }
    String scheme = Optional.ofNullable(uri.getScheme()).orElse("");
    String host = Optional.ofNullable(uri.getHost()).orElse("");
    if (host.isEmpty() || !(scheme.equals("https") || scheme.equals("http"))) {
      throw new Failure(
          Exit.USAGE,
          "--endpoint '"
              + endpoint
              + "' is not an address; write https://host or"
              + " http://127.0.0.1:8080");
    }
    if (uri.getUserInfo() != null || uri.getQuery() != null || uri.getFragment() != null) {
      throw new Failure(
          Exit.USAGE,
          "--endpoint takes scheme, host, port and path only; the token goes into TALLYMAN_TOKEN"
              + " or --token-file");
    }
    if (scheme.equals("http") && !Hosts.isLoopback(host)) {
      throw new Failure(
          Exit.USAGE,
          "--endpoint '"
              + endpoint
              + "' would send the token unprotected; use https, or http on"
              + " this machine only");
    }
    return uri;
  }

  @Override
  public Reply send(
      String method,
      String path,
      List<Map.Entry<String, String>> parameters,
      Map<String, String> headers,
      byte[] body) {
    String query = Ask.query(parameters);
    URI uri = URI.create(base + path.substring(1) + (query.isEmpty() ? "" : "?" + query));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .timeout(ANSWER)
            .method(
                method,
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    token.ifPresent(t -> request.header("authorization", "Bearer " + t));
    try {
      HttpResponse<byte[]> response =
          client.send(
              request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST_ANSWER));
      Map<String, String> received = new LinkedHashMap<>();
      response.headers().map().forEach((name, values) -> received.put(name, values.getFirst()));
      return new Reply(response.statusCode(), received, Bytes.copyOf(response.body()));
    } catch (HttpTimeoutException e) {
      throw unreachable("did not answer within " + ANSWER.toSeconds() + " s", e);
    } catch (ConnectException e) {
      throw unreachable(
          isNameless(e)
              ? "has no address; check the name and the network"
              : "refuses connections; is `tallyman serve` running there?",
          e);
    } catch (IOException e) {
      throw unreachable("cannot be read: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable("was not waited for", e);
    }
  }

  private static boolean isNameless(ConnectException e) {
    return Stream.iterate((Throwable) e, Objects::nonNull, Throwable::getCause)
        .anyMatch(UnresolvedAddressException.class::isInstance);
  }

  private Failure unreachable(String why, Exception cause) {
    return new Failure(Exit.UNREACHABLE, whom() + " " + why, cause);
  }

  @Override
  public String whom() {
    return base.toString();
  }

  @Override
  public void close() {
    client.close();
  }
}

package dev.tallyman.http;

import dev.tallyman.core.settings.Hosts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The proxy that {@code HTTPS_PROXY} names, but for the hosts of {@code NO_PROXY}; both also in
 * lower case, which wins. This machine itself is always reached directly.
 */
public final class EnvironmentProxies extends ProxySelector {
  private static final int DEFAULT_PORT = 80;
  private static final List<Proxy> DIRECT = List.of(Proxy.NO_PROXY);

  private final List<Proxy> proxies;
  private final List<String> exceptions;

  /**
   * Reads the variables.
   *
   * @throws IllegalArgumentException if {@code HTTPS_PROXY} names no proxy that can be used; the
   *     message does not show it, since it may hold a password
   */
  public EnvironmentProxies(Map<String, String> environment) {
    String proxy = variable(environment, "HTTPS_PROXY");
    this.proxies = proxy.isEmpty() ? DIRECT : List.of(proxy(proxy));
    var hosts = new ArrayList<String>();
    for (String part : variable(environment, "NO_PROXY").split("[,\\s]+", -1)) {
      String host = Hosts.plain(part);
      if (!host.isEmpty()) {
        hosts.add(host);
      }
    }
    this.exceptions = List.copyOf(hosts);
  }

  @Override
  public List<Proxy> select(URI uri) {
    String host = uri.getHost();
    if (host == null || Hosts.isLocal(host)) {
      return DIRECT;
    }
    int port = uri.getPort() == -1 ? 443 : uri.getPort();
    String plain = Hosts.plain(host);
    return exceptions.stream().anyMatch(e -> covers(e, plain, port)) ? DIRECT : proxies;
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    // The failed call tells it.
  }

  /** {@code *}, or a host or domain with all below it, with or without a port. */
  private static boolean covers(String exception, String host, int port) {
    if (exception.equals("*") || exception.equals(host)) {
      return true;
    }
    String domain = exception;
    int colon = exception.lastIndexOf(':');
    if (colon > 0 && exception.indexOf(':') == colon) {
      if (!exception.substring(colon + 1).equals(Integer.toString(port))) {
        return false;
      }
      domain = exception.substring(0, colon);
    }
    if (domain.startsWith("*.")) {
      domain = domain.substring(1);
    }
    return domain.startsWith(".")
        ? host.endsWith(domain) || host.equals(domain.substring(1))
        : host.equals(domain) || host.endsWith("." + domain);
  }

  private static String variable(Map<String, String> environment, String name) {
    @Nullable String lower = environment.get(name.toLowerCase(Locale.ROOT));
    @Nullable String upper = environment.get(name);
    return lower != null && !lower.isBlank() ? lower.strip() : upper == null ? "" : upper.strip();
  }

  private static Proxy proxy(String text) {
    String remedy = "; write for instance HTTPS_PROXY=http://proxy.example.com:3128";
    URI uri;
    try {
      uri = new URI(text.contains("://") ? text : "http://" + text);
    } catch (URISyntaxException _) {
      throw new IllegalArgumentException("HTTPS_PROXY is malformed" + remedy);
    }
    if (!"http".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null) {
      throw new IllegalArgumentException(
          "HTTPS_PROXY names no proxy that is reached over http" + remedy);
    }
    int port = uri.getPort() == -1 ? DEFAULT_PORT : uri.getPort();
    return new Proxy(
        Proxy.Type.HTTP, InetSocketAddress.createUnresolved(Hosts.plain(uri.getHost()), port));
  }
}

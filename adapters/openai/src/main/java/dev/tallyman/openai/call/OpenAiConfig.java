package dev.tallyman.openai.call;

import dev.tallyman.core.settings.Hosts;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;

/**
 * Where one organization's provider is, and with which timeouts and how often it is asked.
 *
 * @param baseUrl without a trailing slash, for instance {@code https://api.openai.com/v1}
 * @param connectTimeout how long a connection may take, in real time
 * @param callTimeout how long to wait for one answer, body included, in real time; the time that
 *     the reader of the buckets takes is not counted
 * @param maxBytes the largest answer that is read, uncompressed; one that cannot be asked for in
 *     parts may be four times as large
 * @param attempts how often one question is asked at most, at least 1
 */
public record OpenAiConfig(
    URI baseUrl, Duration connectTimeout, Duration callTimeout, long maxBytes, int attempts) {
  /** The provider's own address. */
  public static final String DEFAULT_BASE_URL = "https://api.openai.com/v1";

  private static final String OWN_HOST = "api.openai.com";

  public OpenAiConfig {
    baseUrl = checked(baseUrl);
    if (!connectTimeout.isPositive() || !callTimeout.isPositive()) {
      throw new IllegalArgumentException("timeouts must be longer than 0 s");
    }
    if (maxBytes < 1) {
      throw new IllegalArgumentException("the largest answer must be at least 1 byte");
    }
    if (attempts < 1) {
      throw new IllegalArgumentException("a question is asked at least once, not " + attempts);
    }
  }

  /**
   * The default timeouts: 10 s to connect, 60 s for an answer of at most 16 MB, 4 attempts.
   *
   * @param baseUrl for instance {@link #DEFAULT_BASE_URL}
   * @throws IllegalArgumentException if it is no base URL, or neither https nor on this machine;
   *     the message says what to write instead
   */
  public static OpenAiConfig of(String baseUrl) {
    try {
      return new OpenAiConfig(
          new URI(baseUrl.strip()),
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          16L * 1024 * 1024,
          4);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "the base URL is malformed at character "
              + e.getIndex()
              + "; write for instance "
              + DEFAULT_BASE_URL,
          e);
    }
  }

  /** This configuration with another time for a whole call. */
  public OpenAiConfig withCallTimeout(Duration timeout) {
    return new OpenAiConfig(baseUrl, connectTimeout, timeout, maxBytes, attempts);
  }

  /** This configuration with another time for connecting. */
  public OpenAiConfig withConnectTimeout(Duration timeout) {
    return new OpenAiConfig(baseUrl, timeout, callTimeout, maxBytes, attempts);
  }

  /** This configuration with another bound for the size of an answer. */
  public OpenAiConfig withMaxBytes(long bytes) {
    return new OpenAiConfig(baseUrl, connectTimeout, callTimeout, bytes, attempts);
  }

  /** This configuration with another number of attempts. */
  public OpenAiConfig withAttempts(int count) {
    return new OpenAiConfig(baseUrl, connectTimeout, callTimeout, maxBytes, count);
  }

  /**
   * Whether the base URL is the provider's own, regional addresses included. There, a missing path
   * is an outage; elsewhere it is an endpoint that is not offered.
   */
  public boolean isProvidersOwn() {
    String host = baseUrl.getHost().toLowerCase(Locale.ROOT);
    return host.equals(OWN_HOST) || host.endsWith("." + OWN_HOST);
  }

  private static URI checked(URI url) {
    String example = "; write for instance " + DEFAULT_BASE_URL;
    String host = url.getHost();
    String scheme = url.getScheme();
    if (scheme == null || host == null) {
      throw new IllegalArgumentException("the base URL needs a scheme and a host" + example);
    }
    if (url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "the base URL must not hold credentials, a query or a fragment" + example);
    }
    boolean https = scheme.equalsIgnoreCase("https");
    if (!https && !(scheme.equalsIgnoreCase("http") && Hosts.isLocal(host))) {
      throw new IllegalArgumentException(
          "the base URL must begin with https:// because the admin key is sent to it (http:// only"
              + " for 127.0.0.1, [::1] or localhost)"
              + example);
    }
    String text = url.toString();
    while (text.endsWith("/")) {
      text = text.substring(0, text.length() - 1);
    }
    return URI.create(text);
  }
}

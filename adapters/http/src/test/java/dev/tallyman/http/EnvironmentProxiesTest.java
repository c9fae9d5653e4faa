package dev.tallyman.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EnvironmentProxiesTest {
  @ParameterizedTest
  @CsvSource({
    "https://api.openai.com/v1, , proxy:3128",
    "https://api.openai.com/v1, *, ",
    "https://api.openai.com/v1, openai.com, ",
    "https://api.openai.com/v1, .openai.com, ",
    "https://api.openai.com/v1, *.openai.com, ",
    "https://API.openai.com./v1, 'x, api.openai.com', ",
    "https://api.openai.com/v1, api.openai.com:443, ",
    "https://api.openai.com/v1, api.openai.com:8443, proxy:3128",
    "https://api.openai.com/v1, penai.com, proxy:3128",
    "https://127.0.0.1/v1, , ",
    "http://localhost:8091/v1, , ",
    "https://[fd00::1]/v1, fd00::1, ",
    "https://10.1.2.3/v1, 10.1.2.4, proxy:3128"
  })
  void goesThroughTheProxyButForExceptions(
      URI uri, @Nullable String exceptions, @Nullable String expected) {
    var proxies =
        new EnvironmentProxies(
            Map.of(
                "HTTPS_PROXY",
                "http://proxy:3128/",
                "NO_PROXY",
                exceptions == null ? "" : exceptions));

    assertThat(proxies.select(uri))
        .containsExactly(
            expected == null
                ? Proxy.NO_PROXY
                : new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("proxy", 3128)));
  }

  @Test
  void prefersTheLowerCaseOfAVariable() {
    var uri = URI.create("https://api.openai.com");
    var proxies =
        new EnvironmentProxies(
            Map.of("HTTPS_PROXY", "http://upper", "https_proxy", "lower", "no_proxy", " "));

    assertThat(proxies.select(uri).getFirst().address())
        .isEqualTo(InetSocketAddress.createUnresolved("lower", 80));
    assertThat(new EnvironmentProxies(Map.of()).select(uri)).containsExactly(Proxy.NO_PROXY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"socks5://S3cr3t:1", "https://S3cr3t", "http://a b S3cr3t", "http://"})
  void refusesAProxyThatCannotBeUsedWithoutShowingIt(String proxy) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new EnvironmentProxies(Map.of("HTTPS_PROXY", proxy)))
        .withMessageContaining("HTTPS_PROXY=http://")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("S3cr3t"));
  }
}

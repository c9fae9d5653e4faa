package dev.tallyman.ssm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.tallyman.aws.TimeLeft;
import dev.tallyman.core.store.MovableClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.SsmClientBuilder;

/** What becomes of refusals, over a real socket. */
final class AdminKeysTest {
  private static final String PATH = "/tallyman/keys";

  private final MovableClock clock = MovableClock.at("2026-11-21T09:00:00Z");

  @CsvSource(
      delimiter = '|',
      value = {
        "400 | AccessDeniedException | allow ssm:GetParametersByPath on parameter/tallyman/keys,"
            + " and",
        "400 | InvalidKeyId | the KMS key that encrypts them is disabled or gone",
        "400 | ExpiredTokenException | AWS does not accept the credentials; renew them",
        "400 | ThrottlingException | the Parameter Store is busy; try again",
        "500 | InternalServerError | the Parameter Store is busy; try again",
        "400 | ValidationException | see what the Parameter Store says",
      })
  @ParameterizedTest
  void aRefusalIsToldWithItsRemedy(int status, String code, String remedy) throws IOException {
    HttpServer server = HttpServer.create(loopback(), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body =
              "{\"__type\":\"%s\",\"message\":\"why\"}"
                  .formatted(code)
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    try (SsmClient client = client(server.getAddress().getPort()).build();
        var keys = new AdminKeys(client, PATH, clock)) {
      assertThatThrownBy(keys::keys)
          .isInstanceOf(UnavailableException.class)
          .hasMessageStartingWith("cannot read the admin keys below /tallyman/keys: %s", remedy)
          .hasMessageContaining("why");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void whatPassesIsTriedAgain() throws IOException {
    var asked = new AtomicInteger();
    HttpServer server = HttpServer.create(loopback(), 0);
    server.createContext(
        "/",
        exchange -> {
          boolean busy = asked.incrementAndGet() < 3;
          byte[] body =
              (busy
                      ? "{\"__type\":\"ThrottlingException\",\"message\":\"Rate exceeded\"}"
                      : "{\"Parameters\":[{\"Name\":\"/tallyman/keys/acme\",\"Type\":\"SecureString\","
                            + "\"Value\":\"sk-admin-1\"}]}")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
          exchange.sendResponseHeaders(busy ? 400 : 200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    try (SsmClient client = client(server.getAddress().getPort()).build();
        var keys = new AdminKeys(client, PATH, clock)) {
      assertThat(keys.keys().keys())
          .extracting(AdminKeys.Key::organization)
          .containsExactly("acme");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void silenceIsToldAsSuch() throws IOException {
    try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        SsmClient client =
            client(silent.getLocalPort())
                .overrideConfiguration(c -> c.apiCallTimeout(Duration.ofSeconds(2)))
                .build();
        var keys = new AdminKeys(client, PATH, clock)) {
      assertThatThrownBy(keys::keys)
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("it took too long; try again");
    }
  }

  @Test
  void thatNobodyListensIsToldAsSuch() throws IOException {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    try (SsmClient client = client(port).build();
        var keys = new AdminKeys(client, PATH, clock)) {
      assertThatThrownBy(keys::keys)
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("was not reached; check the network and the region");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "keys", "/tallyman//keys", "/tallyman/my keys", "/a/*"})
  void whatIsNoPathIsRefused(String path) {
    assertThatThrownBy(() -> AdminKeys.connect(path, clock, new TimeLeft()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("write for instance /tallyman/keys");
    assertThatThrownBy(() -> ChannelSecrets.connect(path, clock, new TimeLeft()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static SsmClientBuilder client(int port) {
    // Of an invocation that is nearly over, so that what stays refused is not asked for long.
    var left = new TimeLeft();
    left.begin(Duration.ofSeconds(9));
    return AdminKeys.clientBuilder(left)
        .endpointOverride(URI.create("http://127.0.0.1:" + port))
        .region(Region.EU_CENTRAL_1)
        .credentialsProvider(AnonymousCredentialsProvider.create());
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }
}

package dev.tallyman.channels;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HttpTest {
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();
  private static final InetAddress PUBLIC = InetAddress.ofLiteral("8.8.8.8");
  private static final byte[] BODY = "{\"a\":\"ü\"}".getBytes(UTF_8);

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final LinkedBlockingQueue<String> received = new LinkedBlockingQueue<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
  }

  private static Http http(boolean local, Duration timeout, InetAddress... addresses) {
    return new Http(
        host -> List.of(addresses),
        (SSLSocketFactory) SSLSocketFactory.getDefault(),
        local,
        timeout);
  }

  private static Http here() {
    return http(true, Duration.ofSeconds(10), HERE);
  }

  private static Http.Result post(Http http, String address) {
    return http.post(URI.create(address), Map.of("webhook-id", "al_1"), BODY);
  }

  /** A server of raw bytes: each connection gets these, after its request was read. */
  private int raw(Answering answering) throws IOException {
    var server = new ServerSocket(0, 50, HERE);
    opened.add(server);
    Thread.ofVirtual()
        .start(() -> {
          while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
              var buffer = new byte[8192];
              int read = socket.getInputStream().read(buffer);
              received.add(new String(buffer, 0, Math.max(0, read), UTF_8));
              answering.answer(socket.getOutputStream());
            } catch (IOException _) {
              // The next one may be patient enough.
            }
          }
        });
    return server.getLocalPort();
  }

  private interface Answering {
    void answer(OutputStream out) throws IOException;
  }

  private static Answering text(String answer) {
    return out -> out.write(answer.getBytes(UTF_8));
  }

  /** The head of an answer without a body. */
  private static String lines(String... lines) {
    return String.join("\r\n", lines) + "\r\n\r\n";
  }

  private HttpServer tls() throws IOException, GeneralSecurityException {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store(), "changeit".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    HttpsServer server = HttpsServer.create(new InetSocketAddress(HERE, 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.createContext(
        "/",
        exchange -> {
          received.add(exchange.getRequestHeaders().getFirst("Host"));
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    opened.add(() -> server.stop(0));
    return server;
  }

  private static KeyStore store() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = HttpTest.class.getResourceAsStream("/hooks.p12")) {
      store.load(in, "changeit".toCharArray());
    }
    return store;
  }

  private static SSLSocketFactory trusting() throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    trusted.setCertificateEntry("hooks", store().getCertificate("hooks"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context.getSocketFactory();
  }

  @Test
  void itPostsWhatItIsGiven() throws IOException {
    int port = raw(text("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));

    assertThat(post(here(), "http://hooks.example.test:" + port + "/a%20b?c=d"))
        .isEqualTo(new Http.Result.Answered(200, Map.of(), "ok"));
    assertThat(received.remove())
        .startsWith("POST /a%20b?c=d HTTP/1.1\r\n")
        .contains("Host: hooks.example.test:" + port + "\r\n")
        .contains("webhook-id: al_1\r\n")
        .contains("Content-Length: 10\r\n")
        .contains("Content-Type: application/json");
  }

  @Test
  void overTlsTheNameIsShownAndProven() throws IOException, GeneralSecurityException {
    int port = tls().getAddress().getPort();
    var http = new Http(_ -> List.of(HERE), trusting(), true, Duration.ofSeconds(10));

    assertThat(post(http, "https://hooks.example.test:" + port + "/"))
        .isInstanceOfSatisfying(
            Http.Result.Answered.class, answer -> assertThat(answer.status()).isEqualTo(200));
    assertThat(received.remove()).isEqualTo("hooks.example.test:%d", port);
    assertThat(post(http, "https://other.example.test:" + port + "/"))
        .isEqualTo(new Http.Result.Failed("its certificate or encryption is not accepted"));
    assertThat(post(here(), "https://hooks.example.test:" + port + "/"))
        .isEqualTo(new Http.Result.Failed("its certificate or encryption is not accepted"));
    assertThat(received).isEmpty();
  }

  @Test
  void whatWasCheckedIsWhatIsConnectedTo() throws IOException {
    int port = raw(text("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    var asked = new AtomicInteger();
    // A name that is public when it is first asked for, and this machine ever after.
    Http.Resolver changing =
        _ -> List.of(asked.getAndIncrement() == 0 ? InetAddress.ofLiteral("192.0.2.1") : HERE);
    var http =
        new Http(
            changing,
            (SSLSocketFactory) SSLSocketFactory.getDefault(),
            true,
            Duration.ofMillis(300));

    assertThat(post(http, "http://hooks.example.test:" + port + "/"))
        .isInstanceOf(Http.Result.Failed.class);
    assertThat(asked).hasValue(1);
    assertThat(received).isEmpty();
  }

  @Test
  void addressesThatAreNotPublicAreNeverConnectedTo() throws IOException {
    int port = raw(text("HTTP/1.1 200 OK\r\n\r\n"));
    var forbidden = new Http.Result.Forbidden("its address is not a public one");

    Http one = http(false, Duration.ofSeconds(10), HERE);
    assertThat(post(one, "https://hooks.example.test:" + port + "/")).isEqualTo(forbidden);
    Http amongOthers = http(false, Duration.ofSeconds(10), PUBLIC, HERE);
    assertThat(post(amongOthers, "https://hooks.example.test:" + port + "/")).isEqualTo(forbidden);
    var real =
        new Http(
            host -> Arrays.asList(InetAddress.getAllByName(host)),
            (SSLSocketFactory) SSLSocketFactory.getDefault(),
            false,
            Duration.ofSeconds(10));
    for (String host :
        List.of("localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1")) {
      assertThat(post(real, "https://" + host + ":" + port + "/"))
          .as(host)
          .isNotInstanceOf(Http.Result.Answered.class);
    }
    assertThat(received).isEmpty();
  }

  @Test
  void httpIsForLocalUseOnly() {
    assertThat(post(http(false, Duration.ofSeconds(1), PUBLIC), "http://hooks.example.test/"))
        .isEqualTo(new Http.Result.Forbidden("its address is not https"));
    for (String odd :
        List.of(
            "ftp://a/",
            "file:///etc/passwd",
            "/x",
            "https:/x",
            "https://a b/".replace(" ", "%20"))) {
      assertThat(post(here(), odd)).as(odd).isInstanceOf(Http.Result.Forbidden.class);
    }
  }

  @Test
  void anAddressThatCannotBeReachedLeavesTheNextOne() throws IOException {
    int port = raw(text("HTTP/1.1 204 No Content\r\n\r\n"));
    Http http = http(true, Duration.ofSeconds(4), InetAddress.ofLiteral("127.0.0.2"), HERE);

    assertThat(post(http, "http://hooks.example.test:" + port + "/"))
        .isEqualTo(new Http.Result.Answered(204, Map.of(), ""));
  }

  @Test
  void aRedirectIsAnAnswer() throws IOException {
    int port =
        raw(
            text(
                lines("HTTP/1.1 302 Found", "Location: http://127.0.0.1:1/", "Content-Length: 0")));

    assertThat(post(here(), "http://hooks.example.test:" + port + "/"))
        .isEqualTo(new Http.Result.Answered(302, Map.of(), ""));
    assertThat(received).hasSize(1);
  }

  @Test
  void anEndlessBodyIsNotReadToItsEnd() throws IOException {
    int port =
        raw(out -> {
          out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(UTF_8));
          while (true) {
            out.write(new byte[65536]);
          }
        });

    assertThat(post(here(), "http://hooks.example.test:" + port + "/"))
        .isInstanceOfSatisfying(
            Http.Result.Answered.class, answer -> assertThat(answer.body()).hasSize(2048));
  }

  @Test
  void whoeverTricklesIsLeftInTime() throws IOException {
    int port =
        raw(out -> {
          out.write("HTTP/1.1 200 OK\r\n".getBytes(UTF_8));
          for (int i = 0; i < 90; i++) {
            out.write("X-A: b\r\n".getBytes(UTF_8));
            out.flush();
            pause();
          }
        });
    long before = System.nanoTime();

    assertThat(post(http(true, Duration.ofMillis(700), HERE), "http://hooks.example.test:" + port))
        .isEqualTo(new Http.Result.Failed("no answer within 0 s"));
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(4));
  }

  private static void pause() {
    try {
      assertThat(new CountDownLatch(1).await(50, TimeUnit.MILLISECONDS)).isFalse();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whoeverSaysNothingIsLeftInTime() throws IOException {
    try (var silent = new ServerSocket(0, 50, HERE)) {
      assertThat(
              post(
                  http(true, Duration.ofSeconds(1), HERE),
                  "https://hooks.example.test:" + silent.getLocalPort()))
          .isEqualTo(new Http.Result.Failed("no answer within 1 s"));
    }
  }

  @Test
  void garbageIsAFailure() throws IOException {
    for (String garbage :
        List.of(
            "",
            "\r\n\r\n\r\n",
            "SSH-2.0-OpenSSH_9.2\r\n",
            "HTTP/1.1 two hundred\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "HTTP/1.1 200 OK\r\nX: " + "y".repeat(20_000) + "\r\n\r\n",
            "HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(1000) + "\r\n")) {
      int port = raw(text(garbage));
      assertThat(post(here(), "http://hooks.example.test:" + port + "/"))
          .as(garbage.substring(0, Math.min(60, garbage.length())))
          .isInstanceOf(Http.Result.Failed.class);
    }
  }

  @Test
  void nobodyThereIsAFailure() throws IOException {
    int port;
    try (var closed = new ServerSocket(0, 50, HERE)) {
      port = closed.getLocalPort();
    }
    assertThat(post(here(), "http://hooks.example.test:" + port + "/secret"))
        .isEqualTo(new Http.Result.Failed("it cannot be connected to"));
    var unknown =
        new Http(
            host -> {
              throw new UnknownHostException(host);
            },
            (SSLSocketFactory) SSLSocketFactory.getDefault(),
            true,
            Duration.ofSeconds(1));
    assertThat(post(unknown, "https://secret.example.test/"))
        .isEqualTo(new Http.Result.Failed("its host cannot be found"));
  }

  @Test
  void itSaysWhenToComeBack() throws IOException {
    int port =
        raw(
            text(
                lines(
                    "HTTP/1.1 429 Too Many Requests",
                    "Retry-After: 17",
                    "Date: Sat, 21 Nov 2026 09:00:00 GMT",
                    "Content-Length: 0")));

    assertThat(post(here(), "http://hooks.example.test:" + port + "/"))
        .isEqualTo(
            new Http.Result.Answered(
                429, Map.of("retry-after", "17", "date", "Sat, 21 Nov 2026 09:00:00 GMT"), ""));
  }
}

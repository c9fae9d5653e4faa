package dev.tallyman.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tallyman.core.store.Bytes;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EdgeTest {
  private static final String HEALTH = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
  private static final int MANY = 1100;
  private static final int LARGEST_BODY = 1024 * 1024;

  /** Usual, but for those that a test would have to wait for. */
  private static final Limits PATIENT = Limits.usual();

  private static final Limits HASTY =
      new Limits(
          Duration.ofMillis(600),
          Duration.ofMillis(800),
          Duration.ofMillis(900),
          Duration.ofSeconds(5),
          16 * 1024,
          8192,
          256);

  private final List<Wire> wires = new ArrayList<>();
  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch leave = new CountDownLatch(1);
  private final Echo echo = new Echo();
  private Edge edge = start(PATIENT);

  @AfterEach
  void close() throws IOException {
    leave.countDown();
    for (Wire wire : wires) {
      wire.close();
    }
    edge.close();
  }

  @Test
  void theUsualLimitsLetNobodyWaitForLong() {
    assertThat(PATIENT.head()).isLessThanOrEqualTo(Duration.ofSeconds(10));
    assertThat(PATIENT.idle()).isLessThanOrEqualTo(Duration.ofSeconds(30));
    assertThat(PATIENT.body()).isLessThanOrEqualTo(Duration.ofMinutes(1));
  }

  @Nested
  final class Requests {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "a[]=1&a[0]=2",
          "filter=model:gpt|mini",
          "a={b}",
          "a=^b`c",
          "a=\"b\"",
          "a=<b>",
          "a=\\b",
          "a=%zz&b=%",
          "a=100%",
          "a=%5B%5d",
          "a=1?b",
          "a=//../."
        })
    void aQueryArrivesAsItWasSent(String query) throws IOException {
      var reply = wire().send(get("/q?" + query, "")).reply();

      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.body()).contains("\nquery " + query + "\n");
    }

    @Test
    void rawUtf8ArrivesAsItsCharacters() throws IOException {
      String sent =
          new String(
              "Zürich €".replace(' ', '+').getBytes(StandardCharsets.UTF_8),
              StandardCharsets.ISO_8859_1);

      assertThat(wire().send(get("/q?a=" + sent, "")).reply().body())
          .contains("\nquery a=Zürich+€\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a%2Fb", "/a//b", "/a/../b", "/%7e", "/a;b=c", "/[a]"})
    void aPathArrivesAsItWasSent(String path) throws IOException {
      assertThat(wire().send(get(path, "")).reply().body()).contains("\npath " + path + "\n");
    }

    @Test
    void headersKeepTheirOrderAndEveryValue() throws IOException {
      var reply = wire().send(get("/", "X-B: 1\r\nX-A: 2\r\nX-B: 3\r\n")).reply();

      assertThat(reply.body()).contains("X-B=[1, 3], X-A=[2]");
    }

    @Test
    void aBodyArrivesByItsLengthAndInChunks() throws IOException {
      var wire = wire();
      wire.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");
      assertThat(wire.reply().body()).endsWith("\nlength 5\nbody hello\n");

      wire.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
      wire.send("3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nTrailer: x\r\n\r\n");
      assertThat(wire.reply().body()).endsWith("\nlength -1\nbody hello\n");
    }

    @Test
    void whoExpectsToContinueIsToldTo() throws IOException {
      var wire = wire();
      wire.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
      assertThat(wire.reply().status()).isEqualTo(100);
      assertThat(wire.send("ok").reply().body()).endsWith("body ok\n");
    }

    @Test
    void requestsOfOneConnectionAreAnsweredInTheirOrder() throws IOException {
      var wire = wire().send(get("/1", "") + get("/2", "") + get("/3", ""));

      for (int i = 1; i <= 3; i++) {
        assertThat(wire.reply().body()).contains("\npath /" + i + "\n");
      }
    }
  }

  @Nested
  final class Answers {
    @Test
    void anAnswerHasADateAndNoNameOfTheServer() throws IOException {
      var reply = wire().send(HEALTH).reply();

      assertThat(reply.headers()).containsKey("date").doesNotContainKeys("server", "connection");
    }

    @Test
    void whoAsksToCloseIsClosed() throws IOException {
      var wire = wire().send(get("/", "Connection: close\r\n"));

      assertThat(wire.reply().headers()).containsEntry("connection", "close");
      assertThat(wire.closes()).isTrue();
    }

    @Test
    void whatTheServiceClosesIsClosed() throws IOException {
      var wire = wire().send(get("/close", ""));

      assertThat(wire.reply().headers()).containsEntry("connection", "close");
      assertThat(wire.closes()).isTrue();
    }

    @Test
    void http10IsAnsweredAndClosed() throws IOException {
      var wire = wire().send("GET /health HTTP/1.0\r\n\r\n");

      assertThat(wire.reply().status()).isEqualTo(200);
      assertThat(wire.closes()).isTrue();
    }

    @Test
    void http10StaysOpenWhereItIsAskedTo() throws IOException {
      var wire = wire();
      for (int i = 0; i < 2; i++) {
        wire.send("GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        assertThat(wire.reply().headers()).containsEntry("connection", "keep-alive");
      }
    }

    @Test
    void aHeadSaysTheLengthAndHasNoBody() throws IOException {
      var wire = wire().send("HEAD /head HTTP/1.1\r\nHost: h\r\n\r\n" + HEALTH);

      assertThat(wire.replyToHead().headers()).containsEntry("content-length", "17");
      assertThat(wire.reply().body()).contains("\npath /health\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 304})
    void whatHasNoBodySaysNoLength(int status) throws IOException {
      var wire = wire().send(get("/status/" + status, "") + HEALTH);
      var reply = wire.replyToHead();

      assertThat(reply.status()).isEqualTo(status);
      assertThat(reply.headers()).doesNotContainKeys("content-length", "transfer-encoding");
      assertThat(wire.reply().status()).isEqualTo(200);
    }

    @Test
    void aLargeAnswerComesWhole() throws IOException {
      assertThat(wire().send(get("/large", "")).reply().body()).hasSize(4_000_000);
    }

    @Test
    void aServiceThatFailsIsAnsweredForToo() throws IOException {
      refused(wire().send(get("/fails", "")), 500);
    }
  }

  @Nested
  final class Refusals {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "nonsense\r\n\r\n",
          "GET /a%zz HTTP/1.1\r\nHost: h\r\n\r\n",
          "GET /a%00b HTTP/1.1\r\nHost: h\r\n\r\n",
          "GET /%ff%fe%zz HTTP/1.1\r\nHost: h\r\n\r\n",
          "GET / HTTP/1.1\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: h\r\nX : space\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n folded\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: h\r\nX: \u0000\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
          "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
          "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n"
        })
    void whatIsNoRequestIsRefusedInTheServicesWordsAndClosed(String sent) throws IOException {
      refused(wire().send(sent), 400);
    }

    @Test
    void aHeadThatIsTooLargeIsRefused() throws IOException {
      refused(wire().send(get("/", "X: " + "a".repeat(100_000) + "\r\n")), 431);
    }

    @Test
    void aTargetThatIsTooLargeIsRefused() throws IOException {
      refused(wire().send(get("/" + "a".repeat(100_000), "")), 414);
    }

    @Test
    void anUnknownVersionIsRefused() throws IOException {
      refused(wire().send("GET / HTTP/3.7\r\nHost: h\r\n\r\n"), 505);
    }

    @Test
    void whatIsRefusedEarlyIsHeardByWhoStillSends() throws IOException {
      var wire = wire();
      wire.send("POST /close HTTP/1.1\r\nHost: h\r\nContent-Length: 3000000\r\n\r\n");
      wire.send("x".repeat(3_000_000));

      assertThat(wire.reply().headers()).containsEntry("connection", "close");
      assertThat(wire.closes()).isTrue();
    }
  }

  @Nested
  final class Deadlines {
    @Test
    void halfSentHeadsLockNobodyOut() throws IOException {
      for (int i = 0; i < MANY; i++) {
        wire().send("GET /health HTTP/1.1\r\nHost: lo");
      }

      assertThat(wire().send(HEALTH).reply().status()).isEqualTo(200);
    }

    @Test
    void idleConnectionsLockNobodyOut() throws IOException {
      for (int i = 0; i < MANY; i++) {
        assertThat(wire().send(HEALTH).reply().status()).isEqualTo(200);
      }

      assertThat(wire().send(HEALTH).reply().status()).isEqualTo(200);
      assertThat(wires.getFirst().send(HEALTH).reply().status()).isEqualTo(200);
    }

    @Test
    void requestsThatTakeLongLockNobodyOut() throws IOException {
      for (int i = 0; i < MANY; i++) {
        wire().send(get("/waits", ""));
      }

      assertThat(wire().send(HEALTH).reply().status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", HEALTH})
    void aHeadThatTricklesIsCutByItsTotal(String before) throws IOException {
      restart(HASTY);
      var wire = wire();
      if (!before.isEmpty()) {
        wire.send(before).reply();
      }
      wire.send("GET / HTTP/1.1\r\nX: ");

      trickled(wire, 408);
    }

    @Test
    void aHeadThatStopsIsCut() throws IOException {
      restart(HASTY);
      refused(wire().send("GET / HTTP/1.1\r\nX: "), 408);
    }

    @Test
    void aBodyThatTricklesIsCutByItsTotal() throws IOException {
      restart(HASTY);
      trickled(wire().send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\nx"), 408);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x"})
    void aBodyThatStopsIsCut(String begun) throws IOException {
      restart(HASTY);
      refused(
          wire().send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n" + begun), 408);
    }

    @Test
    void aConnectionThatIsIdleIsClosed() throws IOException {
      restart(HASTY);
      var wire = wire().send(HEALTH);
      wire.reply();

      assertThat(wire.closes()).isTrue();
      assertThat(wire().closes()).isTrue();
    }

    @Test
    void aClientThatDoesNotReadIsCut() throws IOException {
      restart(HASTY);
      var wire = wire();
      for (int i = 0; i < 10; i++) {
        wire.send(get("/large", ""));
      }
      awaitIdle(3);

      // What is left of them is in the buffers of the system.
      int whole = 0;
      try {
        while (wire.reply().body().length() == 4_000_000) {
          whole++;
        }
      } catch (SocketTimeoutException open) {
        throw open;
      } catch (IOException cut) {
        assertThat(whole).isLessThan(10);
      }
    }

    @Test
    void anAnswerMayTakeLongerThanAnyDeadline() throws Exception {
      restart(HASTY);
      var wire = wire().send(get("/waits", ""));
      assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
      awaitIdle(3);
      leave.countDown();

      assertThat(wire.reply().status()).isEqualTo(200);
    }

    /** Waits for as many idle connections, one after the other, to be closed. */
    private void awaitIdle(int times) throws IOException {
      for (int i = 0; i < times; i++) {
        assertThat(wire().closes()).isTrue();
      }
    }

    /** Sends a byte whenever nothing comes for a moment, until the answer is there. */
    private void trickled(Wire wire, int status) throws IOException {
      var reply =
          CompletableFuture.supplyAsync(() -> {
            try {
              return wire.reply();
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          });
      while (!reply.isDone()) {
        try {
          wire.send("x");
        } catch (IOException closed) {
          break;
        }
        try {
          reply.get(100, TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.TimeoutException _) {
          // The next byte.
        } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
          throw new AssertionError(e);
        }
      }
      assertThat(reply.join().status()).isEqualTo(status);
      assertThat(reply.join().body()).isEqualTo("refused %s", status);
    }
  }

  @Nested
  final class Numbers {
    @Test
    void oneConnectionTooManyIsRefusedAndOneThatEndsMakesRoom() throws IOException {
      restart(limited(3, 3));
      for (int i = 0; i < 3; i++) {
        wire().send(HEALTH).reply();
      }
      refused(wire(), 503);

      wires.getFirst().close();
      eventuallyAnswered(InetAddress.getLoopbackAddress());
    }

    @Test
    void oneAddressHasNotAllConnections() throws IOException {
      InetAddress other = otherAddress();
      restart(limited(100, 2), "0.0.0.0");
      for (int i = 0; i < 2; i++) {
        wire(other).send(HEALTH).reply();
      }
      refused(wire(other), 503);
      // This machine's own tools are not counted.
      for (int i = 0; i < 5; i++) {
        assertThat(wire().send(HEALTH).reply().status()).isEqualTo(200);
      }

      wires.getFirst().close();
      eventuallyAnswered(other);
    }

    private void eventuallyAnswered(InetAddress from) throws IOException {
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (wire(from).send(HEALTH).reply().status() != 200) {
        wires.removeLast().close();
        assertThat(System.nanoTime()).isLessThan(deadline);
      }
    }

    private static Limits limited(int connections, int ofAddress) {
      return new Limits(
          PATIENT.head(),
          PATIENT.body(),
          PATIENT.idle(),
          PATIENT.stop(),
          PATIENT.headBytes(),
          connections,
          ofAddress);
    }

    /** An address of this machine that is not loopback. */
    private static InetAddress otherAddress() throws IOException {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(each -> each.getAddress().length == 4 && !each.isLoopbackAddress())
          .findFirst()
          .orElseGet(() -> Assumptions.abort("this machine has no address but loopback"));
    }
  }

  @Nested
  final class Life {
    @Test
    void aStopWaitsForWhatIsBeingAnsweredAndForNobodyElse() throws Exception {
      var idle = wire().send(HEALTH);
      idle.reply();
      var busy = wire().send(get("/waits", ""));
      assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
      int port = edge.port();
      Thread stop = Thread.ofVirtual().start(edge::close);
      awaitRefusal(port);
      leave.countDown();

      assertThat(busy.reply().status()).isEqualTo(200);
      assertThat(busy.closes()).isTrue();
      assertThat(idle.closes()).isTrue();
      assertThat(stop.join(Duration.ofSeconds(20))).isTrue();
    }

    private static void awaitRefusal(int port) {
      boolean listens = true;
      while (listens) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
          listens = socket.isConnected();
        } catch (IOException refused) {
          listens = false;
        }
      }
    }

    @Test
    void aStopDoesNotWaitForEver() throws Exception {
      wire().send(get("/waits", ""));
      assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
      edge.close();

      assertThat(leave.getCount()).isEqualTo(1);
    }

    @Test
    void aTakenPortIsSaid() {
      assertThatThrownBy(() -> Edge.start("127.0.0.1", edge.port(), PATIENT, echo))
          .isInstanceOf(IOException.class)
          .hasRootCauseInstanceOf(BindException.class);
    }

    @Test
    void anUnknownHostIsSaid() {
      assertThatThrownBy(() -> Edge.start("no.such.invalid", 0, PATIENT, echo))
          .isInstanceOf(IOException.class);
    }
  }

  private static String get(String target, String headers) {
    return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
  }

  /** Fails unless the next answer is a refusal with the service's body and an id, and the last. */
  private static void refused(Wire wire, int status) throws IOException {
    var reply = wire.reply();
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.body()).isEqualTo("refused %s", status);
    assertThat(reply.headers()).containsEntry("connection", "close");
    assertThat(reply.headers().get("x-request-id")).matches("[0-9a-f]{16}");
    try {
      assertThat(wire.closes()).isTrue();
    } catch (SocketTimeoutException open) {
      throw open;
    } catch (IOException reset) {
      // Closed, with something unread.
    }
  }

  private Wire wire() throws IOException {
    return wire(InetAddress.getLoopbackAddress());
  }

  private Wire wire(InetAddress server) throws IOException {
    var wire = new Wire(server, edge.port());
    wires.add(wire);
    return wire;
  }

  private Edge start(Limits limits) {
    return start(limits, "127.0.0.1");
  }

  private Edge start(Limits limits, String host) {
    try {
      return Edge.start(host, 0, limits, echo);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void restart(Limits limits) {
    restart(limits, "127.0.0.1");
  }

  private void restart(Limits limits, String host) {
    edge.close();
    edge = start(limits, host);
  }

  /** Answers with what it received. */
  private final class Echo implements Service {
    @Override
    public Answer answer(Received request) throws IOException {
      return switch (request.path()) {
        case "/close" -> new Answer(200, Map.of("Connection", "close"), bytes("bye"));
        case "/fails" -> throw new IllegalStateException("on purpose");
        case "/head" -> new Answer(200, Map.of("Content-Length", "17"), bytes(""));
        case "/large" -> new Answer(200, Map.of(), bytes("x".repeat(4_000_000)));
        case "/status/204" -> new Answer(204, Map.of(), bytes(""));
        case "/status/304" -> new Answer(304, Map.of("ETag", "\"a\""), bytes(""));
        case "/waits" -> {
          entered.countDown();
          await();
          yield new Answer(200, Map.of(), bytes("done"));
        }
        default -> {
          byte[] body = request.body().readNBytes(LARGEST_BODY);
          yield new Answer(
              200,
              Map.of("Content-Type", "text/plain; charset=utf-8"),
              bytes(
                  request.method()
                      + "\npath "
                      + request.path()
                      + "\nquery "
                      + request.query()
                      + "\nheaders "
                      + request.headers()
                      + "\nlength "
                      + request.length()
                      + "\nbody "
                      + new String(body, StandardCharsets.UTF_8)
                      + "\n"));
        }
      };
    }

    private void await() {
      try {
        leave.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public Answer refusal(int status, String id) {
      return new Answer(status, Map.of("X-Request-Id", id), bytes("refused " + status));
    }

    private static Bytes bytes(String text) {
      return Bytes.copyOf(text.getBytes(StandardCharsets.UTF_8));
    }
  }
}

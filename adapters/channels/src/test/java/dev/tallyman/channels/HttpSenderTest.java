package dev.tallyman.channels;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import dev.tallyman.core.delivery.Channel;
import dev.tallyman.core.delivery.Channel.Format;
import dev.tallyman.core.delivery.Channel.Kind;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Sender.Outcome;
import dev.tallyman.core.delivery.TopicException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HttpSenderTest {
  private static final Instant NOW = Instant.parse("2026-11-21T09:10:11.123Z");
  private static final String SECRET = "T0AB/B0CD/x8Yz1234567890secret";
  private static final Notification WARNING = Samples.named("warning");

  /** A request as the receiver saw it. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Request(String path, Headers headers, byte[] body) {}

  private final List<Request> received = new ArrayList<>();
  private final Map<String, String> variables = new HashMap<>();
  private final Map<String, String> answerHeaders = new HashMap<>();
  private int answer = 200;
  private String answerBody = "";
  private HttpServer server;

  @BeforeEach
  void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          received.add(
              new Request(
                  exchange.getRequestURI().toString(),
                  exchange.getRequestHeaders(),
                  exchange.getRequestBody().readAllBytes()));
          answerHeaders.forEach(exchange.getResponseHeaders()::set);
          byte[] body = answerBody.getBytes(UTF_8);
          exchange.sendResponseHeaders(answer, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    variables.put("HOOK", address());
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/services/" + SECRET;
  }

  private HttpSender sender(boolean local) {
    return new HttpSender(Secrets.in(variables), Optional.empty(), local, () -> NOW);
  }

  private static Channel channel(Kind kind, String... signing) {
    return new Channel("ops", kind, Optional.of("HOOK"), List.of(signing), Format.USUAL);
  }

  private Outcome send(Kind kind) {
    return sender(true).send(channel(kind), WARNING);
  }

  @Test
  void eachKindGetsItsMessage() {
    for (Kind kind : List.of(Kind.SLACK, Kind.DISCORD, Kind.TEAMS, Kind.WEBHOOK)) {
      assertThat(send(kind)).isEqualTo(new Outcome.Sent("200"));
      Request request = received.removeLast();
      assertThat(request.path()).isEqualTo("/services/" + SECRET);
      assertThat(request.headers().getFirst("Content-Type")).startsWith("application/json");
      assertThat(request.headers().getFirst("User-Agent")).isEqualTo("Tallyman");
      assertThat(request.headers()).as("not every receiver answers it").doesNotContainKey("Expect");
      assertThat(request.body()).isEqualTo(Messages.write(kind.id(), WARNING));
    }
    for (Kind kind : List.of(Kind.SLACK, Kind.DISCORD)) {
      var classic = new Channel("ops", kind, Optional.of("HOOK"), List.of(), Format.CLASSIC);
      assertThat(sender(true).send(classic, WARNING)).isEqualTo(new Outcome.Sent("200"));
      assertThat(received.removeLast().body())
          .isEqualTo(Messages.write(kind.id() + "-classic", WARNING));
    }
  }

  @Test
  void pagerDutyGetsItsRoutingKeyInTheEventAndNowhereElse() {
    String key = "0123456789abcdef0123456789abcdef";
    variables.put(
        "HOOK", "http://127.0.0.1:" + server.getAddress().getPort() + "/v2/enqueue#" + key);
    answer = 202;

    assertThat(send(Kind.PAGERDUTY)).isEqualTo(new Outcome.Sent("202"));
    assertThat(received.getFirst().path()).isEqualTo("/v2/enqueue");
    assertThat(new String(received.getFirst().body(), UTF_8)).contains(key);
  }

  @Test
  void webhooksAreSignedWithEachKeyAsTheStandardSays() throws GeneralSecurityException {
    byte[] first = "0123456789abcdef0123456789abcdef".getBytes(UTF_8);
    byte[] second = "fedcba9876543210fedcba9876543210".getBytes(UTF_8);
    variables.put("NEW", "whsec_" + Base64.getEncoder().encodeToString(first));
    variables.put("OLD", Base64.getEncoder().encodeToString(second));

    assertThat(sender(true).send(channel(Kind.WEBHOOK, "NEW", "OLD"), WARNING))
        .isEqualTo(new Outcome.Sent("200"));
    Request request = received.getFirst();
    assertThat(request.headers().getFirst("webhook-id")).isEqualTo(WARNING.id());
    assertThat(request.headers().getFirst("webhook-timestamp")).isEqualTo("1795252211");
    String signed = WARNING.id() + ".1795252211." + new String(request.body(), UTF_8);
    assertThat(request.headers().getFirst("webhook-signature"))
        .isEqualTo("v1,%s v1,%s", hmac(first, signed), hmac(second, signed));
  }

  /** The example of the standard's own specification. */
  @Test
  void theStandardsExampleIsSignedAsThere() {
    byte[] key = Webhook.key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    assertThat(
            Webhook.headers(
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                Instant.ofEpochSecond(1614265330),
                "{\"test\": 2432232314}".getBytes(UTF_8),
                List.of(key)))
        .containsEntry("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  private static String hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(UTF_8)));
  }

  @ParameterizedTest
  @CsvSource({
    "200, Sent",
    "204, Sent",
    "301, Failed",
    "302, Failed",
    "400, Refused",
    "401, Refused",
    "403, Refused",
    "404, Refused",
    "408, Failed",
    "410, Gone",
    "413, Refused",
    "429, Failed",
    "500, Failed",
    "503, Failed"
  })
  void statusesMean(int status, String outcome) {
    answer = status;
    assertThat(send(Kind.SLACK).getClass().getSimpleName()).isEqualTo(outcome);
    assertThat(received).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "429, 17, PT17S",
    "429, 0.25, PT0.25S",
    "429, 99999999, PT720H",
    "429, soon, PT0S",
    "429, -1, PT0S",
    "503, soon, ",
    "503, 12, PT12S"
  })
  void itIsHonouredWhenTheReceiverAsksToWait(int status, String header, Duration wait) {
    answer = status;
    answerHeaders.put("Retry-After", header);
    assertThat(send(Kind.SLACK))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed ->
                assertThat(failed.after().map(Duration::toSeconds))
                    .isEqualTo(Optional.ofNullable(wait).map(Duration::toSeconds)));
  }

  @Test
  void aDateToWaitForIsReadByTheReceiversOwnClock() {
    var headers = new HashMap<>(Map.of("retry-after", "Sat, 21 Nov 2026 09:11:11 GMT"));
    assertThat(Answer.wait(503, headers, "", NOW).map(Duration::toMillis)).contains(59_877L);
    headers.put("date", "Sat, 21 Nov 2026 09:11:01 GMT");
    assertThat(Answer.wait(503, headers, "", NOW)).contains(Duration.ofSeconds(10));
    headers.put("date", "Sat, 21 Nov 2026 10:00:00 GMT");
    assertThat(Answer.wait(503, headers, "", NOW)).contains(Duration.ZERO);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "TEAMS | Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP"
            + " error 429 with ContextId x | Failed",
        "TEAMS | Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP"
            + " error 413 with ContextId x | Refused",
        "TEAMS | Webhook Bad Request - Null or empty event; delivery failed | Failed",
        "TEAMS | 1 | Sent",
        "SLACK | ok | Sent",
        "SLACK | invalid_payload | Failed",
        "SLACK | {\"ok\":true,\"error\":null} | Sent",
        "SLACK | {\"ok\": false, \"error\": \"no_text\"} | Failed",
        "DISCORD | {\"id\":\"1\",\"content\":\"failed\"} | Sent",
        "WEBHOOK | {\"success\": false} | Failed",
        "WEBHOOK | {\"errors\": []} | Sent",
        "WEBHOOK | {\"errors\": [{\"message\": \"no\"}]} | Failed",
        "WEBHOOK | {\"status\":\"success\"} | Sent",
        "WEBHOOK | 0 errors | Sent",
        "WEBHOOK | <html><title>error</title></html> | Sent",
      })
  void aFailureInTheTextOfAnAnswerIsAFailure(Kind kind, String said, String outcome) {
    answerBody = said;

    assertThat(send(kind).getClass().getSimpleName()).isEqualTo(outcome);
  }

  @Test
  void whatIsAskedTooOftenIsNotAskedAgainAtOnce() {
    answer = 429;
    answerBody =
        "{\"message\":\"You are being rate limited.\",\"retry_after\":30.5,\"global\":false}";
    assertThat(after(send(Kind.DISCORD))).contains(Duration.ofMillis(30_500));
    answerBody = "rate_limited";
    assertThat(after(send(Kind.SLACK))).contains(Duration.ZERO);
    answer = 200;
    answerBody = "Webhook message delivery failed with error: HTTP error 429";
    assertThat(after(send(Kind.TEAMS))).contains(Duration.ZERO);
    answer = 500;
    answerBody = "";
    assertThat(after(send(Kind.SLACK))).isEmpty();
  }

  private static Optional<Duration> after(Outcome outcome) {
    return ((Outcome.Failed) outcome).after();
  }

  @Test
  void pagerDutyIsSentNothingThatIsNoRoutingKey() {
    for (String other :
        List.of(address(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", address() + "#https://x/y")) {
      variables.put("HOOK", other);
      assertThat(send(Kind.PAGERDUTY))
          .isEqualTo(new Outcome.Refused("the secret HOOK is not a routing key"));
    }
    assertThat(received).isEmpty();
  }

  @Test
  void reasonsQuoteWhatIsSaidButNothingSecret() {
    answer = 404;
    answerBody =
        "no_service: " + address() + " or " + SECRET + "\r\nsecond line " + "x".repeat(500);
    Outcome outcome = send(Kind.SLACK);
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(outcome.toString())
        .contains("404: no_service:", "second line")
        .doesNotContain("x8Yz1234567890secret", "127.0.0.1", "\r", "\n")
        .hasSizeLessThan(260);
  }

  @Test
  void failuresQuoteNothingSecret() {
    variables.put("HOOK", "http://127.0.0.1:1/" + SECRET);
    assertThat(send(Kind.SLACK).toString()).doesNotContain("x8Yz1234567890secret");
    variables.put("HOOK", "https://exa mple/" + SECRET);
    assertThat(send(Kind.SLACK))
        .isEqualTo(new Outcome.Refused("the secret HOOK is not an address"));
  }

  @Test
  void localAddressesAreRefusedUnlessAllowed() {
    for (String address :
        List.of(
            address(),
            address().replace("http:", "https:"),
            "https://169.254.169.254/latest/meta-data/",
            "https://[::1]/")) {
      variables.put("HOOK", address);
      assertThat(sender(false).send(channel(Kind.SLACK), WARNING))
          .isInstanceOfSatisfying(
              Outcome.Refused.class,
              refused ->
                  assertThat(refused.reason()).contains("TALLYMAN_ALLOW_LOCAL_WEBHOOKS=true"));
    }
    assertThat(received).isEmpty();
  }

  @Test
  void aSecretThatIsMissingIsNamed() {
    variables.remove("HOOK");
    assertThat(send(Kind.SLACK))
        .isEqualTo(new Outcome.Failed("the secret HOOK is not set", Optional.empty()));
    variables.put("HOOK", address());
    assertThat(sender(true).send(channel(Kind.WEBHOOK, "SIGNING"), WARNING))
        .isEqualTo(new Outcome.Failed("the secret SIGNING is not set", Optional.empty()));
    variables.put("SIGNING", "short");
    assertThat(sender(true).send(channel(Kind.WEBHOOK, "SIGNING"), WARNING))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.reason()).contains("SIGNING").doesNotContain("short"));
    assertThat(received).isEmpty();
  }

  @Test
  void eMailGoesWhereThereIsSome() {
    Channel channel = new Channel("mail", Kind.EMAIL, Optional.empty(), List.of(), Format.USUAL);
    assertThat(sender(true).send(channel, WARNING)).isInstanceOf(Outcome.Refused.class);

    var sent = new ArrayList<String>();
    Mail mail = (subject, text) -> sent.add(subject + "\n" + text);
    var sender = new HttpSender(Secrets.in(variables), Optional.of(mail), false, () -> NOW);
    assertThat(sender.send(channel, WARNING)).isEqualTo(new Outcome.Sent("accepted"));
    assertThat(sent).containsExactly(Email.subject(WARNING) + "\n" + Email.text(WARNING));

    for (boolean passing : List.of(true, false)) {
      Mail failing =
          (_, _) -> {
            throw new TopicException("throttled", passing);
          };
      assertThat(
              new HttpSender(Secrets.in(variables), Optional.of(failing), false, () -> NOW)
                  .send(channel, WARNING))
          .isInstanceOf(passing ? Outcome.Failed.class : Outcome.Refused.class);
    }
  }
}

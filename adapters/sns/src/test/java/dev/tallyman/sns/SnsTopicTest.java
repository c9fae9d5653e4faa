package dev.tallyman.sns;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tallyman.aws.TimeLeft;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Severity;
import dev.tallyman.core.delivery.Topic;
import dev.tallyman.core.delivery.TopicException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.SnsClientBuilder;

/** What becomes of refusals, over a real socket. */
final class SnsTopicTest {
  private static final String ARN = "arn:aws:sns:eu-central-1:123456789012:crossings";
  private static final Notification NOTIFICATION =
      new Notification(
          "al_20261120T091500123Z_00000001",
          "acme",
          Instant.parse("2026-11-20T09:15:00.123Z"),
          Notification.Type.BUDGET_EXCEEDED,
          Severity.CRITICAL,
          "tallyman/acme/team-a/2026-11",
          "team-a",
          "Team A",
          List.of(),
          List.of(),
          List.of(),
          false,
          new TreeMap<>(),
          List.of());

  private final List<String> asked = new ArrayList<>();
  private final List<TopicException> lost = new ArrayList<>();
  private HttpServer server;
  private int snsStatus = 200;
  private String snsCode = "";
  private int busStatus = 200;
  private String busAnswer = "{\"FailedEntryCount\":0,\"Entries\":[{\"EventId\":\"1\"}]}";

  @BeforeEach
  void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @CsvSource(
      delimiter = '|',
      value = {
        "404 | NotFound            | false | it does not exist in this region; deploy it",
        "403 | AuthorizationError  | false | allow sns:Publish on it",
        "400 | KMSDisabled         | false | the KMS key that encrypts it cannot be used",
        "403 | ExpiredToken        | false | AWS does not accept the credentials; renew them",
        "400 | InvalidParameter    | false | see what AWS says",
        "400 | KMSThrottling       | true  | AWS is busy; try again",
        "429 | Throttled           | true  | AWS is busy; try again",
        "500 | InternalError       | true  | AWS is busy; try again",
      })
  @ParameterizedTest
  void aRefusalIsToldWithItsRemedy(int status, String code, boolean passing, String remedy) {
    snsStatus = status;
    snsCode = code;
    try (SnsClient client = client(server.getAddress().getPort()).build()) {
      Topic topic = new SnsTopic(client, ARN, Optional.empty(), lost::add);

      assertThatThrownBy(() -> topic.publish(NOTIFICATION))
          .isInstanceOfSatisfying(
              TopicException.class, e -> assertThat(e.passing()).isEqualTo(passing))
          .hasMessageStartingWith("cannot publish to topic %s: %s", ARN, remedy)
          .hasMessageContaining("why");
    }
  }

  @Test
  void silenceIsToldAsSuch() throws IOException {
    try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        SnsClient client =
            client(silent.getLocalPort())
                .overrideConfiguration(c -> c.apiCallTimeout(Duration.ofSeconds(2)))
                .build()) {
      Topic topic = new SnsTopic(client, ARN, Optional.empty(), lost::add);

      assertThatThrownBy(() -> topic.publish(NOTIFICATION))
          .isInstanceOfSatisfying(TopicException.class, e -> assertThat(e.passing()).isTrue())
          .hasMessageContaining("it took too long; try again");
    }
  }

  @Test
  void thatNobodyListensIsToldAsSuch() throws IOException {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    try (SnsClient client = client(port).build()) {
      Topic topic = new SnsTopic(client, ARN, Optional.empty(), lost::add);

      assertThatThrownBy(() -> topic.publish(NOTIFICATION))
          .isInstanceOfSatisfying(TopicException.class, e -> assertThat(e.passing()).isTrue())
          .hasMessageContaining("AWS was not reached; check the network and the region");
    }
  }

  @CsvSource(
      delimiter = '|',
      value = {
        "400 | {'__type':'AccessDeniedException','message':'why'}",
        "400 | {'__type':'ResourceNotFoundException','message':'why'}",
        "200 |"
            + " {'FailedEntryCount':1,'Entries':[{'ErrorCode':'NotAuthorized','ErrorMessage':'why'}]}",
      })
  @ParameterizedTest
  void whatABusRefusesForGoodIsToldAndNotTriedAgain(int status, String answer) {
    busStatus = status;
    busAnswer = answer.replace('\'', '"');

    onBus().publish(NOTIFICATION);

    assertThat(asked).containsExactly("sns", "bus");
    assertThat(lost)
        .singleElement()
        .satisfies(e ->
            assertThat(e)
                .hasMessageStartingWith("cannot put an event on bus budgets")
                .hasMessageContaining("why"));
  }

  @CsvSource(
      delimiter = '|',
      value = {
        "400 | {'__type':'ThrottlingException','message':'why'}",
        "500 | {'__type':'InternalException','message':'why'}",
        "200 |"
            + " {'FailedEntryCount':1,'Entries':[{'ErrorCode':'InternalFailure','ErrorMessage':'why'}]}",
        "200 |"
            + " {'FailedEntryCount':1,'Entries':[{'ErrorCode':'ThrottlingException','ErrorMessage':'why'}]}",
      })
  @ParameterizedTest
  void whatABusMayTakeLaterIsToBePublishedOnceMoreAfterPeopleWereTold(int status, String answer) {
    busStatus = status;
    busAnswer = answer.replace('\'', '"');
    Topic topic = onBus();

    assertThatThrownBy(() -> topic.publish(NOTIFICATION))
        .isInstanceOfSatisfying(TopicException.class, e -> assertThat(e.passing()).isTrue());

    assertThat(asked).startsWith("sns", "bus");
    assertThat(lost).isEmpty();
  }

  @Test
  void whatIsRepeatedDoesNotComeToTheBus() {
    onBus().repeat(SnsTopic.reference("{\"organization\":\"acme\",\"notification\":\"al_1\"}"));

    assertThat(asked).containsExactly("sns");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "al_1",
        "[]",
        "{}",
        "{\"organization\":\"acme\"}",
        "{\"organization\":7,\"notification\":\"al_1\"}",
        "{\"organization\":\"secret"
      })
  void whatIsNoReferenceIsRefusedWithoutBeingQuoted(String message) {
    assertThatThrownBy(() -> SnsTopic.reference(message))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("The message names no notification")
        .hasMessageNotContaining("secret");
  }

  private Topic onBus() {
    int port = server.getAddress().getPort();
    var events =
        EventBus.clientBuilder(left())
            .endpointOverride(URI.create("http://127.0.0.1:" + port))
            .region(Region.EU_CENTRAL_1)
            .credentialsProvider(AnonymousCredentialsProvider.create())
            .build();
    return new SnsTopic(
        client(port).build(), ARN, Optional.of(new EventBus(events, "budgets")), lost::add);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean bus = exchange.getRequestHeaders().containsKey("X-Amz-Target");
      asked.add(bus ? "bus" : "sns");
      byte[] body = (bus ? busAnswer : snsAnswer()).getBytes(UTF_8);
      exchange
          .getResponseHeaders()
          .set("Content-Type", bus ? "application/x-amz-json-1.1" : "text/xml");
      exchange.sendResponseHeaders(bus ? busStatus : snsStatus, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private String snsAnswer() {
    return snsStatus == 200
        ? "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>"
        : "<ErrorResponse><Error><Type>Sender</Type><Code>"
            + snsCode
            + "</Code><Message>why</Message></Error></ErrorResponse>";
  }

  /** Of an invocation that is nearly over, so that what stays refused is not asked for long. */
  private static TimeLeft left() {
    var left = new TimeLeft();
    left.begin(Duration.ofSeconds(9));
    return left;
  }

  private static SnsClientBuilder client(int port) {
    return SnsTopic.clientBuilder(left())
        .endpointOverride(URI.create("http://127.0.0.1:" + port))
        .region(Region.EU_CENTRAL_1)
        .credentialsProvider(AnonymousCredentialsProvider.create());
  }
}

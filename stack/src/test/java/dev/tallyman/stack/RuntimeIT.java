package dev.tallyman.stack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.fasterxml.jackson.jr.ob.JSON;
import com.sun.net.httpserver.HttpServer;
import dev.tallyman.api.access.Role;
import dev.tallyman.api.access.Tokens;
import dev.tallyman.core.delivery.Deliveries;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Notifications;
import dev.tallyman.dynamodb.DeployedTable;
import dev.tallyman.dynamodb.DynamoDbStore;
import dev.tallyman.dynamodb.LocalDynamoDb;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The functions as they are packaged, started as Lambda starts them. */
final class RuntimeIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** Of the API function, as the template has it. */
  private static final Duration TIMEOUT = Duration.ofSeconds(29);

  /** Of the alert function. */
  private static final Duration DELIVERY_TIMEOUT = Duration.ofSeconds(60);

  private static final String NO_KEYS = "http://127.0.0.1:1";

  private final Tokens.Token token = Tokens.create(Role.VIEWER, new SecureRandom());
  private final String table = "t" + UUID.randomUUID();
  private final Map<String, String> variables = new HashMap<>();

  @TempDir Path folder;

  @BeforeEach
  void describe() {
    DeployedTable.create(LocalDynamoDb.client(), table);
    variables.put("AWS_ENDPOINT_URL_DYNAMODB", LocalDynamoDb.endpoint().toString());
    variables.put("AWS_ENDPOINT_URL_SSM", NO_KEYS);
    variables.put("TABLE_NAME", table);
    variables.put("STACK_NAME", "trial");
    variables.put("KEY_PATH", "/trial/keys");
    variables.put("CHANNEL_PATH", "/trial/channels");
    variables.put("CROSSINGS_TOPIC_ARN", "arn:aws:sns:us-east-1:000000000000:crossings");
    variables.put("MAIL_TOPIC_ARN", "arn:aws:sns:us-east-1:000000000000:mail");
    variables.put("VIEWER_TOKEN_HASHES", token.hash());
  }

  @Test
  void theApiAnswersAtFirstAndAgain() throws IOException, InterruptedException {
    try (var api = start(Function.API, false)) {
      assertThat(answer(api, Events.sample("api-health.json"))).containsEntry("statusCode", 200);
      for (int i = 0; i < 2; i++) {
        assertThat(answer(api, Events.get("/api/usage", "", token.text())))
            .containsEntry("statusCode", 200)
            .hasEntrySatisfying("body", body -> assertThat((String) body).contains("premium"));
      }
      assertThat(answer(api, Events.get("/api/usage", "", "tly_v_wrong")))
          .containsEntry("statusCode", 401);
      assertThat(api.printed()).contains("\"event\":\"request\"", "_aws", "\"trial\"");
      assertThat(api.printed().lines()).allMatch(line -> line.startsWith("{"), "is JSON");
      assertThat(api.printed()).doesNotContain(token.text());
    }
  }

  @Test
  void anEventThatNobodyUnderstandsIsAnErrorAndTheNextIsAnswered()
      throws IOException, InterruptedException {
    for (Function function : Function.CHECKED) {
      try (var running = start(function, false)) {
        RuntimeApi.Answer refused = running.invoke("{\"action\":\"dance\"}");

        assertThat(refused.failed()).isTrue();
        assertThat(refused.body()).contains("errorMessage", "understands");
        assertThat(answer(running, Events.sample("api-health.json")))
            .containsEntry("statusCode", 200);
      }
    }
  }

  @Test
  void aFunctionThatIsWronglySetUpSaysWhatIsMissing() throws IOException, InterruptedException {
    variables.remove("TABLE_NAME");
    try (var api = start(Function.API, false)) {
      RuntimeApi.Answer refused = api.invoke(Events.sample("api-health.json"));

      assertThat(refused.failed()).isTrue();
      assertThat(refused.body()).contains("TABLE_NAME");
    }
  }

  @Test
  void keysThatCannotBeReadFailThePollWithTheReasonInTime()
      throws IOException, InterruptedException {
    try (var poller = start(Function.POLLER, false)) {
      RuntimeApi.Answer failed = poller.invoke(Events.sample("schedule.json"));

      assertThat(failed.failed()).isTrue();
      assertThat(failed.body()).contains("Parameter Store");
    }
  }

  @Test
  void aTableThatHangsIsToldBeforeTheTimeIsOut() throws IOException, InterruptedException {
    try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      variables.put("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:" + silent.getLocalPort());
      try (var api = start(Function.API, false)) {
        RuntimeApi.Answer told =
            api.api().invoke(Events.get("/api/usage", "", token.text()), TIMEOUT);

        assertThat(told.failed()).as("%s%n%s", told.body(), api.printed()).isFalse();
        assertThat(JSON.std.mapFrom(told.body())).containsEntry("statusCode", 503);
        assertThat(answer(api, Events.sample("api-health.json")))
            .containsEntry("statusCode", 503)
            .extractingByKey("body", STRING)
            .contains("\"store\":{\"status\":\"failed\"");
      }
    }
  }

  @Test
  void whatIsToldIsToldOnceHoweverOftenTheTopicSaysSo() throws IOException, InterruptedException {
    Instant now = InstantSource.system().instant();
    Notification notification = Notifications.warning(now, "0123abcd", "alert-webhook");
    new Deliveries(
            new DynamoDbStore(LocalDynamoDb.client(), table, InstantSource.system()),
            notification.organization())
        .open(notification, now);
    String event =
        Events.crossing(
            "{\"organization\":\"acme\",\"notification\":\"" + notification.id() + "\"}");
    try (var crossings = new Crossings(table)) {
      variables.putAll(crossings.variables());
      try (var alert = start(Function.ALERT, false)) {
        assertThat(alert.invoke(event).body())
            .as(alert.printed())
            .contains("\"channel\":\"alert-webhook\"", "\"status\":\"sent\"");
        assertThat(alert.invoke(event).body()).isEqualTo("{\"deliveries\":[]}");

        assertThat(crossings.received())
            .singleElement()
            .satisfies(message -> assertThat(message).contains("Team A is at 92 %"));
        assertThat(alert.printed())
            .contains("\"event\":\"delivery\"", "\"DeliveriesSent\":1", "nothing_to_deliver")
            .doesNotContain("secret-of-the-hook");
        assertThat(alert.printed().lines()).allMatch(line -> line.startsWith("{"), "is JSON");
      }
    }
  }

  @Test
  void aMessageThatNamesNothingIsAnError() throws IOException, InterruptedException {
    try (var alert = start(Function.ALERT, false)) {
      RuntimeApi.Answer refused = alert.invoke(Events.crossing("secret"));

      assertThat(refused.failed()).isTrue();
      assertThat(refused.body()).contains("names no notification").doesNotContain("secret");
    }
  }

  @Test
  void alertsThatAreWronglySetUpSayWhatIsMissing() throws IOException, InterruptedException {
    variables.keySet().removeAll(List.of("CHANNEL_PATH", "MAIL_TOPIC_ARN"));
    try (var alert = start(Function.ALERT, false)) {
      RuntimeApi.Answer refused = alert.invoke(Events.sample("sns-crossing.json"));

      assertThat(refused.failed()).isTrue();
      assertThat(refused.body()).contains("CHANNEL_PATH", "MAIL_TOPIC_ARN");
    }
  }

  @Test
  void aTableThatHangsFailsADeliveryInTime() throws IOException, InterruptedException {
    try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      variables.put("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:" + silent.getLocalPort());
      try (var alert = start(Function.ALERT, false)) {
        RuntimeApi.Answer told =
            alert.api().invoke(Events.sample("sns-crossing.json"), DELIVERY_TIMEOUT);

        assertThat(told.failed()).isTrue();
        assertThat(told.body()).contains("it took too long");
      }
    }
  }

  @Test
  void whatIsThrottledIsTriedAgainWithinTheTimeOfTheInvocationOnly()
      throws IOException, InterruptedException {
    String request = Events.get("/api/usage", "", token.text());
    for (Function function : Function.CHECKED) {
      throttled(function, request);
    }
    throttled(Function.POLLER, Events.sample("schedule.json"));
    throttled(Function.ALERT, Events.sample("sns-crossing.json"));
  }

  private void throttled(Function function, String event) throws IOException, InterruptedException {
    var asked = new AtomicInteger();
    HttpServer throttling =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    throttling.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          byte[] body = "{\"__type\":\"ThrottlingException\"}".getBytes(UTF_8);
          exchange.sendResponseHeaders(400, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    throttling.start();
    String url = "http://127.0.0.1:" + throttling.getAddress().getPort();
    variables.put("AWS_ENDPOINT_URL_DYNAMODB", url);
    variables.put("AWS_ENDPOINT_URL_SSM", url);
    try (var running = start(function, false)) {
      // Less than the room that is kept for one attempt.
      running.api().invoke(event, Duration.ofSeconds(5), PATIENCE);
      assertThat(asked).as(running.printed()).hasValue(1);

      running.api().invoke(event, Duration.ofSeconds(10), PATIENCE);
      assertThat(asked).as(running.printed()).hasValueGreaterThan(2);
    } finally {
      throttling.stop(0);
    }
  }

  @Test
  void theApiSurvivesASnapshot() throws IOException, InterruptedException {
    try (var api = start(Function.API, true)) {
      assertThat(api.api().awaitSnapshot(PATIENCE)).as(api.printed()).isTrue();
      api.api().restore();

      assertThat(answer(api, Events.get("/api/usage", "", token.text())))
          .containsEntry("statusCode", 200);
    }
  }

  @Test
  void aSnapshotIsTakenThoughNoTableCanBeReached() throws IOException, InterruptedException {
    variables.put("AWS_ENDPOINT_URL_DYNAMODB", NO_KEYS);
    try (var api = start(Function.API, true)) {
      assertThat(api.api().awaitSnapshot(PATIENCE)).as(api.printed()).isTrue();
      api.api().restore();

      assertThat(answer(api, Events.sample("api-health.json")))
          .containsEntry("statusCode", 503)
          .extractingByKey("body", STRING)
          .contains("\"store\":{\"status\":\"failed\"");
    }
  }

  private LambdaProcess start(Function function, boolean snapStart) throws IOException {
    return LambdaProcess.start(function, variables, snapStart, folder.resolve(function + ".log"));
  }

  private static Map<String, Object> answer(LambdaProcess function, String event)
      throws IOException, InterruptedException {
    RuntimeApi.Answer answer = function.invoke(event);
    assertThat(answer.failed()).as("%s%n%s", answer.body(), function.printed()).isFalse();
    return JSON.std.mapFrom(answer.body());
  }
}

package dev.tallyman.function.alert;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tallyman.api.access.Access;
import dev.tallyman.api.access.Role;
import dev.tallyman.api.access.Tokens;
import dev.tallyman.core.delivery.Deliveries;
import dev.tallyman.core.delivery.Delivery;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Notifications;
import dev.tallyman.core.delivery.Sender;
import dev.tallyman.core.delivery.Sender.Outcome;
import dev.tallyman.core.settings.Overrides;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.settings.SettingsResult;
import dev.tallyman.core.settings.SettingsStore;
import dev.tallyman.core.store.Fields;
import dev.tallyman.core.store.InMemoryStore;
import dev.tallyman.core.store.MovableClock;
import dev.tallyman.core.store.Store;
import dev.tallyman.lambda.Environment;
import dev.tallyman.lambda.Invocation;
import dev.tallyman.lambda.Log;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HandlerTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final String ORGANIZATION = "default";
  private static final Tokens.Token OPERATOR = Tokens.create(Role.OPERATOR, new SecureRandom());

  private final MovableClock clock = MovableClock.at("2026-11-21T10:30:00Z");
  private final Store store = new InMemoryStore(clock);
  private final List<String> sent = new CopyOnWriteArrayList<>();
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private Sender sender =
      (channel, notification) -> {
        sent.add(channel.name() + " " + notification.subject());
        return new Outcome.Sent("200");
      };

  @Test
  void whatTheTopicCarriesIsDeliveredOnceToEachChannel() throws IOException {
    channels("ops", "chat");
    String event = opened("ops", "chat");

    assertThat(invoke(event, MINUTE).get("deliveries")).asInstanceOf(LIST).hasSize(2);
    assertThat(invoke(event, MINUTE)).containsEntry("deliveries", List.of());

    assertThat(sent).containsExactlyInAnyOrder("ops team-a", "chat team-a");
    assertThat(log.toString(UTF_8))
        .contains("\"DeliveriesSent\":1", "\"DeliveriesDead\":0", "nothing_to_deliver");
  }

  @Test
  void aChannelThatHangsDelaysNoOtherAndIsBrokenOffInTime() throws IOException {
    var never = new CountDownLatch(1);
    Sender quick = sender;
    sender =
        (channel, notification) -> {
          if (channel.name().equals("slow")) {
            try {
              never.await();
            } catch (InterruptedException _) {
              Thread.currentThread().interrupt();
              return new Outcome.Failed("broken off", Optional.empty());
            }
          }
          return quick.send(channel, notification);
        };
    channels("ops", "slow");
    String event = opened("ops", "slow");

    Map<String, Object> answer = invoke(event, Duration.ofSeconds(6));

    assertThat(String.valueOf(answer.get("deliveries"))).contains("ops").doesNotContain("slow");
    assertThat(sent).containsExactly("ops team-a");
    assertThat(log.toString(UTF_8)).contains("\"event\":\"no_time\"", "\"channel\":\"slow\"");
  }

  @Test
  void whatIsRefusedForGoodIsCountedAsDead() throws IOException {
    sender = (_, _) -> new Outcome.Refused("404: no_team");
    channels("ops");

    invoke(opened("ops"), MINUTE);

    assertThat(log.toString(UTF_8))
        .contains(
            "\"level\":\"ERROR\"",
            "\"DeliveriesDead\":1",
            "\"outcome\":\"404: no_team\"",
            "\"status\":\"dead\"");
  }

  @Test
  void whatMayWorkLaterIsNoError() throws IOException {
    sender = (_, _) -> new Outcome.Failed("503", Optional.empty());
    channels("ops");

    invoke(opened("ops"), MINUTE);

    assertThat(log.toString(UTF_8))
        .contains("\"level\":\"WARN\"", "\"DeliveriesDead\":0", "\"attempts\":2", "next_attempt");
  }

  @Test
  void theSampleOfTheTopicIsUnderstood() throws IOException {
    assertThat(invoke(sample("sns-crossing.json"), MINUTE)).containsEntry("deliveries", List.of());
  }

  @Test
  void theSampleOfATestReachesItsChannelForAnOperatorOnly() throws IOException {
    channels("alert-webhook");
    String event = sample("api-channel-test.json");
    assertThat(invoke(event, MINUTE)).containsEntry("statusCode", 401);
    assertThat(sent).isEmpty();

    Map<String, Object> answer = invoke(asOperator(event), MINUTE);

    assertThat(answer).as("%s", answer).containsEntry("statusCode", 200);
    assertThat(sent).containsExactly("alert-webhook alert-webhook");
  }

  @Test
  void whatIsAskedForOnceMoreIsDeliveredAtOnce() throws IOException {
    channels("ops");
    String event = opened("ops");
    sender = (_, _) -> new Outcome.Refused("404");
    invoke(event, MINUTE);
    Notification notification = Notifications.warning(clock.instant(), "0123abcd", "ops");
    sender = (_, _) -> new Outcome.Sent("200");

    Map<String, Object> answer =
        invoke(
            asOperator(sample("api-channel-test.json"))
                .replace(
                    "/api/v1/channels/alert-webhook/test",
                    "/api/v1/deliveries/" + notification.id() + "/ops/redeliver"),
            MINUTE);

    assertThat(answer).as("%s", answer).containsEntry("statusCode", 200);
    assertThat(new Deliveries(store, ORGANIZATION).delivery(notification.id(), "ops"))
        .map(Delivery::status)
        .contains(Delivery.Status.SENT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"Records\":[]}",
        "{\"Records\":[{\"Sns\":{}}]}",
        "{\"Records\":[{\"Sns\":{\"Message\":\"secret\"}}]}"
      })
  void whatNobodyUnderstandsIsAnErrorThatQuotesNothing(String event) {
    assertThatThrownBy(() -> invoke(event, MINUTE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("secret");
  }

  @Test
  void everyMistakeInTheVariablesIsNamedAtOnce() {
    assertThatThrownBy(() -> Setup.of(Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("TABLE_NAME", "CHANNEL_PATH", "MAIL_TOPIC_ARN");
    Setup setup =
        Setup.of(
            Map.of(
                "TABLE_NAME", "table",
                "CHANNEL_PATH", "/tallyman/channels",
                "MAIL_TOPIC_ARN", "arn"));
    assertThat(setup.local()).isFalse();
    assertThat(setup.channelPath()).isEqualTo("/tallyman/channels");
  }

  /** Has the settings name these channels. */
  private void channels(String... names) {
    var channels = new TreeMap<String, Object>();
    for (String name : names) {
      channels.put(name, Map.of("kind", "slack", "secret", "HOOK"));
    }
    var settings = ((SettingsResult.Valid) Settings.of(Map.of("channels", channels))).settings();
    assertThat(new SettingsStore(store).save(settings, 0, "test", clock.instant())).isTrue();
  }

  /** The event about a notification for these channels. */
  private String opened(String... names) throws IOException {
    var document =
        new TreeMap<>(Notifications.warning(clock.instant(), "0123abcd", names).document());
    document.put("org", ORGANIZATION);
    Notification notification = Notification.of(Fields.of(document));
    new Deliveries(store, ORGANIZATION).open(notification, clock.instant());
    return sample("sns-crossing.json")
        .replaceFirst("al_[0-9a-zA-Z_]+", notification.id())
        .replaceFirst("acme", ORGANIZATION);
  }

  private static String asOperator(String event) {
    return event.replaceFirst("Bearer [a-z_]+", "Bearer " + OPERATOR.text());
  }

  private Map<String, Object> invoke(String event, Duration left) throws IOException {
    var environment =
        new Environment(
            "table",
            "stack",
            clock,
            Overrides.NONE,
            Environment.of(Map.of("TABLE_NAME", "table")).permits(),
            new Access(Set.of(), Set.of(OPERATOR.hash()), false, false, Set.of()));
    var handler =
        new Handler(environment, store, sender, new Log(new PrintStream(log, true, UTF_8), clock));
    var answer = new ByteArrayOutputStream();
    handler.handleRequest(
        new ByteArrayInputStream(event.getBytes(UTF_8)), answer, new Invocation(left));
    return JSON.std.mapFrom(answer.toByteArray());
  }

  private static String sample(String name) throws IOException {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("events/" + name))) {
      folder = Objects.requireNonNull(folder.getParent());
    }
    return Files.readString(folder.resolve("events/" + name));
  }
}

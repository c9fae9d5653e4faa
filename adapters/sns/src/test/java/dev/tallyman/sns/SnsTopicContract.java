package dev.tallyman.sns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Reference;
import dev.tallyman.core.delivery.Topic;
import dev.tallyman.core.delivery.TopicContract;
import dev.tallyman.core.delivery.TopicException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What holds against every SNS and EventBridge. */
abstract class SnsTopicContract extends TopicContract {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final List<TopicException> lost = new ArrayList<>();

  /** A queue that hears of topics and buses. */
  protected abstract Subscribed subscribed();

  @Override
  protected Carried open() {
    Subscribed subscribed = subscribed();
    Topic topic = topic(subscribed, Optional.empty());
    return new Carried() {
      @Override
      public Topic topic() {
        return topic;
      }

      @Override
      public List<Reference> arrived(Duration patience) {
        return subscribed.take(patience).stream()
            .map(envelope -> SnsTopic.reference(String.valueOf(envelope.get("Message"))))
            .toList();
      }

      @Override
      public void close() {
        subscribed.close();
      }
    };
  }

  @Test
  void aBusGetsAllThatANotificationSays() {
    Notification notification = notification("acme", "al_20261120T091500123Z_00000001");
    try (var subscribed = subscribed()) {
      var bus = subscribed.bus();
      String silent = subscribed.sns().createTopic(request -> request.name("silent")).topicArn();
      new SnsTopic(subscribed.sns(), silent, Optional.of(bus), lost::add).publish(notification);

      List<Map<String, Object>> events = subscribed.take(PATIENCE);

      assertThat(events).hasSize(1);
      assertThat(events.getFirst())
          .containsEntry("source", "tallyman")
          .containsEntry("detail-type", "budget.threshold_reached")
          .extractingByKey("detail")
          .isEqualTo(
              Map.ofEntries(
                  Map.entry("id", notification.id()),
                  Map.entry("organization", "acme"),
                  Map.entry("at", "2026-11-20T09:15:00.123Z"),
                  Map.entry("type", "budget.threshold_reached"),
                  Map.entry("severity", "warning"),
                  Map.entry("key", "tallyman/acme/team-a/2026-11"),
                  Map.entry("subject", "team-a"),
                  Map.entry("headline", notification.headline()),
                  Map.entry(
                      "facts", List.of(Map.of("label", "Limit", "text", "$2,000.00 a month"))),
                  Map.entry("drivers", List.of(Map.of("label", "Straße “7”", "text", "$1,200.00"))),
                  Map.entry(
                      "links",
                      List.of(
                          Map.of(
                              "label",
                              "Budget",
                              "url",
                              "https://costs.example.com/#budgets/team-a"))),
                  Map.entry("simulated", true),
                  Map.entry("channels", List.of("ops")),
                  Map.entry("data", Map.of())));
    }
    assertThat(lost).isEmpty();
  }

  @Test
  void aBusThatRefusesForGoodKeepsNobodyFromBeingTold() {
    try (var subscribed = subscribed()) {
      topic(subscribed, Optional.of(subscribed.noBus())).publish(notification("acme", "al_1"));

      assertThat(subscribed.take(PATIENCE)).hasSize(1);
    }
    assertThat(lost)
        .allSatisfy(e -> assertThat(e).hasMessageContaining("cannot put an event on bus test-"));
  }

  @Test
  void aTopicThatIsNotThereIsToldAsSuch() {
    try (var subscribed = subscribed()) {
      String arn = subscribed.topic() + "-none";
      var topic = new SnsTopic(subscribed.sns(), arn, Optional.empty(), lost::add);

      assertThatThrownBy(() -> topic.publish(notification("acme", "al_1")))
          .isInstanceOfSatisfying(TopicException.class, e -> assertThat(e.passing()).isFalse())
          .hasMessageStartingWith(
              "cannot publish to topic %s: it does not exist in this region", arn);
    }
  }

  @Test
  void aMailArrivesWithItsSubject() {
    try (var subscribed = subscribed();
        var mail = new SnsMail(subscribed.sns(), subscribed.topic())) {
      mail.send("Exceeded: 100 %", "Ünder\nall");

      assertThat(subscribed.take(PATIENCE))
          .singleElement()
          .satisfies(envelope ->
              assertThat(envelope)
                  .containsEntry("Subject", "Exceeded: 100 %")
                  .containsEntry("Message", "Ünder\nall"));
    }
  }

  private SnsTopic topic(Subscribed subscribed, Optional<EventBus> bus) {
    return new SnsTopic(subscribed.sns(), subscribed.topic(), bus, lost::add);
  }
}

package dev.tallyman.sns;

import dev.tallyman.aws.Clients;
import dev.tallyman.aws.TimeLeft;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.TopicException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClientBuilder;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequest;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResponse;

/**
 * A bus of Amazon EventBridge, to which people attach rules of their own: each notification is an
 * event of the source {@code tallyman}, its type the event's, in its detail all that it says.
 */
final class EventBus implements AutoCloseable {
  /** What each event is said to come from. */
  static final String SOURCE = "tallyman";

  /** What passes, of the reasons for which one event of several is refused. */
  private static final Set<String> PASSING =
      Set.of("InternalException", "InternalFailure", "ThrottlingException");

  private final EventBridgeClient client;
  private final String name;

  EventBus(EventBridgeClient client, String name) {
    this.client = client;
    this.name = name;
  }

  static EventBus connect(String name, TimeLeft left) {
    return new EventBus(clientBuilder(left).build(), name);
  }

  static EventBridgeClientBuilder clientBuilder(TimeLeft left) {
    return Clients.patient(EventBridgeClient.builder(), left);
  }

  /**
   * Puts a notification on the bus.
   *
   * @throws TopicException if it was not accepted
   */
  void put(Notification notification) {
    var event =
        PutEventsRequestEntry.builder()
            .eventBusName(name)
            .source(SOURCE)
            .detailType(notification.type().id())
            .time(notification.at())
            .detail(SnsTopic.json(detail(notification)))
            .build();
    String doing = "put an event on bus " + name;
    PutEventsResponse answer =
        Calls.call(
            doing,
            "events:PutEvents on it",
            () -> client.putEvents(PutEventsRequest.builder().entries(event).build()));
    if (answer.failedEntryCount() != null && answer.failedEntryCount() > 0) {
      var refused = answer.entries().getFirst();
      throw new TopicException(
          "cannot " + doing + ": " + refused.errorCode() + " (" + refused.errorMessage() + ")",
          PASSING.contains(Objects.toString(refused.errorCode(), "")));
    }
  }

  /** All that a notification says, by names that say what they are. */
  private static Map<String, Object> detail(Notification notification) {
    var detail = new LinkedHashMap<String, Object>();
    detail.put("id", notification.id());
    detail.put("organization", notification.organization());
    detail.put("at", notification.at().toString());
    detail.put("type", notification.type().id());
    detail.put("severity", notification.severity().id());
    detail.put("key", notification.key());
    detail.put("subject", notification.subject());
    detail.put("headline", notification.headline());
    detail.put(
        "facts",
        notification.facts().stream()
            .map(fact -> pair("label", fact.label(), "text", fact.text()))
            .toList());
    detail.put(
        "drivers",
        notification.drivers().stream()
            .map(driver -> pair("label", driver.label(), "text", driver.text()))
            .toList());
    detail.put(
        "links",
        notification.links().stream()
            .map(link -> pair("label", link.label(), "url", link.url()))
            .toList());
    detail.put("simulated", notification.simulated());
    detail.put("channels", notification.channels());
    detail.put("data", notification.data());
    return detail;
  }

  private static Map<String, String> pair(String a, String first, String b, String second) {
    var pair = new LinkedHashMap<String, String>();
    pair.put(a, first);
    pair.put(b, second);
    return pair;
  }

  @Override
  public void close() {
    client.close();
  }

  @Override
  public String toString() {
    return "bus " + name;
  }
}

package dev.tallyman.sns;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tallyman.aws.Clients;
import dev.tallyman.aws.TimeLeft;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Reference;
import dev.tallyman.core.delivery.Topic;
import dev.tallyman.core.delivery.TopicException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.SnsClientBuilder;
import software.amazon.awssdk.services.sns.model.PublishRequest;

/**
 * A topic of Amazon SNS that carries what is to be delivered by reference: {@code
 * {"organization":"acme","notification":"al_…","channel":"ops"}}, without a channel for all of
 * them. With an event bus, each new notification is also put there, whole, after those have been
 * told of it who deliver.
 */
public final class SnsTopic implements Topic, AutoCloseable {
  private final SnsClient client;
  private final boolean clientIsOurs;
  private final String arn;
  private final Optional<EventBus> bus;
  private final Consumer<TopicException> lost;

  /** A topic and perhaps a bus, through clients that stay the caller's to close. */
  SnsTopic(SnsClient client, String arn, Optional<EventBus> bus, Consumer<TopicException> lost) {
    this(client, false, arn, bus, lost);
  }

  private SnsTopic(
      SnsClient client,
      boolean clientIsOurs,
      String arn,
      Optional<EventBus> bus,
      Consumer<TopicException> lost) {
    this.client = client;
    this.clientIsOurs = clientIsOurs;
    this.arn = arn;
    this.bus = bus;
    this.lost = lost;
  }

  /**
   * A topic, through a client of its own that takes region, credentials and endpoint from where the
   * AWS SDK looks for them. Connects when something is first published.
   *
   * @param arn of the topic
   * @param bus the name of an event bus of the same account and region; empty for none
   * @param lost told what the bus refuses for good, which is not tried again
   * @param left how much longer calls may be tried again
   */
  public static SnsTopic connect(
      String arn, Optional<String> bus, Consumer<TopicException> lost, TimeLeft left) {
    return new SnsTopic(
        clientBuilder(left).build(),
        true,
        arn,
        bus.map(name -> EventBus.connect(name, left)),
        lost);
  }

  /**
   * A client with timeouts and retries that suit, to which region, credentials and endpoint may be
   * added.
   */
  public static SnsClientBuilder clientBuilder() {
    return clientBuilder(new TimeLeft());
  }

  /** The same for a function, whose calls are tried again within the time of its invocation. */
  static SnsClientBuilder clientBuilder(TimeLeft left) {
    // What is not published in that time waits in the outbox for the next cycle.
    return Clients.patient(SnsClient.builder(), left);
  }

  /**
   * The reference that a message of this topic is.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static Reference reference(String message) {
    try {
      if (JSON.std.anyFrom(message) instanceof Map<?, ?> members
          && members.get("organization") instanceof String organization
          && members.get("notification") instanceof String notification) {
        return new Reference(
            organization,
            notification,
            members.get("channel") instanceof String channel
                ? Optional.of(channel)
                : Optional.empty());
      }
    } catch (IOException _) {
      // Its own words would quote the message.
    }
    throw new IllegalArgumentException(
        "The message names no notification; a right one is"
            + " {\"organization\":\"acme\",\"notification\":\"al_…\"}.");
  }

  @Override
  public void publish(Notification notification) {
    repeat(new Reference(notification.organization(), notification.id(), Optional.empty()));
    bus.ifPresent(each -> put(each, notification));
  }

  /** Those who deliver know of it by now: what fails here must keep nobody from being told. */
  private void put(EventBus to, Notification notification) {
    try {
      to.put(notification);
    } catch (TopicException e) {
      if (e.passing()) {
        throw e;
      }
      lost.accept(e);
    }
  }

  @Override
  public void repeat(Reference reference) {
    var members = new LinkedHashMap<String, String>();
    members.put("organization", reference.organization());
    members.put("notification", reference.notification());
    reference.channel().ifPresent(channel -> members.put("channel", channel));
    var request = PublishRequest.builder().topicArn(arn).message(json(members)).build();
    Calls.call("publish to topic " + arn, "sns:Publish on it", () -> client.publish(request));
  }

  /** Closes the clients unless they are another's. */
  @Override
  public void close() {
    if (clientIsOurs) {
      client.close();
      bus.ifPresent(EventBus::close);
    }
  }

  /** Names topic and bus. */
  @Override
  public String toString() {
    return "SnsTopic[" + arn + bus.map(each -> ", " + each).orElse("") + "]";
  }

  static String json(Map<String, ?> members) {
    try {
      return JSON.std.asString(members);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}

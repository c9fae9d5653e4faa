package dev.tallyman.sns;

import dev.tallyman.aws.TimeLeft;
import dev.tallyman.core.delivery.TopicException;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.PublishRequest;

/** A topic of Amazon SNS to which people subscribe by e-mail. */
public final class SnsMail implements AutoCloseable {
  private final SnsClient client;
  private final boolean clientIsOurs;
  private final String arn;

  /** A topic, through a client that stays the caller's to close. */
  SnsMail(SnsClient client, String arn) {
    this(client, false, arn);
  }

  private SnsMail(SnsClient client, boolean clientIsOurs, String arn) {
    this.client = client;
    this.clientIsOurs = clientIsOurs;
    this.arn = arn;
  }

  /**
   * A topic, through a client of its own that takes region, credentials and endpoint from where the
   * AWS SDK looks for them. Connects when something is first sent.
   *
   * @param left how much longer calls may be tried again
   */
  public static SnsMail connect(String arn, TimeLeft left) {
    return new SnsMail(SnsTopic.clientBuilder(left).build(), true, arn);
  }

  /**
   * Sends a mail to all who subscribed.
   *
   * @param subject fewer than 100 characters of ASCII (Amazon SNS API Reference, Publish)
   * @param text the whole mail, plain
   * @throws TopicException if it was not accepted
   */
  public void send(String subject, String text) {
    var request = PublishRequest.builder().topicArn(arn).subject(subject).message(text).build();
    Calls.call("publish to topic " + arn, "sns:Publish on it", () -> client.publish(request));
  }

  /** Closes the client unless it is another's. */
  @Override
  public void close() {
    if (clientIsOurs) {
      client.close();
    }
  }

  /** Names the topic. */
  @Override
  public String toString() {
    return "SnsMail[" + arn + "]";
  }
}

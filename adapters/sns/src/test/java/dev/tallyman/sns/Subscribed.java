package dev.tallyman.sns;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tallyman.aws.TimeLeft;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClientBuilder;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** What stands in for AWS in tests: topics, a bus, and a queue that gets what they carry. */
final class Subscribed implements AutoCloseable {
  private final SnsClient sns;
  private final SqsClient sqs;
  private final EventBridgeClient events;
  private final String name = "test-" + UUID.randomUUID();
  private final String queue;
  private final String queueArn;

  /** A queue of its own, at this endpoint. */
  Subscribed(URI endpoint, Region region, AwsCredentialsProvider credentials) {
    sns =
        SnsTopic.clientBuilder()
            .endpointOverride(endpoint)
            .region(region)
            .credentialsProvider(credentials)
            .build();
    events = eventBridge(endpoint, region, credentials).build();
    sqs =
        SqsClient.builder()
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .endpointOverride(endpoint)
            .region(region)
            .credentialsProvider(credentials)
            .build();
    queue = sqs.createQueue(request -> request.queueName(name)).queueUrl();
    queueArn =
        requireNonNull(
            sqs.getQueueAttributes(
                    request -> request.queueUrl(queue).attributeNames(QueueAttributeName.QUEUE_ARN))
                .attributes()
                .get(QueueAttributeName.QUEUE_ARN));
  }

  /** The same at moto's server. */
  static Subscribed moto(URI endpoint) {
    return new Subscribed(
        endpoint,
        Region.US_EAST_1,
        StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")));
  }

  private static EventBridgeClientBuilder eventBridge(
      URI endpoint, Region region, AwsCredentialsProvider credentials) {
    return EventBus.clientBuilder(new TimeLeft())
        .endpointOverride(endpoint)
        .region(region)
        .credentialsProvider(credentials);
  }

  SnsClient sns() {
    return sns;
  }

  /** The ARN of a new topic whose messages come to the queue. */
  String topic() {
    String arn = sns.createTopic(request -> request.name(name)).topicArn();
    sns.subscribe(request -> request.topicArn(arn).protocol("sqs").endpoint(queueArn));
    return arn;
  }

  /** A new bus whose events come to the queue. */
  EventBus bus() {
    events.createEventBus(request -> request.name(name));
    events.putRule(request ->
        request
            .name(name)
            .eventBusName(name)
            .eventPattern("{\"source\":[\"" + EventBus.SOURCE + "\"]}"));
    events.putTargets(request ->
        request
            .rule(name)
            .eventBusName(name)
            .targets(Target.builder().id("queue").arn(queueArn).build()));
    return new EventBus(events, name);
  }

  /** A bus that is not there. */
  EventBus noBus() {
    return new EventBus(events, name + "-none");
  }

  /** What came to the queue and was not yet taken; waits for something for a while. */
  List<Map<String, Object>> take(Duration patience) {
    List<Message> messages =
        sqs.receiveMessage(request ->
                request
                    .queueUrl(queue)
                    .maxNumberOfMessages(10)
                    .waitTimeSeconds((int) patience.toSeconds()))
            .messages();
    var taken = new ArrayList<Map<String, Object>>();
    for (Message message : messages) {
      sqs.deleteMessage(request -> request.queueUrl(queue).receiptHandle(message.receiptHandle()));
      try {
        taken.add(JSON.std.mapFrom(message.body()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return taken;
  }

  @Override
  public void close() {
    sqs.deleteQueue(request -> request.queueUrl(queue));
    sqs.close();
    events.close();
    sns.close();
  }
}

package dev.tallyman.stack;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.jr.ob.JSON;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tallyman.sns.SnsTopic;
import dev.tallyman.ssm.MotoServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.ssm.model.ParameterType;

/**
 * What stands around the alert function: a topic and the secrets of channels, in moto, and the
 * receiver of a webhook.
 */
final class Crossings implements AutoCloseable {
  private final SnsClient sns =
      SnsTopic.clientBuilder()
          .endpointOverride(MotoServer.endpoint())
          .region(Region.US_EAST_1)
          .credentialsProvider(
              StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
          .build();
  private final BlockingQueue<String> carried = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
  private final HttpServer server;
  private final Map<String, String> variables = new HashMap<>();

  /**
   * A topic and a channel of their own.
   *
   * @param name of both, unique
   */
  Crossings(String name) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/topic", exchange -> take(exchange, carried, ""));
    server.createContext("/hook", exchange -> take(exchange, received, "ok"));
    server.start();
    String here = "http://127.0.0.1:" + server.getAddress().getPort();
    String topic = sns.createTopic(request -> request.name(name)).topicArn();
    sns.subscribe(request -> request.topicArn(topic).protocol("http").endpoint(here + "/topic"));
    String path = "/" + name + "/channels";
    MotoServer.client()
        .putParameter(request ->
            request
                .name(path + "/ALERT_WEBHOOK_URL")
                .type(ParameterType.SECURE_STRING)
                .value(here + "/hook/secret-of-the-hook")
                .overwrite(true));
    variables.put("AWS_ENDPOINT_URL_SNS", MotoServer.endpoint().toString());
    variables.put("AWS_ENDPOINT_URL_SSM", MotoServer.endpoint().toString());
    variables.put("CROSSINGS_TOPIC_ARN", topic);
    variables.put("MAIL_TOPIC_ARN", topic);
    variables.put("CHANNEL_PATH", path);
    variables.put("ALERT_WEBHOOK_KIND", "slack");
    variables.put("TALLYMAN_ALLOW_LOCAL_WEBHOOKS", "true");
  }

  /** What functions have to be told of it. */
  Map<String, String> variables() {
    return variables;
  }

  /** The event that Lambda makes of the next message of the topic. */
  String event() throws InterruptedException, IOException {
    String message = carried.poll(3, TimeUnit.MINUTES);
    return Events.crossing(
        String.valueOf(
            JSON.std.mapFrom(Objects.requireNonNull(message, "nothing came")).get("Message")));
  }

  /** How many messages the topic has carried that were not yet taken. */
  int waiting() {
    return carried.size();
  }

  /** All that the receiver of the webhook got since this was last asked. */
  List<String> received() {
    var all = new ArrayList<String>();
    received.drainTo(all);
    return all;
  }

  private static void take(HttpExchange exchange, BlockingQueue<String> queue, String answer)
      throws IOException {
    try (exchange) {
      queue.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
      byte[] bytes = answer.getBytes(UTF_8);
      exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    sns.close();
  }
}

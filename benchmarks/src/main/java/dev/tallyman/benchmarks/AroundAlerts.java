package dev.tallyman.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tallyman.benchmarks.support.DynamoDb;
import dev.tallyman.core.delivery.Deliveries;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Notifications;
import dev.tallyman.stack.Events;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/**
 * What stands around an alert function: a Parameter Store that holds the address of one channel,
 * and the receiver there; the notifications are in a table.
 */
final class AroundAlerts implements AutoCloseable {
  private static final String PATH = "/benchmark/channels";

  private final DynamoDb table;
  private final HttpServer server;
  private int count;

  AroundAlerts(DynamoDb table) throws IOException {
    this.table = table;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/hook", exchange -> answer(exchange, "text/plain", "ok"));
    String parameters =
        "{\"Parameters\":[{\"Name\":\"%s/ALERT_WEBHOOK_URL\",\"Type\":\"SecureString\",\"Value\":\"%s/hook\"}]}"
            .formatted(PATH, here());
    server.createContext(
        "/", exchange -> answer(exchange, "application/x-amz-json-1.1", parameters));
    server.start();
  }

  private String here() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private static void answer(HttpExchange exchange, String type, String body) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      byte[] bytes = body.getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  /** What the function has to be told. */
  Map<String, String> variables() {
    var variables = new HashMap<>(DynamoDb.variables());
    variables.put("TABLE_NAME", table.name());
    variables.put("AWS_ENDPOINT_URL_SSM", here());
    variables.put("CHANNEL_PATH", PATH);
    variables.put("MAIL_TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:mail");
    variables.put("ALERT_WEBHOOK_KIND", "slack");
    variables.put("TALLYMAN_ALLOW_LOCAL_WEBHOOKS", "true");
    return variables;
  }

  /** The event that asks for a new delivery. */
  String event() throws IOException {
    Instant now = InstantSource.system().instant();
    Notification notification =
        Notifications.warning(now, "%08x".formatted(count++), "alert-webhook");
    new Deliveries(table.store(), notification.organization()).open(notification, now);
    return Events.crossing(
        "{\"organization\":\"%s\",\"notification\":\"%s\"}"
            .formatted(notification.organization(), notification.id()));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

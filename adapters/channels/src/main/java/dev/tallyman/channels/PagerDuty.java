package dev.tallyman.channels;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tallyman.core.Digest;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Notification.Driver;
import dev.tallyman.core.delivery.Notification.Fact;
import dev.tallyman.core.delivery.Notification.Link;
import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

/** Events of PagerDuty, version 2 of its Events API (developer.pagerduty.com). */
final class PagerDuty {
  /** Where events go unless the secret names another address. */
  static final URI EVENTS = URI.create("https://events.pagerduty.com/v2/enqueue");

  private static final int MAX_BYTES = 100_000;
  private static final int MAX_SUMMARY = 1024;
  private static final int MAX_KEY = 255;

  private PagerDuty() {}

  /**
   * An event that opens an incident, or resolves the one that was opened with the same key.
   *
   * @param routingKey which service it belongs to
   */
  static byte[] body(Notification notification, String routingKey) {
    var face = new MessageView(notification);
    return Json.bytes(MAX_BYTES, (json, budget) -> write(json, face, routingKey, budget));
  }

  private static void write(JsonGenerator json, MessageView face, String routingKey, int budget)
      throws IOException {
    Notification notification = face.notification();
    json.writeStartObject();
    json.writeStringField("routing_key", routingKey);
    json.writeStringField("event_action", face.resolves() ? "resolve" : "trigger");
    json.writeStringField("dedup_key", key(notification.key()));
    json.writeStringField("client", "Tallyman");
    json.writeObjectFieldStart("payload");
    json.writeStringField("summary", Texts.cut(face.plainTitle(), MAX_SUMMARY));
    json.writeStringField("source", "tallyman/" + notification.organization());
    json.writeStringField("severity", notification.severity().id());
    json.writeStringField("timestamp", notification.at().toString());
    json.writeStringField("component", Texts.cut(notification.subject(), MAX_KEY));
    json.writeStringField("group", notification.organization());
    json.writeStringField("class", notification.type().id());
    json.writeFieldName("custom_details");
    Json.value(json, details(notification), budget);
    json.writeEndObject();
    json.writeArrayFieldStart("links");
    for (Link link : face.links()) {
      json.writeStartObject();
      json.writeStringField("href", link.url());
      json.writeStringField("text", Texts.cut(link.label(), MAX_KEY));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static Map<String, String> details(Notification notification) {
    var details = new LinkedHashMap<String, String>();
    for (Fact fact : notification.facts()) {
      details.merge(fact.label(), fact.text(), (one, other) -> one + "; " + other);
    }
    for (Driver driver : notification.drivers()) {
      details.merge("Why: " + driver.label(), driver.text(), (one, other) -> one + "; " + other);
    }
    details.put("Alert", notification.id());
    details.put("Simulated", notification.simulated() ? "yes, nothing of it is real" : "no");
    return details;
  }

  private static String key(String key) {
    return key.length() <= MAX_KEY
        ? key
        : Texts.cut(key, MAX_KEY - 9).replace("…", "") + "-" + Digest.of(key);
  }
}

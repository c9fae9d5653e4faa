package dev.tallyman.channels;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Notification.Driver;
import dev.tallyman.core.delivery.Notification.Fact;
import dev.tallyman.core.delivery.Notification.Link;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Messages for programs, after Standard Webhooks 1.0.0 (www.standardwebhooks.com): who receives
 * them can tell that they are ours, and drops one that it has seen by its id.
 */
final class Webhook {
  /** Standard Webhooks asks for less than 20 KB. */
  private static final int MAX_BYTES = 19_000;

  private static final int MAX_SUBJECT = 255;
  private static final String PREFIX = "whsec_";
  private static final int MIN_KEY = 24;
  private static final int MAX_KEY = 64;

  private Webhook() {}

  static byte[] body(Notification notification) {
    return Json.bytes(
        MAX_BYTES, (json, budget) -> write(json, new MessageView(notification), budget));
  }

  /**
   * What goes with a body.
   *
   * @param now the real time, by which a receiver judges how old it is
   * @param keys each signs it
   */
  static Map<String, String> headers(String id, Instant now, byte[] body, List<byte[]> keys) {
    String timestamp = Long.toString(now.getEpochSecond());
    var headers = new LinkedHashMap<String, String>();
    headers.put("webhook-id", id);
    headers.put("webhook-timestamp", timestamp);
    if (!keys.isEmpty()) {
      var signatures = new ArrayList<String>();
      for (byte[] key : keys) {
        signatures.add("v1," + signature(id + "." + timestamp + ".", body, key));
      }
      headers.put("webhook-signature", String.join(" ", signatures));
    }
    return headers;
  }

  /**
   * The key that a secret holds.
   *
   * @throws IllegalArgumentException if it is none; the message does not quote it
   */
  static byte[] key(String secret) {
    byte[] key;
    try {
      key =
          Base64.getDecoder()
              .decode(secret.startsWith(PREFIX) ? secret.substring(PREFIX.length()) : secret);
    } catch (IllegalArgumentException _) {
      key = new byte[0];
    }
    if (key.length < MIN_KEY || key.length > MAX_KEY) {
      throw new IllegalArgumentException(
          "is no key: whsec_ and 24 to 64 random bytes in base64 are expected, such as 'openssl"
              + " rand -base64 32' gives");
    }
    return key;
  }

  private static String signature(String head, byte[] body, byte[] key) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      mac.update(head.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has HmacSHA256", e);
    }
  }

  private static void write(JsonGenerator json, MessageView face, int budget) throws IOException {
    Notification notification = face.notification();
    json.writeStartObject();
    json.writeStringField("type", notification.type().id());
    json.writeStringField("timestamp", notification.at().toString());
    json.writeObjectFieldStart("data");
    json.writeStringField("id", notification.id());
    json.writeStringField("organization", notification.organization());
    json.writeStringField("severity", notification.severity().id());
    json.writeBooleanField("resolves", face.resolves());
    json.writeBooleanField("simulated", notification.simulated());
    json.writeStringField("key", notification.key());
    json.writeStringField("subject", Texts.cut(notification.subject(), MAX_SUBJECT));
    json.writeStringField("headline", Texts.cut(notification.headline(), budget));
    json.writeArrayFieldStart("facts");
    for (Fact fact : notification.facts().stream().limit(budget).toList()) {
      pair(json, fact.label(), "text", fact.text(), budget);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("drivers");
    for (Driver driver : notification.drivers()) {
      pair(json, driver.label(), "text", driver.text(), budget);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("links");
    // Whole or not at all: half a link leads nowhere.
    for (Link link : face.links().stream().limit(Math.max(1, budget / 50)).toList()) {
      pair(json, link.label(), "url", link.url(), Math.max(budget, link.url().length()));
    }
    json.writeEndArray();
    json.writeFieldName("details");
    Json.value(json, notification.data(), budget);
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void pair(JsonGenerator json, String label, String name, String text, int budget)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("label", Texts.cut(label, budget));
    json.writeStringField(name, Texts.cut(text, budget));
    json.writeEndObject();
  }
}

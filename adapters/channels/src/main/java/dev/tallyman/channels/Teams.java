package dev.tallyman.channels;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Notification.Driver;
import dev.tallyman.core.delivery.Notification.Fact;
import dev.tallyman.core.delivery.Notification.Link;
import java.io.IOException;
import java.util.List;

/**
 * Messages of Microsoft Teams' Workflows ("When a Teams webhook request is received"): one Adaptive
 * Card of version 1.4, of at most 28 KB (learn.microsoft.com, limits of Teams).
 */
final class Teams {
  /** Less than is allowed, since what is counted there includes their own envelope. */
  private static final int MAX_BYTES = 24_000;

  private static final int MAX_FACTS = 20;
  private static final int MAX_MEMBERS = 20;
  private static final int MAX_ACTIONS = 4;
  private static final int MAX_LABEL = 60;

  /** Not '_', which stands in half of all ids and means nothing within a word. */
  private static final String MARKUP = "\\*[]";

  private Teams() {}

  static byte[] body(Notification notification) {
    var face = new MessageView(notification);
    return Json.bytes(MAX_BYTES, (json, budget) -> write(json, face, budget));
  }

  private static void write(JsonGenerator json, MessageView face, int budget) throws IOException {
    json.writeStartObject();
    json.writeStringField("type", "message");
    json.writeArrayFieldStart("attachments");
    json.writeStartObject();
    json.writeStringField("contentType", "application/vnd.microsoft.card.adaptive");
    json.writeNullField("contentUrl");
    json.writeObjectFieldStart("content");
    json.writeStringField("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
    json.writeStringField("type", "AdaptiveCard");
    json.writeStringField("version", "1.4");
    json.writeObjectFieldStart("msteams");
    json.writeStringField("width", "Full");
    json.writeEndObject();
    json.writeStringField("fallbackText", text(face.title(), budget));
    json.writeArrayFieldStart("body");
    body(json, face, budget);
    json.writeEndArray();
    actions(json, face.links());
    json.writeEndObject();
    json.writeEndObject();
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void body(JsonGenerator json, MessageView face, int budget) throws IOException {
    Notification notification = face.notification();
    json.writeStartObject();
    json.writeStringField("type", "Container");
    json.writeStringField("style", style(face));
    json.writeBooleanField("bleed", true);
    json.writeArrayFieldStart("items");
    block(json, text(face.title(), budget), "medium", true, false);
    json.writeEndArray();
    json.writeEndObject();
    facts(json, notification.facts(), budget);
    if (!notification.drivers().isEmpty()) {
      block(json, "Why", "default", true, false);
      facts(json, notification.drivers().stream().map(Teams::fact).toList(), budget);
    }
    List<MessageView.Member> members = face.members();
    for (MessageView.Member member : members.stream().limit(MAX_MEMBERS).toList()) {
      block(json, member.icon() + " " + text(member.headline(), budget), "default", false, false);
    }
    if (members.size() > MAX_MEMBERS) {
      block(json, "and " + (members.size() - MAX_MEMBERS) + " more", "default", false, false);
    }
    block(json, text(face.footer(), budget), "small", false, true);
  }

  private static Fact fact(Driver driver) {
    return new Fact(driver.label(), driver.text());
  }

  private static String style(MessageView face) {
    if (face.resolves()) {
      return "good";
    }
    return switch (face.notification().severity()) {
      case INFO -> "accent";
      case WARNING -> "warning";
      case ERROR, CRITICAL -> "attention";
    };
  }

  private static void block(
      JsonGenerator json, String text, String size, boolean bold, boolean subtle)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("type", "TextBlock");
    json.writeStringField("text", text);
    json.writeStringField("size", size);
    json.writeStringField("weight", bold ? "bolder" : "default");
    json.writeBooleanField("isSubtle", subtle);
    json.writeBooleanField("wrap", true);
    json.writeEndObject();
  }

  private static void facts(JsonGenerator json, List<Fact> facts, int budget) throws IOException {
    if (facts.isEmpty()) {
      return;
    }
    json.writeStartObject();
    json.writeStringField("type", "FactSet");
    json.writeArrayFieldStart("facts");
    for (Fact fact : facts.stream().limit(MAX_FACTS).toList()) {
      json.writeStartObject();
      json.writeStringField("title", text(fact.label(), Math.min(budget, MAX_LABEL)));
      json.writeStringField("value", text(fact.text(), budget));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void actions(JsonGenerator json, List<Link> links) throws IOException {
    if (links.isEmpty()) {
      return;
    }
    json.writeArrayFieldStart("actions");
    for (Link link : links.stream().limit(MAX_ACTIONS).toList()) {
      json.writeStartObject();
      json.writeStringField("type", "Action.OpenUrl");
      json.writeStringField("title", Texts.cut(link.label(), MAX_LABEL));
      json.writeStringField("url", link.url());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** A text without any markup of its own. */
  private static String text(String text, int max) {
    String fitting =
        Texts.fit(
            text,
            max,
            point ->
                MARKUP.indexOf(point) >= 0
                    ? "\\" + Character.toString(point)
                    : Character.toString(point));
    return fitting.isEmpty() ? "–" : fitting;
  }
}

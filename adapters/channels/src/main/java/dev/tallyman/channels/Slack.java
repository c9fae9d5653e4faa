package dev.tallyman.channels;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Notification.Driver;
import dev.tallyman.core.delivery.Notification.Fact;
import dev.tallyman.core.delivery.Notification.Link;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Messages of Slack's incoming webhooks. Limits: docs.slack.dev, reference of Block Kit; together a
 * message has about 13,200 characters (github.com/slackapi/bolt-js/issues/2509).
 */
final class Slack {
  private static final int MAX_BYTES = 12_000;
  private static final int MAX_HEADER = 150;
  private static final int MAX_FALLBACK = 300;
  private static final int MAX_LABEL = 100;
  private static final int MAX_FIELDS = 10;
  private static final int MAX_FACTS = 20;
  private static final int MAX_MEMBERS = 20;

  private Slack() {}

  static byte[] body(Notification notification) {
    var face = new MessageView(notification);
    return Json.bytes(MAX_BYTES, (json, budget) -> write(json, face, budget));
  }

  private static void write(JsonGenerator json, MessageView face, int budget) throws IOException {
    Notification notification = face.notification();
    json.writeStartObject();
    json.writeStringField("text", text(face.title(), MAX_FALLBACK));
    json.writeArrayFieldStart("blocks");
    json.writeStartObject();
    json.writeStringField("type", "header");
    json.writeObjectFieldStart("text");
    json.writeStringField("type", "plain_text");
    json.writeStringField("text", Texts.cut(face.title(), MAX_HEADER));
    json.writeEndObject();
    json.writeEndObject();
    json.writeEndArray();
    json.writeArrayFieldStart("attachments");
    json.writeStartObject();
    json.writeStringField("color", String.format(Locale.ROOT, "#%06x", face.colour()));
    json.writeStringField("fallback", text(face.title(), MAX_FALLBACK));
    json.writeArrayFieldStart("blocks");
    if (!Texts.cut(face.title(), MAX_HEADER).equals(Texts.cut(face.title(), Integer.MAX_VALUE))) {
      section(json, text(notification.headline(), budget));
    }
    List<Fact> facts = notification.facts().stream().limit(MAX_FACTS).toList();
    for (int i = 0; i < facts.size(); i += MAX_FIELDS) {
      fields(json, facts.subList(i, Math.min(facts.size(), i + MAX_FIELDS)), budget);
    }
    if (!notification.drivers().isEmpty()) {
      section(json, "*Why*\n" + drivers(notification.drivers(), budget));
    }
    if (!face.members().isEmpty()) {
      section(json, members(face.members(), budget));
    }
    if (!face.links().isEmpty()) {
      section(json, links(face.links(), budget));
    }
    json.writeStartObject();
    json.writeStringField("type", "context");
    json.writeArrayFieldStart("elements");
    mrkdwn(json, text(face.footer(), MAX_FALLBACK));
    json.writeEndArray();
    json.writeEndObject();
    json.writeEndArray();
    json.writeEndObject();
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void fields(JsonGenerator json, List<Fact> facts, int budget) throws IOException {
    json.writeStartObject();
    json.writeStringField("type", "section");
    json.writeArrayFieldStart("fields");
    for (Fact fact : facts) {
      mrkdwn(
          json,
          "*"
              + text(fact.label(), Math.min(budget, MAX_LABEL))
              + "*\n"
              + text(fact.text(), budget));
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static String drivers(List<Driver> drivers, int budget) {
    return drivers.stream()
        .map(each ->
            "• "
                + text(each.label(), Math.min(budget, 3 * MAX_LABEL))
                + ": "
                + text(each.text(), Math.min(budget, 3 * MAX_LABEL)))
        .collect(Collectors.joining("\n"));
  }

  private static String members(List<MessageView.Member> members, int budget) {
    int shown = Math.min(MAX_MEMBERS, Math.max(1, budget / 20));
    // A section holds 3,000 characters.
    int each = Math.min(budget, 2800 / Math.min(shown, members.size()) - 4);
    String list =
        members.stream()
            .limit(shown)
            .map(member -> member.icon() + " " + text(member.headline(), each))
            .collect(Collectors.joining("\n"));
    return members.size() <= shown ? list : list + "\nand " + (members.size() - shown) + " more";
  }

  private static String links(List<Link> links, int budget) {
    var text = new StringBuilder();
    for (Link link : links) {
      String next =
          (text.isEmpty() ? "" : "  ·  ")
              + "<"
              + text(link.url(), Integer.MAX_VALUE)
              + "|"
              + text(link.label(), Math.min(budget, MAX_LABEL))
              + ">";
      // Whole or not at all: half a link leads nowhere.
      if (text.length() + next.length() <= Math.min(2900, budget * 4)) {
        text.append(next);
      }
    }
    return text.isEmpty() ? "–" : text.toString();
  }

  private static void section(JsonGenerator json, String text) throws IOException {
    json.writeStartObject();
    json.writeStringField("type", "section");
    json.writeFieldName("text");
    mrkdwn(json, text);
    json.writeEndObject();
  }

  /** A text in Slack's markup, in which it makes no links of its own. */
  private static void mrkdwn(JsonGenerator json, String text) throws IOException {
    json.writeStartObject();
    json.writeStringField("type", "mrkdwn");
    json.writeStringField("text", text);
    json.writeBooleanField("verbatim", true);
    json.writeEndObject();
  }

  /** A text that is none of Slack's links or mentions. */
  static String text(String text, int max) {
    String fitting =
        Texts.fit(
            text,
            max,
            point ->
                switch (point) {
                  case '&' -> "&amp;";
                  case '<' -> "&lt;";
                  case '>' -> "&gt;";
                  default -> Character.toString(point);
                });
    return fitting.isEmpty() ? "–" : fitting;
  }
}

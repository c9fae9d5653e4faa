package dev.tallyman.channels;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Notification.Fact;
import dev.tallyman.core.delivery.Notification.Link;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Messages of Discord's webhooks: one embed. Limits: docs.discord.com, "Embed Limits"; all texts of
 * an embed together have at most 6,000 characters.
 */
final class Discord {
  private static final int MAX_TITLE = 256;
  private static final int MAX_DESCRIPTION = 2000;
  private static final int MAX_NAME = 256;
  private static final int MAX_VALUE = 1024;
  private static final int MAX_FIELDS = 15;
  private static final int MAX_FOOTER = 500;
  private static final int MAX_SUM = 6000;

  /** Beside another at most this long. */
  private static final int INLINE = 40;

  private static final String MARKUP = "\\*_~`|>[]()#<@";

  private Discord() {}

  static byte[] body(Notification notification) {
    var face = new MessageView(notification);
    return Json.bytes(json -> {
      json.writeStartObject();
      noMentions(json);
      json.writeArrayFieldStart("embeds");
      embed(json, face);
      json.writeEndArray();
      json.writeEndObject();
    });
  }

  private static void embed(JsonGenerator json, MessageView face) throws IOException {
    Notification notification = face.notification();
    String title = text(face.title(), MAX_TITLE);
    String footer = Texts.cut(face.footer(), MAX_FOOTER);
    String description = description(face, title.endsWith("…"));
    json.writeStartObject();
    json.writeStringField("title", title);
    if (!description.isEmpty()) {
      json.writeStringField("description", description);
    }
    json.writeNumberField("color", face.colour());
    json.writeArrayFieldStart("fields");
    List<Fact> last = last(face);
    int left =
        MAX_SUM
            - title.length()
            - description.length()
            - footer.length()
            - last.stream().mapToInt(each -> each.label().length() + each.text().length()).sum();
    for (Fact fact : face.notification().facts().stream().limit(MAX_FIELDS).toList()) {
      String name = text(fact.label(), MAX_NAME);
      String value = text(fact.text(), MAX_VALUE / 2);
      left -= name.length() + value.length();
      if (left < 0) {
        break;
      }
      field(json, name, value);
    }
    for (Fact each : last) {
      field(json, each.label(), each.text());
    }
    json.writeEndArray();
    json.writeObjectFieldStart("footer");
    json.writeStringField("text", footer);
    json.writeEndObject();
    json.writeStringField("timestamp", notification.at().toString());
    json.writeEndObject();
  }

  private static void field(JsonGenerator json, String name, String value) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", name);
    json.writeStringField("value", value);
    json.writeBooleanField("inline", value.length() <= INLINE);
    json.writeEndObject();
  }

  /** What stands below the facts, in Discord's markup: drivers and links. */
  private static List<Fact> last(MessageView face) {
    var last = new ArrayList<Fact>();
    String drivers =
        face.notification().drivers().stream()
            .map(each -> "• " + text(each.label(), 200) + ": " + text(each.text(), 100))
            .collect(Collectors.joining("\n"));
    if (!drivers.isEmpty()) {
      last.add(new Fact("Why", drivers));
    }
    var links = new StringBuilder();
    for (Link link : face.links()) {
      String next =
          (links.isEmpty() ? "" : " · ")
              + "["
              + text(link.label(), 80)
              + "]("
              + url(link.url())
              + ")";
      // Whole or not at all: half a link leads nowhere.
      if (links.length() + next.length() <= MAX_VALUE) {
        links.append(next);
      }
    }
    if (!links.isEmpty()) {
      last.add(new Fact("Links", links.toString()));
    }
    return last;
  }

  private static String description(MessageView face, boolean titleCut) {
    var lines = new ArrayList<String>();
    if (titleCut) {
      lines.add(text(face.notification().headline(), MAX_DESCRIPTION / 4));
    }
    int length = lines.stream().mapToInt(String::length).sum();
    int shown = 0;
    for (MessageView.Member member : face.members()) {
      String line = member.icon() + " " + text(member.headline(), 200);
      if (length + line.length() + 1 > MAX_DESCRIPTION) {
        break;
      }
      length += line.length() + 1;
      lines.add(line);
      shown++;
    }
    if (shown < face.members().size()) {
      lines.add("and " + (face.members().size() - shown) + " more");
    }
    return String.join("\n", lines);
  }

  /** Nobody is called, whatever a text says. */
  static void noMentions(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("allowed_mentions");
    json.writeArrayFieldStart("parse");
    json.writeEndArray();
    json.writeEndObject();
  }

  /** A text without any markup of its own. */
  static String text(String text, int max) {
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

  private static String url(String url) {
    return url.replace("(", "%28").replace(")", "%29");
  }
}

package dev.tallyman.channels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.delivery.Notification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Draws messages as their channels show them, about: {@code target/alerts.html}, of which {@code
 * docs/alerts.png} is a picture.
 */
final class PreviewTest {
  private static final List<String> SHOWN = List.of("exceeded", "warning", "recovered");

  @Test
  void messagesCanBeLookedAt() throws IOException {
    var html = new StringBuilder(HEAD);
    column(
        html,
        "Slack",
        SHOWN.stream().map(name -> slack(read("slack", Samples.named(name)))).toList());
    column(
        html,
        "Discord",
        SHOWN.stream().map(name -> discord(read("discord", Samples.named(name)))).toList());
    column(
        html,
        "Microsoft Teams",
        SHOWN.stream().map(name -> teams(read("teams", Samples.named(name)))).toList());
    column(
        html,
        "E-mail, digest, classic",
        List.of(
            email(Samples.named("warning")),
            slack(read("slack", Samples.named("digest"))),
            classic(read("slack-classic", Samples.named("exceeded")))));
    html.append("</body>\n");
    Path file = Path.of("target/alerts.html");
    Files.createDirectories(file.getParent());
    Files.writeString(file, html);
    assertThat(file).content().doesNotContain("null").contains("Premium pool", "Search", "Ada");
  }

  private static final String HEAD =
      """
      <!doctype html><meta charset="utf-8"><title>Alerts</title><style>
      body{margin:0;padding:24px;display:grid;grid-template-columns:repeat(4,470px);gap:28px;
        background:#f3f4f6;font:14px/1.45 "Lato","Noto Sans",system-ui,sans-serif;color:#1d1c1d;width:max-content}
      h2{margin:0 0 12px;font-size:15px;color:#475569;font-weight:600}
      .m{background:#fff;border-radius:8px;padding:14px 16px;margin-bottom:18px;box-shadow:0 1px 2px #0002}
      .who{font-weight:700;margin-bottom:4px}.who small{font-weight:400;color:#6b7280;margin-left:6px}
      .bar{border-left:4px solid;padding:2px 0 2px 12px;margin-top:6px;border-radius:3px}
      .head{font-size:17px;font-weight:700}
      .grid{display:grid;grid-template-columns:1fr 1fr;gap:8px 16px;margin:6px 0}
      .s{margin:8px 0;white-space:pre-line}.c{color:#6b7280;font-size:12px;margin-top:8px}
      a{color:#1264a3;text-decoration:none}
      .d{background:#313338;color:#dbdee1}.d .e{background:#2b2d31;border-left:4px solid;border-radius:4px;padding:10px 14px}
      .d a{color:#00a8fc}.d .t{font-weight:700;color:#f2f3f5;margin-bottom:6px}.d .n{font-weight:600;color:#f2f3f5;font-size:13px}
      .d .f{display:grid;grid-template-columns:1fr 1fr 1fr;gap:8px 12px;margin-top:8px}.d .wide{grid-column:1/-1}
      .d .c{color:#b5bac1}.pre{white-space:pre-line}
      .card{border:1px solid #e1e1e1;border-radius:6px;overflow:hidden}.card>*{padding:0 14px}
      .card .box{padding:10px 14px;font-weight:600;font-size:15px;margin-bottom:8px}
      .good{background:#dff6dd}.attention{background:#fde7e9}.warning{background:#fff4ce}.accent{background:#deecf9}
      table{border-spacing:0}td{padding:2px 12px 2px 0;vertical-align:top}td:first-child{font-weight:600;white-space:nowrap}
      .sub{color:#616161;font-size:12px;padding-bottom:10px!important;margin-top:8px}
      .act{padding:0 14px 12px!important}.act span{display:inline-block;border:1px solid #6264a7;color:#6264a7;border-radius:4px;padding:3px 12px;margin-right:8px;font-weight:600}
      pre{white-space:pre-wrap;font:12.5px/1.45 "DejaVu Sans Mono",monospace;margin:8px 0 0}
      </style><body>
      """;

  private static Map<String, Object> read(String channel, Notification notification) {
    return Messages.read(Messages.write(channel, notification));
  }

  private static void column(StringBuilder html, String title, List<String> messages) {
    html.append("<div><h2>").append(title).append("</h2>");
    messages.forEach(html::append);
    html.append("</div>\n");
  }

  private static String slack(Map<String, Object> message) {
    var html =
        new StringBuilder("<div class=m><div class=who>Tallyman<small>APP 10:15</small></div>");
    list(message, "blocks").forEach(block -> slackBlock(html, block));
    for (Map<?, ?> attachment : list(message, "attachments")) {
      html.append("<div class=bar style='border-color:")
          .append(attachment.get("color"))
          .append("'>");
      list(attachment, "blocks").forEach(block -> slackBlock(html, block));
      html.append("</div>");
    }
    return html.append("</div>").toString();
  }

  private static void slackBlock(StringBuilder html, Map<?, ?> block) {
    switch (String.valueOf(block.get("type"))) {
      case "header" ->
          html.append("<div class=head>")
              .append(escape(map(block, "text").get("text")))
              .append("</div>");
      case "context" -> {
        html.append("<div class=c>");
        list(block, "elements").forEach(each -> html.append(mrkdwn(each.get("text"))));
        html.append("</div>");
      }
      default -> {
        if (block.containsKey("fields")) {
          html.append("<div class=grid>");
          list(block, "fields")
              .forEach(each ->
                  html.append("<div class=pre>").append(mrkdwn(each.get("text"))).append("</div>"));
          html.append("</div>");
        } else {
          html.append("<div class=s>")
              .append(mrkdwn(map(block, "text").get("text")))
              .append("</div>");
        }
      }
    }
  }

  /** What Slack escapes is what HTML escapes. */
  private static String mrkdwn(@Nullable Object text) {
    return String.valueOf(text)
        .replaceAll("<([^|>]+)\\|([^>]+)>", "<a href='$1'>$2</a>")
        .replaceAll("(?m)^\\*(.+)\\*$", "<b>$1</b>");
  }

  private static String classic(Map<String, Object> message) {
    var html =
        new StringBuilder("<div class=m><div class=who>Tallyman<small>APP 10:15</small></div>");
    html.append("<div>").append(mrkdwn(message.get("text"))).append("</div>");
    for (Map<?, ?> attachment : list(message, "attachments")) {
      String colour = "danger".equals(attachment.get("color")) ? "#a30200" : "#daa038";
      html.append("<div class=bar style='border-color:")
          .append(colour)
          .append("'><div class=grid>");
      list(attachment, "fields")
          .forEach(field ->
              html.append("<div><b>")
                  .append(escape(field.get("title")))
                  .append("</b><br>")
                  .append(mrkdwn(field.get("value")))
                  .append("</div>"));
      html.append("</div></div>");
    }
    return html.append("</div>").toString();
  }

  private static String discord(Map<String, Object> message) {
    var html =
        new StringBuilder("<div class='m d'><div class=who>Tallyman<small>APP 10:15</small></div>");
    for (Map<?, ?> embed : list(message, "embeds")) {
      html.append("<div class=e style='border-color:#")
          .append(colour(embed.get("color")))
          .append("'><div class=t>")
          .append(markdown(embed.get("title")))
          .append("</div>");
      if (embed.containsKey("description")) {
        html.append("<div class=pre>").append(markdown(embed.get("description"))).append("</div>");
      }
      html.append("<div class=f>");
      for (Map<?, ?> field : list(embed, "fields")) {
        html.append(Boolean.TRUE.equals(field.get("inline")) ? "<div>" : "<div class=wide>")
            .append("<div class=n>")
            .append(markdown(field.get("name")))
            .append("</div><div class=pre>")
            .append(markdown(field.get("value")))
            .append("</div></div>");
      }
      html.append("</div><div class=c>")
          .append(escape(map(embed, "footer").get("text")))
          .append("</div></div>");
    }
    return html.append("</div>").toString();
  }

  private static String teams(Map<String, Object> message) {
    Map<?, ?> card = map(list(message, "attachments").getFirst(), "content");
    var html =
        new StringBuilder(
            "<div class=m><div class=who>Workflows<small>10:15</small></div><div class=card>");
    list(card, "body").forEach(each -> teamsElement(html, each));
    if (card.containsKey("actions")) {
      html.append("<div class=act>");
      list(card, "actions")
          .forEach(
              each -> html.append("<span>").append(escape(each.get("title"))).append("</span>"));
      html.append("</div>");
    }
    return html.append("</div></div>").toString();
  }

  private static void teamsElement(StringBuilder html, Map<?, ?> element) {
    switch (String.valueOf(element.get("type"))) {
      case "Container" -> {
        html.append("<div class='box ").append(element.get("style")).append("'>");
        list(element, "items").forEach(each -> html.append(markdown(each.get("text"))));
        html.append("</div>");
      }
      case "FactSet" -> {
        html.append("<table>");
        list(element, "facts")
            .forEach(each ->
                html.append("<tr><td>")
                    .append(markdown(each.get("title")))
                    .append("<td>")
                    .append(markdown(each.get("value"))));
        html.append("</table>");
      }
      default ->
          html.append(
                  Boolean.TRUE.equals(element.get("isSubtle"))
                      ? "<div class=sub>"
                      : "<div style='font-weight:600;margin-top:8px'>")
              .append(markdown(element.get("text")))
              .append("</div>");
    }
  }

  private static String markdown(@Nullable Object text) {
    return escape(text)
        .replaceAll("(?<!\\\\)\\[((?:[^\\]\\\\]|\\\\.)+)\\]\\(([^)]+)\\)", "<a href='$2'>$1</a>")
        .replaceAll("\\\\([\\W_])", "$1");
  }

  private static String colour(@Nullable Object number) {
    return number instanceof Integer colour ? String.format(Locale.ROOT, "%06x", colour) : "";
  }

  private static String email(Notification notification) {
    return "<div class=m><div class=who>"
        + escape(Email.subject(notification))
        + "</div><pre>"
        + escape(Email.text(notification))
        + "</pre></div>";
  }

  private static String escape(@Nullable Object text) {
    return String.valueOf(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static List<Map<?, ?>> list(Map<?, ?> of, String name) {
    var list = new ArrayList<Map<?, ?>>();
    if (of.get(name) instanceof List<?> found) {
      found.forEach(each -> list.add((Map<?, ?>) each));
    }
    return list;
  }

  private static Map<?, ?> map(Map<?, ?> of, String name) {
    return of.get(name) instanceof Map<?, ?> map ? map : Map.of();
  }
}

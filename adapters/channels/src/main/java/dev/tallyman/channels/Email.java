package dev.tallyman.channels;

import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Notification.Driver;
import dev.tallyman.core.delivery.Notification.Fact;
import dev.tallyman.core.delivery.Notification.Link;
import java.util.List;

/** Messages as plain text for e-mail. */
final class Email {
  /** What Amazon SNS allows is fewer than 100 characters of ASCII. */
  private static final int MAX_SUBJECT = 99;

  private static final int MAX_LABEL = 40;
  private static final int MAX_TEXT = 1000;
  private static final int MAX_LINES = 100;

  private Email() {}

  static String subject(Notification notification) {
    return Texts.ascii(
        "[Tallyman] "
            + new MessageView(notification).plainTitle().replace("SIMULATED · ", "SIMULATED "),
        MAX_SUBJECT);
  }

  static String text(Notification notification) {
    var face = new MessageView(notification);
    var text = new StringBuilder();
    line(text, Texts.cut(face.title(), MAX_TEXT));
    List<Fact> facts = notification.facts().stream().limit(MAX_LINES).toList();
    int width =
        facts.stream()
            .mapToInt(fact -> Texts.cut(fact.label(), MAX_LABEL).length())
            .max()
            .orElse(0);
    gap(text, !facts.isEmpty());
    for (Fact fact : facts) {
      String label = Texts.cut(fact.label(), MAX_LABEL);
      line(
          text,
          label + ":" + " ".repeat(width - label.length() + 1) + Texts.cut(fact.text(), MAX_TEXT));
    }
    if (!notification.drivers().isEmpty()) {
      gap(text, true);
      line(text, "Why:");
      for (Driver driver : notification.drivers()) {
        line(
            text,
            "- " + Texts.cut(driver.label(), MAX_TEXT) + ": " + Texts.cut(driver.text(), MAX_TEXT));
      }
    }
    gap(text, !face.members().isEmpty());
    for (MessageView.Member member : face.members().stream().limit(MAX_LINES).toList()) {
      line(text, member.icon() + " " + Texts.cut(member.headline(), MAX_TEXT));
    }
    if (face.members().size() > MAX_LINES) {
      line(text, "and " + (face.members().size() - MAX_LINES) + " more");
    }
    gap(text, !face.links().isEmpty());
    for (Link link : face.links()) {
      line(text, Texts.cut(link.label(), MAX_LABEL) + ": " + link.url());
    }
    gap(text, true);
    line(text, Texts.cut(face.footer(), MAX_TEXT));
    return text.toString();
  }

  private static void line(StringBuilder text, String line) {
    text.append(line).append('\n');
  }

  private static void gap(StringBuilder text, boolean wanted) {
    if (wanted) {
      text.append('\n');
    }
  }
}

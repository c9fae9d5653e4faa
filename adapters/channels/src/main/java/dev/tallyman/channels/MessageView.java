package dev.tallyman.channels;

import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Notification.Link;
import dev.tallyman.core.delivery.Severity;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a notification shows in whatever channel. */
record MessageView(Notification notification) {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMM uuuu HH:mm 'UTC'", Locale.ENGLISH);
  private static final int MAX_URL = 2000;
  private static final int GREEN = 0x1F883D;

  /** How a severity looks; words say it too, so that colours are never all there is. */
  private record Look(String icon, int colour) {
    static Look of(Severity severity) {
      return switch (severity) {
        case INFO -> new Look("🔵", 0x2F6FDE);
        case WARNING -> new Look("🟡", 0xE3B341);
        case ERROR -> new Look("🟠", 0xE8762D);
        case CRITICAL -> new Look("🔴", 0xD1242F);
      };
    }
  }

  /** One of those that a digest puts into one. */
  record Member(String icon, String headline) {}

  boolean resolves() {
    return notification.type().resolves();
  }

  String icon() {
    return resolves() ? "✅" : Look.of(notification.severity()).icon();
  }

  /** As a number of red, green and blue. */
  int colour() {
    return resolves() ? GREEN : Look.of(notification.severity()).colour();
  }

  /** What and how bad, in one line. */
  String title() {
    return icon() + " " + plainTitle();
  }

  /** The title without the icon. */
  String plainTitle() {
    return (notification.simulated() ? "SIMULATED · " : "")
        + notification.type().word()
        + ": "
        + notification.headline();
  }

  /** Who says it, when, and by which number to ask for it. */
  String footer() {
    return "Tallyman · "
        + notification.organization()
        + " · "
        + TIME.format(notification.at().atOffset(ZoneOffset.UTC))
        + " · "
        + notification.id()
        + (notification.simulated() ? " · simulated data, nothing of it is real" : "");
  }

  /** The links that can be followed. */
  List<Link> links() {
    return notification.links().stream().filter(link -> isWeb(link.url())).toList();
  }

  /** What a digest puts into one; none for other notifications. */
  List<Member> members() {
    var members = new ArrayList<Member>();
    if (notification.data().get("members") instanceof List<?> list) {
      for (Object each : list) {
        if (each instanceof Map<?, ?> member) {
          members.add(
              new Member(
                  icon(String.valueOf(member.get("type")), String.valueOf(member.get("severity"))),
                  String.valueOf(member.get("headline"))));
        }
      }
    }
    return members;
  }

  private static String icon(String type, String severity) {
    for (Notification.Type each : Notification.Type.values()) {
      if (each.id().equals(type) && each.resolves()) {
        return "✅";
      }
    }
    for (Severity each : Severity.values()) {
      if (each.id().equals(severity)) {
        return Look.of(each).icon();
      }
    }
    return "▪";
  }

  private static boolean isWeb(String url) {
    try {
      String scheme = new URI(url).getScheme();
      return url.length() <= MAX_URL
          && url.chars().allMatch(c -> c > ' ' && c < 0x7F && c != '|')
          && ("https".equalsIgnoreCase(scheme) || "http".equalsIgnoreCase(scheme));
    } catch (URISyntaxException _) {
      return false;
    }
  }
}

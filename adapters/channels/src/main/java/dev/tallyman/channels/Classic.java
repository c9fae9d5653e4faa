package dev.tallyman.channels;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Notification.Fact;
import dev.tallyman.core.delivery.Severity;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Messages as the system wrote them with which the compatible endpoints agree: for Slack text and
 * an attachment with fields, for Discord the text alone.
 */
final class Classic {
  private static final String POOL = "pool-";
  private static final int MAX_TEXT = 1500;
  private static final int MAX_FIELD = 300;
  private static final int MAX_FIELDS = 10;

  /** From which share of the limit on it is a danger, in percent. */
  private static final int DANGER = 90;

  private Classic() {}

  /** The numbers of a notification about a limit on a number of tokens. */
  private record Numbers(String tier, BigDecimal used, BigDecimal limit) {
    static Optional<Numbers> of(Map<String, ?> data) {
      String budget = String.valueOf(data.get("budget"));
      if (!budget.startsWith(POOL)) {
        return Optional.empty();
      }
      try {
        var used = new BigDecimal(String.valueOf(data.get("used")));
        var limit = new BigDecimal(String.valueOf(data.get("limit")));
        String tier = budget.substring(POOL.length()).toUpperCase(Locale.ROOT);
        return limit.signum() > 0 ? Optional.of(new Numbers(tier, used, limit)) : Optional.empty();
      } catch (NumberFormatException _) {
        return Optional.empty();
      }
    }

    BigDecimal percent() {
      return used.movePointRight(2).divide(limit, 0, RoundingMode.HALF_UP);
    }

    static String grouped(BigDecimal number) {
      return String.format(Locale.ROOT, "%,d", number.toBigInteger());
    }
  }

  static byte[] slack(Notification notification) {
    Optional<Numbers> numbers = Numbers.of(notification.data());
    return Json.bytes(json -> {
      json.writeStartObject();
      json.writeStringField("text", Slack.text(text(notification, numbers), MAX_TEXT));
      json.writeArrayFieldStart("attachments");
      json.writeStartObject();
      json.writeStringField("color", colour(notification, numbers));
      json.writeArrayFieldStart("fields");
      for (Fact fact : fields(notification, numbers)) {
        field(json, fact);
      }
      json.writeEndArray();
      json.writeEndObject();
      json.writeEndArray();
      json.writeEndObject();
    });
  }

  static byte[] discord(Notification notification) {
    String text = text(notification, Numbers.of(notification.data()));
    return Json.bytes(json -> {
      json.writeStartObject();
      json.writeStringField("content", Discord.text(text, MAX_TEXT));
      Discord.noMentions(json);
      json.writeEndObject();
    });
  }

  private static String text(Notification notification, Optional<Numbers> numbers) {
    String mark = notification.simulated() ? "SIMULATED: " : "";
    return notification.type().resolves()
        ? mark + "✅ OpenAI Usage: " + notification.headline()
        : mark
            + "⚠️ OpenAI Usage Alert: "
            + numbers
                .map(n ->
                    "%s tier at %s%% (%s/%s tokens)"
                        .formatted(
                            n.tier(),
                            n.percent(),
                            Numbers.grouped(n.used()),
                            Numbers.grouped(n.limit())))
                .orElseGet(notification::headline);
  }

  private static String colour(Notification notification, Optional<Numbers> numbers) {
    if (notification.type().resolves()) {
      return "good";
    }
    boolean danger =
        numbers
            .map(n -> n.percent().intValue() >= DANGER)
            .orElseGet(() -> notification.severity().compareTo(Severity.ERROR) >= 0);
    return danger ? "danger" : "warning";
  }

  private static List<Fact> fields(Notification notification, Optional<Numbers> numbers) {
    return numbers
        .map(n ->
            List.of(
                new Fact("Tier", n.tier()),
                new Fact("Usage", n.percent() + "%"),
                new Fact("Tokens Used", Numbers.grouped(n.used())),
                new Fact("Daily Limit", Numbers.grouped(n.limit()))))
        .orElseGet(() -> notification.facts().stream().limit(MAX_FIELDS).toList());
  }

  private static void field(JsonGenerator json, Fact fact) throws IOException {
    json.writeStartObject();
    json.writeStringField("title", Texts.cut(fact.label(), MAX_FIELD));
    json.writeStringField("value", Slack.text(fact.text(), MAX_FIELD));
    json.writeBooleanField("short", true);
    json.writeEndObject();
  }
}

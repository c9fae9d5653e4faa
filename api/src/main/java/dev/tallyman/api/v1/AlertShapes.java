package dev.tallyman.api.v1;

import dev.tallyman.api.message.Schema;
import dev.tallyman.api.message.Shape;
import dev.tallyman.core.delivery.Channel;
import dev.tallyman.core.delivery.Delivery;
import dev.tallyman.core.delivery.Delivery.Attempt;
import dev.tallyman.core.delivery.Delivery.Status;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Notification.Driver;
import dev.tallyman.core.delivery.Notification.Fact;
import dev.tallyman.core.delivery.Notification.Link;
import dev.tallyman.core.delivery.Severity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What answers say about alerts, their deliveries and the channels. Each shape is made when it is
 * asked for, so that a process which serves one answer makes no other.
 */
final class AlertShapes {
  private static final DateTimeFormatter CREATED =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private AlertShapes() {}

  /**
   * An alert as the API returns it.
   *
   * @param open whether what it reports has neither ended nor begun again
   * @param deliveries its own, or those of the digests that include it
   */
  record Alert(Notification notification, boolean open, List<Delivery> deliveries) {}

  /** An alert; the deliveries are one cell in CSV, each as the channel and the status. */
  static Shape<Alert> alert() {
    return Shape.<Alert>object()
        .text("id", alert -> alert.notification().id())
        .time("at", alert -> alert.notification().at())
        .text("type", alert -> alert.notification().type().id())
        .choice(
            "severity",
            Arrays.stream(Severity.values()).map(Severity::id).toList(),
            alert -> alert.notification().severity().id())
        .text("key", alert -> alert.notification().key())
        .text("subject", alert -> alert.notification().subject())
        .text("headline", alert -> alert.notification().headline())
        .flag("open", Alert::open)
        .list(
            "facts",
            Shape.<Fact>object().text("label", Fact::label).text("text", Fact::text),
            alert -> alert.notification().facts())
        .list(
            "drivers",
            Shape.<Driver>object().text("label", Driver::label).text("text", Driver::text),
            alert -> alert.notification().drivers())
        .list(
            "links",
            Shape.<Link>object().text("label", Link::label).text("url", Link::url),
            alert -> alert.notification().links())
        .nested("data", Schema.object(), alert -> alert.notification().data())
        .texts("channels", alert -> alert.notification().channels())
        .list("deliveries", delivery(), Alert::deliveries)
        .flag("simulated", alert -> alert.notification().simulated())
        .column(
            "delivered",
            alert ->
                alert.deliveries().stream()
                    .map(each -> each.channel() + ":" + each.status().id())
                    .toList())
        .columns("id", "at", "type", "severity", "subject", "headline", "open", "delivered");
  }

  /** A delivery; of its attempts CSV has the number and the last one. */
  static Shape<Delivery> delivery() {
    return Shape.<Delivery>object()
        .text("alert", Delivery::notification)
        .text("channel", Delivery::channel)
        .choice(
            "status",
            Arrays.stream(Status.values()).map(Status::id).toList(),
            delivery -> delivery.status().id())
        .optionalTime("next_attempt", Delivery::nextAttempt)
        .list(
            "attempts",
            Shape.<Attempt>object().time("at", Attempt::at).text("outcome", Attempt::outcome),
            Delivery::attempts)
        .column("attempts", delivery -> delivery.attempts().size())
        .column("last", delivery -> last(delivery).map(Attempt::at))
        .column("outcome", delivery -> last(delivery).map(Attempt::outcome));
  }

  private static Optional<Attempt> last(Delivery delivery) {
    return delivery.attempts().reversed().stream().findFirst();
  }

  /** A channel, with what it is sent and why it is sent nothing any more. */
  record Target(Channel channel, boolean usual, boolean conditions, Optional<String> disabled) {}

  /** A channel; of its secret the name only. */
  static Shape<Target> channel() {
    return Shape.<Target>object()
        .text("name", target -> target.channel().name())
        .choice(
            "kind",
            Arrays.stream(Channel.Kind.values()).map(Channel.Kind::id).toList(),
            target -> target.channel().kind().id())
        .optional("secret", target -> target.channel().secret())
        .nested("signing", Schema.array(Schema.string()), target -> target.channel().signing())
        .text("format", target -> target.channel().format().id())
        .flag("usual", Target::usual)
        .flag("conditions", Target::conditions)
        .optional("disabled", Target::disabled);
  }

  /** The result of a test of a channel; the detail is never a secret. */
  record Tested(String channel, boolean sent, String detail) {}

  static Shape<Tested> tested() {
    return Shape.<Tested>object()
        .text("channel", Tested::channel)
        .flag("sent", Tested::sent)
        .text("detail", Tested::detail);
  }

  /** The crossings of the pools' thresholds, newest first. */
  record Crossings(List<Crossing> alerts, boolean simulated) {}

  /** One crossing, with the pool that it is of. */
  record Crossing(Notification notification, String pool, List<Delivery> deliveries) {}

  /** The answer of older trackers: times are seconds since 1970 or UTC text, counts are tokens. */
  static Shape<Crossings> crossings() {
    return Shape.<Crossings>object()
        .list(
            "alerts",
            Shape.<Crossing>object()
                .integer("id", each -> number(each.notification()))
                .integer("timestamp", each -> each.notification().at().getEpochSecond())
                .text("tier", Crossing::pool)
                .integer("tokens_used", each -> whole(each.notification(), "used"))
                .integer("limit_value", each -> whole(each.notification(), "limit"))
                .integer("percentage", each -> whole(each.notification(), "percentage"))
                .text("message", each -> each.notification().headline())
                .flag(
                    "sent",
                    each -> each.deliveries().stream().anyMatch(one -> one.status() == Status.SENT))
                .text("created_at", each -> CREATED.format(each.notification().at())),
            Crossings::alerts)
        .integer("count", answer -> answer.alerts().size())
        .flag("simulated", Crossings::simulated);
  }

  /** A number for an id, which stays the same and is exact in JavaScript. */
  private static long number(Notification each) {
    String digits = each.id().substring(each.id().lastIndexOf('_') + 1);
    return each.at().toEpochMilli() * 1000 + Math.floorMod(digits.hashCode(), 1000);
  }

  private static long whole(Notification each, String name) {
    return each.data().get(name) instanceof String number
        ? new BigDecimal(number).setScale(0, RoundingMode.DOWN).longValue()
        : 0;
  }
}

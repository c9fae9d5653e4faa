package dev.tallyman.channels;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tallyman.core.delivery.Notification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;

/** How each channel writes a notification, and how to read it. */
final class Messages {
  /** By the names of the channels. */
  static final Map<String, Function<Notification, byte[]>> WRITERS =
      new TreeMap<>(
          Map.of(
              "slack", Slack::body,
              "slack-classic", Classic::slack,
              "discord", Discord::body,
              "discord-classic", Classic::discord,
              "teams", Teams::body,
              "pagerduty", n -> PagerDuty.body(n, "0123456789abcdef0123456789abcdef"),
              "webhook", Webhook::body));

  private Messages() {}

  static byte[] write(String channel, Notification notification) {
    return Objects.requireNonNull(WRITERS.get(channel), channel).apply(notification);
  }

  static Map<String, Object> read(byte[] json) {
    try {
      return JSON.std.mapFrom(json);
    } catch (IOException e) {
      throw new UncheckedIOException(new String(json, UTF_8), e);
    }
  }

  /** The same document, in lines. */
  static String pretty(byte[] json) {
    try {
      return JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(read(json)) + "\n";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.tallyman.channels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.delivery.Notification;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * No message is more than its channel takes, or other than it knows, whatever is in it. The limits
 * are those that the providers publish, written down here once more.
 */
final class LimitsTest {
  private static final int SEEDS = 120;

  /** What is sent, with what is needed to find it again. */
  record Case(String name, Notification notification) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    var samples = new ArrayList<Case>();
    Samples.all().forEach((name, each) -> samples.add(new Case(name, each)));
    return Stream.concat(
        samples.stream(),
        IntStream.range(0, SEEDS)
            .mapToObj(seed -> new Case("seed " + seed, Samples.hostile(new Random(seed)))));
  }

  private static Map<String, Object> message(String channel, Case of) {
    byte[] bytes = Messages.write(channel, of.notification());
    String text = new String(bytes, StandardCharsets.UTF_8);
    assertThat(text.getBytes(StandardCharsets.UTF_8)).as("well-formed").isEqualTo(bytes);
    return Messages.read(bytes);
  }

  private static List<Map<String, Object>> list(Map<String, Object> of, String name) {
    var list = new ArrayList<Map<String, Object>>();
    if (of.get(name) instanceof List<?> found) {
      for (Object each : found) {
        list.add(map(each));
      }
    }
    return list;
  }

  private static Map<String, Object> map(@Nullable Object value) {
    var map = new LinkedHashMap<String, Object>();
    if (value instanceof Map<?, ?> found) {
      found.forEach((name, member) -> map.put((String) name, member));
    }
    return map;
  }

  private static String text(Map<String, Object> of, String name) {
    assertThat(of.get(name)).as(name).isInstanceOf(String.class);
    return (String) of.get(name);
  }

  private static int characters(@Nullable Object value) {
    return switch (value) {
      case String text -> text.length();
      case List<?> list -> list.stream().mapToInt(LimitsTest::characters).sum();
      case Map<?, ?> map -> map.values().stream().mapToInt(LimitsTest::characters).sum();
      case null, default -> 0;
    };
  }

  @ParameterizedTest
  @MethodSource("cases")
  void slack(Case of) {
    Map<String, Object> message = message("slack", of);
    assertThat(message).containsOnlyKeys("text", "blocks", "attachments");
    assertThat(text(message, "text")).isNotBlank().hasSizeLessThanOrEqualTo(4000);
    mrkdwn(text(message, "text"));
    assertThat(characters(message)).isLessThan(13_200);
    List<Map<String, Object>> blocks = new ArrayList<>(list(message, "blocks"));
    assertThat(list(message, "attachments")).hasSize(1);
    Map<String, Object> attachment = list(message, "attachments").getFirst();
    assertThat(attachment).containsOnlyKeys("color", "fallback", "blocks");
    assertThat(text(attachment, "color")).matches("#[0-9a-f]{6}");
    blocks.addAll(list(attachment, "blocks"));
    assertThat(blocks).hasSizeBetween(2, 50);
    blocks.forEach(LimitsTest::slackBlock);
  }

  private static void slackBlock(Map<String, Object> block) {
    switch (text(block, "type")) {
      case "header" -> {
        assertThat(block).containsOnlyKeys("type", "text");
        Map<String, Object> text = map(block.get("text"));
        assertThat(text).containsOnlyKeys("type", "text").containsEntry("type", "plain_text");
        assertThat(text(text, "text")).isNotBlank().hasSizeLessThanOrEqualTo(150);
      }
      case "section" -> {
        if (block.containsKey("text")) {
          assertThat(block).containsOnlyKeys("type", "text");
          slackText(map(block.get("text")), 3000);
        } else {
          assertThat(block).containsOnlyKeys("type", "fields");
          assertThat(list(block, "fields")).hasSizeBetween(1, 10);
          list(block, "fields").forEach(field -> slackText(field, 2000));
        }
      }
      case "context" -> {
        assertThat(block).containsOnlyKeys("type", "elements");
        assertThat(list(block, "elements")).hasSizeBetween(1, 10);
        list(block, "elements").forEach(element -> slackText(element, 3000));
      }
      default -> throw new AssertionError("no such block: " + block);
    }
  }

  private static void slackText(Map<String, Object> text, int max) {
    assertThat(text).containsOnlyKeys("type", "text", "verbatim").containsEntry("type", "mrkdwn");
    assertThat(text(text, "text")).isNotBlank().hasSizeLessThanOrEqualTo(max);
    mrkdwn(text(text, "text"));
  }

  /** Nothing is in angle brackets but our own links; every ampersand begins an entity. */
  private static void mrkdwn(String text) {
    String rest = text.replaceAll("<https?://[^<>|\\s]+\\|[^<>|]*(\\|[^<>]*)?>", "");
    assertThat(rest).doesNotContain("<", ">").doesNotContainPattern("&(?!amp;|lt;|gt;)");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void slackAndDiscordClassic(Case of) {
    Map<String, Object> slack = message("slack-classic", of);
    assertThat(slack).containsOnlyKeys("text", "attachments");
    mrkdwn(text(slack, "text"));
    Map<String, Object> attachment = list(slack, "attachments").getFirst();
    assertThat(attachment).containsOnlyKeys("color", "fields");
    assertThat(text(attachment, "color")).isIn("good", "warning", "danger");
    list(attachment, "fields")
        .forEach(field -> assertThat(field).containsOnlyKeys("title", "value", "short"));

    Map<String, Object> discord = message("discord-classic", of);
    assertThat(discord).containsOnlyKeys("content", "allowed_mentions");
    assertThat(text(discord, "content")).isNotBlank().hasSizeLessThanOrEqualTo(2000);
    assertThat(discord).containsEntry("allowed_mentions", Map.of("parse", List.of()));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void discord(Case of) {
    Map<String, Object> message = message("discord", of);
    assertThat(message)
        .containsOnlyKeys("allowed_mentions", "embeds")
        .containsEntry("allowed_mentions", Map.of("parse", List.of()));
    assertThat(list(message, "embeds")).hasSize(1);
    Map<String, Object> embed = list(message, "embeds").getFirst();
    int sum = text(embed, "title").length();
    assertThat(text(embed, "title")).isNotBlank().hasSizeLessThanOrEqualTo(256);
    if (embed.containsKey("description")) {
      assertThat(text(embed, "description")).isNotBlank().hasSizeLessThanOrEqualTo(4096);
      sum += text(embed, "description").length();
    }
    assertThat(list(embed, "fields")).hasSizeLessThanOrEqualTo(25);
    for (Map<String, Object> field : list(embed, "fields")) {
      assertThat(field).containsOnlyKeys("name", "value", "inline");
      assertThat(text(field, "name")).isNotBlank().hasSizeLessThanOrEqualTo(256);
      assertThat(text(field, "value")).isNotBlank().hasSizeLessThanOrEqualTo(1024);
      sum += text(field, "name").length() + text(field, "value").length();
    }
    String footer = text(map(embed.get("footer")), "text");
    assertThat(footer).isNotBlank().hasSizeLessThanOrEqualTo(2048);
    assertThat(sum + footer.length()).isLessThanOrEqualTo(6000);
    assertThat((Integer) embed.get("color")).isBetween(0, 0xFFFFFF);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void teams(Case of) {
    assertThat(Teams.body(of.notification())).hasSizeLessThan(28 * 1024);
    Map<String, Object> message = message("teams", of);
    assertThat(message).containsOnlyKeys("type", "attachments").containsEntry("type", "message");
    Map<String, Object> attachment = list(message, "attachments").getFirst();
    assertThat(attachment)
        .containsOnlyKeys("contentType", "contentUrl", "content")
        .containsEntry("contentType", "application/vnd.microsoft.card.adaptive")
        .containsEntry("contentUrl", null);
    Map<String, Object> card = map(attachment.get("content"));
    assertThat(card)
        .containsEntry("type", "AdaptiveCard")
        .containsEntry("version", "1.4")
        .containsEntry("msteams", Map.of("width", "Full"));
    assertThat(list(card, "body")).isNotEmpty();
    list(card, "body").forEach(LimitsTest::teamsElement);
    assertThat(list(card, "actions")).hasSizeLessThanOrEqualTo(6);
    for (Map<String, Object> action : list(card, "actions")) {
      assertThat(action)
          .containsOnlyKeys("type", "title", "url")
          .containsEntry("type", "Action.OpenUrl");
      assertThat(text(action, "url")).matches("https?://\\S+");
    }
  }

  /** Elements and members of schema 1.4 (adaptivecards.io/explorer). */
  private static void teamsElement(Map<String, Object> element) {
    switch (text(element, "type")) {
      case "Container" -> {
        assertThat(element).containsOnlyKeys("type", "style", "bleed", "items");
        assertThat(text(element, "style"))
            .isIn("default", "emphasis", "good", "attention", "warning", "accent");
        list(element, "items").forEach(LimitsTest::teamsElement);
      }
      case "TextBlock" -> {
        assertThat(element).containsOnlyKeys("type", "text", "size", "weight", "isSubtle", "wrap");
        assertThat(text(element, "text")).isNotBlank();
        assertThat(text(element, "size")).isIn("default", "small", "medium", "large", "extraLarge");
        assertThat(text(element, "weight")).isIn("default", "lighter", "bolder");
      }
      case "FactSet" -> {
        assertThat(element).containsOnlyKeys("type", "facts");
        assertThat(list(element, "facts")).isNotEmpty();
        list(element, "facts").forEach(fact -> assertThat(fact).containsOnlyKeys("title", "value"));
      }
      default -> throw new AssertionError("no such element: " + element);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void pagerDuty(Case of) {
    assertThat(Messages.write("pagerduty", of.notification())).hasSizeLessThan(512 * 1024);
    Map<String, Object> event = message("pagerduty", of);
    assertThat(event)
        .containsOnlyKeys("routing_key", "event_action", "dedup_key", "client", "payload", "links");
    assertThat(text(event, "event_action"))
        .isEqualTo(of.notification().type().resolves() ? "resolve" : "trigger");
    assertThat(text(event, "dedup_key")).isNotBlank().hasSizeLessThanOrEqualTo(255);
    Map<String, Object> payload = map(event.get("payload"));
    assertThat(text(payload, "summary")).isNotBlank().hasSizeLessThanOrEqualTo(1024);
    assertThat(text(payload, "source")).isNotBlank();
    assertThat(text(payload, "severity")).isIn("critical", "error", "warning", "info");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void webhook(Case of) {
    assertThat(Webhook.body(of.notification())).hasSizeLessThan(20_000);
    Map<String, Object> message = message("webhook", of);
    assertThat(message)
        .containsOnlyKeys("type", "timestamp", "data")
        .containsEntry("type", of.notification().type().id());
    assertThat(map(message.get("data")))
        .containsEntry("id", of.notification().id())
        .containsEntry("key", of.notification().key())
        .containsEntry("simulated", of.notification().simulated());
    assertThat(of.notification().id()).doesNotContain(".");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void email(Case of) {
    assertThat(Email.subject(of.notification())).matches("[!-~][ -~]{0,98}");
    String text = Email.text(of.notification());
    assertThat(text.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(256 * 1024);
    assertThat(Set.of('\r', '\t')).noneMatch(each -> text.indexOf(each) >= 0);
  }
}

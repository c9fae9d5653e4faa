package dev.tallyman.core.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.budget.Threshold;
import dev.tallyman.core.delivery.Channel;
import dev.tallyman.core.group.ModelGroup;
import java.math.BigDecimal;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OverridesTest {
  @Test
  void whatVariablesSayStandsAboveWhatIsStored() {
    Settings stored =
        settings(
            Map.of(
                "groups",
                Map.of(
                    "mini", Map.of("daily_limit", 3, "more_models", List.of("gpt-7-mini")),
                    "own", Map.of("models", List.of("llama*"), "daily_limit", 4)),
                "zones",
                List.of("Europe/Rome", "Asia/Tokyo"),
                "retention",
                Map.of("hours", 50, "cycles", 60)));

    Settings inForce =
        over(
            stored,
            Map.of(
                "PREMIUM_TIER_LIMIT", "250_000",
                "MINI_TIER_LIMIT", " 8 ",
                "TIME_ZONES", "America/New_York, Europe/Rome,,UTC",
                "RETENTION_DAYS", "90"));

    assertThat(inForce.usage().groups().groups())
        .extracting(ModelGroup::dailyLimit)
        .containsExactly(250_000L, 8L, 4L);
    assertThat(inForce.usage().groups().groupOf("gpt-7-mini")).hasValue("mini");
    assertThat(inForce.usage().zones())
        .containsExactly(
            ZoneOffset.UTC,
            ZoneId.of("Europe/Rome"),
            ZoneId.of("Asia/Tokyo"),
            ZoneId.of("America/New_York"));
    assertThat(inForce.usage().retention().hours()).isEqualTo(90);
    assertThat(inForce.usage().retention().cycles()).isEqualTo(60);
  }

  @Test
  void theThresholdOfThePoolsAndTheirWebhookStandAboveWhatIsStored() {
    Settings stored =
        settings(
            Map.of("alerts", Map.of("pool_percent", 50, "public_url", "https://a.example.com")));

    Settings inForce =
        over(
            stored,
            Map.of(
                "ALERT_THRESHOLD", "90",
                "PUBLIC_URL", "https://bc.example.com/x_y/",
                "ALERT_WEBHOOK_URL", "https://hooks.slack.com/services/T0/B0/hidden"));

    assertThat(inForce.budgets())
        .allSatisfy(budget ->
            assertThat(budget.notices().thresholds())
                .containsExactly(new Threshold.Percent(BigDecimal.valueOf(90))));
    assertThat(inForce.alerts().publicUrl()).hasValue("https://bc.example.com/x_y");
    assertThat(inForce.channels().values())
        .containsExactly(
            new Channel(
                "alert-webhook",
                Channel.Kind.SLACK,
                Optional.of("ALERT_WEBHOOK_URL"),
                List.of(),
                Channel.Format.USUAL));
    assertThat(inForce.alerts().channels()).containsExactly("alert-webhook");
    assertThat(inForce.toDocument().toString()).doesNotContain("hidden");
  }

  @ParameterizedTest
  @CsvSource({
    "ALERT_WEBHOOK_URL,https://discord.com/api/webhooks/1/x,DISCORD",
    "ALERT_WEBHOOK_URL,https://ptb.Discordapp.com/api/webhooks/1/x,DISCORD",
    "ALERT_WEBHOOK_URL,https://notdiscord.com/api/webhooks/1/x,SLACK",
    "ALERT_WEBHOOK_URL,http://127.0.0.1:9/x?discord.com,SLACK",
    "ALERT_WEBHOOK_KIND,discord,DISCORD",
    "ALERT_WEBHOOK_KIND,slack,SLACK"
  })
  void theHostOfTheWebhookSaysWhoIsSpokenTo(String variable, String value, Channel.Kind kind) {
    assertThat(over(Settings.defaults(), Map.of(variable, value)).channels())
        .hasEntrySatisfying("alert-webhook", it -> assertThat(it.kind()).isEqualTo(kind));
  }

  @ParameterizedTest
  @CsvSource({
    "ALERT_THRESHOLD,eighty,has to be an amount from 1 to 1000",
    "ALERT_THRESHOLD,0.8,has to be an amount from 1 to 1000",
    "ALERT_WEBHOOK_URL,hidden,is not the address of a webhook",
    "ALERT_WEBHOOK_URL,ftp://hidden/x,is not the address of a webhook",
    "ALERT_WEBHOOK_KIND,teams,is neither slack nor discord",
    "PUBLIC_URL,http://costs.example.com,has to begin with https://"
  })
  void aWrongVariableOfAlertsIsAMistakeAndNoSecretIsRepeated(
      String variable, String value, String told) {
    var mistakes = new ArrayList<Mistake>();

    Overrides.of(Map.of(variable, value), mistakes::add);

    assertThat(mistakes).extracting(Mistake::path).containsExactly(variable);
    assertThat(mistakes.getFirst().message()).startsWith(told).doesNotContain("hidden");
  }

  @Test
  void whatIsMissingOrEmptySaysNothing() {
    Settings stored = settings(Map.of("retention", Map.of("hours", 50)));

    assertThat(over(stored, Map.of("PREMIUM_TIER_LIMIT", "", "TIME_ZONES", " ", "HOME", "/")))
        .isSameAs(stored);
    assertThat(Overrides.NONE.over(stored)).isSameAs(stored);
  }

  @Test
  void everyMistakeIsToldWithItsVariable() {
    var mistakes = new ArrayList<Mistake>();

    Overrides right =
        Overrides.of(
            Map.of(
                "PREMIUM_TIER_LIMIT", "many",
                "MINI_TIER_LIMIT", "7",
                "TIME_ZONES", "Europe/Rom,Mars/Olympus",
                "RETENTION_DAYS", "5"),
            mistakes::add);

    assertThat(mistakes)
        .extracting(each -> each.path() + " " + each.message())
        .satisfiesExactly(
            limit -> assertThat(limit).startsWith("PREMIUM_TIER_LIMIT has to be a whole number"),
            days -> assertThat(days).startsWith("RETENTION_DAYS has to be a whole number from 32"),
            zone -> assertThat(zone).contains("TIME_ZONES knows no \"Europe/Rom\"", "Europe/Rome"),
            zone -> assertThat(zone).startsWith("TIME_ZONES knows no \"Mars/Olympus\""));
    assertThat(right.over(Settings.defaults()).usage().groups().group("mini"))
        .hasValueSatisfying(mini -> assertThat(mini.dailyLimit()).isEqualTo(7));
  }

  @ParameterizedTest
  @CsvSource({
    "PREMIUM_TIER_LIMIT,-1",
    "MINI_TIER_LIMIT,1.5",
    "MINI_TIER_LIMIT,1000000000000001",
    "RETENTION_DAYS,31",
    "RETENTION_DAYS,36501",
    "TIME_ZONES,+05:45",
    "TIME_ZONES,sk-admin-secret-1",
  })
  void aBadValueIsAMistakeAndAKeyIsNotShown(String variable, String value) {
    var mistakes = new ArrayList<Mistake>();

    assertThat(over(Settings.defaults(), Map.of(variable, value), mistakes))
        .isEqualTo(Settings.defaults());
    assertThat(mistakes)
        .isNotEmpty()
        .allSatisfy(each -> {
          assertThat(each.path()).isEqualTo(variable);
          assertThat(each.message()).doesNotContain("secret-1");
        });
  }

  /** Either is right by itself, so neither may stop the other from being used. */
  @Test
  void boundsHoldForWhatIsWrittenAndNotForBothTogether() {
    List<String> zones =
        ZoneId.getAvailableZoneIds().stream()
            .filter(zone -> zone.startsWith("Europe/"))
            .sorted()
            .limit(48)
            .toList();
    var groups = new TreeMap<String, Object>();
    for (int i = 0; i < 50; i++) {
      groups.put("g" + i, Map.of("models", List.of("m" + i), "daily_limit", 0));
    }
    Settings stored = settings(Map.of("zones", zones.subList(0, 24), "groups", groups));

    Settings inForce =
        over(
            stored,
            Map.of("TIME_ZONES", String.join(",", zones.subList(24, 48)), "MINI_TIER_LIMIT", "5"));

    assertThat(inForce.usage().zones()).hasSize(49);
    assertThat(inForce.usage().groups().groups()).hasSize(52);
  }

  private static Settings over(Settings stored, Map<String, String> variables) {
    var mistakes = new ArrayList<Mistake>();
    Settings inForce = over(stored, variables, mistakes);
    assertThat(mistakes).isEmpty();
    return inForce;
  }

  private static Settings over(
      Settings stored, Map<String, String> variables, List<Mistake> mistakes) {
    return Overrides.of(variables, mistakes::add).over(stored);
  }

  private static Settings settings(Map<String, Object> document) {
    assertThat(Settings.of(document)).isInstanceOf(SettingsResult.Valid.class);
    return ((SettingsResult.Valid) Settings.of(document)).settings();
  }
}

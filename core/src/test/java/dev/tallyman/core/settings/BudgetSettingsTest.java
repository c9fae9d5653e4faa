package dev.tallyman.core.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tallyman.core.budget.Budget;
import dev.tallyman.core.budget.Limit;
import dev.tallyman.core.budget.Notices;
import dev.tallyman.core.budget.Scope;
import dev.tallyman.core.budget.Threshold;
import dev.tallyman.core.budget.WindowKind;
import dev.tallyman.core.delivery.Channel;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.store.Document;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BudgetSettingsTest {
  private static final Map<String, Object> OPS = map("kind", "slack", "secret", "SLACK_OPS");

  @Test
  void everyPartOfABudgetIsRead() {
    Settings settings =
        valid(
            map(
                "channels",
                map("ops", OPS),
                "budgets",
                map(
                    "team_a",
                    map(
                        "name", "Team A",
                        "organization", "acme",
                        "metric", "estimated",
                        "limit", "2000.50",
                        "window", "month",
                        "zone", "Europe/Rome",
                        "scope", map("project", "proj_x", "model", List.of("gpt-5-mini", "gpt-5")),
                        "thresholds", List.of("100%", "1500 USD", "12.5 %"),
                        "owner", "Ada",
                        "runbook", "https://wiki.example.com/x?y",
                        "channels", List.of("ops", "alert-webhook"),
                        "renotify_hours", 24))));

    assertThat(own(settings))
        .containsExactly(
            new Budget(
                "team_a",
                "Team A",
                Optional.of("acme"),
                new Limit(
                    Metric.ESTIMATED,
                    new BigDecimal("2000.5"),
                    Optional.empty(),
                    new Scope(
                        Map.of(
                            GroupBy.PROJECT, new TreeSet<>(List.of("proj_x")),
                            GroupBy.MODEL, new TreeSet<>(List.of("gpt-5", "gpt-5-mini")))),
                    WindowKind.MONTH,
                    ZoneId.of("Europe/Rome")),
                new Notices(
                    List.of(
                        new Threshold.Percent(new BigDecimal("12.5")),
                        new Threshold.Amount(BigDecimal.valueOf(1500), "usd"),
                        new Threshold.Percent(BigDecimal.valueOf(100))),
                    Optional.of("Ada"),
                    Optional.of("https://wiki.example.com/x?y"),
                    List.of("ops", "alert-webhook"),
                    Optional.of(Duration.ofHours(24))),
                false));
    assertThat(settings.usage().zones()).containsExactly(ZoneOffset.UTC, ZoneId.of("Europe/Rome"));
  }

  @Test
  void aBudgetIsAboutOneCurrency() {
    Settings settings =
        valid(
            budget(
                "metric", "cost",
                "limit", 100,
                "window", "month",
                "currency", "EUR",
                "thresholds", List.of("50 eur", "90%")));
    Budget budget = own(settings).getFirst();

    assertThat(budget.limit().currency()).contains("eur");
    assertThat(budget.notices().thresholds())
        .extracting(Threshold::text)
        .containsExactly("50 eur", "90%");
    assertThat(own(valid(settings.toDocument()))).containsExactly(budget);
    Budget all = own(valid(budget("metric", "cost", "limit", 100, "window", "month"))).getFirst();
    assertThat(all.limit().currency()).isEmpty();
    assertThat(all.limit().counting()).isEqualTo("usd");
    assertThat(budget.limit().revision()).isNotEqualTo(all.limit().revision());
    Budget dollars =
        own(valid(budget("metric", "cost", "limit", 100, "window", "month", "currency", "usd")))
            .getFirst();
    assertThat(dollars.limit().revision()).isEqualTo(all.limit().revision());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "estimated | eur     | cannot be eur for estimated, which is in usd; take the metric cost",
        "tokens    | usd     | is for money, which tokens is not",
        "billed    | euro    | (did you mean \"eur\"?); give a code of ISO 4217",
        "cost      | $       | knows no",
      })
  void aCurrencyThatCannotBeCountedIsAnErrorThatSaysWhatToTake(
      String metric, String currency, String message) {
    assertThat(
            mistakes(budget("metric", metric, "limit", 10, "window", "day", "currency", currency)))
        .singleElement()
        .satisfies(mistake -> {
          assertThat(mistake.path()).isEqualTo("budgets.b.currency");
          assertThat(mistake.message()).contains(message);
        });
  }

  @Test
  void whatABudgetLeavesOutIsTheUsual() {
    Budget budget = own(valid(budget("metric", "requests", "limit", 10, "window", "hour"))).get(0);

    assertThat(budget.name()).isEqualTo("b");
    assertThat(budget.limit().zone()).isEqualTo(ZoneOffset.UTC);
    assertThat(budget.limit().scope()).isEqualTo(Scope.ORGANIZATION);
    assertThat(budget.notices().thresholds())
        .extracting(Threshold::text)
        .containsExactly("80%", "90%", "100%");
    assertThat(budget.notices().renotify()).isEmpty();
    assertThat(budget.notices().channels()).isEmpty();
  }

  @Test
  void eachPoolIsABudgetThatFollowsItsGroup() {
    Settings settings =
        valid(
            map(
                "groups",
                    map(
                        "mini", map("daily_limit", 0),
                        "own_one", map("models", List.of("x*"), "daily_limit", 7)),
                "pools", map("projects", List.of("proj_a")),
                "alerts", map("pool_percent", 75)));

    assertThat(settings.budgets())
        .extracting(Budget::id, Budget::pool)
        .containsExactly(tuple("pool-premium", true), tuple("pool-own_one", true));
    Budget own = settings.budgets().getLast();
    assertThat(own.limit().metric()).isEqualTo(Metric.TOKENS);
    assertThat(own.limit().amount()).isEqualByComparingTo("7");
    assertThat(own.limit().scope()).hasToString("project=proj_a,group=own_one");
    assertThat(own.limit().window()).isEqualTo(WindowKind.DAY);
    assertThat(own.notices().thresholds()).extracting(Threshold::text).containsExactly("75%");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hour  | UTC         | project | budgets.b.window | estimated, tokens and requests",
        "day   | Europe/Rome | key     | budgets.b.zone   | estimated, tokens and requests",
        "month | UTC         | user    | budgets.b.scope.user  | estimated, tokens and requests",
        "month | UTC         | model   | budgets.b.scope.model | estimated, tokens and requests",
        "month | UTC         | group   | budgets.b.scope.group | estimated, tokens and requests"
      })
  void whatBillsDoNotKnowIsAnErrorThatSaysWhatToTake(
      String window, String zone, String scope, String path, String remedy) {
    for (String metric : List.of("cost", "billed")) {
      List<Mistake> mistakes =
          mistakes(
              budget(
                  "metric", metric,
                  "limit", 5,
                  "window", window,
                  "zone", zone,
                  "scope", map(scope, "mini")));

      assertThat(mistakes)
          .singleElement()
          .satisfies(mistake -> {
            assertThat(mistake.path()).isEqualTo(path);
            assertThat(mistake.message()).contains(metric, remedy);
          });
    }
  }

  @ParameterizedTest
  @CsvSource({"month,Etc/UTC,project", "day,GMT,key", "quarter,UTC,project", "week,UTC,key"})
  void budgetsOnBillsGoByUtcDaysProjectsAndKeys(String window, String zone, String scope) {
    Settings settings =
        valid(
            budget(
                "metric",
                "cost",
                "limit",
                5,
                "window",
                window,
                "zone",
                zone,
                "scope",
                map(scope, "x")));

    assertThat(own(settings))
        .extracting(each -> each.limit().zone())
        .containsExactly(ZoneOffset.UTC);
  }

  @Test
  void allMistakesOfBudgetsAreReportedAtOnceWithPathAndRemedy() {
    List<Mistake> mistakes =
        mistakes(
            map(
                "channels",
                map("ops", OPS),
                "budgets",
                map(
                    "Big", map(),
                    "pool-mini", map(),
                    "none", map(),
                    "a",
                        map(
                            "metric",
                            "images",
                            "limits",
                            3,
                            "limit",
                            1,
                            "window",
                            "year",
                            "scope",
                            map("group", List.of("minni"), "modell", "x")),
                    "b",
                        map(
                            "metric", "tokens",
                            "limit", "2.5",
                            "window", "hour",
                            "zone", "Europe/Roma",
                            "scope", map("user", List.of()),
                            "channels", List.of("op"),
                            "organization", "A B",
                            "renotify_hours", 0,
                            "runbook", "http://wiki"),
                    "c",
                        map(
                            "metric",
                            "token",
                            "limit",
                            0,
                            "window",
                            "day",
                            "name",
                            "x".repeat(101)),
                    "d",
                        map(
                            "metric", "requests",
                            "limit", 200,
                            "window", "hour",
                            "zone", "Asia/Tokyo",
                            "thresholds", List.of("80", "0%", "5 usd", "50%", "100 requests")))));

    assertThat(mistakes)
        .extracting(Mistake::told)
        .allSatisfy(line -> assertThat(line).hasSizeLessThan(400))
        .satisfiesExactlyInAnyOrder(
            line -> assertThat(line).startsWith("budgets.Big: cannot be the id of a budget"),
            line -> assertThat(line).startsWith("budgets.pool-mini: is kept for the budgets of"),
            line -> assertThat(line).startsWith("budgets.none.metric: is missing; allowed: cost,"),
            line -> assertThat(line).startsWith("budgets.none.limit: is missing; give USD or"),
            line -> assertThat(line).startsWith("budgets.none.window: is missing; allowed: hour"),
            line -> assertThat(line).contains("a.metric: cannot be images", "tokens or requests"),
            line -> assertThat(line).contains("a.limits: is not a field here (did you mean"),
            line -> assertThat(line).contains("a.window: knows no \"year\"", "quarter"),
            line -> assertThat(line).contains("a.scope.group[0]: knows no group", "\"mini\"?"),
            line -> assertThat(line).contains("a.scope.modell: is not a field here (did you mean"),
            line -> assertThat(line).startsWith("budgets.b.limit: has to be a whole number from"),
            line -> assertThat(line).contains("b.zone: knows no", "did you mean \"Europe/Rome\"?"),
            line -> assertThat(line).startsWith("budgets.b.scope.user: is empty"),
            line -> assertThat(line).contains("b.channels[0]: knows no channel", "\"ops\"?"),
            line -> assertThat(line).startsWith("budgets.b.organization: has to be 1 to 63"),
            line -> assertThat(line).startsWith("budgets.b.renotify_hours: has to be a whole"),
            line -> assertThat(line).startsWith("budgets.b.runbook: has to be an address such as"),
            line -> assertThat(line).contains("c.metric: knows no \"token\" (did you mean"),
            line -> assertThat(line).startsWith("budgets.c.name: has to be one line of at most"),
            line -> assertThat(line).startsWith("budgets.d.zone: is not for hours"),
            line -> assertThat(line).contains("d.thresholds[0]", "\"80%\"", "1500 requests"),
            line -> assertThat(line).startsWith("budgets.d.thresholds[1]: has to be a share"),
            line -> assertThat(line).startsWith("budgets.d.thresholds[2]: has to be a share"),
            line -> assertThat(line).contains("d.thresholds[4]", "as much as another"));
  }

  @Test
  void fiveThousandBudgetsFitAndOneMoreIsRefused() {
    var budgets = new LinkedHashMap<String, Object>();
    for (int i = 0; i < 5000; i++) {
      budgets.put(
          "team-number-" + i,
          map(
              "name",
              "Team number " + i,
              "metric",
              "cost",
              "limit",
              i + 1,
              "window",
              "month",
              "scope",
              map("project", "proj_4xGZ0KQy8b7n3tWm" + i),
              "owner",
              "team" + i + "@example.com",
              "thresholds",
              List.of("80%", "100%")));
    }
    Settings settings = valid(map("budgets", budgets));

    assertThat(own(settings)).hasSize(5000);
    assertThat(Document.encode(settings.toDocument())).hasSizeLessThan(750_000);

    budgets.put("one-more", budgets.get("team-number-1"));
    assertThat(mistakes(map("budgets", budgets)))
        .containsExactly(new Mistake("budgets", "are more than 5000"));
  }

  @Test
  void theZonesOfBudgetsCountAmongThoseThatAreKept() {
    var budgets = new TreeMap<String, Object>();
    ZoneId.getAvailableZoneIds().stream()
        .filter(zone -> zone.startsWith("Europe/"))
        .sorted()
        .limit(25)
        .forEach(zone ->
            budgets.put(
                "b" + budgets.size(),
                map("metric", "tokens", "limit", 1, "window", "day", "zone", zone)));

    assertThat(mistakes(map("budgets", budgets)))
        .containsExactly(
            new Mistake(
                "zones", "are 25 with those of the budgets; at most 24 are kept beside UTC"));
  }

  @Test
  void everyKindOfChannelIsReadAndToldUnlessAlertsSayOtherwise() {
    Map<String, Object> channels =
        map(
            "ops", map("kind", "slack", "secret", "SLACK_OPS", "format", "classic"),
            "pager", map("kind", "pagerduty", "secret", "PD_KEY"),
            "hook", map("kind", "webhook", "secret", "HOOK", "signing", List.of("S1", "S2")),
            "mail", map("kind", "email"));
    Settings settings = valid(map("channels", channels));

    assertThat(settings.channels().values())
        .containsExactly(
            channel("hook", Channel.Kind.WEBHOOK, "HOOK", List.of("S1", "S2")),
            new Channel(
                "mail", Channel.Kind.EMAIL, Optional.empty(), List.of(), Channel.Format.USUAL),
            new Channel(
                "ops",
                Channel.Kind.SLACK,
                Optional.of("SLACK_OPS"),
                List.of(),
                Channel.Format.CLASSIC),
            channel("pager", Channel.Kind.PAGERDUTY, "PD_KEY", List.of()));
    assertThat(settings.alerts())
        .isEqualTo(
            new AlertSettings(
                List.of("hook", "mail", "ops", "pager"),
                List.of(),
                BigDecimal.valueOf(20),
                BigDecimal.TEN,
                BigDecimal.valueOf(80),
                Optional.empty()));

    Map<String, Object> alerts =
        map(
            "channels",
            List.of("ops"),
            "conditions",
            List.of("mail"),
            "anomaly_usd",
            5,
            "drift_percent",
            3,
            "public_url",
            "https://costs.example.com/");
    assertThat(valid(map("channels", channels, "alerts", alerts)).alerts())
        .isEqualTo(
            new AlertSettings(
                List.of("ops"),
                List.of("mail"),
                BigDecimal.valueOf(5),
                BigDecimal.valueOf(3),
                BigDecimal.valueOf(80),
                Optional.of("https://costs.example.com")));
  }

  @Test
  void mistakesOfChannelsAreNamedAndNoSecretIsRepeated() {
    String address = "https://hooks.slack.com/services/HIDDEN";
    String routingKey = "R0123456789ABCDEF0123456789ABHIDDEN".substring(3);
    List<Mistake> mistakes =
        mistakes(
            map(
                "channels",
                map(
                    "a", map("kind", "slak", "secret", address),
                    "b", map("kind", "pagerduty", "secret", routingKey),
                    "c", map("kind", "webhook", "secret", "C", "signing", List.of("whsec_HIDDEN")),
                    "d", map("kind", "teams"),
                    "e", map("kind", "email", "secret", "E"),
                    "f", map("kind", "teams", "secret", "OPENAI_ADMIN_KEY", "format", "classic"),
                    "g", map("secret", "G"),
                    "h", map("kind", "slack", "secret", "H", "signing", List.of("X")),
                    "I", map()),
                "alerts",
                map(
                    "channels",
                    List.of("k"),
                    "anomaly_usd",
                    -1,
                    "drift_percent",
                    "x",
                    "pool_percent",
                    0,
                    "public_url",
                    "http://a.example.com")));

    assertThat(mistakes.toString()).doesNotContain("HIDDEN");
    assertThat(mistakes)
        .extracting(Mistake::told)
        .satisfiesExactlyInAnyOrder(
            line -> assertThat(line).contains("channels.a.kind: knows no \"slak\" (did you mean"),
            line -> assertThat(line).contains("channels.a.secret: has to be the name", "never kep"),
            line -> assertThat(line).startsWith("channels.b.secret: has to be the name of"),
            line -> assertThat(line).startsWith("channels.c.signing[0]: has to be the name of"),
            line -> assertThat(line).startsWith("channels.d.secret: is missing; give the name"),
            line -> assertThat(line).startsWith("channels.e.secret: has no use for e-mail"),
            line -> assertThat(line).startsWith("channels.f.secret: \"OPENAI_ADMIN_KEY\" is the"),
            line -> assertThat(line).startsWith("channels.f.format: is classic for slack and"),
            line -> assertThat(line).startsWith("channels.g.kind: is missing; allowed: slack,"),
            line -> assertThat(line).startsWith("channels.h.signing: is for channels of the kind"),
            line -> assertThat(line).startsWith("channels.I: cannot be the name of a channel"),
            line -> assertThat(line).startsWith("alerts.channels[0]: knows no channel \"k\""),
            line -> assertThat(line).startsWith("alerts.anomaly_usd: has to be an amount from 0"),
            line -> assertThat(line).startsWith("alerts.drift_percent: has to be an amount from 1"),
            line -> assertThat(line).startsWith("alerts.pool_percent: has to be an amount from 1"),
            line -> assertThat(line).startsWith("alerts.public_url: has to begin with https://"));
  }

  private static Channel channel(
      String name, Channel.Kind kind, String secret, List<String> signing) {
    return new Channel(name, kind, Optional.of(secret), signing, Channel.Format.USUAL);
  }

  private static List<Budget> own(Settings settings) {
    return settings.budgets().stream().filter(budget -> !budget.pool()).toList();
  }

  private static Map<String, Object> budget(Object... namesAndValues) {
    return map("budgets", map("b", map(namesAndValues)));
  }

  private static Settings valid(Map<String, ?> document) {
    return switch (Settings.of(document)) {
      case SettingsResult.Valid(Settings settings) -> settings;
      case SettingsResult.Invalid(List<Mistake> mistakes) ->
          throw new AssertionError(mistakes.toString());
    };
  }

  private static List<Mistake> mistakes(Map<String, ?> document) {
    return switch (Settings.of(document)) {
      case SettingsResult.Valid valid -> throw new AssertionError(valid.toString());
      case SettingsResult.Invalid(List<Mistake> mistakes) -> mistakes;
    };
  }

  private static Map<String, Object> map(Object... namesAndValues) {
    var map = new LinkedHashMap<String, Object>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }
}

package dev.tallyman.channels;

import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Notification.Driver;
import dev.tallyman.core.delivery.Notification.Fact;
import dev.tallyman.core.delivery.Notification.Link;
import dev.tallyman.core.delivery.Severity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** Notifications as they are written, one of each type, and some as nobody should write them. */
final class Samples {
  private static final Instant AT = Instant.parse("2026-11-20T09:15:00.123Z");
  private static final List<Link> LINKS =
      List.of(
          new Link("Budget", "https://costs.example.com/api/v1/budgets/team-a?org=acme"),
          new Link("Alerts", "https://costs.example.com/api/v1/alerts?org=acme"),
          new Link("Runbook", "https://wiki.example.com/spend"));

  private static final List<Link> POOL_LINKS =
      List.of(
          new Link("Budget", "http://127.0.0.1:8080/api/v1/budgets/pool-premium?org=simulated"),
          new Link("Alerts", "http://127.0.0.1:8080/api/v1/alerts?org=simulated"));

  private Samples() {}

  /** The one with the golden file of this name. */
  static Notification named(String name) {
    return Objects.requireNonNull(all().get(name), name);
  }

  /** One of each type, by the name of its golden file. */
  static Map<String, Notification> all() {
    var samples = new LinkedHashMap<String, Notification>();
    samples.put(
        "warning",
        of(
            Notification.Type.BUDGET_WARNING,
            Severity.WARNING,
            "team-a/2026-11",
            "Team A is at 84 % of $2,000.00",
            List.of(
                new Fact("Used", "$1,684.20 of $2,000.00"),
                new Fact("Threshold", "80% passed"),
                new Fact("Window", "November 2026 (Europe/Rome)"),
                new Fact("Scope", "project: Search, Assist & Co"),
                new Fact("Source", "billed, as of 20 Nov 2026 09:10 UTC"),
                new Fact("Owner", "Ada"),
                new Fact("Since", "20 Nov 2026 10:12 Europe/Rome"),
                new Fact(
                    "Forecast", "$2,540 by the end (80 %: $2,310 to $2,790); all used on 24 Nov"),
                new Fact(
                    "Next",
                    "nothing is stopped; the next month begins 1 Dec 2026 00:00 Europe/Rome, in 10"
                        + " days")),
            List.of(
                new Driver("gpt-5 in Search", "$912.40"),
                new Driver("gpt-5-mini in Search", "$401.10"),
                new Driver("o3 in Assist & Co", "$212.00")),
            LINKS,
            false,
            budget("team-a", "2000", "1684.2")));
    samples.put(
        "exceeded",
        of(
            Notification.Type.BUDGET_EXCEEDED,
            Severity.CRITICAL,
            "pool-premium/2026-11-20",
            "Premium pool is at 130 % of 1,000,000 tokens",
            List.of(
                new Fact("Used", "1,304,112 tokens of 1,000,000 tokens"),
                new Fact("Threshold", "100% passed"),
                new Fact("Window", "20 Nov 2026 (UTC)"),
                new Fact("Source", "reported, as of 20 Nov 2026 09:10 UTC"),
                new Fact("Since", "20 Nov 2026 09:15 UTC"),
                new Fact(
                    "Next",
                    "nothing is stopped; the next day begins 21 Nov 2026 00:00 UTC, in 14 h 45"
                        + " min")),
            List.of(
                new Driver("gpt-5", "1,102,345 tokens"),
                new Driver("gpt-4o-2024-08-06", "201,767 tokens")),
            POOL_LINKS,
            true,
            budget("pool-premium", "1000000", "1304112")));
    samples.put(
        "recovered",
        of(
            Notification.Type.BUDGET_RECOVERED,
            Severity.INFO,
            "team-a/2026-11",
            "Team A is below 80% again: at 71 % of $2,000.00",
            List.of(
                new Fact("Used", "$1,421.00 of $2,000.00"),
                new Fact("Recovers from", "80% passed, $1,684.20 on 20 Nov 2026 10:12 Europe/Rome"),
                new Fact("Window", "November 2026 (Europe/Rome)"),
                new Fact("Why", "the provider restated what was used"),
                new Fact("Next", "nothing is stopped; the next month begins 1 Dec 2026 00:00")),
            List.of(),
            LINKS,
            false,
            budget("team-a", "2000", "1421")));
    samples.put(
        "closed",
        of(
            Notification.Type.BUDGET_CLOSED,
            Severity.INFO,
            "pool-premium/2026-11-20",
            "A new day has begun for Premium pool: the last one ended at 130 % of 1,000,000 tokens",
            List.of(
                new Fact("Used", "1,304,112 tokens of 1,000,000 tokens"),
                new Fact("Window", "20 Nov 2026 (UTC)"),
                new Fact("Next", "counting begins anew; late data is told for 48 hours")),
            List.of(),
            POOL_LINKS.subList(0, 1),
            true,
            budget("pool-premium", "1000000", "1304112")));
    condition(
        samples,
        "forecast",
        Notification.Type.FORECAST,
        Severity.WARNING,
        "Team A will probably exceed $2,000.00: $2,540 by the end of November");
    condition(
        samples,
        "forecast-cleared",
        Notification.Type.FORECAST_CLEARED,
        Severity.INFO,
        "The forecast is within the limit again");
    samples.put(
        "anomaly",
        of(
            Notification.Type.ANOMALY,
            Severity.WARNING,
            "anomaly/search/2026-11-20T08",
            "Search spent $182.10 from 08:00 to 09:00 UTC, 9 times the usual $20.30",
            List.of(
                new Fact("Project", "Search"),
                new Fact("Usual", "$20.30 (13 to 31) on Fridays at 08:00"),
                new Fact("Since", "20 Nov 2026 08:00 UTC"),
                new Fact("Next", "nothing is stopped; told again if it lasts into another day")),
            List.of(
                new Driver("API key batch-import, gpt-5", "$171.00"),
                new Driver("API key web, gpt-5-mini", "$9.20")),
            LINKS.subList(1, 2),
            false,
            new TreeMap<>(Map.of("project", "proj_search", "usd", "182.1", "usual_usd", "20.3"))));
    condition(
        samples,
        "stale",
        Notification.Type.STALE,
        Severity.ERROR,
        "No usage could be read for 23 min: the provider answers 503");
    condition(
        samples,
        "stale-cleared",
        Notification.Type.STALE_CLEARED,
        Severity.INFO,
        "Data is fresh again");
    condition(
        samples,
        "key-expires",
        Notification.Type.KEY_EXPIRES,
        Severity.WARNING,
        "The admin key of acme expires in 13 days, on 3 Dec 2026");
    condition(
        samples,
        "key-renewed",
        Notification.Type.KEY_RENEWED,
        Severity.INFO,
        "The admin key no longer expires within two weeks");
    condition(
        samples,
        "unpriced",
        Notification.Type.UNPRICED,
        Severity.WARNING,
        "gpt-6-preview has no price: 1,204,556 tokens since yesterday are missing from estimates");
    condition(
        samples,
        "unpriced-cleared",
        Notification.Type.UNPRICED_CLEARED,
        Severity.INFO,
        "gpt-6-preview: nothing without a price since yesterday");
    condition(
        samples,
        "implausible",
        Notification.Type.IMPLAUSIBLE,
        Severity.WARNING,
        "The billed price of gpt-5.5 is far from the list price: the list price is used");
    condition(
        samples,
        "implausible-cleared",
        Notification.Type.IMPLAUSIBLE_CLEARED,
        Severity.INFO,
        "The price of gpt-5.5 is no longer in doubt");
    condition(
        samples,
        "unknown",
        Notification.Type.BUDGET_UNKNOWN,
        Severity.WARNING,
        "What is used of the budget Research is not known: some of it is billed in eur");
    condition(
        samples,
        "unknown-cleared",
        Notification.Type.BUDGET_KNOWN,
        Severity.INFO,
        "What is used of the budget Research is known again");
    condition(
        samples,
        "drift",
        Notification.Type.DRIFT,
        Severity.WARNING,
        "Bill and estimate differ by 14 % over the last 7 days: $4,120 billed, $3,614 estimated");
    condition(
        samples,
        "drift-cleared",
        Notification.Type.DRIFT_CLEARED,
        Severity.INFO,
        "Bill and estimate agree again");
    var members = new ArrayList<Map<String, Object>>();
    for (Notification each : List.copyOf(samples.values()).subList(0, 7)) {
      members.add(
          new TreeMap<>(
              Map.of(
                  "id", each.id(),
                  "type", each.type().id(),
                  "severity", each.severity().id(),
                  "headline", each.headline())));
    }
    samples.put(
        "digest",
        of(
            Notification.Type.DIGEST,
            Severity.CRITICAL,
            "digest/1795166100",
            "7 alerts at once, 1 of them beyond a limit",
            List.of(new Fact("Next", "each stands by itself in the list of alerts")),
            List.of(),
            LINKS.subList(1, 2),
            false,
            new TreeMap<>(Map.of("members", members))));
    condition(
        samples,
        "test",
        Notification.Type.TEST,
        Severity.INFO,
        "This is a test of the channel ops");
    return samples;
  }

  private static void condition(
      Map<String, Notification> samples,
      String name,
      Notification.Type type,
      Severity severity,
      String text) {
    samples.put(
        name,
        of(
            type,
            severity,
            name,
            text,
            List.of(new Fact("Since", "20 Nov 2026 08:52 UTC"), new Fact("Lasted", "23 min")),
            List.of(),
            LINKS.subList(1, 2),
            false,
            new TreeMap<>()));
  }

  private static SortedMap<String, Object> budget(String id, String limit, String used) {
    var data = new TreeMap<String, Object>();
    data.put("budget", id);
    data.put("limit", limit);
    data.put("used", used);
    data.put("pool", id.startsWith("pool-"));
    return data;
  }

  private static Notification of(
      Notification.Type type,
      Severity severity,
      String key,
      String headline,
      List<Fact> facts,
      List<Driver> drivers,
      List<Link> links,
      boolean simulated,
      SortedMap<String, Object> data) {
    return new Notification(
        Notification.idOf(AT, "1234abcd"),
        "acme",
        AT,
        type,
        severity,
        "tallyman/acme/" + key,
        key.substring(0, Math.max(key.indexOf('/'), 0)).isEmpty()
            ? key
            : key.substring(0, key.indexOf('/')),
        headline,
        facts,
        drivers,
        links,
        simulated,
        data,
        List.of("ops"));
  }

  /** As long and as strange as it can be, of a random type. */
  static Notification hostile(RandomGenerator random) {
    var facts = new ArrayList<Fact>();
    for (int i = random.nextInt(40); i > 0; i--) {
      facts.add(new Fact(text(random), text(random)));
    }
    var drivers = new ArrayList<Driver>();
    for (int i = random.nextInt(4); i > 0; i--) {
      drivers.add(new Driver(text(random), text(random)));
    }
    var links = new ArrayList<Link>();
    for (int i = random.nextInt(12); i > 0; i--) {
      links.add(
          new Link(
              text(random),
              switch (random.nextInt(5)) {
                case 0 -> text(random);
                case 1 -> "javascript:alert(1)";
                case 2 -> "https://a.example/" + "x".repeat(random.nextInt(3000));
                case 3 -> "https://a.example/?a=b|<!channel>";
                default -> "https://a.example/(x)?q=1&r=%7C";
              }));
    }
    var data = new TreeMap<String, Object>();
    for (int i = random.nextInt(12); i > 0; i--) {
      data.put(text(random), random.nextBoolean() ? text(random) : random.nextLong());
    }
    if (random.nextInt(3) == 0) {
      var members = new ArrayList<Map<String, Object>>();
      for (int i = random.nextInt(300); i > 0; i--) {
        members.add(
            Map.of("headline", text(random), "severity", "critical", "type", "budget.exceeded"));
      }
      data.put("members", members);
    }
    Notification.Type[] types = Notification.Type.values();
    Severity[] severities = Severity.values();
    return new Notification(
        Notification.idOf(AT, "1234abcd"),
        "o".repeat(1 + random.nextInt(63)),
        AT,
        types[random.nextInt(types.length)],
        severities[random.nextInt(severities.length)],
        "tallyman/acme/" + "k".repeat(random.nextInt(241)),
        text(random),
        text(random),
        facts,
        drivers,
        links,
        random.nextBoolean(),
        data,
        List.of("ops"));
  }

  private static String text(RandomGenerator random) {
    String piece =
        switch (random.nextInt(16)) {
          case 0 -> "";
          case 1 -> " \n\t ";
          case 2 -> "<!channel> <@U123> <https://evil.example|click>";
          case 3 -> "@everyone **bold** [a](https://evil.example) ||x|| `y`";
          case 4 -> "&<>\"'\\";
          case 5 -> "😀👩‍👩‍👧‍👦🏴";
          case 6 -> "\ud83d";
          case 7 -> "\ude00\ud83d";
          case 8 -> "\u0000\u0007\u001b[31m\u202eabc\u2066";
          case 9 -> "line\r\nline\u2028line\u2029";
          case 10 -> "漢字かな한글";
          case 11 -> "{\"a\":1}]}";
          case 12 -> "e\u0301\u0301\u0301\u0301";
          default -> "Budget of team " + random.nextInt(1000);
        };
    return switch (random.nextInt(8)) {
      case 0 -> piece.repeat(1 + 10_000 / Math.max(1, piece.length()));
      case 1 -> piece.repeat(20);
      default -> piece;
    };
  }
}

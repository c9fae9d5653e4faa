package dev.tallyman.core.alert;

import dev.tallyman.core.Digest;
import dev.tallyman.core.Figures;
import dev.tallyman.core.budget.Budget;
import dev.tallyman.core.budget.Threshold;
import dev.tallyman.core.budget.Window;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Notification.Driver;
import dev.tallyman.core.delivery.Notification.Fact;
import dev.tallyman.core.delivery.Notification.Link;
import dev.tallyman.core.delivery.Severity;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Unit;
import dev.tallyman.core.spend.Usage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Puts changes into words: what, how bad, since when, why, what happens next, where to look. */
final class Wording {
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMM uuuu", Locale.ENGLISH);
  private static final DateTimeFormatter MONTH =
      DateTimeFormatter.ofPattern("MMMM uuuu", Locale.ENGLISH);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMM uuuu HH:mm", Locale.ENGLISH);
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm", Locale.ENGLISH);
  private static final int LONGEST_KEY = 255;

  private final String organization;
  private final boolean simulated;
  private final Optional<String> publicUrl;
  private final Instant now;
  private final BiFunction<GroupBy, String, String> names;

  /**
   * Creates one.
   *
   * @param publicUrl where links lead, without a slash at its end
   * @param names what people call a value of a dimension
   */
  Wording(
      String organization,
      boolean simulated,
      Optional<String> publicUrl,
      Instant now,
      BiFunction<GroupBy, String, String> names) {
    this.organization = organization;
    this.simulated = simulated;
    this.publicUrl = publicUrl;
    this.now = now;
    this.names = names;
  }

  /** A crossing. */
  Notification crossed(
      AlertChange.Crossed change, List<Driver> drivers, Optional<String> projection) {
    Usage usage = change.usage();
    Budget budget = usage.budget();
    Window window = usage.window();
    Severity severity = Rules.severity(budget, change.threshold(), usage.used());
    boolean ended = window.endedAt(now);
    String headline =
        budget.name()
            + ": "
            + (change.again() ? "still " : "")
            + share(usage)
            + " of "
            + limit(budget)
            + " used"
            + (ended ? " in a window that has ended, as late data shows" : "");
    var facts = facts(usage);
    facts.add(1, new Fact("Threshold", change.threshold().text() + " passed"));
    facts.add(new Fact("Since", time(change.entry().opened(), window.zone())));
    projection.ifPresent(text -> facts.add(new Fact("Forecast", text)));
    facts.add(new Fact("Next", next(usage, ended)));
    SortedMap<String, @Nullable Object> data = data(usage);
    data.put("threshold", change.threshold().text());
    data.put("again", change.again());
    data.put("ended", ended);
    return notification(
        severity == Severity.CRITICAL
            ? Notification.Type.BUDGET_EXCEEDED
            : Notification.Type.BUDGET_WARNING,
        severity,
        keyOf(budget.id(), window.id()),
        budget.id(),
        headline,
        facts,
        drivers,
        links(budget),
        data,
        change.channels(),
        change.threshold().text() + budget.limit().revision() + (change.again() ? now : ""));
  }

  /** A recovery. */
  Notification recovered(AlertChange.Recovered change) {
    Usage usage = change.usage();
    Budget budget = usage.budget();
    Threshold lowest = budget.notices().thresholds().getFirst();
    String headline =
        budget.name()
            + ": below "
            + lowest.text()
            + " again, "
            + share(usage)
            + " of "
            + limit(budget)
            + " used";
    var facts = facts(usage);
    facts.add(
        1,
        new Fact(
            "Recovers from",
            change.from().threshold()
                + " passed, "
                + Drivers.amount(change.from().used(), budget)
                + " on "
                + time(change.from().opened(), usage.window().zone())));
    facts.add(
        new Fact(
            "Why",
            change.edited() ? "the budget was changed" : "the provider restated what was used"));
    facts.add(new Fact("Next", next(usage, false)));
    return notification(
        Notification.Type.BUDGET_RECOVERED,
        Severity.INFO,
        keyOf(budget.id(), usage.window().id()),
        budget.id(),
        headline,
        facts,
        List.of(),
        links(budget),
        data(usage),
        change.channels(),
        "recovered" + change.from().told() + budget.limit().revision());
  }

  /** The end of a window in which something was open. */
  Notification closed(AlertChange.Closed change) {
    Usage usage = change.usage();
    Budget budget = usage.budget();
    String headline =
        budget.name()
            + ": a new "
            + budget.limit().window().id()
            + " has begun, the last one ended with "
            + (usage.known() ? share(usage) : "an unknown part")
            + " of "
            + limit(budget)
            + " used";
    var facts = facts(usage);
    facts.add(
        new Fact(
            "Next",
            "counting begins anew; late data of the window that ended is told for 48 hours"));
    return notification(
        Notification.Type.BUDGET_CLOSED,
        Severity.INFO,
        keyOf(budget.id(), usage.window().id()),
        budget.id(),
        headline,
        facts,
        List.of(),
        links(budget),
        data(usage),
        change.channels(),
        "closed");
  }

  /** The end of a budget of which something was open. */
  Notification removed(AlertChange.Removed change) {
    String subject = change.entry().subject();
    String window = change.key().substring(("budget/" + subject + "/").length());
    return notification(
        Notification.Type.BUDGET_CLOSED,
        Severity.INFO,
        keyOf(subject, window),
        subject,
        "The budget " + subject + " is no longer in the settings",
        List.of(),
        List.of(),
        List.of(),
        new TreeMap<>(),
        change.channels(),
        "removed" + change.entry().revision());
  }

  /** The beginning of a condition. */
  Notification began(AlertChange.Began change) {
    AlertCondition condition = change.condition();
    return notification(
        condition.type(),
        condition.severity(),
        keyOf(condition.subject(), ""),
        condition.subject(),
        condition.headline(),
        condition.facts(),
        condition.drivers(),
        List.of(),
        condition.data(),
        change.channels(),
        "began");
  }

  /** The end of a condition. */
  Notification ended(AlertChange.Ended change) {
    Duration lasted = Duration.between(change.entry().opened(), now);
    return notification(
        change.type(),
        Severity.INFO,
        keyOf(change.entry().subject(), ""),
        change.entry().subject(),
        switch (change.type()) {
          case STALE_CLEARED -> "Data is fresh again";
          case KEY_RENEWED -> "The admin key no longer expires within two weeks";
          case UNPRICED_CLEARED ->
              name(change.entry()) + ": nothing without a price since yesterday";
          case IMPLAUSIBLE_CLEARED ->
              "The price of " + name(change.entry()) + " is no longer in doubt";
          case BUDGET_KNOWN ->
              "No budget lacks money in "
                  + name(change.entry()).toUpperCase(Locale.ROOT)
                  + " any more";
          case DRIFT_CLEARED -> "Bill and estimate agree again";
          default -> "The forecast is within the limit again";
        },
        List.of(
            new Fact("Since", time(change.entry().opened(), ZoneId.of("UTC"))),
            new Fact("Lasted", lasting(lasted))),
        List.of(),
        List.of(),
        new TreeMap<>(),
        change.channels(),
        "ended");
  }

  /** Many at once as one. */
  Notification digest(List<Notification> members, List<String> channels) {
    Severity worst =
        members.stream().map(Notification::severity).reduce(Severity.INFO, Wording::worse);
    var data = new TreeMap<String, @Nullable Object>();
    data.put(
        "members",
        members.stream()
            .map(each -> {
              var member = new TreeMap<String, Object>();
              member.put("id", each.id());
              member.put("type", each.type().id());
              member.put("severity", each.severity().id());
              member.put("headline", each.headline());
              return member;
            })
            .toList());
    long critical = members.stream().filter(each -> each.severity() == Severity.CRITICAL).count();
    return notification(
        Notification.Type.DIGEST,
        worst,
        keyOf("digest", Long.toString(now.getEpochSecond())),
        "digest",
        members.size()
            + " alerts at once"
            + (critical == 0 ? "" : ", " + critical + " of them beyond a limit"),
        List.of(new Fact("Next", "each stands by itself in the list of alerts")),
        List.of(),
        publicUrl.stream().map(url -> new Link("Alerts", url + "/api/v1/alerts")).toList(),
        data,
        channels,
        members.getFirst().id() + channels);
  }

  private static Severity worse(Severity one, Severity other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  private Notification notification(
      Notification.Type type,
      Severity severity,
      String key,
      String subject,
      String headline,
      List<Fact> facts,
      List<Driver> drivers,
      List<Link> links,
      SortedMap<String, @Nullable Object> data,
      List<String> channels,
      String unique) {
    var all = new TreeMap<String, @Nullable Object>(data);
    all.put("organization", organization);
    return new Notification(
        Notification.idOf(now, Digest.of(key + "\n" + type.id() + "\n" + unique)),
        organization,
        now,
        type,
        severity,
        key,
        subject,
        headline,
        facts,
        drivers,
        links,
        simulated,
        all,
        channels);
  }

  /** What all notifications about one thing share. */
  private String keyOf(String subject, String window) {
    String key =
        "tallyman/" + organization + "/" + subject + (window.isEmpty() ? "" : "/" + window);
    return key.length() <= LONGEST_KEY
        ? key
        : key.substring(0, LONGEST_KEY - 9) + "-" + Digest.of(key);
  }

  private List<Fact> facts(Usage usage) {
    Budget budget = usage.budget();
    var facts = new ArrayList<Fact>();
    facts.add(
        new Fact(
            "Used",
            (!usage.known()
                    ? "not known"
                    : budget.limit().metric().unit() == Unit.MONEY
                        ? Drivers.amount(usage.used(), budget)
                        : Figures.count(usage.used()))
                + " of "
                + limit(budget)));
    facts.add(new Fact("Window", window(usage.window())));
    if (!budget.limit().scope().parts().isEmpty()) {
      facts.add(new Fact("Scope", scope(budget)));
    }
    facts.add(
        new Fact(
            "Source",
            usage.source()
                + (usage.unpriced() ? "; some usage has no price and is missing" : "")
                + (usage.leftOut().isEmpty()
                    ? ""
                    : "; bills in " + String.join(" and ", usage.leftOut()) + " are missing")
                + usage.asOf().map(at -> ", as of " + time(at, ZoneId.of("UTC"))).orElse("")));
    budget.notices().owner().ifPresent(owner -> facts.add(new Fact("Owner", owner)));
    return facts;
  }

  private String scope(Budget budget) {
    return budget.limit().scope().parts().entrySet().stream()
        .map(part ->
            part.getKey().id()
                + " "
                + part.getValue().stream()
                    .map(id -> names.apply(part.getKey(), id))
                    .collect(Collectors.joining(" or ")))
        .collect(Collectors.joining(", "));
  }

  private static String limit(Budget budget) {
    return Drivers.amount(budget.limit().amount(), budget);
  }

  private String next(Usage usage, boolean ended) {
    if (ended) {
      return "nothing: the window is over";
    }
    Window window = usage.window();
    return "nothing is stopped; the next "
        + window.kind().id()
        + " begins "
        + time(window.end(), window.zone())
        + ", in "
        + lasting(Duration.between(now, window.end()));
  }

  private List<Link> links(Budget budget) {
    var links = new ArrayList<Link>();
    publicUrl.ifPresent(url -> {
      String query = "org=" + organization;
      links.add(new Link("Budget", url + "/api/v1/budgets/" + budget.id() + "?" + query));
      links.add(new Link("Alerts", url + "/api/v1/alerts?" + query));
    });
    budget.notices().runbook().ifPresent(url -> links.add(new Link("Runbook", url)));
    return links;
  }

  private static SortedMap<String, @Nullable Object> data(Usage usage) {
    Budget budget = usage.budget();
    Window window = usage.window();
    var data = new TreeMap<String, @Nullable Object>();
    data.put("budget", budget.id());
    data.put("budget_name", budget.name());
    data.put("metric", budget.limit().metric().id());
    data.put("unit", budget.limit().metric().unit().id());
    if (budget.limit().metric().money()) {
      data.put("currency", budget.limit().counting());
    }
    data.put("limit", budget.limit().amount().toPlainString());
    boolean known = usage.known();
    data.put("used", known ? usage.used().toPlainString() : null);
    data.put(
        "remaining", known ? budget.limit().amount().subtract(usage.used()).toPlainString() : null);
    data.put(
        "percentage",
        known ? percentage(usage.used(), budget.limit().amount()).toPlainString() : null);
    data.put("window", window.id());
    data.put("window_start", window.start().toString());
    data.put("window_end", window.end().toString());
    data.put("revision", budget.limit().revision());
    data.put("scope", budget.limit().scope().toString());
    data.put("source", usage.source());
    data.put("as_of", usage.asOf().map(Instant::toString).orElse(null));
    data.put("pool", budget.pool());
    return data;
  }

  /**
   * How much of a limit is used, in percent with one decimal, rounded down: 79.99 is not yet 80.
   */
  static BigDecimal percentage(BigDecimal used, BigDecimal limit) {
    return used.movePointRight(2).divide(limit, 1, RoundingMode.FLOOR);
  }

  private static String share(Usage usage) {
    return percentage(usage.used(), usage.budget().limit().amount()).setScale(0, RoundingMode.FLOOR)
        + " %";
  }

  /** A window for people. */
  static String window(Window window) {
    var start = window.start().atZone(window.zone());
    return switch (window.kind()) {
          case HOUR -> TIME.format(start) + "–" + CLOCK.format(window.end().atZone(window.zone()));
          case DAY -> DAY.format(start);
          case WEEK -> "week from " + DAY.format(start);
          case MONTH -> MONTH.format(start);
          case QUARTER -> window.id().substring(5, 7) + " " + start.getYear();
        }
        + " ("
        + window.zone().getId()
        + ")";
  }

  static String time(Instant at, ZoneId zone) {
    return TIME.format(at.atZone(zone)) + " " + zone.getId();
  }

  /** How long something lasts, in its two largest units at most. */
  static String lasting(Duration duration) {
    long minutes = Math.max(0, duration.toMinutes());
    long hours = minutes / 60;
    if (hours >= 48) {
      return hours / 24 + " days";
    }
    if (hours > 0) {
      return hours + " h" + (minutes % 60 == 0 ? "" : " " + minutes % 60 + " min");
    }
    return minutes + " min";
  }

  private static String name(Entry entry) {
    return entry.subject().substring(entry.subject().indexOf('/') + 1);
  }
}

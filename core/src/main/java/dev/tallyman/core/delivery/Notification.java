package dev.tallyman.core.delivery;

import dev.tallyman.core.Bounded;
import dev.tallyman.core.store.Fields;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What people are told, once: complete in itself, so that whoever writes it for a channel looks
 * nothing up. Its texts are bounded.
 *
 * @param id the same for every repeat: {@code al_20261120T091500123Z_8hexdigits}; sorts by time
 * @param organization our id of it
 * @param at when it was written
 * @param type what it is about
 * @param severity how bad it is
 * @param key what all notifications about one thing share, the opening and the resolving ones:
 *     {@code tallyman/organization/subject/window}, at most 255 characters
 * @param subject the id of the budget, or what else it is about
 * @param headline one line: what, and how bad
 * @param facts what else there is to know, in order
 * @param drivers what most of it is made of, the largest first, at most three
 * @param links where to look or act, the most useful first
 * @param simulated whether the numbers are of a simulated organization
 * @param data the same for programs: texts, numbers, truths, lists and maps
 * @param channels the names of the channels that it goes to; empty if nobody is told
 */
public record Notification(
    String id,
    String organization,
    Instant at,
    Type type,
    Severity severity,
    String key,
    String subject,
    String headline,
    List<Fact> facts,
    List<Driver> drivers,
    List<Link> links,
    boolean simulated,
    SortedMap<String, @Nullable Object> data,
    List<String> channels) {
  private static final String DIGESTS = "digests";
  private static final int MOST_LINE = 1000;
  private static final int MOST_TEXT = 4000;

  public Notification {
    subject = Bounded.text(subject, MOST_LINE);
    headline = Bounded.text(headline, MOST_LINE);
    facts =
        facts.stream()
            .map(each ->
                new Fact(
                    Bounded.text(each.label(), MOST_LINE), Bounded.text(each.text(), MOST_TEXT)))
            .toList();
    drivers =
        drivers.stream()
            .map(each ->
                new Driver(
                    Bounded.text(each.label(), MOST_LINE), Bounded.text(each.text(), MOST_LINE)))
            .toList();
    links = List.copyOf(links);
    var bounded = new TreeMap<String, @Nullable Object>(data);
    bounded.replaceAll(
        (_, value) -> value instanceof String text ? Bounded.text(text, MOST_TEXT) : value);
    data = Collections.unmodifiableSortedMap(bounded);
    channels = List.copyOf(channels);
  }

  /**
   * The same for fewer channels, since others get it within digests.
   *
   * @param digests their ids
   */
  public Notification within(List<String> digests, List<String> others) {
    var all = new TreeMap<String, @Nullable Object>(data);
    all.put(DIGESTS, digests);
    return new Notification(
        id,
        organization,
        at,
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
        others);
  }

  /**
   * The same without its details, for a store that cannot keep it whole.
   *
   * @param why to be read by people, with what to do
   */
  public Notification withoutDetails(String why) {
    return new Notification(
        id,
        organization,
        at,
        type,
        severity,
        key,
        subject,
        headline,
        List.of(new Fact("Details", why)),
        List.of(),
        List.of(),
        simulated,
        new TreeMap<>(),
        channels);
  }

  /** The ids of the digests that it is told within. */
  public List<String> digests() {
    return data.get(DIGESTS) instanceof List<?> ids
        ? ids.stream().map(String::valueOf).toList()
        : List.of();
  }

  /** What a notification is about. */
  public enum Type {
    BUDGET_WARNING("budget.threshold_reached", "Warning", false),
    BUDGET_EXCEEDED("budget.exceeded", "Exceeded", false),
    BUDGET_RECOVERED("budget.recovered", "Recovered", true),
    BUDGET_CLOSED("budget.window_closed", "New window", true),
    BUDGET_UNKNOWN("budget.unknown", "Not known", false),
    BUDGET_KNOWN("budget.known", "Recovered", true),
    FORECAST("forecast.exceeds_budget", "Forecast", false),
    FORECAST_CLEARED("forecast.cleared", "Recovered", true),
    ANOMALY("spend.anomaly", "Anomaly", false),
    STALE("data.stale", "Stale", false),
    STALE_CLEARED("data.recovered", "Recovered", true),
    KEY_EXPIRES("key.expires", "Key expires", false),
    KEY_RENEWED("key.renewed", "Recovered", true),
    UNPRICED("model.unpriced", "Unpriced", false),
    UNPRICED_CLEARED("model.priced", "Recovered", true),
    IMPLAUSIBLE("price.implausible", "Price", false),
    IMPLAUSIBLE_CLEARED("price.settled", "Recovered", true),
    DRIFT("bill.drift", "Drift", false),
    DRIFT_CLEARED("bill.drift_cleared", "Recovered", true),
    /** Many at once, put into one for those who read. */
    DIGEST("digest", "Several alerts", false),
    TEST("test.ping", "Test", false);

    private final String id;
    private final String word;
    private final boolean resolves;

    Type(String id, String word, boolean resolves) {
      this.id = id;
      this.word = word;
      this.resolves = resolves;
    }

    /** The name in answers and for programs. */
    public String id() {
      return id;
    }

    /** The word for it in a message. */
    public String word() {
      return word;
    }

    /** Whether it ends what an earlier notification with the same key began. */
    public boolean resolves() {
      return resolves;
    }

    /** The type of this name. */
    public static Type of(String id) {
      for (Type type : values()) {
        if (type.id.equals(id)) {
          return type;
        }
      }
      throw new IllegalArgumentException("no notification is of type " + id);
    }
  }

  /** Something to know, such as a limit. */
  public record Fact(String label, String text) {}

  /**
   * A part of the whole.
   *
   * @param label for instance the name of a project
   * @param text how much, with its unit
   */
  public record Driver(String label, String text) {}

  /** Where to look or act. */
  public record Link(String label, String url) {}

  /** Everything as a document, see {@link dev.tallyman.core.store.Document}. */
  public SortedMap<String, @Nullable Object> document() {
    var document = new TreeMap<String, @Nullable Object>();
    document.put("id", id);
    document.put("org", organization);
    document.put("at", at.toEpochMilli());
    document.put("type", type.id());
    document.put("severity", severity.id());
    document.put("key", key);
    document.put("subject", subject);
    document.put("headline", headline);
    document.put("facts", facts.stream().map(fact -> List.of(fact.label(), fact.text())).toList());
    document.put(
        "drivers", drivers.stream().map(each -> List.of(each.label(), each.text())).toList());
    document.put("links", links.stream().map(link -> List.of(link.label(), link.url())).toList());
    document.put("simulated", simulated);
    document.put("data", data);
    document.put("channels", channels);
    return document;
  }

  /** The notification of a document that {@link #document} made. */
  public static Notification of(Fields document) {
    var data = new TreeMap<String, @Nullable Object>();
    document
        .fields("data")
        .members()
        .forEach((name, value) -> data.put(String.valueOf(name), value));
    return new Notification(
        document.text("id").orElse(""),
        document.text("org").orElse(""),
        Instant.ofEpochMilli(document.number("at")),
        Type.of(document.text("type").orElse("")),
        Severity.valueOf(document.text("severity").orElse("").toUpperCase(Locale.ROOT)),
        document.text("key").orElse(""),
        document.text("subject").orElse(""),
        document.text("headline").orElse(""),
        document.pairs("facts").stream().map(each -> new Fact(each.get(0), each.get(1))).toList(),
        document.pairs("drivers").stream()
            .map(each -> new Driver(each.get(0), each.get(1)))
            .toList(),
        document.pairs("links").stream().map(each -> new Link(each.get(0), each.get(1))).toList(),
        document.flag("simulated"),
        data,
        document.texts("channels"));
  }

  /** The name of the month in which it is kept, such as {@code 2026-11}, by its id alone. */
  static String month(String id) {
    return id.substring(3, 7) + "-" + id.substring(7, 9);
  }

  /** The beginning of the ids of what is written at this time; eight digits are to follow. */
  public static String idOf(Instant at, String digits) {
    String text = at.toString().toUpperCase(Locale.ROOT);
    String millis = text.length() > 20 ? text.substring(20, 23) : "000";
    return "al_"
        + text.substring(0, 10).replace("-", "")
        + "T"
        + text.substring(11, 19).replace(":", "")
        + millis
        + "Z_"
        + digits;
  }
}

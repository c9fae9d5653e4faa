package dev.tallyman.core.delivery;

import dev.tallyman.core.delivery.Delivery.Status;
import dev.tallyman.core.store.Bytes;
import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Document;
import dev.tallyman.core.store.Fields;
import dev.tallyman.core.store.Item;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.PutResult;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.store.Store.Order;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * What an organization was told, and what became of it: the log of notifications, their deliveries,
 * and which of those are due. All operations may be repeated.
 *
 * <p>A delivery that has not ended always has an item in the index of what is due. That item is
 * written before anything depends on it and removed after; one that nothing needs any more is
 * removed by whoever finds it.
 */
public final class Deliveries {
  /** How long notifications and deliveries are kept. */
  static final Duration KEPT = Duration.ofDays(400);

  /** How long a delivery is tried again. */
  static final Duration TRIED = Duration.ofDays(1);

  /** When a delivery is due of which the topic should have told already. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final Pattern ID = Pattern.compile("al_\\d{8}T\\d{9}Z_[0-9a-z]{1,32}");
  private static final Pattern CHANNEL = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
  private static final String DISABLED = "CHANNELS";
  private static final Bytes NOTHING = Bytes.copyOf(new byte[0]);

  private final Store store;
  private final String organization;
  private final String prefix;

  /** The deliveries of an organization. */
  public Deliveries(Store store, String organization) {
    this.store = store;
    this.organization = organization;
    this.prefix = "O#" + organization + "#";
  }

  /**
   * Some of a list, the newest first.
   *
   * @param next what to ask for the rest with; empty if this was the end
   */
  public record Page<T>(List<T> items, Optional<String> next) {
    public Page {
      items = List.copyOf(items);
    }
  }

  /**
   * Writes a notification into the log, and a pending delivery for each of its channels. Whoever
   * publishes it afterwards may fail: what nobody delivers is due in ten minutes.
   */
  public void open(Notification notification, Instant now) {
    Optional<Instant> expires = Optional.of(notification.at().plus(KEPT));
    store.put(
        new Item(
            logged(notification.id()),
            1,
            expires,
            Bytes.copyOf(Document.encode(notification.document()))),
        new Condition.Absent());
    for (String channel : notification.channels()) {
      var delivery =
          new Delivery(
              organization,
              notification.id(),
              channel,
              Status.PENDING,
              Optional.of(now),
              List.of());
      open(new Entry(delivery, dueOf(now), untilOf(now), 0, Optional.empty(), 1, expires));
    }
  }

  /** Writes an entry unless there is one, and makes sure that it is found when it is due. */
  private void open(Entry wanted) {
    Entry entry = wanted;
    if (store.put(wanted.item(prefix), new Condition.Absent())
        instanceof PutResult.Refused(Optional<Item> current)) {
      entry = current.map(this::entry).orElse(wanted);
    }
    if (entry.pending()) {
      putDue(entry);
    }
  }

  /** The notification of this id, or empty. */
  public Optional<Notification> notification(String id) {
    return ID.matcher(id).matches()
        ? store.get(logged(id)).map(this::notification)
        : Optional.empty();
  }

  /** The delivery of a notification to a channel, or empty. */
  public Optional<Delivery> delivery(String notification, String channel) {
    return entry(notification, channel).map(Entry::delivery);
  }

  /** All deliveries of a notification, by the names of their channels. */
  public List<Delivery> deliveries(String notification) {
    return ID.matcher(notification).matches()
        ? store
            .range(
                partition("Y", notification),
                notification + "#",
                notification + "#~",
                Order.ASCENDING,
                Integer.MAX_VALUE)
            .stream()
            .map(item -> entry(item).delivery())
            .toList()
        : List.of();
  }

  /**
   * The notifications written in {@code [from, to]}, the newest first.
   *
   * @param before what the page before said is next; empty for the first page
   * @param limit at least 1
   * @throws IllegalArgumentException if no page ever said that
   */
  public Page<Notification> notifications(
      Instant from, Instant to, Optional<String> before, int limit) {
    return page("A", from, to, before, limit, this::notification);
  }

  /**
   * The deliveries of the notifications written in {@code [from, to]}, the newest first.
   *
   * @param before what the page before said is next; empty for the first page
   * @param limit at least 1
   * @throws IllegalArgumentException if no page ever said that
   */
  public Page<Delivery> deliveries(Instant from, Instant to, Optional<String> before, int limit) {
    return page("Y", from, to, before, limit, item -> entry(item).delivery());
  }

  /**
   * The deliveries for which it is time, the longest due first; whoever asks hands them to a topic.
   * What a deliverer is making just now is not among them.
   */
  public List<Reference> due(Instant now) {
    var references = new ArrayList<Reference>();
    for (Item item :
        store.range(
            prefix + "DUE",
            "0",
            now.truncatedTo(ChronoUnit.SECONDS) + "~",
            Order.ASCENDING,
            Integer.MAX_VALUE)) {
      String[] parts = item.key().sort().split("#", 3);
      Optional<Entry> entry = entry(parts[1], parts[2]).filter(Entry::pending);
      if (entry.isEmpty()) {
        store.delete(item.key(), new Condition.Always());
      } else if (entry.get().free(now)) {
        references.add(new Reference(organization, parts[1], Optional.of(parts[2])));
      }
    }
    return references.stream().distinct().toList();
  }

  /**
   * Makes a delivery pending again, whatever became of it, to be tried for another day; empty if
   * there is no such delivery. What is returned is for the topic.
   */
  public Optional<Reference> redeliver(String notification, String channel, Instant now) {
    Optional<Entry> found = entry(notification, channel);
    while (found.isPresent()) {
      Entry before = found.get();
      boolean busy = before.pending() && before.claimed(now);
      Entry after = busy ? before : before.again(now, dueOf(now));
      // Once before, so that a delivery that waits is never without; once after, since what has
      // ended may have been cleared away between the two.
      putDue(after);
      if (busy || put(before, after)) {
        putDue(after);
        return Optional.of(new Reference(organization, notification, Optional.of(channel)));
      }
      found = entry(notification, channel);
    }
    return Optional.empty();
  }

  /** Why a channel gets nothing any more; empty if it does. */
  public Optional<String> disabled(String channel) {
    return CHANNEL.matcher(channel).matches()
        ? store
            .get(new Key(DISABLED, channel))
            .flatMap(item -> store.decode(item, Fields::decode).text("why"))
        : Optional.empty();
  }

  /** Lets a channel get something again. */
  public void enable(String channel) {
    store.delete(new Key(DISABLED, channel), new Condition.Always());
  }

  /** Remembers that a channel wants nothing any more. */
  void disable(String channel, String why) {
    store.put(
        new Item(
            new Key(DISABLED, channel),
            1,
            Optional.empty(),
            Bytes.copyOf(Document.encode(Map.of("why", why)))),
        new Condition.Always());
  }

  /** The entry of a delivery, or empty. */
  Optional<Entry> entry(String notification, String channel) {
    return ID.matcher(notification).matches() && CHANNEL.matcher(channel).matches()
        ? store
            .get(new Key(partition("Y", notification), notification + "#" + channel))
            .map(this::entry)
        : Optional.empty();
  }

  /** Replaces an entry that nobody else has replaced; returns whether it did. */
  boolean put(Entry before, Entry after) {
    return store.put(after.item(prefix), new Condition.VersionIs(before.version()))
        instanceof PutResult.Stored;
  }

  /** Makes sure that a delivery is found when it is due. */
  void putDue(Entry entry) {
    store.put(new Item(dueKey(entry), 1, entry.expires(), NOTHING), new Condition.Always());
  }

  /** Takes a delivery out of what is due at the time that this entry names. */
  void removeDue(Entry entry) {
    store.delete(dueKey(entry), new Condition.Always());
  }

  private <T> Page<T> page(
      String letter,
      Instant from,
      Instant to,
      Optional<String> before,
      int limit,
      Function<Item, T> read) {
    Instant kept = to.minus(KEPT);
    Instant first = from.isBefore(kept) ? kept : from;
    String lowest = Notification.idOf(first, "");
    String highest = Notification.idOf(to, "~");
    before.ifPresent(Deliveries::requirePosition);
    String last = before.filter(each -> each.compareTo(highest) < 0).orElse(highest);
    var found = new ArrayList<Item>();
    YearMonth month = YearMonth.parse(Notification.month(last));
    YearMonth oldest = YearMonth.from(first.atOffset(ZoneOffset.UTC));
    for (; !month.isBefore(oldest) && found.size() <= limit; month = month.minusMonths(1)) {
      String partition = prefix + letter + "#" + month;
      store.range(partition, lowest, last, Order.DESCENDING, limit + 2).stream()
          .filter(item -> !item.key().sort().equals(last))
          .forEach(found::add);
    }
    List<Item> shown = found.subList(0, Math.min(limit, found.size()));
    return new Page<>(
        shown.stream().map(read).toList(),
        found.size() > limit ? Optional.of(shown.getLast().key().sort()) : Optional.empty());
  }

  private static void requirePosition(String text) {
    if (!ID.matcher(text.split("#", 2)[0]).matches()) {
      throw new IllegalArgumentException("no list goes on from '" + text + "'");
    }
  }

  private Key logged(String id) {
    return new Key(partition("A", id), id);
  }

  private String partition(String letter, String notification) {
    return prefix + letter + "#" + Notification.month(notification);
  }

  private Key dueKey(Entry entry) {
    return new Key(prefix + "DUE", entry.due() + "#" + entry.name());
  }

  /** When a delivery that is tried at once is due, should nobody try it. */
  private static Instant dueOf(Instant now) {
    return now.plus(PATIENCE).truncatedTo(ChronoUnit.SECONDS);
  }

  /** Up to when a delivery is tried again that begins now. */
  private static Instant untilOf(Instant now) {
    return now.plus(TRIED).truncatedTo(ChronoUnit.SECONDS);
  }

  private Entry entry(Item item) {
    return store.decode(item, bytes -> Entry.of(organization, item, Fields.decode(bytes)));
  }

  private Notification notification(Item item) {
    return store.decode(item, bytes -> Notification.of(Fields.decode(bytes)));
  }

  /**
   * A delivery as it is kept.
   *
   * @param due the time at which it stands in the index of what is due, in whole seconds
   * @param until after which attempt it is given up
   * @param rounds how often it failed since it was opened
   * @param claim until when a deliverer is at it
   * @param version counts how often it was written
   */
  record Entry(
      Delivery delivery,
      Instant due,
      Instant until,
      int rounds,
      Optional<Instant> claim,
      long version,
      Optional<Instant> expires) {
    /** Whether it has not ended. */
    boolean pending() {
      return delivery.status() == Status.PENDING;
    }

    /** Whether it is time for an attempt and nobody is at it. */
    boolean free(Instant now) {
      return pending()
          && delivery.nextAttempt().filter(at -> at.isAfter(now)).isEmpty()
          && !claimed(now);
    }

    /** Whether a deliverer is at it. */
    boolean claimed(Instant now) {
      return claim.filter(at -> at.isAfter(now)).isPresent();
    }

    /** Claimed by a deliverer until this time. */
    Entry claim(Instant end) {
      return new Entry(delivery, due, until, rounds, Optional.of(end), version + 1, expires);
    }

    /** Ended, with all attempts that were made. */
    Entry ended(Status status, List<Delivery.Attempt> attempts) {
      return with(status, Optional.empty(), attempts, due, until, rounds);
    }

    /** To be tried later. */
    Entry later(Instant next, List<Delivery.Attempt> attempts) {
      return with(Status.PENDING, Optional.of(next), attempts, next, until, rounds + 1);
    }

    /** To be tried for another day. */
    Entry again(Instant now, Instant newDue) {
      return with(Status.PENDING, Optional.of(now), delivery.attempts(), newDue, untilOf(now), 0);
    }

    private Entry with(
        Status status,
        Optional<Instant> next,
        List<Delivery.Attempt> attempts,
        Instant newDue,
        Instant newUntil,
        int newRounds) {
      var changed =
          new Delivery(
              delivery.organization(),
              delivery.notification(),
              delivery.channel(),
              status,
              next,
              attempts);
      return new Entry(
          changed, newDue, newUntil, newRounds, Optional.empty(), version + 1, expires);
    }

    private String name() {
      return delivery.notification() + "#" + delivery.channel();
    }

    private Item item(String prefix) {
      var document = new TreeMap<String, Object>();
      document.put("status", delivery.status().id());
      delivery.nextAttempt().ifPresent(at -> document.put("next", at.toEpochMilli()));
      document.put("due", due.getEpochSecond());
      document.put("until", until.toEpochMilli());
      document.put("rounds", (long) rounds);
      claim.ifPresent(at -> document.put("claim", at.toEpochMilli()));
      document.put(
          "attempts",
          delivery.attempts().stream()
              .map(each -> List.of(each.at().toEpochMilli(), each.outcome()))
              .toList());
      return new Item(
          new Key(prefix + "Y#" + Notification.month(delivery.notification()), name()),
          version,
          expires,
          Bytes.copyOf(Document.encode(document)));
    }

    private static Entry of(String organization, Item item, Fields fields) {
      String[] name = item.key().sort().split("#", 2);
      return new Entry(
          new Delivery(
              organization,
              name[0],
              name[1],
              Status.valueOf(fields.text("status").orElse("").toUpperCase(Locale.ROOT)),
              millis(fields, "next"),
              fields.pairs("attempts").stream()
                  .map(each ->
                      new Delivery.Attempt(
                          Instant.ofEpochMilli(Long.parseLong(each.get(0))), each.get(1)))
                  .toList()),
          Instant.ofEpochSecond(fields.number("due")),
          Instant.ofEpochMilli(fields.number("until")),
          (int) fields.number("rounds"),
          millis(fields, "claim"),
          item.version(),
          item.expires());
    }

    private static Optional<Instant> millis(Fields fields, String name) {
      return fields.members().get(name) instanceof Long number
          ? Optional.of(Instant.ofEpochMilli(number))
          : Optional.empty();
    }
  }
}

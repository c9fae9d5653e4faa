package dev.tallyman.core.alert;

import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.store.Document;
import dev.tallyman.core.store.Fields;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that is open in an organization, and what is still to be published: one value, replaced as a
 * whole, so that what was decided and what has to be said of it are written at once.
 *
 * @param entries by budget and window, or by condition
 * @param outbox what was written and perhaps not published, oldest first
 * @param mutes until when nothing is told of a budget or condition
 * @param seen when each budget was first looked at, since it is as it is
 */
record AlertState(
    SortedMap<String, Entry> entries,
    List<Notification> outbox,
    SortedMap<String, Instant> mutes,
    SortedMap<String, Rules.Seen> seen) {
  /** How many wait to be published at most. */
  private static final int MOST_WAITING = 1000;

  static final AlertState EMPTY =
      new AlertState(
          Collections.emptySortedMap(),
          List.of(),
          Collections.emptySortedMap(),
          Collections.emptySortedMap());

  AlertState {
    entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
    outbox = List.copyOf(outbox);
    mutes = Collections.unmodifiableSortedMap(new TreeMap<>(mutes));
    seen = Collections.unmodifiableSortedMap(new TreeMap<>(seen));
  }

  /** Whether nothing is told of this now. */
  boolean muted(String subject, Instant now) {
    Instant until = mutes.get(subject);
    return until != null && until.isAfter(now);
  }

  /** This state with what was published taken out of the outbox. */
  AlertState without(Set<String> published) {
    return new AlertState(
        entries,
        outbox.stream().filter(each -> !published.contains(each.id())).toList(),
        mutes,
        seen);
  }

  /**
   * This state with more to publish. What a topic refuses again and again is let go of in the end:
   * its deliveries are due in the store, from where they are told all the same.
   */
  AlertState publishing(Collection<Notification> added) {
    var all = new ArrayList<>(outbox);
    all.addAll(added);
    return new AlertState(
        entries, all.subList(Math.max(0, all.size() - MOST_WAITING), all.size()), mutes, seen);
  }

  AlertState muting(String subject, Instant until, Instant now) {
    var changed = new TreeMap<>(mutes);
    changed.values().removeIf(at -> !at.isAfter(now));
    if (until.isAfter(now)) {
      changed.put(subject, until);
    } else {
      changed.remove(subject);
    }
    return new AlertState(entries, outbox, changed, seen);
  }

  byte[] encode() {
    var document = new TreeMap<String, Object>();
    var open = new TreeMap<String, Object>();
    entries.forEach((key, entry) -> open.put(key, entry.document()));
    document.put("entries", open);
    document.put("outbox", outbox.stream().map(Notification::document).toList());
    var muted = new TreeMap<String, Object>();
    mutes.forEach((subject, until) -> muted.put(subject, until.getEpochSecond()));
    document.put("mutes", muted);
    var first = new TreeMap<String, Object>();
    seen.forEach(
        (budget, each) -> first.put(budget, List.of(each.revision(), each.at().toString())));
    document.put("seen", first);
    return Document.encode(document);
  }

  static AlertState decode(byte[] bytes) {
    Fields document = Fields.decode(bytes);
    var entries = new TreeMap<String, Entry>();
    Fields open = document.fields("entries");
    open.names().forEach(key -> entries.put(key, Entry.of(open.fields(key))));
    var mutes = new TreeMap<String, Instant>();
    Fields muted = document.fields("mutes");
    muted
        .names()
        .forEach(subject -> muted.instant(subject).ifPresent(until -> mutes.put(subject, until)));
    var seen = new TreeMap<String, Rules.Seen>();
    Fields first = document.fields("seen");
    for (String budget : first.names()) {
      List<String> each = first.texts(budget);
      seen.put(budget, new Rules.Seen(each.get(0), Instant.parse(each.get(1))));
    }
    return new AlertState(
        entries, document.list("outbox").stream().map(Notification::of).toList(), mutes, seen);
  }
}

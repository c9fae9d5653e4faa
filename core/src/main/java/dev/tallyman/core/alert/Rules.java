package dev.tallyman.core.alert;

import dev.tallyman.core.alert.Entry.Phase;
import dev.tallyman.core.budget.Budget;
import dev.tallyman.core.budget.Threshold;
import dev.tallyman.core.budget.Window;
import dev.tallyman.core.delivery.Notification;
import dev.tallyman.core.delivery.Severity;
import dev.tallyman.core.spend.Spend;
import dev.tallyman.core.spend.Usage;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides what people are told, from what they were told before and what is the case now. Reads and
 * writes nothing, so the same question has the same answer whoever asks it.
 *
 * <p>Of each budget, revision of its limit and window a threshold is told at most once; several at
 * once are told as the highest. Falling below the lowest is told once for each time that something
 * was told before. What is passed again after that is told again: at most hourly, unless the used
 * share rose by a tenth since, to channels with an incident at once, so that they agree with the
 * state; never of a pool, which is told once a day. A window that ended counts for 48 hours more,
 * since data comes late; after that nobody is told of it.
 */
final class Rules {
  /** How long after people were told they are not told of the same once more. */
  private static final Duration PAUSE = Duration.ofHours(1);

  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

  private final AlertState state;
  private final Recipients recipients;
  private final Instant now;
  private final int most;
  private final SortedMap<String, Entry> entries;
  private final SortedMap<String, Seen> seen;
  private final List<AlertChange> changes = new ArrayList<>();

  /** When a budget was first looked at; what ended before is old news. */
  record Seen(String revision, Instant at) {}

  /**
   * What was decided.
   *
   * @param state what is remembered; its outbox is as before
   * @param changes what people are to be told
   */
  record Decision(AlertState state, List<AlertChange> changes) {}

  private Rules(AlertState state, Recipients recipients, Instant now, int most) {
    this.state = state;
    this.recipients = recipients;
    this.now = now;
    this.most = most;
    this.entries = new TreeMap<>(state.entries());
    this.seen = new TreeMap<>(state.seen());
  }

  /**
   * Decides.
   *
   * @param usages of all budgets, in their current windows and those that ended lately
   * @param looked for what conditions one has looked
   * @param conditions those that hold
   * @param most how much may be told at once; the rest is told when this is asked again
   */
  static Decision decide(
      AlertState state,
      Collection<Usage> usages,
      Set<Notification.Type> looked,
      Collection<AlertCondition> conditions,
      Recipients recipients,
      Instant now,
      int most) {
    var rules = new Rules(state, recipients, now, most);
    var budgets = new HashSet<String>();
    for (Usage usage : usages) {
      budgets.add(usage.budget().id());
      rules.budget(usage);
    }
    rules.forget(budgets);
    rules.conditions(looked, conditions);
    return new Decision(
        new AlertState(rules.entries, state.outbox(), state.mutes(), rules.seen), rules.changes);
  }

  /** Where a budget's window stands in the state of alerts. */
  static String key(Budget budget, Window window) {
    return "budget/" + budget.id() + "/" + window.id();
  }

  static String key(String condition) {
    return "condition/" + condition;
  }

  /** The highest threshold that is passed, or empty. */
  static Optional<Threshold> passed(Budget budget, BigDecimal used) {
    return budget.notices().thresholds().stream()
        .filter(each -> each.of(budget.limit().amount()).compareTo(used) <= 0)
        .reduce((_, higher) -> higher);
  }

  /** How bad it is to pass a threshold, and to have used so much. */
  static Severity severity(Budget budget, Threshold threshold, BigDecimal used) {
    BigDecimal amount = threshold.of(budget.limit().amount());
    if (amount.max(used).compareTo(budget.limit().amount()) >= 0) {
      return Severity.CRITICAL;
    }
    BigDecimal lowest = budget.notices().thresholds().getFirst().of(budget.limit().amount());
    return amount.compareTo(lowest) <= 0 ? Severity.WARNING : Severity.ERROR;
  }

  private void budget(Usage usage) {
    Budget budget = usage.budget();
    Window window = usage.window();
    Seen first = seen.get(budget.id());
    if (first == null || !first.revision().equals(budget.limit().revision())) {
      first = new Seen(budget.limit().revision(), now);
      seen.put(budget.id(), first);
    }
    String key = key(budget, window);
    boolean ended = window.endedAt(now);
    boolean old = ended && !window.end().isAfter(first.at());
    Entry entry = entries.get(key);
    if (usage.known() && !old) {
      entry = known(usage, key, entry, ended);
    }
    if (ended && entry != null && entry.phase() != Phase.CLOSED) {
      close(usage, key, entry);
    }
  }

  private @Nullable Entry known(Usage usage, String key, @Nullable Entry before, boolean ended) {
    Budget budget = usage.budget();
    Optional<Threshold> passed = passed(budget, usage.used());
    boolean muted = state.muted(budget.id(), now);
    Entry entry = before;
    boolean edited = entry != null && !entry.revision().equals(budget.limit().revision());
    if (entry != null && passed.isEmpty()) {
      return muted || ended ? entry : recovered(usage, key, entry, edited);
    }
    if (passed.isEmpty()) {
      return null;
    }
    if (edited) {
      entry = null;
    }
    Threshold threshold = passed.get();
    BigDecimal amount = threshold.of(budget.limit().amount());
    if (entry != null && amount.compareTo(entry.told()) <= 0) {
      if (muted) {
        return entry;
      }
      if (entry.phase() == Phase.OPEN) {
        return due(budget, entry, ended) ? tell(usage, key, entry, threshold, true) : entry;
      }
      return ended || entry.phase() == Phase.CLOSED || budget.pool()
          ? entry
          : reopened(usage, key, entry, threshold);
    }
    if (muted) {
      return entry == null ? put(key, entry(usage, null, Optional.empty(), List.of())) : entry;
    }
    return tell(usage, key, entry, threshold, false);
  }

  /** What was passed before, recovered, and is passed again. */
  private @Nullable Entry reopened(Usage usage, String key, Entry entry, Threshold threshold) {
    Budget budget = usage.budget();
    boolean rose =
        usage.used().subtract(entry.used()).compareTo(budget.limit().amount().movePointLeft(1))
            >= 0;
    if (rose || !entry.toldAt().plus(PAUSE).isAfter(now)) {
      return tell(usage, key, entry.anew(now), threshold, false);
    }
    List<String> pagers = recipients.pagersOf(recipients.of(budget));
    if (entry.phase() == Phase.REOPENED || pagers.isEmpty() || changes.size() >= most) {
      return entry;
    }
    Entry after = entry.in(Phase.REOPENED);
    changes.add(new AlertChange.Crossed(usage, threshold, after, false, pagers));
    return put(key, after);
  }

  /** Whether people want to be told again of what they know. */
  private boolean due(Budget budget, Entry entry, boolean ended) {
    return !ended
        && budget
            .notices()
            .renotify()
            .filter(every -> !entry.toldAt().plus(every).isAfter(now))
            .isPresent();
  }

  private @Nullable Entry tell(
      Usage usage, String key, @Nullable Entry before, Threshold threshold, boolean again) {
    if (changes.size() >= most) {
      // The next decision finds it as it was.
      return entries.get(key);
    }
    List<String> channels = recipients.of(usage.budget());
    // What is over cannot be acted on, and nothing would resolve it again.
    List<String> told = usage.window().endedAt(now) ? recipients.withoutPagers(channels) : channels;
    Entry after = entry(usage, before, Optional.of(threshold), told);
    changes.add(new AlertChange.Crossed(usage, threshold, after, again, told));
    return put(key, after);
  }

  private Entry put(String key, Entry entry) {
    entries.put(key, entry);
    return entry;
  }

  private Entry entry(
      Usage usage, @Nullable Entry before, Optional<Threshold> told, List<String> channels) {
    Budget budget = usage.budget();
    BigDecimal amount = told.map(each -> each.of(budget.limit().amount())).orElse(BigDecimal.ZERO);
    String threshold = told.map(Threshold::text).orElse("");
    if (before != null && before.told().compareTo(amount) > 0) {
      // What was told stays told, also when less is told again.
      amount = before.told();
      threshold = before.threshold();
    }
    return new Entry(
        budget.id(),
        budget.limit().revision(),
        amount,
        threshold,
        told.map(each -> severity(budget, each, usage.used())).orElse(Severity.INFO),
        before == null ? now : before.opened(),
        now,
        usage.used(),
        // A window that was closed and is told of once more is closed already.
        before != null && before.phase() == Phase.CLOSED ? Phase.CLOSED : Phase.OPEN,
        Optional.of(usage.window().end()),
        before == null ? channels : Recipients.joined(before.channels(), channels));
  }

  private Entry recovered(Usage usage, String key, Entry entry, boolean edited) {
    Entry after =
        edited
            ? entry(usage, null, Optional.empty(), List.of()).in(Phase.RECOVERED)
            : entry.in(Phase.RECOVERED);
    if (entry.open() && entry.wasTold()) {
      if (changes.size() >= most) {
        return entry;
      }
      List<String> all = Recipients.joined(entry.channels(), recipients.of(usage.budget()));
      // The others know of the last recovery, and of nothing since.
      List<String> channels = entry.phase() == Phase.REOPENED ? recipients.pagersOf(all) : all;
      changes.add(new AlertChange.Recovered(usage, entry, edited, channels));
    }
    return put(key, after);
  }

  private void close(Usage usage, String key, Entry entry) {
    boolean open = entry.wasTold() && entry.open();
    List<String> channels =
        entry.wasTold() && usage.budget().pool()
            ? entry.channels()
            : open ? recipients.pagersOf(entry.channels()) : List.of();
    if (!channels.isEmpty()) {
      if (changes.size() >= most) {
        return;
      }
      changes.add(new AlertChange.Closed(usage, entry, channels));
    }
    entries.put(key, entry.in(Phase.CLOSED));
  }

  /** Forgets what is long over, and what is about budgets that are no longer there. */
  private void forget(Set<String> budgets) {
    seen.keySet().retainAll(budgets);
    for (var each : List.copyOf(entries.entrySet())) {
      Entry entry = each.getValue();
      String key = each.getKey();
      if (!key.startsWith("budget/")) {
        continue;
      }
      if (!budgets.contains(entry.subject())) {
        List<String> pagers = recipients.pagersOf(entry.channels());
        if (entry.open() && entry.wasTold() && !pagers.isEmpty()) {
          if (changes.size() >= most) {
            continue;
          }
          changes.add(new AlertChange.Removed(key, entry, pagers));
        }
        entries.remove(key);
      } else if (entry
              .ends()
              .filter(end -> !end.plus(Spend.TOLD_AFTER_END).isAfter(now))
              .isPresent()
          && entry.phase() == Phase.CLOSED) {
        entries.remove(key);
      }
    }
  }

  private void conditions(Set<Notification.Type> looked, Collection<AlertCondition> conditions) {
    var holding = new HashSet<String>();
    for (AlertCondition condition : conditions) {
      String key = key(condition.subject());
      holding.add(key);
      if (entries.containsKey(key)
          || !condition.begins()
          || state.muted(condition.subject(), now)
          || changes.size() >= most) {
        continue;
      }
      List<String> channels = recipients.of(condition.type());
      changes.add(new AlertChange.Began(condition, channels));
      entries.put(
          key,
          new Entry(
              condition.subject(),
              condition.type().id(),
              HUNDRED,
              "",
              condition.severity(),
              now,
              now,
              BigDecimal.ZERO,
              Phase.OPEN,
              condition.until(),
              channels));
    }
    for (var each : List.copyOf(entries.entrySet())) {
      if (each.getKey().startsWith("condition/") && !holding.contains(each.getKey())) {
        ended(each.getKey(), each.getValue(), looked);
      }
    }
  }

  private void ended(String key, Entry entry, Set<Notification.Type> looked) {
    Notification.Type type = Notification.Type.of(entry.revision());
    Optional<Notification.Type> end = AlertCondition.end(type);
    boolean over = entry.ends().filter(at -> !at.isAfter(now)).isPresent();
    if (end.isPresent() && looked.contains(type) && !over) {
      if (changes.size() >= most) {
        return;
      }
      changes.add(new AlertChange.Ended(key, end.get(), entry, entry.channels()));
      entries.remove(key);
    } else if (over) {
      entries.remove(key);
    }
  }
}

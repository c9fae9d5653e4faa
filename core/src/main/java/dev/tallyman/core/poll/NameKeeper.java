package dev.tallyman.core.poll;

import dev.tallyman.core.ledger.Ledger;
import dev.tallyman.core.poll.records.PollState;
import dev.tallyman.core.poll.records.ReadOutcome.Failed;
import dev.tallyman.core.poll.records.ReadOutcome.Kind;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Name;
import dev.tallyman.core.usage.UsageRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the names of what usage mentions. Once a day all names are read again, a few calls a cycle;
 * an id that no sweep finds is looked up by itself. What the provider no longer knows keeps the
 * name that it had.
 */
final class NameKeeper {
  private static final int CALLS = 10;
  private static final int MAX_QUEUE = 500;
  private static final Duration SWEEP_EVERY = Duration.ofDays(1);
  private static final String STATUS = "status";

  private final UsageApi api;
  private final Ledger ledger;
  private final OriginCheck guard;
  private final boolean emails;
  private final Map<Name.Kind, Map<String, Name>> known = new EnumMap<>(Name.Kind.class);
  private final Set<Task> mentioned = new LinkedHashSet<>();

  NameKeeper(UsageApi api, Ledger ledger, OriginCheck guard, boolean emails) {
    this.api = api;
    this.ledger = ledger;
    this.guard = guard;
    this.emails = emails;
  }

  /**
   * One call that is to be made.
   *
   * @param id whose name is looked up; empty to read a page of all
   * @param after the last id of the page before; empty for the first page
   */
  private record Task(Name.Kind kind, String project, String id, String after) {
    String text() {
      return String.join("|", kind.name(), project, id, after);
    }

    static Optional<Task> parse(String text) {
      String[] parts = text.split("\\|", -1);
      if (parts.length != 4) {
        return Optional.empty();
      }
      for (Name.Kind kind : Name.Kind.values()) {
        if (kind.name().equals(parts[0])) {
          return Optional.of(new Task(kind, parts[1], parts[2], parts[3]));
        }
      }
      return Optional.empty();
    }
  }

  /** Notes the ids of a row, to be looked up if nobody knows them. */
  void mention(UsageRow row) {
    String project = row.get(Dimension.PROJECT);
    if (project != null) {
      mentioned.add(new Task(Name.Kind.PROJECT, "", project, ""));
      String key = row.get(Dimension.API_KEY);
      if (key != null) {
        mentioned.add(new Task(Name.Kind.API_KEY, project, key, ""));
      }
    }
    String user = row.get(Dimension.USER);
    if (user != null) {
      mentioned.add(new Task(Name.Kind.USER, "", user, ""));
    }
  }

  /**
   * Makes the calls that are due, at most {@value #CALLS}.
   *
   * @return the state with what is left to do
   */
  PollState run(PollState state, Instant now, Instant deadline, ReadTally tally) {
    Deque<Task> queue = new ArrayDeque<>();
    state.sweep().forEach(text -> Task.parse(text).ifPresent(queue::add));
    boolean due = state.swept().isEmpty() || !now.isBefore(state.swept().get().plus(SWEEP_EVERY));
    if (queue.isEmpty() && due) {
      queue.add(new Task(Name.Kind.USER, "", "", ""));
      queue.add(new Task(Name.Kind.PROJECT, "", "", ""));
    }
    boolean sweeping = queue.stream().anyMatch(task -> task.id().isEmpty());
    for (Task task : mentioned) {
      if (queue.size() < MAX_QUEUE && !knows(task) && !queue.contains(task)) {
        queue.add(task);
      }
    }
    for (int calls = 0; calls < CALLS && !queue.isEmpty() && now.isBefore(deadline); ) {
      Task task = queue.removeFirst();
      if (!task.id().isEmpty() && knows(task)) {
        continue;
      }
      calls++;
      Optional<Failed> failed = perform(task, queue, deadline, tally);
      if (failed.isPresent()) {
        tally.fail(failed.get());
        if (passing(failed.get().kind())) {
          queue.addFirst(task);
          break;
        }
      }
    }
    boolean swept = sweeping && queue.stream().noneMatch(task -> task.id().isEmpty());
    return state.withSweep(
        swept ? Optional.of(now) : state.swept(), queue.stream().map(Task::text).toList());
  }

  private Optional<Failed> perform(
      Task task, Deque<Task> queue, Instant deadline, ReadTally tally) {
    UsageApi.NamePage page =
        task.id().isEmpty()
            ? api.readNames(task.kind(), unless(task.project()), unless(task.after()), deadline)
            : api.readName(task.kind(), unless(task.project()), task.id(), deadline);
    if (page.outcome() instanceof Failed failed) {
      return Optional.of(failed);
    }
    guard.check(page.outcome());
    var next = new ArrayList<Task>();
    if (page.next() != null) {
      next.add(new Task(task.kind(), task.project(), "", page.next()));
    }
    int renamed = 0;
    for (Name name : page.names()) {
      renamed += keep(name) ? 1 : 0;
      boolean active = !"archived".equals(name.details().get(STATUS));
      if (task.kind() == Name.Kind.PROJECT && task.id().isEmpty() && active) {
        next.add(new Task(Name.Kind.API_KEY, name.id(), "", ""));
        next.add(new Task(Name.Kind.SERVICE_ACCOUNT, name.id(), "", ""));
      }
    }
    if (!task.id().isEmpty() && page.names().isEmpty()) {
      Map<String, String> details =
          task.project().isEmpty()
              ? Map.of(STATUS, "deleted")
              : Map.of(STATUS, "deleted", "project", task.project());
      renamed += keep(new Name(task.kind(), task.id(), "", details)) ? 1 : 0;
    }
    tally.addNames(page.names().size(), renamed);
    // Pages go first and lookups last, since a page may answer them.
    next.reversed().forEach(queue::addFirst);
    return Optional.empty();
  }

  private boolean keep(Name name) {
    var details = new TreeMap<>(name.details());
    if (!emails) {
      details.remove("email");
    }
    var kept = new Name(name.kind(), name.id(), name.name(), details);
    Map<String, Name> names = names(name.kind());
    if (kept.equals(names.get(kept.id()))) {
      return false;
    }
    ledger.putName(kept);
    names.put(kept.id(), kept);
    return true;
  }

  private boolean knows(Task task) {
    return names(task.kind()).containsKey(task.id())
        // A service account's usage carries its id in the place of a user's.
        || (task.kind() == Name.Kind.USER
            && names(Name.Kind.SERVICE_ACCOUNT).containsKey(task.id()));
  }

  private Map<String, Name> names(Name.Kind kind) {
    return known.computeIfAbsent(kind, each -> new TreeMap<>(ledger.names(each)));
  }

  private static boolean passing(Kind kind) {
    return switch (kind) {
      case RATE_LIMITED, SERVER, TIMEOUT, NETWORK, OUT_OF_TIME, NOT_FOUND, CLOCK -> true;
      case BAD_KEY, MISSING_SCOPE, QUOTA, NOT_OFFERED, REFUSED, MALFORMED -> false;
    };
  }

  private static @Nullable String unless(String text) {
    return text.isEmpty() ? null : text;
  }
}

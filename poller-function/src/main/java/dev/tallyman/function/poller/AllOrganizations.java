package dev.tallyman.function.poller;

import dev.tallyman.core.Pace;
import dev.tallyman.core.poll.CycleOutcome;
import dev.tallyman.core.poll.DayOutcome;
import dev.tallyman.core.poll.FillOutcome;
import dev.tallyman.core.poll.PollJob;
import dev.tallyman.core.poll.Poller;
import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.poll.records.ReadOutcome.Kind;
import dev.tallyman.core.poll.records.Records;
import dev.tallyman.core.settings.Overrides;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.settings.SettingsStore;
import dev.tallyman.core.store.Store;
import dev.tallyman.lambda.Log;
import dev.tallyman.lambda.Log.Level;
import dev.tallyman.ssm.AdminKeys;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Polls all organizations in the time of one invocation: the one that waited longest first, none
 * for longer than its share of what is left. What goes wrong with one of them is thrown when the
 * others have had their turn.
 */
final class AllOrganizations {
  /** A slice of history holds up a poll that somebody asks for no longer than this. */
  private static final Duration SLICE = Duration.ofSeconds(30);

  /** The least real time of a turn, where so much is left at all. */
  private static final Duration SHORTEST = Duration.ofSeconds(3);

  private final Store store;
  private final SettingsStore stored;
  private final Overrides overrides;
  private final AdminKeys keys;
  private final Providers providers;
  private final Poller poller;
  private final PollJob job;
  private final Duration history;
  private final Pace pace;
  private final Log log;
  private final Set<String> filled = ConcurrentHashMap.newKeySet();

  AllOrganizations(
      Store store,
      Overrides overrides,
      AdminKeys keys,
      Providers providers,
      Poller poller,
      PollJob job,
      Duration history,
      Pace pace,
      Log log) {
    this.store = store;
    this.stored = new SettingsStore(store);
    this.overrides = overrides;
    this.keys = keys;
    this.providers = providers;
    this.poller = poller;
    this.job = job;
    this.history = history;
    this.pace = pace;
    this.log = log;
  }

  /**
   * Polls each organization and then, in the time that is left, reads what is missing of the
   * history.
   *
   * @return for each organization how it went
   */
  List<Map<String, Object>> poll(Instant deadline) {
    Settings settings = settings();
    var told = new LinkedHashMap<String, Map<String, Object>>();
    var troubles = new Troubles();
    List<AdminKeys.Key> incomplete = new ArrayList<>();
    inTurns(
        longestWaitingFirst(keys(), settings),
        deadline,
        troubles,
        (key, until) -> {
          if (until.isEmpty()) {
            told.put(key.organization(), entry(key, "cycle", "no_time"));
            return;
          }
          CycleOutcome outcome = run(key, settings, "schedule", until.get()).outcome();
          told.put(key.organization(), entry(key, "cycle", word(outcome)));
          if (outcome instanceof CycleOutcome.Ran && !filled.contains(key.organization())) {
            incomplete.add(key);
          }
        });
    Instant since = pace.clock().instant().minus(history);
    inTurns(
        incomplete,
        deadline,
        troubles,
        (key, until) -> {
          if (until.isPresent() && fill(key, settings, since, until.get()).done()) {
            filled.add(key.organization());
          }
        });
    troubles.throwFirst();
    return List.copyOf(told.values());
  }

  /**
   * Polls one organization, and does what follows.
   *
   * @param trigger who asks, for the record
   * @throws NoKeyException if there is no key of it
   */
  PollJob.Result poll(String organization, String trigger, Instant deadline) {
    return run(key(organization), settings(), trigger, deadline);
  }

  /**
   * Reads one UTC day of one organization again.
   *
   * @throws NoKeyException if there is no key of it
   */
  DayOutcome reread(String organization, LocalDate day, Instant deadline) {
    AdminKeys.Key key = key(organization);
    Settings settings = settings();
    DayOutcome outcome =
        poller.reread(organization, providers.of(key, settings), settings.usage(), day, deadline);
    if (outcome instanceof DayOutcome.Unread(Kind kind, _) && kind == Kind.BAD_KEY) {
      // It may have been replaced in the Parameter Store since.
      keys.forget();
    }
    return outcome;
  }

  /**
   * Reads history back to an instant, as much as there is time for.
   *
   * @param organization whose; empty for all
   * @return how far each organization has come
   * @throws NoKeyException if there is no key of it
   */
  List<Filling> backfill(Instant since, Optional<String> organization, Instant deadline) {
    Settings settings = settings();
    List<AdminKeys.Key> wanted = organization.map(id -> List.of(key(id))).orElseGet(() -> keys());
    var fillings = new ArrayList<Filling>();
    var troubles = new Troubles();
    inTurns(
        wanted,
        deadline,
        troubles,
        (key, until) ->
            fillings.add(
                until.isPresent()
                    ? fill(key, settings, since, until.get())
                    : filling(key, settings, "no time was left for it")));
    troubles.throwFirst();
    return fillings;
  }

  private Settings settings() {
    return overrides.over(stored.load().settings());
  }

  private List<AdminKeys.Key> keys() {
    AdminKeys.Found found = keys.keys();
    for (String ignored : found.ignored()) {
      log.event(Level.WARN, "key_ignored", Map.of("message", ignored));
    }
    return found.keys();
  }

  private AdminKeys.Key key(String organization) {
    return keys().stream()
        .filter(key -> key.organization().equals(organization))
        .findFirst()
        .orElseThrow(() ->
            new NoKeyException(
                "there is no admin key of '%s'; there are those of %s"
                    .formatted(
                        organization,
                        String.join(
                            ", ", keys().stream().map(AdminKeys.Key::organization).toList())),
                null));
  }

  private List<AdminKeys.Key> longestWaitingFirst(List<AdminKeys.Key> all, Settings settings) {
    if (all.size() == 1) {
      return all;
    }
    Instant now = pace.clock().instant();
    var last = new HashMap<String, Instant>();
    for (AdminKeys.Key key : all) {
      last.put(
          key.organization(),
          new Records(store, key.organization(), settings.usage().retention().cycles())
              .latest(now)
              .map(CycleRecord::at)
              .orElse(Instant.EPOCH));
    }
    return all.stream()
        .sorted(Comparator.comparing(key -> last.getOrDefault(key.organization(), Instant.EPOCH)))
        .toList();
  }

  /** What one organization does in its turn; empty if there is no time for it. */
  @FunctionalInterface
  private interface Turn {
    void take(AdminKeys.Key key, Optional<Instant> until);
  }

  /** Gives each organization its share of the time left, so that none can use up that of others. */
  private void inTurns(List<AdminKeys.Key> keys, Instant deadline, Troubles troubles, Turn turn) {
    int waiting = keys.size();
    for (AdminKeys.Key key : keys) {
      Instant now = pace.clock().instant();
      Duration left = Duration.between(now, deadline);
      Duration share = left.dividedBy(waiting--);
      Duration least = pace.told(SHORTEST);
      boolean worthwhile = left.compareTo(least) >= 0;
      if (!worthwhile) {
        log.event(
            Level.WARN,
            "no_time",
            told(key, "message", "the time of this invocation was used up; it goes first next"));
      }
      Optional<Instant> until =
          worthwhile
              ? Optional.of(now.plus(share.compareTo(least) > 0 ? share : least))
              : Optional.empty();
      try {
        turn.take(key, until);
      } catch (RuntimeException e) {
        log.event(
            Level.ERROR,
            "failed",
            told(
                key,
                "message",
                Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName())));
        troubles.add(e);
      }
    }
  }

  private PollJob.Result run(
      AdminKeys.Key key, Settings settings, String trigger, Instant deadline) {
    PollJob.Result result =
        job.run(key.organization(), providers.of(key, settings), settings, trigger, deadline);
    if (result.outcome() instanceof CycleOutcome.Ran ran
        && ran.cycle().endpoints().values().stream()
            .anyMatch(each -> each.failure().filter(Kind.BAD_KEY::equals).isPresent())) {
      // It may have been replaced in the Parameter Store since.
      keys.forget();
    }
    return result;
  }

  private Filling fill(AdminKeys.Key key, Settings settings, Instant since, Instant deadline) {
    FillOutcome outcome =
        job.fill(key.organization(), providers.of(key, settings), settings, since, SLICE, deadline);
    return switch (outcome) {
      case FillOutcome.Done(Instant reached, var partial) ->
          new Filling(
              key.organization(),
              true,
              Optional.of(reached),
              partial.isEmpty() ? null : String.join(" ", partial));
      case FillOutcome.Advanced _ -> filling(key, settings, null);
      case FillOutcome.Stuck(_, String message) -> filling(key, settings, message);
      case FillOutcome.AlreadyRunning() ->
          filling(key, settings, "another poller is at work on it; try again in a minute");
      case FillOutcome.WrongOrganization(String message) -> filling(key, settings, message);
    };
  }

  private Filling filling(AdminKeys.Key key, Settings settings, @Nullable String message) {
    Optional<Instant> reached =
        new Records(store, key.organization(), settings.usage().retention().cycles())
            .state()
            .completeSince();
    return new Filling(key.organization(), false, reached, message);
  }

  /**
   * How far the history of an organization has come.
   *
   * @param reached from where on everything is there; empty if nothing was ever read whole
   * @param message why it went no further, or what of it is read in part only; null if only time is
   *     missing
   */
  record Filling(
      String organization, boolean done, Optional<Instant> reached, @Nullable String message) {}

  private static String word(CycleOutcome outcome) {
    return switch (outcome) {
      case CycleOutcome.Ran ran when ran.cycle().complete() -> "complete";
      case CycleOutcome.Ran ran -> ran.cycle().readNothing() ? "nothing" : "partial";
      case CycleOutcome.AlreadyRunning() -> "already_running";
      case CycleOutcome.WrongOrganization _ -> "wrong_organization";
    };
  }

  private static Map<String, Object> entry(AdminKeys.Key key, String name, String value) {
    return told(key, name, value);
  }

  private static Map<String, Object> told(AdminKeys.Key key, Object... pairs) {
    var members = new LinkedHashMap<String, Object>();
    members.put("organization", key.organization());
    for (int i = 0; i < pairs.length; i += 2) {
      members.put(pairs[i].toString(), pairs[i + 1]);
    }
    return members;
  }

  /** What went wrong in turns, for when all had theirs. */
  private static final class Troubles {
    private @Nullable RuntimeException first;

    void add(RuntimeException trouble) {
      if (first == null) {
        first = trouble;
      } else {
        first.addSuppressed(trouble);
      }
    }

    void throwFirst() {
      RuntimeException trouble = first;
      if (trouble != null) {
        throw trouble;
      }
    }
  }
}

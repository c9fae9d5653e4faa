package dev.tallyman.poller;

import dev.tallyman.core.Pace;
import dev.tallyman.core.alert.Alerts;
import dev.tallyman.core.alert.KeyLife;
import dev.tallyman.core.alert.Told;
import dev.tallyman.core.poll.CycleOutcome;
import dev.tallyman.core.poll.CycleRecord;
import dev.tallyman.core.poll.DayOutcome;
import dev.tallyman.core.poll.EndpointResult;
import dev.tallyman.core.poll.FillOutcome;
import dev.tallyman.core.poll.Poller;
import dev.tallyman.core.poll.ReadOutcome.Kind;
import dev.tallyman.core.poll.Records;
import dev.tallyman.core.settings.Overrides;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.settings.SettingsStore;
import dev.tallyman.core.store.Store;
import dev.tallyman.lambda.Log;
import dev.tallyman.lambda.Log.Level;
import dev.tallyman.lambda.Metric;
import dev.tallyman.lambda.Metrics;
import dev.tallyman.openai.KeyExpiry;
import dev.tallyman.ssm.AdminKeys;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Polls all organizations in the time of one invocation: the one that waited longest first, none
 * for longer than its share of what is left. What goes wrong with one of them is thrown when the
 * others have had their turn.
 */
final class Rounds {
  /** A slice of history holds up a poll that somebody asks for no longer than this. */
  private static final Duration SLICE = Duration.ofSeconds(30);

  /** The least real time of a turn, where so much is left at all. */
  private static final Duration SHORTEST = Duration.ofSeconds(3);

  /** What a cycle leaves of its time, for what is to be told after it. */
  private static final Duration TELLING = Duration.ofSeconds(5);

  private final Store store;
  private final SettingsStore stored;
  private final Overrides overrides;
  private final AdminKeys keys;
  private final Providers providers;
  private final Poller poller;
  private final Alerts alerts;
  private final Duration history;
  private final Pace pace;
  private final Log log;
  private final Metrics metrics;
  private final Set<String> filled = ConcurrentHashMap.newKeySet();
  private final Set<String> unknownModels = ConcurrentHashMap.newKeySet();

  Rounds(
      Store store,
      Overrides overrides,
      AdminKeys keys,
      Providers providers,
      Alerts alerts,
      Duration history,
      Pace pace,
      Log log,
      Metrics metrics) {
    this.store = store;
    this.stored = new SettingsStore(store);
    this.overrides = overrides;
    this.keys = keys;
    this.providers = providers;
    this.poller = new Poller(store, pace.clock());
    this.alerts = alerts;
    this.history = history;
    this.pace = pace;
    this.log = log;
    this.metrics = metrics;
  }

  /**
   * Runs a cycle of each organization and then, in the time that is left, reads what is missing of
   * the history.
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
          CycleOutcome outcome = cycle(key, settings, "schedule", before(until.get()));
          told.put(key.organization(), entry(key, "cycle", word(outcome)));
          if (outcome instanceof CycleOutcome.Ran) {
            if (!filled.contains(key.organization())) {
              incomplete.add(key);
            }
            tell(key, settings, until.get());
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
   * Runs a cycle of one organization, and tells what is to be told of it.
   *
   * @param trigger who asks, for the record
   * @throws NoKeyException if there is no key of it
   */
  Cycle poll(String organization, String trigger, Instant deadline) {
    AdminKeys.Key key = key(organization);
    Settings settings = settings();
    CycleOutcome outcome = cycle(key, settings, trigger, before(deadline));
    return new Cycle(
        outcome, outcome instanceof CycleOutcome.Ran ? tell(key, settings, deadline) : 0);
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
        poller.reread(organization, providers.of(key, settings), settings, day, deadline);
    if (outcome instanceof DayOutcome.Unread(Kind kind, _) && kind == Kind.BAD_KEY) {
      // It may have been replaced in the Parameter Store since.
      keys.forget();
    }
    return outcome;
  }

  /**
   * What became of a cycle.
   *
   * @param alerts how many alerts followed from it
   */
  record Cycle(CycleOutcome outcome, int alerts) {}

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
          new Records(store, key.organization(), settings.retention().cycles())
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

  private CycleOutcome cycle(
      AdminKeys.Key key, Settings settings, String trigger, Instant deadline) {
    CycleOutcome outcome =
        poller.cycle(key.organization(), providers.of(key, settings), settings, trigger, deadline);
    switch (outcome) {
      case CycleOutcome.Ran ran -> {
        measure(key, ran);
        for (String model : ran.unknownModels()) {
          if (unknownModels.add(key.organization() + " " + model)) {
            Map<String, Object> members = told(key, "model", model);
            members.put("message", "counted as premium; name its group in the settings");
            log.event(Level.WARN, "unknown_model", members);
          }
        }
        if (ran.cycle().endpoints().values().stream()
            .anyMatch(result -> result.failure().filter(Kind.BAD_KEY::equals).isPresent())) {
          // It may have been replaced in the Parameter Store since.
          keys.forget();
        }
      }
      case CycleOutcome.AlreadyRunning() -> log.event(Level.INFO, "already_running", told(key));
      case CycleOutcome.WrongOrganization(String message) ->
          metrics.event(
              Level.ERROR,
              "wrong_organization",
              Map.of(Metric.CYCLES_WITHOUT_DATA, 1),
              told(key, "message", message));
    }
    return outcome;
  }

  private void measure(AdminKeys.Key key, CycleOutcome.Ran ran) {
    CycleRecord cycle = ran.cycle();
    Instant now = pace.clock().instant();
    long failures = cycle.endpoints().values().stream().filter(result -> !result.ok()).count();
    OptionalLong staleness =
        cycle.endpoints().entrySet().stream()
            .filter(each ->
                !each.getKey().equals(CycleRecord.COSTS)
                    && !each.getKey().equals(CycleRecord.NAMES))
            .map(Map.Entry::getValue)
            .map(EndpointResult::lastSuccess)
            .flatMap(Optional::stream)
            .mapToLong(at -> Duration.between(at, now).toSeconds())
            .max();
    var values = new EnumMap<Metric, Number>(Metric.class);
    values.put(Metric.CYCLE_SECONDS, BigDecimal.valueOf(cycle.took().toMillis(), 3));
    values.put(Metric.ROWS_READ, ran.rows());
    values.put(Metric.BUCKETS_CHANGED, cycle.changed());
    values.put(Metric.ENDPOINT_FAILURES, failures);
    // Where nothing was ever read there is no age; that it is missing is itself an alarm.
    staleness.ifPresent(seconds -> values.put(Metric.STALENESS_SECONDS, seconds));
    values.put(Metric.CYCLES_WITHOUT_DATA, cycle.readNothing() ? 1 : 0);
    Map<String, Object> members = told(key);
    members.putAll(cycle.summary());
    metrics.event(failures == 0 ? Level.INFO : Level.WARN, "cycle", values, members);
  }

  /** When a cycle is to end so that there is time to tell, unless it would have less itself. */
  private Instant before(Instant deadline) {
    Duration telling = pace.told(TELLING);
    Instant earlier = deadline.minus(telling);
    return earlier.minus(telling).isAfter(pace.clock().instant()) ? earlier : deadline;
  }

  /** Tells what is to be told of an organization; returns how much. */
  private int tell(AdminKeys.Key key, Settings settings, Instant until) {
    // Where time is short, a cycle has used up all of it.
    Instant least = pace.in(TELLING);
    Instant deadline = until.isBefore(least) ? least : until;
    Told told =
        alerts.run(
            key.organization(),
            settings,
            () -> life(providers.of(key, settings).adminKeyExpiry(deadline)),
            deadline);
    if (told.triggered() > 0 || told.published() > 0 || told.repeated() > 0) {
      log.event(
          Level.INFO,
          "alerts",
          told(
              key,
              "triggered",
              told.triggered(),
              "published",
              told.published(),
              "repeated",
              told.repeated()));
    }
    told.trouble()
        .ifPresent(trouble -> log.event(Level.WARN, "alerts_wait", told(key, "message", trouble)));
    return told.triggered();
  }

  private static Optional<KeyLife> life(KeyExpiry expiry) {
    return switch (expiry) {
      case KeyExpiry.Expires expires -> Optional.of(new KeyLife(Optional.of(expires.at())));
      case KeyExpiry.Never _ -> Optional.of(new KeyLife(Optional.empty()));
      case KeyExpiry.Unknown _ -> Optional.empty();
    };
  }

  private Filling fill(AdminKeys.Key key, Settings settings, Instant since, Instant deadline) {
    FillOutcome outcome =
        poller.fill(
            key.organization(),
            providers.of(key, settings),
            settings,
            since,
            deadline,
            pace.told(SLICE),
            slice ->
                log.event(
                    Level.INFO,
                    "filling",
                    told(key, "since", slice.reached(), "wanted", slice.wanted())));
    return switch (outcome) {
      case FillOutcome.Done(Instant reached, var partial) -> {
        @Nullable String message = partial.isEmpty() ? null : String.join(" ", partial);
        log.event(
            Level.INFO,
            "filled",
            message == null
                ? told(key, "since", reached)
                : told(key, "since", reached, "partial", message));
        yield new Filling(key.organization(), true, Optional.of(reached), message);
      }
      case FillOutcome.Advanced _ -> filling(key, settings, null);
      case FillOutcome.Stuck(Kind kind, String message) -> {
        if (kind != Kind.OUT_OF_TIME) {
          log.event(
              Level.WARN, "filling_failed", told(key, "failure", kind.name(), "message", message));
        }
        yield filling(key, settings, message);
      }
      case FillOutcome.AlreadyRunning() -> {
        log.event(Level.INFO, "already_running", told(key));
        yield filling(key, settings, "another poller is at work on it; try again in a minute");
      }
      case FillOutcome.WrongOrganization(String message) -> {
        log.event(Level.ERROR, "wrong_organization", told(key, "message", message));
        yield filling(key, settings, message);
      }
    };
  }

  private Filling filling(AdminKeys.Key key, Settings settings, @Nullable String message) {
    Optional<Instant> reached =
        new Records(store, key.organization(), settings.retention().cycles())
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

package dev.tallyman.cli;

import dev.tallyman.core.poll.CycleOutcome;
import dev.tallyman.core.poll.CycleRecord;
import dev.tallyman.core.poll.FillOutcome;
import dev.tallyman.core.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** Polls one organization on its schedule, and fills its history between the cycles. */
final class PollLoop implements Runnable {
  /** A slice of history holds up neither the next cycle nor the end for long. */
  private static final Duration SLICE = Duration.ofSeconds(30);

  /** How soon a cycle that another poller prevented is tried again, in real time. */
  private static final Duration SOON = Duration.ofSeconds(5);

  private final Household home;
  private final String organization;
  private final Duration every;
  private final Stop stop;
  private final Log log;
  private final RandomGenerator random;
  private final Set<String> unknownModels = new HashSet<>();

  PollLoop(
      Household home,
      String organization,
      Duration every,
      Stop stop,
      Log log,
      RandomGenerator random) {
    this.home = home;
    this.organization = organization;
    this.every = every;
    this.stop = stop;
    this.log = log;
    this.random = random;
  }

  @Override
  public void run() {
    Instant since =
        home.pace().clock().instant().minus(Household.HISTORY).truncatedTo(ChronoUnit.DAYS);
    boolean filled = false;
    while (!stop.wanted() && isRead()) {
      Instant began = home.pace().clock().instant();
      boolean ran = cycle();
      Instant next = ran ? began.plus(every).plus(jitter()) : home.pace().in(SOON);
      while (!filled && ran && !stop.wanted()) {
        Filling filling = fill(since);
        filled = filling == Filling.DONE;
        if (filling != Filling.MORE || !home.pace().clock().instant().isBefore(next)) {
          break;
        }
      }
      stop.await(home.pace().real(Duration.between(home.pace().clock().instant(), next)));
    }
  }

  /** Whether nobody has taken the organization out of the settings meanwhile. */
  private boolean isRead() {
    try {
      return home.organizations().contains(organization);
    } catch (StoreException _) {
      return true;
    }
  }

  /** Up to a tenth of the period, so that many pollers do not ask the provider all at once. */
  private Duration jitter() {
    return Duration.ofMillis(random.nextLong(Math.max(1, every.toMillis() / 10)));
  }

  /** Runs a cycle; returns false if another poller was at work. */
  private boolean cycle() {
    try {
      return switch (home.cycle(organization, "schedule")) {
        case CycleOutcome.Ran(var cycle, var unknown) -> {
          log.event("cycle", members(cycle));
          for (String model : unknown) {
            if (unknownModels.add(model)) {
              log.event(
                  "unknown_model",
                  told(
                      "model",
                      model,
                      "message",
                      "counted as premium; name its group in the" + " settings"));
            }
          }
          yield true;
        }
        case CycleOutcome.AlreadyRunning() -> false;
        case CycleOutcome.WrongOrganization(String message) -> {
          log.event("wrong_organization", told("message", message));
          yield true;
        }
      };
    } catch (StoppableStore.StoppedException _) {
      return true;
    } catch (StoreException e) {
      log.event("store_failed", told("message", Failure.message(e)));
      return true;
    } catch (Failure e) {
      log.event("not_polled", told("message", e.text()));
      return true;
    } catch (RuntimeException e) {
      log.event("bug", told("message", String.valueOf(e), "at", place(e)));
      return true;
    }
  }

  private enum Filling {
    DONE,
    MORE,
    LATER
  }

  private Filling fill(Instant since) {
    try {
      return switch (home.fill(organization, since, SLICE)) {
        case FillOutcome.Done(Instant reached) -> {
          log.event("filled", told("since", reached.toString()));
          yield Filling.DONE;
        }
        case FillOutcome.Advanced(Instant reached, Instant wanted) -> {
          log.event("filling", told("since", reached.toString(), "wanted", wanted.toString()));
          yield Filling.MORE;
        }
        case FillOutcome.Stuck(var kind, String message) -> {
          log.event("filling_failed", told("failure", kind.name(), "message", message));
          yield Filling.LATER;
        }
        case FillOutcome.AlreadyRunning() -> Filling.LATER;
        case FillOutcome.WrongOrganization(String message) -> {
          log.event("wrong_organization", told("message", message));
          yield Filling.LATER;
        }
      };
    } catch (StoppableStore.StoppedException _) {
      return Filling.LATER;
    } catch (StoreException e) {
      log.event("store_failed", told("message", Failure.message(e)));
      return Filling.LATER;
    } catch (Failure e) {
      log.event("not_polled", told("message", e.text()));
      return Filling.LATER;
    } catch (RuntimeException e) {
      log.event("bug", told("message", String.valueOf(e), "at", place(e)));
      return Filling.LATER;
    }
  }

  private Map<String, Object> members(CycleRecord cycle) {
    Map<String, Object> members = told();
    members.put("trigger", cycle.trigger());
    members.put("ms", cycle.took().toMillis());
    members.put("changed", cycle.changed());
    if (cycle.simulated()) {
      members.put("simulated", true);
    }
    Map<String, Object> failed = new TreeMap<>();
    cycle
        .endpoints()
        .forEach((id, result) ->
            result
                .failure()
                .ifPresent(kind ->
                    failed.put(id, kind.name() + result.message().map(m -> ": " + m).orElse(""))));
    if (!failed.isEmpty()) {
      members.put("failed", failed);
    }
    return members;
  }

  private Map<String, Object> told(String... pairs) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("organization", organization);
    for (int i = 0; i < pairs.length; i += 2) {
      members.put(pairs[i], pairs[i + 1]);
    }
    return members;
  }

  private static String place(RuntimeException e) {
    StackTraceElement[] frames = e.getStackTrace();
    return frames.length == 0 ? "" : frames[0].toString();
  }
}

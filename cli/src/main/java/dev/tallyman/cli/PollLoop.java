package dev.tallyman.cli;

import dev.tallyman.core.alert.Told;
import dev.tallyman.core.poll.CycleOutcome;
import dev.tallyman.core.poll.FillOutcome;
import dev.tallyman.core.poll.Poller;
import dev.tallyman.core.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
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
    Instant since = home.pace().clock().instant().minus(Poller.HISTORY);
    boolean filled = false;
    while (!stop.wanted() && isRead()) {
      Instant began = home.pace().clock().instant();
      boolean ran = cycle();
      Instant next = ran ? began.plus(every).plus(jitter()) : home.pace().in(SOON);
      if (ran && !filled && !stop.wanted()) {
        filled = fill(since, next);
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
        case CycleOutcome.Ran(var cycle, var unknown, _) -> {
          Map<String, Object> members = told();
          members.putAll(cycle.summary());
          log.event("cycle", members);
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
          tell();
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

  /** Tells people what follows from the cycle. */
  private void tell() {
    Told told = home.tell(organization);
    if (told.triggered() > 0 || told.repeated() > 0 || told.trouble().isPresent()) {
      Map<String, Object> members = told();
      members.put("triggered", told.triggered());
      members.put("published", told.published());
      members.put("repeated", told.repeated());
      told.trouble().ifPresent(message -> members.put("message", message));
      log.event("alerts", members);
    }
  }

  /** Fills history until a cycle is due; returns whether it is all there. */
  private boolean fill(Instant since, Instant until) {
    try {
      switch (home.fill(organization, since, until, SLICE, this::tell)) {
        case FillOutcome.Done(Instant reached, var partial) -> {
          // What is usual can be said now, and what was unusual.
          tell();
          Map<String, Object> members = told("since", reached.toString());
          if (!partial.isEmpty()) {
            members.put("partial", String.join(" ", partial));
          }
          log.event("filled", members);
          return true;
        }
        case FillOutcome.Stuck(var kind, String message) ->
            log.event("filling_failed", told("failure", kind.name(), "message", message));
        case FillOutcome.WrongOrganization(String message) ->
            log.event("wrong_organization", told("message", message));
        case FillOutcome.Advanced _, FillOutcome.AlreadyRunning _ -> {}
      }
    } catch (StoppableStore.StoppedException _) {
      return false;
    } catch (StoreException e) {
      log.event("store_failed", told("message", Failure.message(e)));
    } catch (Failure e) {
      log.event("not_polled", told("message", e.text()));
    } catch (RuntimeException e) {
      log.event("bug", told("message", String.valueOf(e), "at", place(e)));
    }
    return false;
  }

  private void tell(FillOutcome.Advanced slice) {
    log.event(
        "filling", told("since", slice.reached().toString(), "wanted", slice.wanted().toString()));
    log.filling(organization, slice);
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

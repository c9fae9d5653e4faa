package dev.tallyman.cli.local;

import dev.tallyman.cli.process.Failure;
import dev.tallyman.cli.process.Stop;
import dev.tallyman.core.poll.CycleOutcome;
import dev.tallyman.core.poll.FillOutcome;
import dev.tallyman.core.poll.Poller;
import dev.tallyman.core.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/** Polls one organization on its schedule, and fills its history between the cycles. */
final class PollLoop implements Runnable {
  /** A slice of history holds up neither the next cycle nor the end for long. */
  private static final Duration SLICE = Duration.ofSeconds(30);

  /** How soon a cycle that another poller prevented is tried again, in real time. */
  private static final Duration SOON = Duration.ofSeconds(5);

  private final LocalRuntime runtime;
  private final String organization;
  private final Duration every;
  private final Stop stop;
  private final Log log;
  private final RandomGenerator random;

  PollLoop(
      LocalRuntime runtime,
      String organization,
      Duration every,
      Stop stop,
      Log log,
      RandomGenerator random) {
    this.runtime = runtime;
    this.organization = organization;
    this.every = every;
    this.stop = stop;
    this.log = log;
    this.random = random;
  }

  @Override
  public void run() {
    Instant since = runtime.pace().clock().instant().minus(Poller.HISTORY);
    boolean filled = false;
    while (!stop.wanted() && isRead()) {
      Instant began = runtime.pace().clock().instant();
      boolean ran = poll();
      Instant next = ran ? began.plus(every).plus(jitter()) : runtime.pace().in(SOON);
      if (ran && !filled && !stop.wanted()) {
        filled = fill(since, next);
      }
      stop.await(runtime.pace().real(Duration.between(runtime.pace().clock().instant(), next)));
    }
  }

  /** Whether nobody has taken the organization out of the settings meanwhile. */
  private boolean isRead() {
    try {
      return runtime.organizations().contains(organization);
    } catch (StoreException _) {
      return true;
    }
  }

  /** Up to a tenth of the period, so that many pollers do not ask the provider all at once. */
  private Duration jitter() {
    return Duration.ofMillis(random.nextLong(Math.max(1, every.toMillis() / 10)));
  }

  /** Polls; returns false if another poller was at work. */
  private boolean poll() {
    return guarded(
        true,
        () ->
            !(runtime.poll(organization, "schedule").outcome()
                instanceof CycleOutcome.AlreadyRunning));
  }

  /** Fills history until a poll is due; returns whether it is complete. */
  private boolean fill(Instant since, Instant until) {
    return guarded(
        false, () -> runtime.fill(organization, since, SLICE, until) instanceof FillOutcome.Done);
  }

  /** Does it; what goes wrong is logged, so that the next poll is tried. */
  private boolean guarded(boolean otherwise, BooleanSupplier work) {
    try {
      return work.getAsBoolean();
    } catch (StoppableStore.StoppedException _) {
      return otherwise;
    } catch (StoreException e) {
      log.event("store_failed", members("message", Failure.message(e)));
    } catch (Failure e) {
      log.event("not_polled", members("message", e.text()));
    } catch (RuntimeException e) {
      log.event("bug", members("message", String.valueOf(e), "at", place(e)));
    }
    return otherwise;
  }

  private Map<String, Object> members(String... pairs) {
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

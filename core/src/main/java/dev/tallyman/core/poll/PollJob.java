package dev.tallyman.core.poll;

import dev.tallyman.core.Pace;
import dev.tallyman.core.settings.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * One organization's job: a poll and everything that follows it, within a deadline; then its
 * history. A function and a local server both run this. For the life of a process; safe for use by
 * many threads.
 */
public final class PollJob {
  /** What a poll leaves of its time, in real time, for what follows it. */
  private static final Duration RESERVED = Duration.ofSeconds(5);

  private final Poller poller;
  private final List<AfterPoll> after;
  private final Pace pace;
  private final Consumer<PollEvent> events;
  private final Set<String> unknownModels = ConcurrentHashMap.newKeySet();

  /**
   * A job.
   *
   * @param after what follows each poll, in this order
   * @param events told of each thing that happens, in order
   */
  public PollJob(Poller poller, List<AfterPoll> after, Pace pace, Consumer<PollEvent> events) {
    this.poller = poller;
    this.after = List.copyOf(after);
    this.pace = pace;
    this.events = events;
  }

  /**
   * Polls an organization and does what follows.
   *
   * @param trigger who asks, for the record
   * @param deadline when to have finished; what does not fit is left for the next time
   */
  public Result run(
      String organization, UsageApi api, Settings settings, String trigger, Instant deadline) {
    CycleOutcome outcome =
        poller.cycle(organization, api, settings.usage(), trigger, beforeReserve(deadline));
    events.accept(PollEvent.of(organization, outcome));
    if (!(outcome instanceof CycleOutcome.Ran ran)) {
      return new Result(outcome, List.of());
    }
    for (String model : ran.unknownModels()) {
      if (unknownModels.add(organization + " " + model)) {
        events.accept(PollEvent.unknownModel(organization, model));
      }
    }
    return new Result(outcome, follow(organization, api, settings, deadline));
  }

  /**
   * Reads history, slice by slice, until it is complete, a slice fails or the time is over; at
   * least one slice is tried. Once it is complete, what follows a poll is done again: what was
   * usual is known only now.
   *
   * @param since how far back history is wanted
   * @param longest how long a slice may take, in real time, so that another poller gets its turn
   * @return what became of the last slice
   */
  public FillOutcome fill(
      String organization,
      UsageApi api,
      Settings settings,
      Instant since,
      Duration longest,
      Instant deadline) {
    boolean advanced = false;
    while (true) {
      Instant turn = pace.in(longest);
      FillOutcome outcome =
          poller.fill(
              organization,
              api,
              settings.usage(),
              since,
              turn.isBefore(deadline) ? turn : deadline);
      if (outcome instanceof FillOutcome.Done && advanced) {
        follow(organization, api, settings, deadline);
      }
      PollEvent.of(organization, outcome).ifPresent(events);
      if (!(outcome instanceof FillOutcome.Advanced)
          || !pace.clock().instant().isBefore(deadline)) {
        return outcome;
      }
      advanced = true;
    }
  }

  private List<AfterPoll.Result> follow(
      String organization, UsageApi api, Settings settings, Instant deadline) {
    // Where time is short, the poll has used up all of it.
    Instant least = pace.in(RESERVED);
    Instant until = deadline.isBefore(least) ? least : deadline;
    var results = new ArrayList<AfterPoll.Result>();
    for (AfterPoll each : after) {
      AfterPoll.Result result = each.run(organization, api, settings, until);
      results.add(result);
      PollEvent.of(organization, result).forEach(events);
    }
    return results;
  }

  /** When a poll is to end so that what follows has time, unless it would have less itself. */
  private Instant beforeReserve(Instant deadline) {
    Duration reserved = pace.told(RESERVED);
    Instant earlier = deadline.minus(reserved);
    return earlier.minus(reserved).isAfter(pace.clock().instant()) ? earlier : deadline;
  }

  /**
   * What became of a job.
   *
   * @param after what followed, in order; empty unless the poll ran
   */
  public record Result(CycleOutcome outcome, List<AfterPoll.Result> after) {
    /** How often a thing was done by what followed, such as {@code triggered}. */
    public int count(String name) {
      return after.stream().mapToInt(each -> each.counts().getOrDefault(name, 0)).sum();
    }

    /** Why something that follows is left for the next time; empty if nothing is. */
    public Optional<String> trouble() {
      return after.stream().flatMap(each -> each.trouble().stream()).findFirst();
    }
  }
}

package dev.tallyman.core.query;

import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.poll.records.Defects;
import dev.tallyman.core.poll.records.EndpointResult;
import dev.tallyman.core.poll.records.PollState;
import dev.tallyman.core.poll.records.Progress;
import dev.tallyman.core.poll.records.ReadOutcome;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How far the endpoints that a question involves are read, and how lately.
 *
 * @param reaches of each endpoint that the provider offers
 */
public record Freshness(List<Reach> reaches) {
  private static final int STALE_AFTER_INTERVALS = 3;

  /** These are asked for at most this often. */
  private static final Map<String, Duration> SELDOM =
      Map.of(CycleRecord.COSTS, Duration.ofHours(1), CycleRecord.NAMES, Duration.ofDays(1));

  public Freshness {
    reaches = List.copyOf(reaches);
  }

  /**
   * How far one endpoint is read.
   *
   * @param id of the endpoint, or that of the costs
   * @param since from when on without a gap
   * @param whole up to when without a gap
   * @param until up to when something is read
   * @param success when it was last read
   * @param defects what is read in part only
   */
  public record Reach(
      String id,
      Optional<Instant> since,
      Optional<Instant> whole,
      Optional<Instant> until,
      Optional<Instant> success,
      Defects defects) {
    /** Whether anything between these instants is read. */
    boolean touches(Instant start, Instant end) {
      return since.filter(end::isAfter).isPresent() && until.filter(start::isBefore).isPresent();
    }

    /** Whether everything between these instants is read. */
    boolean holds(Instant start, Instant end) {
      return since.filter(at -> !at.isAfter(start)).isPresent()
          && whole.filter(at -> !at.isBefore(end)).isPresent()
          && defects.within(start, end).isEmpty();
    }

    boolean costs() {
      return id.equals(CycleRecord.COSTS);
    }
  }

  /**
   * What is known of the endpoints that feed a metric.
   *
   * @param wanted the ids of the only ones that count; null for all
   */
  static Freshness of(
      Metric metric, @Nullable Set<String> wanted, PollState state, Optional<CycleRecord> latest) {
    var ids = new ArrayList<String>();
    for (Known endpoint : metric.endpoints()) {
      if (wanted == null || wanted.contains(endpoint.id())) {
        ids.add(endpoint.id());
      }
    }
    if (metric.billed()) {
      ids.add(CycleRecord.COSTS);
    }
    return of(ids, state, latest);
  }

  /** What is known of these endpoints; those that the provider does not offer are left out. */
  public static Freshness of(
      Collection<String> ids, PollState state, Optional<CycleRecord> latest) {
    var reaches = new ArrayList<Reach>();
    for (String id : ids) {
      Optional<EndpointResult> result =
          latest.flatMap(cycle -> Optional.ofNullable(cycle.endpoints().get(id)));
      Optional<Instant> success = result.flatMap(EndpointResult::lastSuccess);
      if (result.filter(Freshness::absent).isPresent()) {
        continue;
      }
      Progress progress = state.of(id);
      Optional<Instant> until =
          Stream.of(progress.watermark(), success)
              .flatMap(Optional::stream)
              .max(Comparator.naturalOrder());
      reaches.add(
          new Reach(
              id,
              progress.completeSince(),
              progress.watermark(),
              until,
              success,
              progress.defects()));
    }
    return new Freshness(reaches);
  }

  /** Whether it was never read because the provider does not offer it. */
  private static boolean absent(EndpointResult result) {
    return result.lastSuccess().isEmpty()
        && result.failure().filter(ReadOutcome.Kind.NOT_OFFERED::equals).isPresent();
  }

  /**
   * Whether this had no success for three of its intervals, though the provider offers it.
   *
   * @param id of an endpoint, of the costs or of the names
   */
  public static boolean stale(
      String id, EndpointResult result, Duration pollInterval, Instant now) {
    return !absent(result) && stale(id, result.lastSuccess(), pollInterval, now);
  }

  private static boolean stale(
      String id, Optional<Instant> success, Duration pollInterval, Instant now) {
    Duration least = SELDOM.getOrDefault(id, Duration.ZERO);
    Duration interval = pollInterval.compareTo(least) < 0 ? least : pollInterval;
    Instant limit = now.minus(interval.multipliedBy(STALE_AFTER_INTERVALS));
    return success.filter(at -> !at.isBefore(limit)).isEmpty();
  }

  /** Whether anything between these instants is read of any endpoint. */
  boolean touches(Instant start, Instant end) {
    return reaches.stream().anyMatch(reach -> reach.touches(start, end));
  }

  /**
   * Whether this instant is later than all that is known to be read: after an outage the newest
   * hours are there before the gap is closed.
   */
  boolean beyond(Instant start) {
    List<Reach> begun = reaches.stream().filter(reach -> reach.since().isPresent()).toList();
    return !begun.isEmpty()
        && begun.stream()
            .allMatch(reach ->
                reach.since().filter(since -> !start.isBefore(since)).isPresent()
                    && reach.until().filter(start::isBefore).isEmpty());
  }

  /** Whether everything between these instants is over and read of all endpoints. */
  boolean holds(Instant start, Instant end, Instant now) {
    return !end.isAfter(now) && reaches.stream().allMatch(reach -> reach.holds(start, end));
  }

  /** The oldest last success; empty before the first. */
  Optional<Instant> asOf() {
    return reaches.stream()
        .map(Reach::success)
        .flatMap(Optional::stream)
        .min(Comparator.naturalOrder());
  }

  /** From when on all that were ever read are complete. */
  Optional<Instant> completeSince() {
    return reaches.stream()
        .map(Reach::since)
        .flatMap(Optional::stream)
        .max(Comparator.naturalOrder());
  }

  /** Whether any has had no success for three of its intervals. */
  boolean stale(Duration pollInterval, Instant now) {
    return !stalest(pollInterval, now).isEmpty();
  }

  /** Those that have had no success for three of their intervals. */
  public List<Reach> stalest(Duration pollInterval, Instant now) {
    return reaches.stream()
        .filter(reach -> stale(reach.id(), reach.success(), pollInterval, now))
        .toList();
  }

  /** Whether something between these instants is read in part only. */
  boolean defective(Instant start, Instant end) {
    return reaches.stream().anyMatch(reach -> !reach.defects().within(start, end).isEmpty());
  }

  /** What between these instants is read in part only, in a sentence for each endpoint. */
  List<String> defects(Instant start, Instant end) {
    var notes = new ArrayList<String>();
    for (Reach reach : reaches) {
      reach.defects().told(reach.id(), start, end).ifPresent(notes::add);
    }
    return notes;
  }

  /** The endpoints that were never read. */
  List<String> neverRead() {
    return reaches.stream()
        .filter(reach -> reach.since().isEmpty() && reach.success().isEmpty())
        .map(Reach::id)
        .toList();
  }

  /** The costs alone. */
  Freshness costs() {
    return new Freshness(reaches.stream().filter(Reach::costs).toList());
  }

  /** Usage alone. */
  Freshness usage() {
    return new Freshness(reaches.stream().filter(reach -> !reach.costs()).toList());
  }
}

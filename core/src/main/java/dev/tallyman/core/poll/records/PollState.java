package dev.tallyman.core.poll.records;

import dev.tallyman.core.store.Document;
import dev.tallyman.core.store.Fields;
import dev.tallyman.core.usage.UsageEndpoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How far the reading of an organization has come; written only when it moved.
 *
 * @param version of the stored item; 0 if there is none
 * @param endpoints by the id of the endpoint, or {@link CycleRecord#COSTS}
 * @param swept when all names were last read
 * @param sweep what is left of the sweep of names that is under way
 * @param day a day on which a cycle was recorded, as seconds of its instant
 * @param prices the version of the user's own prices that stored estimates follow
 */
public record PollState(
    long version,
    SortedMap<String, Progress> endpoints,
    Optional<Instant> swept,
    List<String> sweep,
    Optional<Instant> day,
    String prices) {
  /** Nothing was ever read. */
  public static final PollState NONE =
      new PollState(
          0, Collections.emptySortedMap(), Optional.empty(), List.of(), Optional.empty(), "");

  public PollState {
    endpoints = Collections.unmodifiableSortedMap(new TreeMap<>(endpoints));
    sweep = List.copyOf(sweep);
  }

  /** How far this endpoint, or the costs, have come. */
  public Progress of(String id) {
    return endpoints.getOrDefault(id, Progress.NONE);
  }

  /**
   * From where on the costs and all known endpoints were read without a gap, or empty if one of
   * them never was.
   */
  public Optional<Instant> completeSince() {
    Optional<Instant> latest = of(CycleRecord.COSTS).completeSince();
    for (UsageEndpoint.Known endpoint : UsageEndpoint.Known.values()) {
      Optional<Instant> since = of(endpoint.id()).completeSince();
      latest = latest.flatMap(one -> since.map(other -> one.isAfter(other) ? one : other));
    }
    return latest;
  }

  /** What is known in part only from an instant on, in sentences; empty if nothing is. */
  public List<String> partial(Instant since) {
    var partial = new ArrayList<String>();
    endpoints.forEach(
        (id, each) -> each.defects().told(id, since, Instant.MAX).ifPresent(partial::add));
    return partial;
  }

  public PollState with(String id, Progress progress) {
    var changed = new TreeMap<>(endpoints);
    changed.put(id, progress);
    return new PollState(version, changed, swept, sweep, day, prices);
  }

  public PollState withSweep(Optional<Instant> done, List<String> rest) {
    return new PollState(version, endpoints, done, rest, day, prices);
  }

  public PollState on(Instant instant) {
    return new PollState(version, endpoints, swept, sweep, Optional.of(instant), prices);
  }

  public PollState withPrices(String own) {
    return new PollState(version, endpoints, swept, sweep, day, own);
  }

  /** Whether both say the same, whenever they were written. */
  public boolean sameAs(PollState other) {
    return endpoints.equals(other.endpoints)
        && swept.equals(other.swept)
        && sweep.equals(other.sweep)
        && prices.equals(other.prices);
  }

  byte[] encode() {
    var document = new TreeMap<String, Object>();
    var progress = new TreeMap<String, Object>();
    endpoints.forEach((id, each) -> progress.put(id, each.encode()));
    document.put("e", progress);
    swept.ifPresent(at -> document.put("swept", at.getEpochSecond()));
    day.ifPresent(at -> document.put("day", at.getEpochSecond()));
    document.put("sweep", List.copyOf(sweep));
    if (!prices.isEmpty()) {
      document.put("prices", prices);
    }
    return Document.encode(document);
  }

  static PollState decode(long version, byte[] bytes) {
    Fields document = Fields.decode(bytes);
    Fields progress = document.fields("e");
    var endpoints = new TreeMap<String, Progress>();
    progress.names().forEach(id -> endpoints.put(id, Progress.decode(progress.fields(id))));
    return new PollState(
        version,
        endpoints,
        document.instant("swept"),
        document.texts("sweep"),
        document.instant("day"),
        document.text("prices").orElse(""));
  }
}

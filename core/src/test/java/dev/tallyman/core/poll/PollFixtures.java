package dev.tallyman.core.poll;

import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.poll.records.DayTotals;
import dev.tallyman.core.poll.records.Defect;
import dev.tallyman.core.poll.records.EndpointResult;
import dev.tallyman.core.poll.records.PollState;
import dev.tallyman.core.poll.records.Progress;
import dev.tallyman.core.poll.records.Records;
import dev.tallyman.core.store.Store;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Lets tests of other parts say what a poller has done, without polling. */
public final class PollFixtures {
  private PollFixtures() {}

  /** Keeps an organization. */
  public static void put(Store store, Organization organization) {
    new Organizations(store).put(organization);
  }

  /** Keeps how far reading has come. */
  public static void put(Store store, String organization, PollState state) {
    new Records(store, organization, 400).put(state);
  }

  /** Keeps a cycle. */
  public static void put(Store store, String organization, CycleRecord cycle) {
    new Records(store, organization, 400).put(cycle);
  }

  /** Keeps that these endpoints are read without a gap between two instants. */
  public static void reached(
      Store store, String organization, Map<String, Instant> since, Instant until) {
    var records = new Records(store, organization, 400);
    PollState state = records.state();
    for (Map.Entry<String, Instant> each : since.entrySet()) {
      state =
          state.with(
              each.getKey(), Progress.NONE.withWatermark(until).withCompleteSince(each.getValue()));
    }
    records.put(state);
  }

  /** Keeps that something of an endpoint, or of the costs, was read in part only. */
  public static void defect(Store store, String organization, String id, Defect defect) {
    var records = new Records(store, organization, 400);
    PollState state = records.state();
    Progress progress = state.of(id);
    records.put(state.with(id, progress.withDefects(progress.defects().with(List.of(defect)))));
  }

  /** Keeps a cycle in which these endpoints were read. */
  public static void cycle(
      Store store, String organization, Instant at, boolean simulated, List<String> endpoints) {
    SortedMap<String, EndpointResult> results = new TreeMap<>();
    for (String id : endpoints) {
      results.put(
          id, new EndpointResult(1, 0, 0, 0, Optional.empty(), Optional.empty(), Optional.of(at)));
    }
    cycle(store, organization, at, simulated, results, Collections.emptySortedMap());
  }

  /** Keeps a cycle with these results and pools. */
  public static void cycle(
      Store store,
      String organization,
      Instant at,
      boolean simulated,
      SortedMap<String, EndpointResult> results,
      SortedMap<String, Long> pools) {
    LocalDate day = LocalDate.ofInstant(at, ZoneOffset.UTC);
    put(
        store,
        organization,
        new CycleRecord(
            at,
            Duration.ofSeconds(1),
            "schedule",
            simulated,
            results,
            new DayTotals(day, pools, 0, BigDecimal.ZERO)));
  }
}

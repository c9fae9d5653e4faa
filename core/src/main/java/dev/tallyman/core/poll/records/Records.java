package dev.tallyman.core.poll.records;

import dev.tallyman.core.store.Bytes;
import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Item;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.store.Store.Order;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the poller keeps of its own work for one organization: cycle records and its progress. */
public final class Records {
  private final Store store;
  private final String prefix;
  private final int retentionDays;

  /**
   * The records of an organization.
   *
   * @param retentionDays how long cycle records are kept
   */
  public Records(Store store, String organization, int retentionDays) {
    this.store = store;
    this.prefix = "O#" + organization + "#";
    this.retentionDays = retentionDays;
  }

  /** The cycles that began in {@code [from, to)}, oldest first. */
  public List<CycleRecord> cycles(Instant from, Instant to) {
    var cycles = new ArrayList<CycleRecord>();
    if (!from.isBefore(to)) {
      return cycles;
    }
    LocalDate last = day(to.minusNanos(1));
    for (LocalDate day = day(from); !day.isAfter(last); day = day.plusDays(1)) {
      for (Item item : store.range(partition(day), "0", "~", Order.ASCENDING, 100_000)) {
        CycleRecord cycle = store.decode(item, CycleRecord::decode);
        if (!cycle.at().isBefore(from) && cycle.at().isBefore(to)) {
          cycles.add(cycle);
        }
      }
    }
    return cycles;
  }

  /** The last cycle that began before or at this instant, or empty if there never was one. */
  public Optional<CycleRecord> latest(Instant now) {
    return lastOf(day(now))
        .or(() -> lastOf(day(now).minusDays(1)))
        .or(() -> state().day().flatMap(at -> lastOf(day(at))));
  }

  /** How far reading has come. */
  public PollState state() {
    return store
        .get(stateKey())
        .map(item -> store.decode(item, bytes -> PollState.decode(item.version(), bytes)))
        .orElse(PollState.NONE);
  }

  public void put(CycleRecord cycle) {
    store.put(
        new Item(
            new Key(partition(day(cycle.at())), cycle.at().toString()),
            cycle.at().toEpochMilli(),
            Optional.of(cycle.at().plus(Duration.ofDays(retentionDays))),
            Bytes.copyOf(cycle.encode())),
        new Condition.Always());
  }

  /**
   * Keeps the progress unless another poller moved it meanwhile: then less progress is known than
   * was made, and something is read once more.
   */
  public void put(PollState state) {
    store.put(
        new Item(stateKey(), state.version() + 1, Optional.empty(), Bytes.copyOf(state.encode())),
        state.version() == 0 ? new Condition.Absent() : new Condition.VersionIs(state.version()));
  }

  private Optional<CycleRecord> lastOf(LocalDate day) {
    return store.range(partition(day), "0", "~", Order.DESCENDING, 1).stream()
        .findFirst()
        .map(item -> store.decode(item, CycleRecord::decode));
  }

  private String partition(LocalDate day) {
    return prefix + "P#" + day;
  }

  private Key stateKey() {
    return new Key(prefix + "S", "poll");
  }

  private static LocalDate day(Instant instant) {
    return LocalDate.ofInstant(instant, ZoneOffset.UTC);
  }
}

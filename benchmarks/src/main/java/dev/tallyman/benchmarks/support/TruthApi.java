package dev.tallyman.benchmarks.support;

import dev.tallyman.core.poll.UsageApi;
import dev.tallyman.core.poll.records.ReadOutcome;
import dev.tallyman.core.poll.records.ReadOutcome.Complete;
import dev.tallyman.core.poll.records.ReadOutcome.Origin;
import dev.tallyman.core.usage.Bucket;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.Name;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.Width;
import dev.tallyman.simulator.Simulator;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A simulated organization without sockets and JSON: the quickest way to fill a ledger. */
public final class TruthApi implements UsageApi {
  private final Simulator simulator;
  private final Origin origin;

  /** The simulator need not be started. */
  public TruthApi(Simulator simulator) {
    this.simulator = simulator;
    this.origin = new Origin(Optional.of(simulator.organization()), true);
  }

  @Override
  public ReadOutcome readUsage(
      UsageEndpoint endpoint,
      Width width,
      Instant from,
      Instant to,
      Instant deadline,
      BiConsumer<Origin, Bucket> sink) {
    for (Instant hour = from; hour.isBefore(to); hour = hour.plus(width.duration())) {
      sink.accept(origin, simulator.truthUsage((Known) endpoint, hour));
    }
    return new Complete(origin, 0);
  }

  @Override
  public ReadOutcome readCosts(
      LocalDate from, LocalDate to, Instant deadline, BiConsumer<Origin, CostDay> sink) {
    for (LocalDate day = from; day.isBefore(to); day = day.plusDays(1)) {
      sink.accept(origin, simulator.truthCosts(day));
    }
    return new Complete(origin, 0);
  }

  @Override
  public NamePage readNames(
      Name.Kind kind, @Nullable String project, @Nullable String after, Instant deadline) {
    return new NamePage(new Complete(origin, 0), List.of(), null);
  }

  @Override
  public NamePage readName(Name.Kind kind, @Nullable String project, String id, Instant deadline) {
    return new NamePage(new Complete(origin, 0), List.of(), null);
  }
}

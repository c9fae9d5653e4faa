package dev.tallyman.function.poller;

import dev.tallyman.core.poll.CycleOutcome;
import dev.tallyman.core.poll.PollEvent;
import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.poll.records.EndpointResult;
import dev.tallyman.lambda.Log;
import dev.tallyman.lambda.Metric;
import dev.tallyman.lambda.Metrics;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Writes what happens in a poll into the function's log, with the metrics of each cycle. */
final class PollLog implements Consumer<PollEvent> {
  private final Log log;
  private final Metrics metrics;
  private final InstantSource clock;

  PollLog(Log log, Metrics metrics, InstantSource clock) {
    this.log = log;
    this.metrics = metrics;
    this.clock = clock;
  }

  @Override
  public void accept(PollEvent event) {
    Log.Level level = Log.Level.valueOf(event.level().name());
    Map<Metric, Number> values =
        switch (event.outcome()) {
          case CycleOutcome.Ran ran -> measured(ran);
          case CycleOutcome.WrongOrganization _ -> Map.of(Metric.CYCLES_WITHOUT_DATA, 1);
          default -> Map.of();
        };
    if (values.isEmpty()) {
      log.event(level, event.name(), event.members());
    } else {
      metrics.event(level, event.name(), values, event.members());
    }
  }

  private Map<Metric, Number> measured(CycleOutcome.Ran ran) {
    CycleRecord cycle = ran.cycle();
    Instant now = clock.instant();
    var values = new EnumMap<Metric, Number>(Metric.class);
    values.put(Metric.CYCLE_SECONDS, BigDecimal.valueOf(cycle.took().toMillis(), 3));
    values.put(Metric.ROWS_READ, ran.rows());
    values.put(Metric.BUCKETS_CHANGED, cycle.changed());
    values.put(
        Metric.ENDPOINT_FAILURES,
        cycle.endpoints().values().stream().filter(result -> !result.ok()).count());
    // Where nothing was ever read there is no age; that it is missing is itself an alarm.
    cycle.endpoints().entrySet().stream()
        .filter(each ->
            !each.getKey().equals(CycleRecord.COSTS) && !each.getKey().equals(CycleRecord.NAMES))
        .map(Map.Entry::getValue)
        .map(EndpointResult::lastSuccess)
        .flatMap(Optional::stream)
        .mapToLong(at -> Duration.between(at, now).toSeconds())
        .max()
        .ifPresent(seconds -> values.put(Metric.STALENESS_SECONDS, seconds));
    values.put(Metric.CYCLES_WITHOUT_DATA, cycle.readNothing() ? 1 : 0);
    return values;
  }
}

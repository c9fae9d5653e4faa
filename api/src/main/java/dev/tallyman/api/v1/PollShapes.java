package dev.tallyman.api.v1;

import dev.tallyman.api.message.JsonObject;
import dev.tallyman.api.message.Schema;
import dev.tallyman.api.message.Shape;
import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.poll.records.DayTotals;
import dev.tallyman.core.poll.records.Defect;
import dev.tallyman.core.poll.records.EndpointResult;
import dev.tallyman.core.poll.records.Progress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * What answers say about polls and how fresh each endpoint is. Each shape is made when it is asked
 * for.
 */
final class PollShapes {
  private PollShapes() {}

  /** A poll; CSV has the sums over its endpoints. */
  static Shape<CycleRecord> cycle() {
    Shape<EndpointResult> result = result();
    return Shape.<CycleRecord>object()
        .time("at", CycleRecord::at)
        .integer("took_ms", cycle -> cycle.took().toMillis())
        .text("trigger", CycleRecord::trigger)
        .flag("complete", CycleRecord::complete)
        .nested(
            "endpoints",
            Schema.map(result.schema()),
            cycle -> {
              var endpoints = JsonObject.of();
              cycle.endpoints().forEach((id, each) -> endpoints.put(id, result.json(each)));
              return endpoints;
            })
        .column("read", cycle -> sum(cycle, EndpointResult::read))
        .column("changed", cycle -> sum(cycle, EndpointResult::changed))
        .column("restated", cycle -> sum(cycle, EndpointResult::restated))
        .column("failed", cycle -> sum(cycle, each -> each.ok() ? 0 : 1))
        .object(
            "today",
            Shape.<DayTotals>object()
                .day("day", DayTotals::day)
                .nested("pools", Schema.map(Schema.integer()), DayTotals::poolTokens)
                .integer("requests", DayTotals::requests)
                .decimal("estimated_usd", DayTotals::estimated),
            CycleRecord::today)
        .flag("simulated", CycleRecord::simulated);
  }

  private static int sum(CycleRecord cycle, ToIntFunction<EndpointResult> count) {
    return cycle.endpoints().values().stream().mapToInt(count).sum();
  }

  private static Shape<EndpointResult> result() {
    return Shape.<EndpointResult>object()
        .integer("read", EndpointResult::read)
        .integer("changed", EndpointResult::changed)
        .integer("restated", EndpointResult::restated)
        .integer("skipped", EndpointResult::skipped)
        .integer("partial", EndpointResult::partial)
        .text("state", EndpointResult::state)
        .optional("failure", PollShapes::failure)
        .optional("message", EndpointResult::message);
  }

  private static Optional<String> failure(EndpointResult result) {
    return result.failure().map(kind -> kind.name().toLowerCase(Locale.ROOT));
  }

  /**
   * What is known of an endpoint.
   *
   * @param result of the last poll
   * @param progress over all polls
   * @param stale whether it was last read longer ago than it should
   */
  record Known(String endpoint, EndpointResult result, Progress progress, boolean stale) {
    private List<Defect> defects() {
      return progress.defects().all();
    }
  }

  static Shape<Known> freshness() {
    return Shape.<Known>object()
        .text("endpoint", Known::endpoint)
        .optionalTime("last_success", known -> known.result().lastSuccess())
        .flag("stale", Known::stale)
        .optional("failure", known -> failure(known.result()))
        .optional("message", known -> known.result().message().or(() -> leftOut(known.defects())))
        .text("state", PollShapes::state)
        .list(
            "defects",
            Shape.<Defect>object()
                .time("from", Defect::from)
                .time("to", Defect::to)
                .text("reason", Defect::reason),
            Known::defects)
        .optionalTime("read_until", known -> known.progress().watermark())
        .optionalTime("complete_since", known -> known.progress().completeSince());
  }

  /**
   * What a cycle found, or, where that was whole, whether anything is known in part since before.
   */
  private static String state(Known known) {
    return known.result().complete() && !known.defects().isEmpty()
        ? "partial"
        : known.result().state();
  }

  private static Optional<String> leftOut(List<Defect> defects) {
    return defects.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "From "
                + defects.getLast().from()
                + " on "
                + defects.getLast().reason()
                + ". The rest is kept, and all of it is read again; if that does not help, report"
                + " it to the provider.");
  }
}

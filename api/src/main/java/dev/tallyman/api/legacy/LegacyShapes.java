package dev.tallyman.api.legacy;

import dev.tallyman.api.message.JsonObject;
import dev.tallyman.api.message.Schema;
import dev.tallyman.api.message.Shape;
import dev.tallyman.core.group.ModelGroups;
import dev.tallyman.core.group.PoolUsage;
import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.poll.records.EndpointResult;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Quantity;
import java.util.SortedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the answers of the two older trackers consist of. Each shape is made when it is asked for.
 */
final class LegacyShapes {
  /** What these trackers called a model whose name is not known. */
  static final String UNKNOWN_MODEL = "unknown";

  private LegacyShapes() {}

  static String orUnknown(@Nullable String model) {
    return model == null ? UNKNOWN_MODEL : model;
  }

  /** What is used of a pool, in tokens, and how much of it that is, in percent. */
  static Shape<PoolUsage> pool() {
    return Shape.<PoolUsage>object()
        .integer("used", PoolUsage::used)
        .integer("tokens_used", PoolUsage::used)
        .integer("limit", PoolUsage::limit)
        .with("percentage", Schema.number(), PoolUsage::percentage);
  }

  /** What was used of a pool before and after a day was read again, in tokens. */
  record Reread(long before, long after) {}

  static Shape<Reread> reread() {
    return Shape.<Reread>object()
        .integer("before", Reread::before)
        .integer("after", Reread::after)
        .integer("added", each -> Math.max(0, each.after() - each.before()));
  }

  /** A row of hours, with the model group whose pool it counts in. */
  record Hour(History.Row row, String tier) {
    private long count(Quantity quantity) {
      return row.usage().orZero(quantity);
    }
  }

  static Shape<Hour> hour() {
    return Shape.<Hour>object()
        .integer("id", hour -> hour.row().id())
        .time("timestamp", hour -> hour.row().hour())
        .text("model", hour -> orUnknown(hour.row().usage().get(Dimension.MODEL)))
        .integer("prompt_tokens", hour -> hour.count(Quantity.INPUT_TOKENS))
        .integer("completion_tokens", hour -> hour.count(Quantity.OUTPUT_TOKENS))
        .integer(
            "total_tokens",
            hour -> hour.count(Quantity.INPUT_TOKENS) + hour.count(Quantity.OUTPUT_TOKENS))
        .text("request_path", hour -> "/v1/organization/usage/" + hour.row().endpoint().id())
        .integer("status", _ -> 200)
        .text("tier", Hour::tier)
        .with("source", Schema.constant("reported"), _ -> "reported")
        .integer("requests", hour -> hour.count(Quantity.MODEL_REQUESTS))
        .with(
            "service_tier",
            Schema.nullable(Schema.string()),
            hour -> hour.row().usage().get(Dimension.SERVICE_TIER))
        .flag("batch", hour -> "true".equals(hour.row().usage().get(Dimension.BATCH)));
  }

  /** Which rows of how many a page has. */
  record Page(int limit, int offset, long total) {}

  static Shape<Page> page() {
    return Shape.<Page>object()
        .integer("limit", Page::limit)
        .integer("offset", Page::offset)
        .integer("total", Page::total)
        .flag("hasMore", page -> page.offset() + (long) page.limit() < page.total());
  }

  /** The totals of a day that a poll found; the time is in seconds since 1970. */
  static Shape<CycleRecord> snapshot() {
    return pools(
        Shape.<CycleRecord>object()
            .integer("timestamp", cycle -> cycle.at().getEpochSecond())
            .day("date", cycle -> cycle.today().day()),
        cycle -> cycle);
  }

  /** What a poll found, and how many alerts it led to. */
  record Polled(CycleRecord cycle, int alerts) {}

  static Shape<Polled> polled() {
    return pools(
            Shape.<Polled>object()
                .with("success", Schema.constant(true), _ -> true)
                .day("date", polled -> polled.cycle().today().day()),
            Polled::cycle)
        .integer("alerts_triggered", Polled::alerts)
        .nested(
            "failures", Schema.map(Schema.string()), polled -> failures(polled.cycle().endpoints()))
        .flag("simulated", polled -> polled.cycle().simulated());
  }

  private static <T> Shape<T> pools(Shape<T> shape, Function<T, CycleRecord> cycle) {
    return shape
        .integer("premium_tokens", each -> tokens(cycle.apply(each), ModelGroups.PREMIUM))
        .integer("mini_tokens", each -> tokens(cycle.apply(each), ModelGroups.MINI));
  }

  private static long tokens(CycleRecord cycle, String group) {
    return cycle.today().poolTokens().getOrDefault(group, 0L);
  }

  /** The messages of the endpoints that could not be read. */
  static JsonObject failures(SortedMap<String, EndpointResult> endpoints) {
    var failures = JsonObject.of();
    endpoints.forEach((id, result) -> {
      if (!result.ok()) {
        failures.put(id, result.message().orElse("failed"));
      }
    });
    return failures;
  }
}

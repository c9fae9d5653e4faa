package dev.tallyman.api.legacy;

import dev.tallyman.api.message.Shape;
import dev.tallyman.core.ledger.RollupRow;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** What a model used at an endpoint, over its service tiers. */
final class ModelSum {
  private final String model;
  private final UsageEndpoint endpoint;
  private long in;
  private long out;
  private long cached;
  private long requests;
  private BigDecimal estimated = BigDecimal.ZERO;
  private boolean priced = true;

  ModelSum(String model, UsageEndpoint endpoint) {
    this.model = model;
    this.endpoint = endpoint;
  }

  void add(RollupRow row) {
    in += row.usage().orZero(Quantity.INPUT_TOKENS);
    out += row.usage().orZero(Quantity.OUTPUT_TOKENS);
    cached += row.usage().orZero(Quantity.INPUT_CACHED_TOKENS);
    requests += row.usage().orZero(Quantity.MODEL_REQUESTS);
    estimated = estimated.add(row.estimated());
    priced &= row.priced();
  }

  UsageEndpoint endpoint() {
    return endpoint;
  }

  @Nullable String named() {
    return LegacyShapes.UNKNOWN_MODEL.equals(model) ? null : model;
  }

  /** What the model used on a day, with the model group whose pool it counts in. */
  record Row(ModelSum sum, String tier) {}

  static Shape<Row> shape() {
    return Shape.<Row>object()
        .text("model", row -> row.sum().model)
        .text("endpoint", row -> row.sum().endpoint.id())
        .text("tier", Row::tier)
        .integer("input_tokens", row -> row.sum().in)
        .integer("output_tokens", row -> row.sum().out)
        .integer("cached_tokens", row -> row.sum().cached)
        .integer("total_tokens", row -> row.sum().in + row.sum().out)
        .integer("num_requests", row -> row.sum().requests)
        .decimal("estimated_usd", row -> row.sum().estimated)
        .flag("priced", row -> row.sum().priced);
  }
}

package dev.tallyman.core.ledger;

import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageRow;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Usage rows for tests. */
public final class Rows {
  private Rows() {}

  /** A row of completions. */
  public static UsageRow row(String project, String model, long in, long out) {
    return UsageRow.builder()
        .set(Dimension.PROJECT, project)
        .set(Dimension.API_KEY, "key_" + project)
        .set(Dimension.USER, "user_1")
        .set(Dimension.MODEL, model)
        .set(Dimension.BATCH, "false")
        .set(Dimension.SERVICE_TIER, "default")
        .set(Quantity.INPUT_TOKENS, in)
        .set(Quantity.INPUT_CACHED_TOKENS, in / 4)
        .set(Quantity.OUTPUT_TOKENS, out)
        .set(Quantity.MODEL_REQUESTS, 1 + in / 1000)
        .build();
  }

  /** Rows of distinct dimensions in no particular order. */
  public static List<UsageRow> random(RandomGenerator random, int size) {
    var rows = new ArrayList<UsageRow>();
    for (int i = 0; i < size; i++) {
      UsageRow.Builder row = UsageRow.builder().set(Dimension.PROJECT, "proj_" + i % 50);
      if (random.nextBoolean()) {
        row.set(Dimension.API_KEY, "key_" + i);
      }
      row.set(Dimension.USER, "user_" + i);
      row.set(Dimension.MODEL, "gpt-" + random.nextInt(20));
      for (Quantity quantity : Quantity.values()) {
        if (random.nextInt(3) > 0) {
          row.set(quantity, random.nextLong(1L << random.nextInt(1, 40)));
        }
      }
      if (random.nextInt(10) == 0) {
        row.other("num_new_things", java.math.BigDecimal.valueOf(random.nextLong(1_000_000), 3));
      }
      rows.add(row.build());
    }
    return rows;
  }
}

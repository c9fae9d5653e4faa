package dev.tallyman.simulator;

import dev.tallyman.core.usage.Bucket;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.UsageRow;
import java.util.ArrayList;
import java.util.List;

/** Turns what is generated into the values that a ledger keeps. */
final class UsageRows {
  private static final Quantity[] QUANTITIES = Quantity.values();

  private UsageRows() {}

  /** These groups as rows, sorted by their dimensions. */
  static List<UsageRow> of(Known endpoint, List<Usage.Group> groups) {
    var rows = new ArrayList<UsageRow>(groups.size());
    long[] quantities = Slots.quantities();
    for (Usage.Group group : groups) {
      Slots.derive(endpoint, group.slots, group.early(), quantities);
      var row = UsageRow.builder();
      for (Dimension dimension : endpoint.groupings()) {
        row.set(dimension, group.get(dimension));
      }
      for (int i = 0; i < quantities.length; i++) {
        if (quantities[i] != Slots.ABSENT) {
          row.set(QUANTITIES[i], quantities[i]);
        }
      }
      rows.add(row.build());
    }
    return Bucket.merged(rows);
  }
}

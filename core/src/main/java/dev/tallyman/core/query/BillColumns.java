package dev.tallyman.core.query;

import dev.tallyman.core.ledger.Codes;
import dev.tallyman.core.price.LineItem;
import dev.tallyman.core.usage.CostRow;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Rows of the bill of one day, all of one currency; model and tier are read from line items. */
final class BillColumns implements Rows {
  /** What is processed, and charged, as usual. */
  static final String BASE_TIER = "default";

  private final List<CostRow> rows;
  private final Function<@Nullable String, @Nullable String> groups;

  /**
   * Creates some.
   *
   * @param groups the model group of a model that is in one for certain: a bill does not say
   *     whether a model was charged for completions
   */
  BillColumns(List<CostRow> rows, Function<@Nullable String, @Nullable String> groups) {
    this.rows = rows;
    this.groups = groups;
  }

  @Override
  public int size() {
    return rows.size();
  }

  @Override
  public Codes codes(GroupBy by) {
    return switch (by) {
      case PROJECT -> Codes.of(rows, CostRow::project);
      case KEY -> Codes.of(rows, CostRow::apiKey);
      case LINE_ITEM -> items();
      case MODEL -> items().map(BillColumns::model);
      case GROUP -> items().map(item -> groups.apply(model(item)));
      case TIER -> items().map(BillColumns::tier);
      case ENDPOINT, USER, BATCH -> Codes.constant(null, rows.size());
    };
  }

  private Codes items() {
    return Codes.of(rows, CostRow::lineItem);
  }

  private static @Nullable String model(@Nullable String item) {
    return item == null ? null : LineItem.parse(item).model().orElse(null);
  }

  private static @Nullable String tier(@Nullable String item) {
    if (item == null) {
      return null;
    }
    LineItem parsed = LineItem.parse(item);
    return parsed.tier().or(() -> parsed.model().map(_ -> BASE_TIER)).orElse(null);
  }

  @Override
  public void addTo(Sums sums, int[] series, int bucket) {
    for (int i = 0; i < series.length; i++) {
      if (series[i] >= 0) {
        sums.add(series[i], bucket, rows.get(i).amount());
      }
    }
  }
}

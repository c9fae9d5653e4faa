package dev.tallyman.core.query;

import dev.tallyman.core.ledger.Amounts;
import dev.tallyman.core.ledger.Codes;
import dev.tallyman.core.ledger.Rollup;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.price.Estimate;
import dev.tallyman.core.price.Estimator;
import dev.tallyman.core.price.Price;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.UsageRow;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Rows of usage: of a rollup, or of one hour or minute of an endpoint. */
abstract sealed class UsageColumns implements Rows {
  private final Metric metric;
  private final Function<@Nullable String, @Nullable String> groups;
  private final Unpriced unpriced;

  /**
   * Creates some.
   *
   * @param groups the model group whose pool a model of the completions draws on
   * @param unpriced is told what has no price
   */
  UsageColumns(
      Metric metric, Function<@Nullable String, @Nullable String> groups, Unpriced unpriced) {
    this.metric = metric;
    this.groups = groups;
    this.unpriced = unpriced;
  }

  /** The rows of a rollup. */
  static UsageColumns of(
      Rollup rollup,
      Metric metric,
      Function<@Nullable String, @Nullable String> groups,
      Unpriced unpriced) {
    return new OfRollup(rollup, metric, groups, unpriced);
  }

  /** Rows of one endpoint within an hour. */
  static UsageColumns of(
      UsageEndpoint endpoint,
      List<UsageRow> rows,
      LocalDate day,
      Estimator estimator,
      Metric metric,
      Function<@Nullable String, @Nullable String> groups,
      Unpriced unpriced) {
    return new OfHour(endpoint, rows, day, estimator, metric, groups, unpriced);
  }

  abstract Codes endpoints();

  abstract Codes codes(Dimension dimension);

  /** A counter of each row, {@link Rollup#ABSENT} where there is none; null if no row has it. */
  abstract long @Nullable [] counts(Quantity quantity);

  abstract void addEstimates(Sums sums, int[] series, int bucket);

  /** The day by whose prices the rows are estimated; of a month its first. */
  abstract LocalDate day();

  @Override
  public Codes codes(GroupBy by) {
    return switch (by) {
      case GroupBy.BuiltIn.ENDPOINT -> endpoints();
      case GroupBy.BuiltIn.PROJECT -> codes(Dimension.PROJECT);
      case GroupBy.BuiltIn.KEY -> codes(Dimension.API_KEY);
      case GroupBy.BuiltIn.USER -> codes(Dimension.USER);
      case GroupBy.BuiltIn.MODEL -> codes(Dimension.MODEL);
      case GroupBy.BuiltIn.GROUP ->
          codes(Dimension.MODEL)
              .map(
                  endpoints(),
                  (model, endpoint) ->
                      Known.COMPLETIONS.id().equals(endpoint) ? groups.apply(model) : null);
      case GroupBy.BuiltIn.TIER ->
          metric == Metric.COST ? billingTiers() : codes(Dimension.SERVICE_TIER);
      case GroupBy.BuiltIn.BATCH -> codes(Dimension.BATCH);
      case GroupBy.BuiltIn.LINE_ITEM -> Codes.constant(null, size());
      case GroupBy.Named _ -> Codes.constant(null, size());
    };
  }

  /** Tiers as bills tell them: a batch is one, what is neither special nor a model's is none. */
  private Codes billingTiers() {
    return codes(Dimension.SERVICE_TIER)
        .map(
            codes(Dimension.BATCH),
            (tier, batch) -> {
              String folded = tier == null ? BillColumns.BASE_TIER : tier.toLowerCase(Locale.ROOT);
              if (folded.contains("incentive")) {
                return folded;
              }
              return switch (folded) {
                case "fast" -> "priority";
                case "standard", "auto" -> "true".equals(batch) ? "batch" : BillColumns.BASE_TIER;
                default -> "true".equals(batch) ? "batch" : folded;
              };
            })
        .map(codes(Dimension.MODEL), (tier, model) -> model == null ? null : tier);
  }

  @Override
  public void addTo(Sums sums, int[] series, int bucket) {
    if (metric.money()) {
      addEstimates(sums, series, bucket);
      return;
    }
    for (Quantity quantity : metric.added()) {
      add(sums, series, bucket, counts(quantity), 1);
    }
    for (Quantity quantity : metric.subtracted()) {
      add(sums, series, bucket, counts(quantity), -1);
    }
  }

  private static void add(
      Sums sums, int[] series, int bucket, long @Nullable [] counts, int factor) {
    if (counts == null) {
      return;
    }
    for (int i = 0; i < counts.length; i++) {
      if (series[i] >= 0 && counts[i] != Rollup.ABSENT) {
        sums.add(series[i], bucket, factor * counts[i]);
      }
    }
  }

  /** Notes the rows without a price among those that count. */
  void miss(Sums sums, int[] series, int bucket, boolean[] priced) {
    Codes endpoints = null;
    Codes models = null;
    Codes tiers = null;
    var told = new HashSet<List<Integer>>();
    for (int i = 0; i < priced.length; i++) {
      if (priced[i] || series[i] < 0) {
        continue;
      }
      if (endpoints == null || models == null || tiers == null) {
        endpoints = endpoints();
        models = codes(Dimension.MODEL);
        tiers = codes(Dimension.SERVICE_TIER).map(codes(Dimension.BATCH), UsageColumns::tier);
      }
      sums.miss(series[i], bucket);
      int endpoint = endpoints.rows()[i];
      int model = models.rows()[i];
      int tier = tiers.rows()[i];
      if (told.add(List.of(endpoint, model, tier))) {
        unpriced.add(endpoints.text(endpoint), models.text(model), tiers.text(tier), day());
      }
    }
  }

  private static @Nullable String tier(@Nullable String tier, @Nullable String batch) {
    return Price.tierOf(tier, "true".equals(batch)).orElse(null);
  }

  /** Is told of usage without a price. */
  @FunctionalInterface
  interface Unpriced {
    /** Usage of this endpoint, model and tier has none on a day. */
    void add(
        @Nullable String endpoint, @Nullable String model, @Nullable String tier, LocalDate day);
  }

  private static final class OfRollup extends UsageColumns {
    private final Rollup rollup;

    OfRollup(
        Rollup rollup,
        Metric metric,
        Function<@Nullable String, @Nullable String> groups,
        Unpriced unpriced) {
      super(metric, groups, unpriced);
      this.rollup = rollup;
    }

    @Override
    public int size() {
      return rollup.size();
    }

    @Override
    Codes endpoints() {
      return rollup.endpointCodes();
    }

    @Override
    Codes codes(Dimension dimension) {
      return rollup.codes(dimension);
    }

    @Override
    LocalDate day() {
      return rollup.day();
    }

    @Override
    long @Nullable [] counts(Quantity quantity) {
      return rollup.has(quantity) ? rollup.longs(quantity) : null;
    }

    @Override
    void addEstimates(Sums sums, int[] series, int bucket) {
      Amounts estimated = rollup.estimated(Sums.MONEY_SCALE);
      for (int i = 0; i < series.length; i++) {
        if (series[i] >= 0) {
          sums.add(series[i], bucket, estimated, i);
        }
      }
      if (rollup.unpriced()) {
        miss(sums, series, bucket, rollup.priced());
      }
    }
  }

  private static final class OfHour extends UsageColumns {
    private final UsageEndpoint endpoint;
    private final List<UsageRow> rows;
    private final LocalDate day;
    private final Estimator estimator;
    private final Map<Dimension, Codes> codes = new EnumMap<>(Dimension.class);
    private final @Nullable Estimate[] estimates;

    OfHour(
        UsageEndpoint endpoint,
        List<UsageRow> rows,
        LocalDate day,
        Estimator estimator,
        Metric metric,
        Function<@Nullable String, @Nullable String> groups,
        Unpriced unpriced) {
      super(metric, groups, unpriced);
      this.endpoint = endpoint;
      this.rows = rows;
      this.day = day;
      this.estimator = estimator;
      this.estimates = new @Nullable Estimate[rows.size()];
    }

    private Estimate estimate(int row) {
      Estimate known = estimates[row];
      if (known == null) {
        known = estimator.estimate(endpoint, rows.get(row), day);
        estimates[row] = known;
      }
      return known;
    }

    @Override
    public int size() {
      return rows.size();
    }

    @Override
    Codes endpoints() {
      return Codes.constant(endpoint.id(), rows.size());
    }

    @Override
    Codes codes(Dimension dimension) {
      return codes.computeIfAbsent(dimension, of -> Codes.of(rows, row -> row.get(of)));
    }

    @Override
    LocalDate day() {
      return day;
    }

    @Override
    long @Nullable [] counts(Quantity quantity) {
      return rows.stream()
          .mapToLong(row -> row.has(quantity) ? row.orZero(quantity) : Rollup.ABSENT)
          .toArray();
    }

    @Override
    void addEstimates(Sums sums, int[] series, int bucket) {
      var priced = new boolean[rows.size()];
      for (int i = 0; i < priced.length; i++) {
        priced[i] = true;
        if (series[i] >= 0) {
          Estimate estimate = estimate(i);
          sums.add(series[i], bucket, estimate.usd());
          priced[i] = estimate.priced();
        }
      }
      miss(sums, series, bucket, priced);
    }
  }
}

package dev.tallyman.api.v1;

import dev.tallyman.api.message.Schema;
import dev.tallyman.api.message.Shape;
import dev.tallyman.core.ledger.Rollup;
import dev.tallyman.core.price.Catalogue;
import dev.tallyman.core.price.Estimator;
import dev.tallyman.core.price.Price;
import dev.tallyman.core.price.Unpriced;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A model that was used, with its usage over some days. */
final class UsedModel {
  private final String name;
  private final LocalDate first;
  private final Set<String> endpoints = new TreeSet<>();

  /** By service tier, empty for the base price, the last usage in it that has no price. */
  private final SortedMap<String, Optional<Lack>> tiers = new TreeMap<>();

  private LocalDate last;
  private long requests;
  private long tokens;
  private BigDecimal estimated = BigDecimal.ZERO;
  private boolean priced = true;

  private UsedModel(String name, LocalDate first) {
    this.name = name;
    this.first = first;
    this.last = first;
  }

  private Optional<String> why(String tier, Estimator estimator) {
    return tiers
        .getOrDefault(tier, Optional.empty())
        .map(lack -> estimator.unpriced(lack.endpoint(), name, Price.tierOf(tier), lack.day()))
        .map(Unpriced::why);
  }

  /** The models that were used on these days, by their names. */
  static SortedMap<String, UsedModel> of(List<Rollup> days) {
    var used = new TreeMap<String, UsedModel>();
    days.forEach(day -> add(day, used));
    return used;
  }

  private static void add(Rollup day, Map<String, UsedModel> used) {
    @Nullable String[] models = day.texts(Dimension.MODEL);
    @Nullable String[] tiers = day.texts(Dimension.SERVICE_TIER);
    @Nullable String[] batches = day.texts(Dimension.BATCH);
    @Nullable String[] endpoints = day.endpoints();
    long[] requests = day.longs(Quantity.MODEL_REQUESTS);
    long[] in = day.longs(Quantity.INPUT_TOKENS);
    long[] out = day.longs(Quantity.OUTPUT_TOKENS);
    @Nullable BigDecimal[] estimated = day.estimated();
    boolean[] priced = day.priced();
    for (int i = 0; i < models.length; i++) {
      String model = models[i];
      String endpoint = endpoints[i];
      if (model != null && endpoint != null) {
        UsedModel sum = used.computeIfAbsent(model, name -> new UsedModel(name, day.day()));
        sum.last = day.day();
        sum.endpoints.add(endpoint);
        sum.requests += UsageEndpoint.countsRequests(endpoint) ? present(requests[i]) : 0;
        sum.tokens += present(in[i]) + present(out[i]);
        sum.estimated = sum.estimated.add(estimated[i] == null ? BigDecimal.ZERO : estimated[i]);
        sum.priced &= priced[i];
        Optional<Lack> lack =
            priced[i] ? Optional.empty() : Optional.of(new Lack(endpoint, day.day()));
        sum.tiers.merge(
            Price.tierOf(tiers[i], "true".equals(batches[i])).orElse(""),
            lack,
            (before, now) -> now.or(() -> before));
      }
    }
  }

  private static long present(long value) {
    return value == Rollup.ABSENT ? 0 : value;
  }

  String name() {
    return name;
  }

  Set<String> endpoints() {
    return Collections.unmodifiableSet(endpoints);
  }

  /** The service tiers in which it was used, with their prices on a day. */
  List<Tier> priced(Catalogue catalogue, Estimator estimator, LocalDate day) {
    return tiers.keySet().stream()
        .map(id -> {
          Optional<String> tier = Price.tierOf(id);
          return new Tier(tier, why(id, estimator), catalogue.find(name, tier, day));
        })
        .toList();
  }

  /** The endpoint and the day of usage without a price. */
  private record Lack(String endpoint, LocalDate day) {}

  /**
   * A service tier in which a model was used.
   *
   * @param id empty for the base price
   * @param why its usage has no price, if it has none
   */
  record Tier(Optional<String> id, Optional<String> why, Optional<Price> price) {}

  /**
   * A row of the list of models.
   *
   * @param group whose pool it draws on
   * @param known whether the groups know it, as far as they matter to it
   */
  record Row(
      UsedModel used,
      Optional<String> group,
      boolean known,
      Optional<Price> price,
      List<Tier> tiers,
      boolean simulated) {}

  static Shape<Row> shape() {
    Shape<Price> price = ListingShapes.price();
    return Shape.<Row>object()
        .text("model", row -> row.used().name)
        .optional("group", Row::group)
        .flag("known", Row::known)
        .texts("endpoints", row -> row.used().endpoints)
        .day("first_day", row -> row.used().first)
        .day("last_day", row -> row.used().last)
        .integer("requests", row -> row.used().requests)
        .integer("tokens", row -> row.used().tokens)
        .decimal("estimated_usd", row -> row.used().estimated)
        .flag("priced", row -> row.used().priced)
        .optional(
            "why_unpriced",
            row -> row.tiers().stream().flatMap(tier -> tier.why().stream()).findFirst())
        .nested("price", Schema.nullable(Schema.ref("Price")), row -> row.price().map(price::json))
        .list(
            "tiers",
            Shape.<Tier>object()
                .optional("tier", Tier::id)
                .flag("priced", tier -> tier.why().isEmpty())
                .optional("why_unpriced", Tier::why)
                .nested(
                    "price",
                    Schema.nullable(Schema.ref("Price")),
                    tier -> tier.price().map(price::json)),
            Row::tiers)
        .column("simulated", Row::simulated)
        .columns(
            "model",
            "group",
            "known",
            "priced",
            "requests",
            "tokens",
            "estimated_usd",
            "first_day",
            "last_day",
            "endpoints",
            "simulated");
  }
}

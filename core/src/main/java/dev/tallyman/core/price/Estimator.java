package dev.tallyman.core.price;

import dev.tallyman.core.Once;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.UsageRow;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What usage costs: by the user's own price, else by the rate of a bill that is believed (see
 * {@link Verdict}), else by the provider's list, each for the tier of the usage. Safe for use by
 * many threads; what it looked up it keeps, so it is best used for many rows.
 *
 * <p>Long-context and regional uplifts show only in bills. A tier has prices of its own; batch and
 * flex are a share of the base price, also of a billed one, where no price of their own is known. A
 * tier without a price is unpriced, never at the base price. Complimentary traffic (a service tier
 * that names an incentive) is free.
 */
public final class Estimator {
  private static final int MOST_KEPT = 50_000;
  private static final BigDecimal GIB = BigDecimal.valueOf(1L << 30);

  private final Catalogue catalogue;
  private final Rates rates;
  private final Map<Key, Tariff> tariffs = new ConcurrentHashMap<>();

  /** One text for all rows. */
  private final Once<String> version;

  /** An estimator by these prices. */
  public Estimator(Catalogue catalogue, Rates rates) {
    this.catalogue = catalogue;
    this.rates = rates;
    this.version = new Once<>(() -> catalogue.version() + "+" + rates.version());
  }

  /** A text that changes with every change of a price that an estimate may depend on. */
  public String version() {
    return version.get();
  }

  /** A text that changes with every change of the user's own prices; empty without any. */
  public String ownVersion() {
    return catalogue.ownVersion();
  }

  /**
   * What a row of usage costs.
   *
   * @param row of one bucket; a row of {@code vector_stores} counts as held for one hour
   * @param day the UTC day of the usage
   * @return all that could be priced, and whether that was everything
   */
  public Estimate estimate(UsageEndpoint endpoint, UsageRow row, LocalDate day) {
    if (!(endpoint instanceof UsageEndpoint.Known known)) {
      return unpriced(row);
    }
    return switch (known) {
      case COMPLETIONS, EMBEDDINGS, MODERATIONS -> ofTokens(row, day);
      case AUDIO_SPEECHES -> ofUnits(row, Quantity.CHARACTERS, Meter.CHARACTERS, day);
      case AUDIO_TRANSCRIPTIONS -> ofUnits(row, Quantity.SECONDS, Meter.SECONDS, day);
      case IMAGES -> ofImages(row, day);
      case WEB_SEARCH_CALLS -> ofTool(row, Quantity.REQUESTS, Tool.WEB_SEARCH, day);
      case FILE_SEARCH_CALLS -> ofTool(row, Quantity.REQUESTS, Tool.FILE_SEARCH, day);
      case CODE_INTERPRETER_SESSIONS -> ofTool(row, Quantity.SESSIONS, Tool.CODE_INTERPRETER, day);
      case VECTOR_STORES -> ofStorage(row, day);
    };
  }

  /**
   * Usage that has no price, or had none when it was estimated, with what is not known of it.
   *
   * @param endpoint the id of its endpoint
   * @param tier what it is priced by, see {@link Price#tierOf}
   */
  public Unpriced unpriced(
      String endpoint, @Nullable String model, Optional<String> tier, LocalDate day) {
    return model == null
        ? new Unpriced(endpoint, tier, "it names no model that has a price")
        : new Unpriced(model, tier, whyUnpriced(endpoint, model, tier, day));
  }

  private String whyUnpriced(String endpoint, String model, Optional<String> tier, LocalDate day) {
    List<Meter> meters = meters(UsageEndpoint.of(endpoint));
    Tariff tariff = tariff(new Key(model, tier.orElse(null), false, day));
    if (!meters.isEmpty() && meters.stream().allMatch(tariff::knows)) {
      return catalogue.own(model, tier, day).isPresent()
          ? "its price was set after this was estimated, and counts from the next poll on"
          : "its price became known after this was estimated";
    }
    if (catalogue.find(model, tier, day).isPresent()) {
      return "its price is not for what " + endpoint + " counts";
    }
    if (meters.stream().anyMatch(meter -> !rates.latest(model, tier, meter).isEmpty())) {
      return "the rate of its bill is far below its base price and not used, and no other price is"
          + " known";
    }
    return catalogue.whyUnpriced(model, tier, day);
  }

  /** What usage of an endpoint is paid by, as far as it has to have a price; none if unknown. */
  private static List<Meter> meters(UsageEndpoint endpoint) {
    return endpoint instanceof UsageEndpoint.Known known
        ? switch (known) {
          case COMPLETIONS -> List.of(Meter.INPUT, Meter.OUTPUT);
          case EMBEDDINGS, MODERATIONS -> List.of(Meter.INPUT);
          case IMAGES -> List.of(Meter.OUTPUT);
          case AUDIO_SPEECHES -> List.of(Meter.CHARACTERS);
          case AUDIO_TRANSCRIPTIONS -> List.of(Meter.SECONDS);
          case WEB_SEARCH_CALLS, FILE_SEARCH_CALLS -> List.of(Meter.CALLS);
          case CODE_INTERPRETER_SESSIONS -> List.of(Meter.SESSIONS);
          case VECTOR_STORES -> List.of(Meter.GIB_HOURS);
        }
        : List.of();
  }

  private Estimate ofTokens(UsageRow row, LocalDate day) {
    if (row.get(Dimension.MODEL) == null) {
      return unpriced(row);
    }
    Tariff tariff = tariff(row, day);
    long cachedAudio = row.orZero(Quantity.INPUT_CACHED_AUDIO_TOKENS);
    long cachedImage = row.orZero(Quantity.INPUT_CACHED_IMAGE_TOKENS);
    long cached =
        row.has(Quantity.INPUT_CACHED_TOKENS)
            ? row.orZero(Quantity.INPUT_CACHED_TOKENS)
            : row.orZero(Quantity.INPUT_CACHED_TEXT_TOKENS) + cachedAudio + cachedImage;
    long written = row.orZero(Quantity.INPUT_CACHE_WRITE_TOKENS);
    long audio = row.orZero(Quantity.INPUT_AUDIO_TOKENS);
    long image = row.orZero(Quantity.INPUT_IMAGE_TOKENS);
    long uncached = uncached(row, cached, written, audio + image);
    long audioOut = row.orZero(Quantity.OUTPUT_AUDIO_TOKENS);
    long imageOut = row.orZero(Quantity.OUTPUT_IMAGE_TOKENS);
    long output =
        row.has(Quantity.OUTPUT_TOKENS)
            ? row.orZero(Quantity.OUTPUT_TOKENS)
            : row.orZero(Quantity.OUTPUT_TEXT_TOKENS) + audioOut + imageOut;
    var cost = new RowCost(tariff);
    cost.add(Meter.INPUT, rest(uncached, audio + image));
    cost.add(Meter.AUDIO_INPUT, audio);
    cost.add(Meter.IMAGE_INPUT, image);
    cost.add(Meter.CACHED_INPUT, rest(cached, cachedAudio + cachedImage));
    cost.add(Meter.CACHED_AUDIO_INPUT, cachedAudio);
    cost.add(Meter.CACHED_IMAGE_INPUT, cachedImage);
    cost.add(Meter.CACHE_WRITE, written);
    cost.add(Meter.OUTPUT, rest(output, audioOut + imageOut));
    cost.add(Meter.AUDIO_OUTPUT, audioOut);
    cost.add(Meter.IMAGE_OUTPUT, imageOut);
    return cost.total();
  }

  private static long uncached(UsageRow row, long cached, long written, long otherThanText) {
    if (row.has(Quantity.INPUT_UNCACHED_TOKENS)) {
      return row.orZero(Quantity.INPUT_UNCACHED_TOKENS);
    }
    if (row.has(Quantity.INPUT_TOKENS)) {
      return rest(row.orZero(Quantity.INPUT_TOKENS), cached + written);
    }
    return row.orZero(Quantity.INPUT_TEXT_TOKENS) + otherThanText;
  }

  private static long rest(long whole, long part) {
    return Math.max(0, whole - part);
  }

  private Estimate ofUnits(UsageRow row, Quantity quantity, Meter meter, LocalDate day) {
    if (row.get(Dimension.MODEL) == null) {
      return unpriced(row);
    }
    var cost = new RowCost(tariff(row, day));
    cost.add(meter, row.orZero(quantity));
    return cost.total();
  }

  /** Images of models that are paid by token cost nothing here: their tokens are in completions. */
  private Estimate ofImages(UsageRow row, LocalDate day) {
    String model = row.get(Dimension.MODEL);
    boolean paidByToken =
        model != null
            && catalogue.find(model, day).flatMap(price -> price.of(Meter.OUTPUT)).isPresent();
    return paidByToken ? Estimate.ZERO : unpriced(row);
  }

  private Estimate ofTool(UsageRow row, Quantity quantity, Tool tool, LocalDate day) {
    Tariff tariff = null;
    if (row.get(Dimension.MODEL) != null) {
      tariff = tariff(row, day);
    }
    if (tariff == null || !tariff.knows(tool.meter())) {
      tariff = tariff(new Key(tool.catalogueName(), null, false, day));
    }
    var cost = new RowCost(tariff);
    cost.add(tool.meter(), row.orZero(quantity));
    return cost.total();
  }

  private Estimate ofStorage(UsageRow row, LocalDate day) {
    long bytes = row.orZero(Quantity.BYTES);
    if (bytes == 0) {
      return Estimate.ZERO;
    }
    Tariff tariff = tariff(new Key(Tool.VECTOR_STORE.catalogueName(), null, false, day));
    BigDecimal price = tariff.usd(Meter.GIB_HOURS);
    if (price == null) {
      return new Estimate(BigDecimal.ZERO, false);
    }
    BigDecimal usd =
        BigDecimal.valueOf(bytes)
            .multiply(price)
            .divide(GIB, Estimate.SCALE, RoundingMode.HALF_EVEN);
    return new Estimate(usd, true);
  }

  /** Nothing, and priced only if nothing was used. */
  private static Estimate unpriced(UsageRow row) {
    for (Quantity quantity : Quantity.values()) {
      if (row.orZero(quantity) != 0) {
        return new Estimate(BigDecimal.ZERO, false);
      }
    }
    return row.others().values().stream().allMatch(value -> value.signum() == 0)
        ? Estimate.ZERO
        : new Estimate(BigDecimal.ZERO, false);
  }

  private Tariff tariff(UsageRow row, LocalDate day) {
    return tariff(
        new Key(
            row.get(Dimension.MODEL),
            row.get(Dimension.SERVICE_TIER),
            "true".equals(row.get(Dimension.BATCH)),
            day));
  }

  private Tariff tariff(Key key) {
    Tariff known = tariffs.get(key);
    if (known != null) {
      return known;
    }
    if (tariffs.size() >= MOST_KEPT) {
      tariffs.clear();
    }
    Tariff tariff = lookUp(key);
    tariffs.put(key, tariff);
    return tariff;
  }

  private Tariff lookUp(Key key) {
    Processing processing = Processing.of(key.tier(), key.batch());
    if (processing.free()) {
      return Tariff.FREE;
    }
    String model = key.model();
    if (model == null) {
      return Tariff.NONE;
    }
    Optional<Price> own = catalogue.own(model, processing.tier(), key.day());
    Optional<Price> list = catalogue.listed(model, processing.tier(), key.day());
    var tariff = new Tariff.Builder();
    for (Meter meter : Meter.values()) {
      own.flatMap(price -> price.of(meter))
          .or(() -> billed(model, processing.tier(), meter, key.day()))
          .or(() -> list.flatMap(price -> price.of(meter)))
          .ifPresent(usd -> tariff.set(meter, usd));
    }
    return tariff.build();
  }

  /** The rate of a bill for the tier, or a share of that for the base price. */
  private Optional<BigDecimal> billed(
      String model, Optional<String> tier, Meter meter, LocalDate day) {
    Optional<BigDecimal> exact = believed(model, tier, meter, day);
    if (exact.isPresent() || tier.isEmpty() || catalogue.listsTier(model, tier.get(), day)) {
      return exact;
    }
    return catalogue
        .share(tier.get())
        .flatMap(share ->
            believed(model, Optional.empty(), meter, day)
                .map(base -> base.multiply(share.factor())));
  }

  private Optional<BigDecimal> believed(
      String model, Optional<String> tier, Meter meter, LocalDate day) {
    return rates.latest(model, tier, meter).stream()
        .filter(rate -> Verdict.of(rate, model, catalogue, day).believed())
        .findFirst()
        .map(Rates.Rate::perUnit);
  }

  private record Key(@Nullable String model, @Nullable String tier, boolean batch, LocalDate day) {}
}

package dev.tallyman.simulator;

import dev.tallyman.core.price.Catalogue;
import dev.tallyman.core.price.Meter;
import dev.tallyman.core.price.Price;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.CostRow;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the simulated organization is charged for a UTC day: its usage times the prices, exactly,
 * and what usage cannot show.
 */
final class Charges {
  private static final BigDecimal MEBIBYTES_PER_GIBIBYTE = BigDecimal.valueOf(1024);
  private static final int SCALE = 1000;
  private static final int EXTRAS_AFTER_HOURS = 10;
  private static final Meter[] METERS = {
    Meter.CALLS,
    Meter.INPUT,
    Meter.CACHED_INPUT,
    Meter.CACHE_WRITE,
    Meter.OUTPUT,
    Meter.AUDIO_INPUT,
    Meter.CACHED_AUDIO_INPUT,
    Meter.AUDIO_OUTPUT,
    Meter.IMAGE_INPUT,
    Meter.CACHED_IMAGE_INPUT,
    Meter.IMAGE_OUTPUT
  };

  private final World world;

  Charges(World world) {
    this.world = world;
  }

  private record Line(@Nullable String project, String item, @Nullable String key) {}

  /** What one line adds up to. */
  private static final class Sum {
    private final BigDecimal perUnit;
    private final @Nullable String unit;
    private BigDecimal quantity = BigDecimal.ZERO;

    private Sum(BigDecimal perUnit, @Nullable String unit) {
      this.perUnit = perUnit;
      this.unit = unit;
    }
  }

  /** The charges of a day, counted from 1970, as far as the weather shows them. */
  CostDay day(long day, Weather weather) {
    var sums = new LinkedHashMap<Line, Sum>();
    LocalDate date = LocalDate.ofEpochDay(day);
    for (Known endpoint : Known.values()) {
      if (endpoint != Known.IMAGES) { // Paid by their tokens, which are in completions.
        add(endpoint, day, date, weather, sums);
      }
    }
    var rows = new ArrayList<CostRow>();
    sums.forEach((line, sum) ->
        rows.add(
            new CostRow(
                line.project(),
                line.item(),
                line.key(),
                sum.quantity.multiply(sum.perUnit),
                "usd",
                sum.quantity,
                unit(sum.unit, line, day))));
    if (weather.nowMinute() >= (day * 24 + EXTRAS_AFTER_HOURS) * World.MINUTES) {
      extras(day, rows);
    }
    return CostDay.of(date, rows);
  }

  /** The unit, which the provider leaves out at times. */
  private @Nullable String unit(@Nullable String unit, Line line, long day) {
    return Hash.below(Hash.of(Hash.of(world.seed(), line.item()), day), 40) == 0 ? null : unit;
  }

  private void add(Known endpoint, long day, LocalDate date, Weather weather, Map<Line, Sum> sums) {
    List<Traffic> traffic = world.traffic(endpoint);
    long[][] ofDay = new long[traffic.size()][];
    long[] slots = new long[Slots.SIZE];
    for (long hour = day * 24; hour < day * 24 + 24; hour++) {
      int candidates = world.candidates(endpoint);
      for (int i = 0; i < candidates; i++) {
        int index = world.candidate(endpoint, hour, i);
        Traffic of = traffic.get(index);
        if (hour - day * 24 < weather.chargedHours(of, day)
            && world.volume(of, hour, slots)
            && paid(of, hour, slots)) {
          long[] sum = ofDay[index];
          if (sum == null) {
            sum = new long[Slots.SIZE];
            ofDay[index] = sum;
          }
          for (int slot = 0; slot < Slots.SIZE; slot++) {
            sum[slot] += slots[slot];
          }
        }
      }
    }
    for (int index = 0; index < ofDay.length; index++) {
      long[] sum = ofDay[index];
      if (sum != null) {
        int told = weather.chargedAs(traffic.get(index), day);
        if (told != SCALE) {
          for (int slot = 0; slot < Slots.SIZE; slot++) {
            // A gauge stays one of whole mebibytes.
            sum[slot] =
                endpoint.gauge()
                    ? ((sum[slot] >> 20) * told / SCALE) << 20
                    : sum[slot] * told / SCALE;
          }
        }
        charge(traffic.get(index), sum, date, sums);
      }
    }
  }

  /** Leaves in the slots what is not complimentary, and says whether that is anything. */
  private boolean paid(Traffic of, long hour, long[] slots) {
    if (of.pool == Traffic.NONE) {
      return true;
    }
    long day = Math.floorDiv(hour, 24);
    long usedUp = world.exhaustedFrom(of.pool, day) - (hour - day * 24) * World.MINUTES;
    long count = slots[Slots.COUNT];
    long free = World.counted(of, hour, count, Math.clamp(usedUp, 0, World.MINUTES));
    if (free == count) {
      return false;
    }
    for (int slot = 1; slot < Slots.SIZE; slot++) {
      slots[slot] -= World.amount(slots[slot], free, count);
    }
    slots[Slots.COUNT] = count - free;
    return true;
  }

  private void charge(Traffic of, long[] slots, LocalDate date, Map<Line, Sum> sums) {
    switch (of.endpoint) {
      case COMPLETIONS -> tokens(of, slots, date, sums);
      case EMBEDDINGS, MODERATIONS ->
          put(
              of,
              model(of) + ", input",
              price(model(of), Meter.INPUT, date),
              BigDecimal.valueOf(slots[Slots.AMOUNT]),
              "tokens",
              sums);
      case AUDIO_SPEECHES ->
          put(
              of,
              model(of),
              price(model(of), Meter.CHARACTERS, date),
              BigDecimal.valueOf(slots[Slots.AMOUNT]),
              "characters",
              sums);
      case AUDIO_TRANSCRIPTIONS ->
          put(
              of,
              "whisper",
              price(model(of), Meter.SECONDS, date),
              BigDecimal.valueOf(slots[Slots.AMOUNT]),
              "duration_seconds",
              sums);
      case WEB_SEARCH_CALLS ->
          put(
              of,
              "web search tool calls",
              price("web-search", Meter.CALLS, date),
              BigDecimal.valueOf(slots[Slots.AMOUNT]),
              null,
              sums);
      case FILE_SEARCH_CALLS ->
          put(
              of,
              "file search tool calls",
              price("file-search", Meter.CALLS, date),
              BigDecimal.valueOf(slots[Slots.COUNT]),
              null,
              sums);
      case CODE_INTERPRETER_SESSIONS ->
          put(
              of,
              "code interpreter sessions",
              price("code-interpreter", Meter.SESSIONS, date),
              BigDecimal.valueOf(slots[Slots.COUNT]),
              null,
              sums);
      case VECTOR_STORES ->
          put(
              of,
              "vector store storage",
              price("vector-store", Meter.GIB_HOURS, date),
              BigDecimal.valueOf(slots[Slots.COUNT] >> 20).divide(MEBIBYTES_PER_GIBIBYTE),
              "gibibyte_hours",
              sums);
      case IMAGES -> {}
    }
  }

  private void tokens(Traffic of, long[] slots, LocalDate date, Map<Line, Sum> sums) {
    String model = model(of);
    String tier = of.get(Dimension.SERVICE_TIER);
    boolean batch = "true".equals(of.get(Dimension.BATCH));
    Optional<String> charged =
        batch
            ? Optional.of("batch")
            : Optional.ofNullable(tier).filter(List.of("flex", "priority")::contains);
    String prefix = charged.map(name -> name + " | ").orElse("");
    boolean several = model.startsWith("gpt-image") || model.startsWith("gpt-audio");
    for (int slot = Slots.TEXT_IN; slot < Slots.SIZE; slot++) {
      // The provider lists cached input even where there was none.
      boolean listed = slots[slot] != 0 || (slot == Slots.CACHED_TEXT && of.cached > 0);
      if (listed) {
        String item = prefix + model + (several ? modality(slot) : "") + direction(slot);
        put(
            of,
            item,
            price(model, charged, METERS[slot], date),
            BigDecimal.valueOf(slots[slot]),
            "tokens",
            sums);
      }
    }
  }

  private static String modality(int slot) {
    return slot < Slots.AUDIO_IN ? " text" : slot < Slots.IMAGE_IN ? " audio" : " image";
  }

  private static String direction(int slot) {
    return switch (slot) {
      case Slots.CACHED_TEXT, Slots.CACHED_AUDIO, Slots.CACHED_IMAGE -> ", cached input";
      case Slots.CACHE_WRITE -> ", cache writes";
      case Slots.TEXT_OUT, Slots.AUDIO_OUT, Slots.IMAGE_OUT -> ", output";
      default -> ", input";
    };
  }

  private static void put(
      Traffic of,
      String item,
      BigDecimal perUnit,
      BigDecimal quantity,
      @Nullable String unit,
      Map<Line, Sum> sums) {
    Line line = new Line(of.get(Dimension.PROJECT), item, of.get(Dimension.API_KEY));
    Sum sum = sums.computeIfAbsent(line, _ -> new Sum(perUnit, unit));
    sum.quantity = sum.quantity.add(quantity);
  }

  private static String model(Traffic of) {
    return Optional.ofNullable(of.get(Dimension.MODEL)).orElseThrow();
  }

  /** The base price of one unit. */
  private BigDecimal price(String model, Meter meter, LocalDate date) {
    return price(model, Optional.empty(), meter, date);
  }

  /** The price of one unit in a tier. */
  private BigDecimal price(String model, Optional<String> tier, Meter meter, LocalDate date) {
    Price price =
        Catalogue.builtIn()
            .listed(model, tier, date)
            .orElseThrow(() -> new IllegalStateException("no price of " + model + " on " + date));
    return of(price, meter)
        .orElseThrow(
            () -> new IllegalStateException("no price of " + model + " for " + meter.field()));
  }

  /** A kind of tokens without a price of its own is charged as the kind it belongs to. */
  private static Optional<BigDecimal> of(Price price, Meter meter) {
    Optional<BigDecimal> own = price.of(meter);
    if (own.isPresent()) {
      return own;
    }
    return switch (meter) {
      case CACHED_INPUT, CACHE_WRITE, AUDIO_INPUT, IMAGE_INPUT -> price.of(Meter.INPUT);
      case CACHED_AUDIO_INPUT -> of(price, Meter.AUDIO_INPUT);
      case CACHED_IMAGE_INPUT -> of(price, Meter.IMAGE_INPUT);
      case AUDIO_OUTPUT, IMAGE_OUTPUT -> price.of(Meter.OUTPUT);
      default -> Optional.empty();
    };
  }

  /** What no usage endpoint shows. */
  private void extras(long day, List<CostRow> rows) {
    List<Organization.Project> projects = world.organization().projects();
    if (projects.size() <= Organization.OPEN_LAB || !world.hasExtras()) {
      return;
    }
    long bits = Hash.of(world.seed(), day, 500);
    if (Math.floorMod(day, 7) == 5) {
      BigDecimal tokens = BigDecimal.valueOf(1_000_000 + Hash.below(bits, 3_000_000));
      rows.add(
          row(
              projects.get(Organization.DOCUMENTS).id(),
              "fine-tuning training",
              tokens.multiply(new BigDecimal("0.000005")),
              tokens,
              "tokens"));
    }
    if (Math.floorMod(day, 3) == 1) {
      rows.add(
          row(
              projects.get(Organization.RESEARCH).id(),
              "evals",
              BigDecimal.valueOf(2_000_000L + Hash.below(Hash.of(bits, 1), 9_000_000), 6),
              null,
              null));
    }
    rows.add(row(null, "scale tier bundle", new BigDecimal("18.25"), BigDecimal.ONE, null));
  }

  private static CostRow row(
      @Nullable String project,
      String item,
      BigDecimal amount,
      @Nullable BigDecimal quantity,
      @Nullable String unit) {
    return new CostRow(project, item, null, amount, "usd", quantity, unit);
  }
}

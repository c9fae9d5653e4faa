package dev.tallyman.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.price.Catalogue;
import dev.tallyman.core.price.Estimate;
import dev.tallyman.core.price.Estimator;
import dev.tallyman.core.price.LineItem;
import dev.tallyman.core.price.Meter;
import dev.tallyman.core.price.Rates;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.CostRow;
import dev.tallyman.core.usage.Decimals;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.UsageRow;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Charges are recomputed here from what the usage endpoints show, by another way than the
 * simulator's own: row by row, from the told counters.
 */
final class ChargesTest {
  private static final Set<String> UNSEEN =
      Set.of("fine-tuning training", "evals", "scale tier bundle");
  private static final Catalogue CATALOGUE = Catalogue.builtIn();

  private static Simulator simulator(long seed) {
    return Simulator.builder(InstantSource.fixed(Instant.parse("2026-11-20T14:37:21Z")))
        .seed(seed)
        .build();
  }

  private static List<UsageRow> usage(Simulator simulator, Known endpoint, LocalDate day) {
    var rows = new ArrayList<UsageRow>();
    for (int hour = 0; hour < 24; hour++) {
      Instant start = day.atStartOfDay(ZoneOffset.UTC).plusHours(hour).toInstant();
      rows.addAll(simulator.truthUsage(endpoint, start).rows());
    }
    return rows;
  }

  static String text(@Nullable String value) {
    return value == null ? "(none)" : value;
  }

  /** What is charged for, as a text. */
  private static String line(
      @Nullable String project, @Nullable String key, String tier, String subject, Meter meter) {
    return project + "/" + key + "/" + tier + "/" + subject + "/" + meter;
  }

  private static final class Expected {
    private final Map<String, BigDecimal> quantities = new TreeMap<>();
    private final Map<String, BigDecimal> amounts = new TreeMap<>();
    private final LocalDate day;

    private Expected(LocalDate day) {
      this.day = day;
    }

    private void add(UsageRow row, String subject, String priced, Meter meter, long quantity) {
      String tier = tier(row);
      if (tier.equals("free")) {
        return;
      }
      BigDecimal factor =
          switch (tier) {
            case "batch", "flex" -> new BigDecimal("0.5");
            case "priority" -> new BigDecimal("2");
            default -> BigDecimal.ONE;
          };
      put(row, tier, subject, meter, BigDecimal.valueOf(quantity), price(priced, meter), factor);
    }

    private void put(
        UsageRow row,
        String tier,
        String subject,
        Meter meter,
        BigDecimal quantity,
        BigDecimal price,
        BigDecimal factor) {
      if (quantity.signum() == 0) {
        return;
      }
      String line =
          line(row.get(Dimension.PROJECT), row.get(Dimension.API_KEY), tier, subject, meter);
      quantities.merge(line, quantity, BigDecimal::add);
      amounts.merge(line, quantity.multiply(price).multiply(factor), BigDecimal::add);
    }

    private BigDecimal price(String model, Meter meter) {
      var price = CATALOGUE.find(model, day).orElseThrow();
      return price
          .of(meter)
          .orElseGet(() ->
              price.of(meter == Meter.IMAGE_OUTPUT ? Meter.OUTPUT : Meter.INPUT).orElseThrow());
    }

    private static String tier(UsageRow row) {
      String tier = row.get(Dimension.SERVICE_TIER);
      if (tier == null) {
        return "";
      }
      if (tier.contains("incentive")) {
        return "free";
      }
      return "true".equals(row.get(Dimension.BATCH)) ? "batch" : tier.equals("default") ? "" : tier;
    }
  }

  private static Expected expected(Simulator simulator, LocalDate day) {
    var expected = new Expected(day);
    for (UsageRow row : usage(simulator, Known.COMPLETIONS, day)) {
      String model = text(row.get(Dimension.MODEL));
      long audio = row.orZero(Quantity.INPUT_AUDIO_TOKENS);
      long audioOut = row.orZero(Quantity.OUTPUT_AUDIO_TOKENS);
      long image = row.orZero(Quantity.INPUT_IMAGE_TOKENS);
      long imageOut = row.orZero(Quantity.OUTPUT_IMAGE_TOKENS);
      long cachedImage = row.orZero(Quantity.INPUT_CACHED_IMAGE_TOKENS);
      long cached = row.orZero(Quantity.INPUT_CACHED_TOKENS);
      long written = row.orZero(Quantity.INPUT_CACHE_WRITE_TOKENS);
      long input = row.orZero(Quantity.INPUT_TOKENS) - cached - written - audio - image;
      long output = row.orZero(Quantity.OUTPUT_TOKENS) - audioOut - imageOut;
      expected.add(row, model, model, Meter.INPUT, input);
      expected.add(row, model, model, Meter.CACHED_INPUT, cached - cachedImage);
      expected.add(row, model, model, Meter.CACHE_WRITE, written);
      expected.add(row, model, model, Meter.OUTPUT, output);
      expected.add(row, model, model, Meter.AUDIO_INPUT, audio);
      expected.add(row, model, model, Meter.AUDIO_OUTPUT, audioOut);
      expected.add(row, model, model, Meter.IMAGE_INPUT, image);
      expected.add(row, model, model, Meter.CACHED_IMAGE_INPUT, cachedImage);
      expected.add(row, model, model, Meter.IMAGE_OUTPUT, imageOut);
    }
    for (Known endpoint : List.of(Known.EMBEDDINGS, Known.MODERATIONS)) {
      for (UsageRow row : usage(simulator, endpoint, day)) {
        String model = text(row.get(Dimension.MODEL));
        expected.add(row, model, model, Meter.INPUT, row.orZero(Quantity.INPUT_TOKENS));
      }
    }
    for (UsageRow row : usage(simulator, Known.AUDIO_SPEECHES, day)) {
      expected.add(row, "tts-1", "tts-1", Meter.CHARACTERS, row.orZero(Quantity.CHARACTERS));
    }
    for (UsageRow row : usage(simulator, Known.AUDIO_TRANSCRIPTIONS, day)) {
      expected.add(row, "whisper", "whisper-1", Meter.SECONDS, row.orZero(Quantity.SECONDS));
    }
    for (UsageRow row : usage(simulator, Known.WEB_SEARCH_CALLS, day)) {
      expected.add(row, "web-search", "web-search", Meter.CALLS, row.orZero(Quantity.REQUESTS));
    }
    for (UsageRow row : usage(simulator, Known.FILE_SEARCH_CALLS, day)) {
      expected.add(row, "file-search", "file-search", Meter.CALLS, row.orZero(Quantity.REQUESTS));
    }
    for (UsageRow row : usage(simulator, Known.CODE_INTERPRETER_SESSIONS, day)) {
      expected.add(
          row,
          "code-interpreter",
          "code-interpreter",
          Meter.SESSIONS,
          row.orZero(Quantity.SESSIONS));
    }
    for (UsageRow row : usage(simulator, Known.VECTOR_STORES, day)) {
      expected.put(
          row,
          "",
          "vector-store",
          Meter.GIB_HOURS,
          BigDecimal.valueOf(row.orZero(Quantity.BYTES)).divide(BigDecimal.valueOf(1L << 30)),
          expected.price("vector-store", Meter.GIB_HOURS),
          BigDecimal.ONE);
    }
    return expected;
  }

  @ParameterizedTest
  @CsvSource({
    "20,2026-11-18",
    "20,2026-11-15",
    "20,2026-07-29",
    "20,2026-07-30",
    "20,2025-12-03",
    "20,2024-02-29",
    "1,2026-10-27",
    "2,2026-11-19"
  })
  void theyAreUsageTimesPricesToTheLastDigit(long seed, LocalDate day) {
    Simulator simulator = simulator(seed);
    Expected expected = expected(simulator, day);
    var quantities = new TreeMap<String, BigDecimal>();
    var amounts = new TreeMap<String, BigDecimal>();
    for (CostRow row : simulator.truthCosts(day).rows()) {
      String text = text(row.lineItem());
      if (UNSEEN.contains(text)) {
        continue;
      }
      BigDecimal quantity = row.quantity();
      assertThat(quantity).as(text).isNotNull();
      if (quantity == null || quantity.signum() == 0) {
        assertThat(row.amount()).isZero();
        continue;
      }
      LineItem item = LineItem.parse(text);
      String line =
          line(
              row.project(),
              row.apiKey(),
              item.tier().orElse(""),
              item.model().or(item::tool).orElseThrow(),
              item.meter().orElseThrow());
      quantities.merge(line, quantity, BigDecimal::add);
      amounts.merge(line, row.amount(), BigDecimal::add);
    }
    assertThat(normal(quantities)).as("seed %d", seed).isEqualTo(normal(expected.quantities));
    assertThat(normal(amounts)).as("seed %d", seed).isEqualTo(normal(expected.amounts));
  }

  private static Map<String, BigDecimal> normal(Map<String, BigDecimal> sums) {
    var normal = new TreeMap<String, BigDecimal>();
    sums.forEach((line, sum) -> normal.put(line, Decimals.normal(sum)));
    return normal;
  }

  @Test
  void anEstimateFromUsageIsWhatIsCharged() {
    Simulator simulator = simulator(20);
    LocalDate day = LocalDate.of(2026, 11, 18);
    var estimator = new Estimator(CATALOGUE, Rates.NONE);
    Estimate sum = Estimate.ZERO;
    for (Known endpoint : Known.values()) {
      for (UsageRow row : usage(simulator, endpoint, day)) {
        sum = sum.plus(estimator.estimate(endpoint, row, day));
      }
    }
    BigDecimal seen =
        simulator.truthCosts(day).rows().stream()
            .filter(row -> !UNSEEN.contains(text(row.lineItem())))
            .map(CostRow::amount)
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    assertThat(sum.priced()).isTrue();
    // Storage alone is rounded, to a trillionth of a dollar an hour.
    assertThat(sum.usd().subtract(seen).abs()).isLessThan(new BigDecimal("0.000000001"));
  }

  @Test
  void aWeekHasLineItemsThatUsageCannotShowAndUnitsThatAreUnknown() {
    Simulator simulator = simulator(20);
    Set<String> items = new HashSet<>();
    Set<String> units = new HashSet<>();
    boolean zero = false;
    for (int i = 0; i < 7; i++) {
      for (CostRow row : simulator.truthCosts(LocalDate.of(2026, 11, 9).plusDays(i)).rows()) {
        items.add(text(row.lineItem()));
        units.add(text(row.unit()));
        zero |= row.amount().signum() == 0;
        if ("scale tier bundle".equals(row.lineItem())) {
          assertThat(row.project()).isNull();
        }
      }
    }
    assertThat(items)
        .containsAll(UNSEEN)
        .contains(
            "gpt-5.6-terra, cached input",
            "gpt-5.6-terra, cache writes",
            "priority | gpt-5.6-sol, output",
            "batch | gpt-5-nano-2025-08-07, input",
            "flex | gpt-5.6-luna, output",
            "gpt-audio-2025-08-28 audio, output",
            "gpt-image-1 image, output",
            "gpt-image-1 text, input",
            "whisper",
            "tts-1",
            "web search tool calls");
    assertThat(units)
        .containsExactlyInAnyOrder(
            "tokens", "(none)", "characters", "duration_seconds", "gibibyte_hours");
    assertThat(zero).isTrue();
  }

  @Test
  void theCurrentDayBeginsEmptyAndGrows() {
    World world = World.standard(20);
    var charges = new Charges(world);
    LocalDate day = LocalDate.of(2026, 11, 18);
    Instant start = day.atStartOfDay(ZoneOffset.UTC).toInstant();
    BigDecimal before = BigDecimal.ZERO;
    for (int hour = 0; hour <= 26; hour++) {
      var weather = new Weather(20, Set.of(), start.plusSeconds(hour * 3600L));
      CostDay charged = charges.day(day.toEpochDay(), weather);
      BigDecimal total =
          charged.rows().stream().map(CostRow::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
      if (hour < 3) {
        assertThat(charged.rows()).isEmpty();
      } else {
        assertThat(total).isGreaterThan(before);
      }
      before = total;
    }
    assertThat(charges.day(day.toEpochDay(), new Weather(20, Set.of(), start.plusSeconds(93_600))))
        .isEqualTo(simulator(20).truthCosts(day));
  }
}

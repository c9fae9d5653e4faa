package dev.tallyman.core.price;

import static dev.tallyman.core.usage.Dimension.BATCH;
import static dev.tallyman.core.usage.Dimension.MODEL;
import static dev.tallyman.core.usage.Dimension.SERVICE_TIER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.UsageRow;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EstimatorTest {
  private static final LocalDate DAY = LocalDate.parse("2026-11-20");
  private static final Estimator LIST = new Estimator(Catalogue.builtIn(), Rates.NONE);

  /** What a row costs by the list: prices are per million tokens, and of 1,000 calls or minutes. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          a dated name has the base price, cached input its own | completions | gpt-4o-mini-2024-07-18 | input_tokens=1000000 input_cached_tokens=400000 output_tokens=100000 | 0.18 | true
          an unknown model is unpriced, not zero                | completions | gpt-nonesuch           | input_tokens=10 | 0 | false
          no model, and something used                          | completions | -                      | input_tokens=10 | 0 | false
          no model, and nothing used                            | completions | -                      | input_tokens=0  | 0 | true
          writing to the cache: 2 + 0.2 + 2.5                   | completions | gpt-5.6-terra          | input_tokens=3000000 input_cached_tokens=1000000 input_cache_write_tokens=1000000 output_tokens=0 | 4.7 | true
          uncached input as given                               | completions | gpt-4o                 | input_tokens=3000000 input_uncached_tokens=1000000 input_cached_tokens=0 | 2.5 | true
          4 + 32 + 5 uncached, 0.4 + 0.5 cached, 16 + 64 out    | completions | gpt-realtime           | input_tokens=5000000 input_uncached_tokens=3000000 input_cached_tokens=2000000 input_text_tokens=1000000 input_audio_tokens=1000000 input_image_tokens=1000000 input_cached_audio_tokens=1000000 input_cached_image_tokens=1000000 output_tokens=2000000 output_text_tokens=1000000 output_audio_tokens=1000000 | 121.9 | true
          image output costs what output does                   | completions | gpt-image-1            | input_tokens=1000000 input_image_tokens=1000000 output_tokens=1000000 output_image_tokens=1000000 | 50 | true
          no discount for cached input                          | completions | gpt-5-pro              | input_tokens=1000000 input_cached_tokens=1000000 | 15 | true
          what has no price is said, the rest priced            | completions | text-embedding-3-small | input_tokens=1000000 output_tokens=1 | 0.02 | false
          embeddings by their tokens                            | embeddings  | text-embedding-3-large | input_tokens=1000000 | 0.13 | true
          moderations are free                                  | moderations | omni-moderation-latest | input_tokens=1000000 | 0 | true
          speech by characters                                  | audio_speeches       | tts-1-hd          | characters=1000 | 0.03 | true
          transcription by seconds                              | audio_transcriptions | whisper-1         | seconds=90 | 0.009 | true
          transcription that is priced by tokens                | audio_transcriptions | gpt-4o-transcribe | seconds=90 | 0 | false
          images whose tokens are paid                          | images      | gpt-image-1 | images=4 | 0 | true
          images without a price                                | images      | dall-e-3    | images=4 | 0 | false
          web searches by the call                              | web_search_calls  | gpt-5.6-sol | num_requests=7 num_model_requests=3 | 0.07 | true
          file searches by the call                             | file_search_calls | -           | num_requests=4 | 0.01 | true
          sessions of the code interpreter                      | code_interpreter_sessions | -   | num_sessions=2 | 0.06 | true
          24 GiB held for an hour                               | vector_stores     | -           | usage_bytes=25769803776 | 0.1 | true
          """)
  void whatARowCosts(
      String what,
      String endpoint,
      @Nullable String model,
      String quantities,
      BigDecimal usd,
      boolean priced) {
    UsageRow.Builder row = UsageRow.builder().set(MODEL, model);
    for (String each : quantities.split(" ", -1)) {
      String[] parts = each.split("=", 2);
      Quantity quantity =
          Stream.of(Quantity.values())
              .filter(known -> known.field().equals(parts[0]))
              .findFirst()
              .orElseThrow();
      row.set(quantity, Long.parseLong(parts[1]));
    }

    assertThat(LIST.estimate(UsageEndpoint.of(endpoint), row.build(), DAY))
        .as(what)
        .isEqualTo(new Estimate(usd, priced));
  }

  @Test
  void moreTokensThanFitIntoALongOfPicoDollarsArePricedExactly() {
    UsageRow row = model("o1-pro").set(Quantity.OUTPUT_TOKENS, Long.MAX_VALUE).build();

    assertThat(completions(row).usd())
        .isEqualByComparingTo(
            BigDecimal.valueOf(Long.MAX_VALUE).multiply(new BigDecimal("0.0006")));
  }

  @Test
  void thePriceOfTheUsagesDayCounts() {
    UsageRow row = model("gpt-5.6-luna").set(Quantity.INPUT_TOKENS, 1_000_000).build();

    assertThat(LIST.estimate(Known.COMPLETIONS, row, LocalDate.parse("2026-07-29")))
        .isEqualTo(priced("1"));
    assertThat(LIST.estimate(Known.COMPLETIONS, row, LocalDate.parse("2026-07-30")))
        .isEqualTo(priced("0.2"));
  }

  @Test
  void anEndpointThatIsUnknownIsUnpriced() {
    UsageRow row = UsageRow.builder().other("hours", BigDecimal.ONE).build();

    assertThat(LIST.estimate(UsageEndpoint.of("videos"), row, DAY).priced()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void nothingUsedCostsNothing(Known endpoint) {
    assertThat(LIST.estimate(endpoint, UsageRow.builder().build(), DAY)).isEqualTo(Estimate.ZERO);
  }

  @Nested
  final class Reasons {
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "completions|gpt-nonesuch||no price is known for this model",
          "completions|gpt-5.5|ultrafast|its base price is known, but none for this tier",
          "completions|ft:gpt-5:acme::x||the price of gpt-5 is known, but not that of models"
              + " fine-tuned from it, which is higher",
          "audio_transcriptions|gpt-4o-transcribe||its price is not for what audio_transcriptions"
              + " counts",
          "completions|mine||its price was set after this was estimated, and counts from the next"
              + " poll on",
          "completions|later||its price is known from 2026-11-21 on only",
          "completions|gpt-5.5|scale|the rate of its bill is far below its base price and not used,"
              + " and no other price is known",
          "completions|billed||its price became known after this was estimated",
          "completions|||it names no model that has a price"
        })
    void sayWhatIsNotKnown(
        String endpoint, @Nullable String model, @Nullable String tier, String why) {
      var prices = Map.of(Meter.INPUT, BigDecimal.ONE, Meter.OUTPUT, BigDecimal.ONE);
      Catalogue catalogue =
          Catalogue.builtIn()
              .with(
                  List.of(
                      new Price("mine", DAY, prices, "us", DAY),
                      new Price("later", DAY.plusDays(1), prices, "us", DAY)));
      Rates rates =
          Rates.parse(
              """
              gpt-5.5\tscale\tinput\t2026-11-19\t0.0000001
              billed\t\tinput\t2026-11-19\t0.000003
              billed\t\toutput\t2026-11-19\t0.000009
              """);

      assertThat(
              new Estimator(catalogue, rates)
                  .unpriced(endpoint, model, Optional.ofNullable(tier), DAY))
          .isEqualTo(
              new Unpriced(model == null ? endpoint : model, Optional.ofNullable(tier), why));
    }
  }

  @Nested
  final class Tiers {
    @ParameterizedTest
    @CsvSource({
      "          , false, 2.5",
      "default   , false, 2.5",
      "auto      , false, 2.5",
      "standard  , false, 2.5",
      "default   , true , 1.25",
      "          , true , 1.25",
      "flex      , false, 1.25",
      "flex      , true , 1.25",
      "Priority  , false, 4.25",
      "fast      , false, 4.25",
      "'Data Sharing Incentive Tier', false, 0",
      "data_sharing_incentive, true, 0",
    })
    void batchAndFlexAreHalfPriorityHasItsPriceAndIncentiveIsFree(
        @Nullable String tier, String batch, BigDecimal usd) {
      UsageRow row = row(tier, batch);

      assertThat(completions(row)).isEqualTo(new Estimate(usd, true));
    }

    /** As the provider's page has them on 2026-08-31: a million tokens in, a million out. */
    @ParameterizedTest
    @CsvSource({
      "gpt-5.5-2026-04-23, 87.5",
      "gpt-4o-2024-08-06, 21.25",
      "gpt-4o-mini-2024-07-18, 1.25",
      "gpt-4.1-2025-04-14, 17.5",
      "o3-2025-04-16, 17.5",
      "o4-mini-2025-04-16, 10",
      "gpt-5-mini-2025-08-07, 4.05",
      "gpt-5.1-2025-11-13, 22.5",
      "gpt-4o-2024-05-13, 35",
      "gpt-5.6, 48",
      "openai/gpt-5.6-terra, 28",
    })
    void priorityHasAPriceOfItsOwnForEachModel(String model, BigDecimal usd) {
      for (String tier : List.of("priority", "fast", "Priority")) {
        assertThat(completions(million(model, tier))).isEqualTo(new Estimate(usd, true));
      }
    }

    @ParameterizedTest
    @CsvSource({
      "gpt-5.5, ultrafast",
      "gpt-5.6-sol, ultrafast",
      "gpt-4o, scale",
      "gpt-4o, a-tier-of-tomorrow",
      "gpt-5-pro, priority",
      "gpt-5-nano, fast",
    })
    void aTierWithoutAPriceIsUnpriced(String model, String tier) {
      assertThat(completions(million(model, tier))).isEqualTo(new Estimate(BigDecimal.ZERO, false));
    }

    @Test
    void thePriceOfATierHasAHistory() {
      UsageRow row = million("gpt-5.6-sol", "priority");

      assertThat(LIST.estimate(Known.COMPLETIONS, row, LocalDate.parse("2026-08-20")))
          .isEqualTo(priced("70"));
      assertThat(LIST.estimate(Known.COMPLETIONS, row, LocalDate.parse("2026-08-21")))
          .isEqualTo(priced("48"));
    }

    @Test
    void cachedInputHasThePriceOfTheTier() {
      UsageRow row =
          model("gpt-5.5")
              .set(SERVICE_TIER, "priority")
              .set(Quantity.INPUT_TOKENS, 1_000_000)
              .set(Quantity.INPUT_CACHED_TOKENS, 1_000_000)
              .build();

      assertThat(completions(row)).isEqualTo(priced("1.25"));
    }

    @Test
    void freeTrafficOfAnUnknownModelIsPriced() {
      UsageRow row =
          model("gpt-nonesuch")
              .set(SERVICE_TIER, "data sharing incentive tier - input tokens")
              .set(Quantity.INPUT_TOKENS, 10)
              .build();

      assertThat(completions(row)).isEqualTo(Estimate.ZERO);
    }
  }

  @Nested
  final class Bills {
    @Test
    void aBilledBaseRateWinsOverTheCatalogueAndIsMultipliedForTiers() {
      Estimator estimator = billed(DAY, "gpt-4o, input", "2", 1_000_000);

      assertThat(estimator.estimate(Known.COMPLETIONS, row(null, "false"), DAY))
          .isEqualTo(priced("2"));
      assertThat(estimator.estimate(Known.COMPLETIONS, row(null, "true"), DAY))
          .isEqualTo(priced("1"));
    }

    @ParameterizedTest
    @CsvSource({
      "0.01, 2.5", // A partly free day.
      "0.62, 2.5",
      "0.625, 0.625", // A quarter of the list price is believed,
      "1.75, 1.75", // a discount all the more,
      "10, 10", // and four times as much.
      "10.01, 2.5",
    })
    void aRateFarFromTheListPriceIsNotBelieved(String billed, String used) {
      Estimator estimator = billed(DAY.minusDays(1), "gpt-4o, input", billed, 1_000_000);

      assertThat(estimator.estimate(Known.COMPLETIONS, row(null, "false"), DAY))
          .isEqualTo(priced(used));
    }

    @ParameterizedTest
    @CsvSource({
      "priority | gpt-4o, priority, 0.01, 4.25",
      "priority | gpt-4o, priority, 3.4,  3.4",
      "fast | gpt-4o,     priority, 17.1, 4.25",
      "batch | gpt-4o,    batch,    0.3,  1.25",
      "scale | gpt-4o,    scale,    30,   30", // No price of the tier to compare with.
    })
    void aRateOfATierIsComparedWithThePriceOfTheTier(
        String item, String tier, String billed, String used) {
      Estimator estimator = billed(DAY.minusDays(1), item + ", input", billed, 1_000_000);

      assertThat(estimator.estimate(Known.COMPLETIONS, row(tier, "false"), DAY))
          .isEqualTo(priced(used));
    }

    @Test
    void aRateFarBelowTheBasePriceLeavesATierUnpricedThatHasNone() {
      Estimator estimator = billed(DAY.minusDays(1), "scale | gpt-4o, input", "0.01", 1_000_000);

      assertThat(estimator.estimate(Known.COMPLETIONS, row("scale", "false"), DAY).priced())
          .isFalse();
    }

    @Test
    void aDiscountOutlivesADayThatWasPartlyFree() {
      Rates rates = Rates.NONE;
      for (int back : List.of(3, 2, 1)) {
        BigDecimal amount = new BigDecimal(back == 1 ? "0.02" : "1.75");
        rates =
            rates.learn(
                RatesTest.day(
                    DAY.minusDays(back),
                    RatesTest.row(
                        "p", "gpt-4o, input", amount, BigDecimal.valueOf(1_000_000), "tokens")));
      }
      Estimator estimator = new Estimator(Catalogue.builtIn(), rates);

      assertThat(estimator.estimate(Known.COMPLETIONS, row(null, "false"), DAY))
          .isEqualTo(priced("1.75"));
    }

    @Test
    void whatTheVersionBeforeLearntOfAFreeDayHasNoPower() {
      Rates stored =
          Rates.parse("gpt-4o\t\tinput\t2026-11-19\t0\ngpt-nonesuch\t\tinput\t2026-11-19\t0\n");
      Estimator estimator = new Estimator(Catalogue.builtIn(), stored);
      UsageRow unknown = model("gpt-nonesuch").set(Quantity.INPUT_TOKENS, 6).build();

      assertThat(estimator.estimate(Known.COMPLETIONS, row(null, "false"), DAY))
          .isEqualTo(priced("2.5"));
      assertThat(estimator.estimate(Known.COMPLETIONS, unknown, DAY).priced()).isFalse();
    }

    @Test
    void theUsersOwnPriceWinsOverEveryBill() {
      Rates rates =
          Rates.parse(
              """
              gpt-4o\t\tinput\t2026-11-19\t0.000002
              gpt-4o\tbatch\tinput\t2026-11-19\t0.0000009
              gpt-4o\tpriority\tinput\t2026-11-19\t0.000004
              """);
      Price base = own("gpt-4o", Optional.empty(), "3");
      Price priority = own("gpt-4o*", Optional.of("priority"), "7");
      Estimator estimator = new Estimator(Catalogue.builtIn().with(List.of(base, priority)), rates);

      assertThat(estimator.estimate(Known.COMPLETIONS, row(null, "false"), DAY))
          .isEqualTo(priced("3"));
      assertThat(estimator.estimate(Known.COMPLETIONS, row(null, "true"), DAY))
          .isEqualTo(priced("1.5"));
      assertThat(estimator.estimate(Known.COMPLETIONS, row("fast", "false"), DAY))
          .isEqualTo(priced("7"));
    }

    @Test
    void theUsersOwnPricePricesATierThatIsNotListed() {
      Price scale = own("gpt-4o", Optional.of("scale"), "0.5");
      Estimator estimator = new Estimator(Catalogue.builtIn().with(List.of(scale)), Rates.NONE);

      assertThat(estimator.estimate(Known.COMPLETIONS, row("scale", "false"), DAY))
          .isEqualTo(priced("0.5"));
      assertThat(estimator.estimate(Known.COMPLETIONS, row("ultrafast", "false"), DAY).priced())
          .isFalse();
    }

    @Test
    void verdictsShowTheListBesideTheBill() {
      Rates rates =
          Rates.parse(
              """
              gpt-4o\t\tcached_input\t2026-11-19\t0.000001
              gpt-4o\t\tinput\t2026-11-19\t0.00000001
              gpt-4o\t\toutput\t2026-11-19\t0.000009
              gpt-5.6-luna\t\tinput\t2026-07-29\t0.0000009
              """);
      Price own =
          new Price("gpt-4o", DAY, Map.of(Meter.OUTPUT, new BigDecimal("0.00001")), "s", DAY);
      List<Verdict> verdicts = Verdict.of(rates, Catalogue.builtIn().with(List.of(own)), DAY);

      assertThat(verdicts)
          .extracting(Verdict::reason)
          .containsExactly(
              Verdict.Reason.FAR,
              Verdict.Reason.BELIEVED,
              Verdict.Reason.SET,
              Verdict.Reason.OUTDATED);
      assertThat(verdicts)
          .extracting(verdict -> verdict.used().orElseThrow().movePointRight(6).toPlainString())
          .containsExactly("2.5", "1", "10", "0.2");
      assertThat(verdicts.getFirst().list()).hasValue(new BigDecimal("0.0000025"));
    }

    @Test
    void aBilledRateOfTheTierWinsOverTheMultiplier() {
      Estimator estimator = billed(DAY, "batch | gpt-4o, input", "0.9", 1_000_000);

      assertThat(estimator.estimate(Known.COMPLETIONS, row(null, "true"), DAY))
          .isEqualTo(priced("0.9"));
      assertThat(estimator.estimate(Known.COMPLETIONS, row("flex", "false"), DAY))
          .isEqualTo(priced("1.25"));
    }

    @Test
    void aBillPricesWhatTheCatalogueLacks() {
      Estimator estimator = billed(DAY, "gpt-nonesuch, input", "1", 3);
      UsageRow row = model("gpt-nonesuch").set(Quantity.INPUT_TOKENS, 6).build();

      assertThat(estimator.estimate(Known.COMPLETIONS, row, DAY)).isEqualTo(priced("2"));
    }

    @Test
    void longContextDoesNotSetTheBaseRate() {
      Estimator estimator = billed(DAY, "gpt-4o, input, long context", "99", 1_000_000);

      assertThat(estimator.estimate(Known.COMPLETIONS, row(null, "false"), DAY))
          .isEqualTo(priced("2.5"));
    }

    @Test
    void aRateFromBeforeAKnownChangeOfPriceDoesNotOutliveIt() {
      Estimator estimator =
          billed(LocalDate.parse("2026-07-29"), "gpt-5.6-luna, input", "0.9", 1_000_000);
      UsageRow row = model("gpt-5.6-luna").set(Quantity.INPUT_TOKENS, 1_000_000).build();

      assertThat(estimator.estimate(Known.COMPLETIONS, row, LocalDate.parse("2026-07-01")))
          .isEqualTo(priced("0.9"));
      assertThat(estimator.estimate(Known.COMPLETIONS, row, LocalDate.parse("2026-07-30")))
          .isEqualTo(priced("0.2"));
    }

    @Test
    void theVersionNamesBothCatalogueAndRates() {
      assertThat(LIST.version()).isEqualTo("%s+none", Catalogue.builtIn().version());
      assertThat(billed(DAY, "gpt-4o, input", "2", 1).version()).isNotEqualTo(LIST.version());
    }
  }

  @Nested
  final class Properties {
    private static final List<String> MODELS =
        List.of("gpt-4o", "gpt-5.6-luna", "gpt-realtime", "gpt-image-1.5", "o3", "gpt-nonesuch");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void theEstimateOfASumIsTheSumOfTheEstimates(long seed) {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      for (int i = 0; i < 500; i++) {
        String model = MODELS.get(random.nextInt(MODELS.size()));
        String batch = Boolean.toString(random.nextBoolean());
        UsageRow one = random(random, model, batch);
        UsageRow two = random(random, model, batch);

        assertThat(completions(one.plus(two)))
            .as("seed %s: %s and %s", seed, one, two)
            .isEqualTo(completions(one).plus(completions(two)));
      }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void anEstimateIsWhatDecimalsSayAndNeverFinerThanAPicoDollar(long seed) {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      for (int i = 0; i < 500; i++) {
        BigDecimal rate = BigDecimal.valueOf(random.nextLong(1, 1L << 40), random.nextInt(6, 18));
        long tokens = random.nextLong(1, Long.MAX_VALUE >> random.nextInt(62));
        Price price = new Price("x", DAY, Map.of(Meter.INPUT, rate), "test", DAY);
        Estimator estimator = new Estimator(Catalogue.builtIn().with(List.of(price)), Rates.NONE);
        Estimate estimate =
            estimator.estimate(
                Known.COMPLETIONS, model("x").set(Quantity.INPUT_TOKENS, tokens).build(), DAY);

        BigDecimal exact = rate.multiply(BigDecimal.valueOf(tokens));
        assertThat(estimate.usd().scale()).as("seed %s", seed).isBetween(0, 12);
        assertThat(estimate.usd().subtract(exact).abs())
            .as("seed %s: %s x %s", seed, tokens, rate)
            .isLessThanOrEqualTo(new BigDecimal("5E-13"));
      }
    }

    private static UsageRow random(RandomGenerator random, String model, String batch) {
      long text = random.nextLong(1 << 20);
      long audio = random.nextLong(1 << 10);
      long cached = random.nextLong(1 << 20);
      long written = random.nextLong(1 << 20);
      long out = random.nextLong(1 << 20);
      return model(model)
          .set(BATCH, batch)
          .set(Quantity.INPUT_TOKENS, text + audio + cached + written)
          .set(Quantity.INPUT_CACHED_TOKENS, cached)
          .set(Quantity.INPUT_CACHE_WRITE_TOKENS, written)
          .set(Quantity.INPUT_AUDIO_TOKENS, audio)
          .set(Quantity.INPUT_CACHED_AUDIO_TOKENS, random.nextLong(cached + 1))
          .set(Quantity.OUTPUT_TOKENS, out)
          .set(Quantity.OUTPUT_IMAGE_TOKENS, random.nextLong(out + 1))
          .build();
    }
  }

  private static UsageRow million(String model, String tier) {
    return model(model)
        .set(SERVICE_TIER, tier)
        .set(Quantity.INPUT_TOKENS, 1_000_000)
        .set(Quantity.OUTPUT_TOKENS, 1_000_000)
        .build();
  }

  private static Price own(String model, Optional<String> tier, String input) {
    Map<Meter, BigDecimal> usd = Map.of(Meter.INPUT, new BigDecimal(input).movePointLeft(6));
    return new Price(model, tier, DAY.minusDays(9), usd, "settings", DAY);
  }

  private static Estimate completions(UsageRow row) {
    return LIST.estimate(Known.COMPLETIONS, row, DAY);
  }

  private static Estimate priced(String usd) {
    return new Estimate(new BigDecimal(usd), true);
  }

  private static UsageRow.Builder model(String model) {
    return UsageRow.builder().set(MODEL, model);
  }

  private static UsageRow row(@Nullable String tier, String batch) {
    return model("gpt-4o")
        .set(SERVICE_TIER, tier)
        .set(BATCH, batch)
        .set(Quantity.INPUT_TOKENS, 1_000_000)
        .build();
  }

  private static Estimator billed(LocalDate day, String item, String amount, long quantity) {
    CostDay costs =
        RatesTest.day(
            day,
            RatesTest.row(
                "p", item, new BigDecimal(amount), BigDecimal.valueOf(quantity), "tokens"));
    Rates rates = Rates.NONE.learn(costs);
    assertThat(rates.of("nothing", Optional.empty(), Meter.INPUT)).isEmpty();
    return new Estimator(Catalogue.builtIn(), rates);
  }
}

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

  @Nested
  final class Tokens {
    @Test
    void datedNamesHaveTheBasePriceAndCachedInputItsOwn() {
      UsageRow row =
          model("gpt-4o-mini-2024-07-18")
              .set(Quantity.INPUT_TOKENS, 1_000_000)
              .set(Quantity.INPUT_CACHED_TOKENS, 400_000)
              .set(Quantity.OUTPUT_TOKENS, 100_000)
              .build();

      // 600,000 x 0.15 + 400,000 x 0.075 + 100,000 x 0.60, each per million
      assertThat(completions(row)).isEqualTo(priced("0.18"));
    }

    @Test
    void anUnknownModelIsUnpricedAndNotZero() {
      UsageRow row = model("gpt-nonesuch").set(Quantity.INPUT_TOKENS, 10).build();

      assertThat(completions(row)).isEqualTo(new Estimate(BigDecimal.ZERO, false));
    }

    @Test
    void aModelThatIsNullIsUnpricedUnlessNothingWasUsed() {
      UsageRow used = UsageRow.builder().set(Quantity.INPUT_TOKENS, 10).build();
      UsageRow unused = UsageRow.builder().set(Quantity.INPUT_TOKENS, 0).build();

      assertThat(completions(used)).isEqualTo(new Estimate(BigDecimal.ZERO, false));
      assertThat(completions(unused)).isEqualTo(Estimate.ZERO);
    }

    @Test
    void writingToTheCacheHasItsOwnPrice() {
      UsageRow row =
          model("gpt-5.6-terra")
              .set(Quantity.INPUT_TOKENS, 3_000_000)
              .set(Quantity.INPUT_CACHED_TOKENS, 1_000_000)
              .set(Quantity.INPUT_CACHE_WRITE_TOKENS, 1_000_000)
              .set(Quantity.OUTPUT_TOKENS, 0)
              .build();

      assertThat(completions(row)).isEqualTo(priced("4.7")); // 2 + 0.2 + 2.5
    }

    @Test
    void uncachedInputIsTakenAsGivenWhereItIsGiven() {
      UsageRow row =
          model("gpt-4o")
              .set(Quantity.INPUT_TOKENS, 3_000_000)
              .set(Quantity.INPUT_UNCACHED_TOKENS, 1_000_000)
              .set(Quantity.INPUT_CACHED_TOKENS, 0)
              .build();

      assertThat(completions(row)).isEqualTo(priced("2.5"));
    }

    @Test
    void audioAndImageTokensHaveTheirOwnPrices() {
      UsageRow row =
          model("gpt-realtime")
              .set(Quantity.INPUT_TOKENS, 5_000_000)
              .set(Quantity.INPUT_UNCACHED_TOKENS, 3_000_000)
              .set(Quantity.INPUT_CACHED_TOKENS, 2_000_000)
              .set(Quantity.INPUT_TEXT_TOKENS, 1_000_000)
              .set(Quantity.INPUT_AUDIO_TOKENS, 1_000_000)
              .set(Quantity.INPUT_IMAGE_TOKENS, 1_000_000)
              .set(Quantity.INPUT_CACHED_AUDIO_TOKENS, 1_000_000)
              .set(Quantity.INPUT_CACHED_IMAGE_TOKENS, 1_000_000)
              .set(Quantity.OUTPUT_TOKENS, 2_000_000)
              .set(Quantity.OUTPUT_TEXT_TOKENS, 1_000_000)
              .set(Quantity.OUTPUT_AUDIO_TOKENS, 1_000_000)
              .build();

      // 4 + 32 + 5 uncached, 0.4 + 0.5 cached, 16 + 64 out
      assertThat(completions(row)).isEqualTo(priced("121.9"));
    }

    @Test
    void aKindWithoutItsOwnPriceCostsWhatItBelongsTo() {
      UsageRow row =
          model("gpt-image-1")
              .set(Quantity.INPUT_TOKENS, 1_000_000)
              .set(Quantity.INPUT_IMAGE_TOKENS, 1_000_000)
              .set(Quantity.OUTPUT_TOKENS, 1_000_000)
              .set(Quantity.OUTPUT_IMAGE_TOKENS, 1_000_000)
              .build();

      assertThat(completions(row)).isEqualTo(priced("50")); // image output costs what output does
    }

    @Test
    void aModelWithoutADiscountForCachedInputChargesItInFull() {
      UsageRow row =
          model("gpt-5-pro")
              .set(Quantity.INPUT_TOKENS, 1_000_000)
              .set(Quantity.INPUT_CACHED_TOKENS, 1_000_000)
              .build();

      assertThat(completions(row)).isEqualTo(priced("15"));
    }

    @Test
    void whatHasNoPriceIsSaidAndTheRestPriced() {
      UsageRow row =
          model("text-embedding-3-small")
              .set(Quantity.INPUT_TOKENS, 1_000_000)
              .set(Quantity.OUTPUT_TOKENS, 1)
              .build();

      assertThat(completions(row)).isEqualTo(new Estimate(new BigDecimal("0.02"), false));
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
  final class Endpoints {
    @Test
    void embeddingsAndModerationsArePricedByTheirTokens() {
      UsageRow embeddings =
          model("text-embedding-3-large").set(Quantity.INPUT_TOKENS, 1_000_000).build();
      UsageRow moderations =
          model("omni-moderation-latest").set(Quantity.INPUT_TOKENS, 1_000_000).build();

      assertThat(LIST.estimate(Known.EMBEDDINGS, embeddings, DAY)).isEqualTo(priced("0.13"));
      assertThat(LIST.estimate(Known.MODERATIONS, moderations, DAY)).isEqualTo(Estimate.ZERO);
    }

    @Test
    void speechIsPricedByCharactersAndTranscriptionBySeconds() {
      UsageRow speech = model("tts-1-hd").set(Quantity.CHARACTERS, 1000).build();
      UsageRow transcription = model("whisper-1").set(Quantity.SECONDS, 90).build();
      UsageRow byToken = model("gpt-4o-transcribe").set(Quantity.SECONDS, 90).build();

      assertThat(LIST.estimate(Known.AUDIO_SPEECHES, speech, DAY)).isEqualTo(priced("0.03"));
      assertThat(LIST.estimate(Known.AUDIO_TRANSCRIPTIONS, transcription, DAY))
          .isEqualTo(priced("0.009"));
      assertThat(LIST.estimate(Known.AUDIO_TRANSCRIPTIONS, byToken, DAY).priced()).isFalse();
    }

    @Test
    void imagesOfATokenPricedModelCostNothingBesideTheirTokens() {
      UsageRow gpt = model("gpt-image-1").set(Quantity.IMAGES, 4).build();
      UsageRow dalle = model("dall-e-3").set(Quantity.IMAGES, 4).build();

      assertThat(LIST.estimate(Known.IMAGES, gpt, DAY)).isEqualTo(Estimate.ZERO);
      assertThat(LIST.estimate(Known.IMAGES, dalle, DAY))
          .isEqualTo(new Estimate(BigDecimal.ZERO, false));
    }

    @Test
    void toolsArePricedByTheCall() {
      UsageRow web =
          model("gpt-5.6-sol").set(Quantity.REQUESTS, 7).set(Quantity.MODEL_REQUESTS, 3).build();
      UsageRow file = UsageRow.builder().set(Quantity.REQUESTS, 4).build();
      UsageRow sessions = UsageRow.builder().set(Quantity.SESSIONS, 2).build();

      assertThat(LIST.estimate(Known.WEB_SEARCH_CALLS, web, DAY)).isEqualTo(priced("0.07"));
      assertThat(LIST.estimate(Known.FILE_SEARCH_CALLS, file, DAY)).isEqualTo(priced("0.01"));
      assertThat(LIST.estimate(Known.CODE_INTERPRETER_SESSIONS, sessions, DAY))
          .isEqualTo(priced("0.06"));
    }

    @Test
    void vectorStoresArePricedByTheGibibyteHour() {
      UsageRow row = UsageRow.builder().set(Quantity.BYTES, 24L << 30).build();

      assertThat(LIST.estimate(Known.VECTOR_STORES, row, DAY)).isEqualTo(priced("0.1"));
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

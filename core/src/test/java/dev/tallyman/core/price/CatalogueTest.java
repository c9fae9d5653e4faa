package dev.tallyman.core.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tallyman.core.group.ModelGroup;
import dev.tallyman.core.group.ModelGroups;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CatalogueTest {
  private static final LocalDate DAY = LocalDate.parse("2026-11-20");
  private static final Catalogue CATALOGUE = Catalogue.builtIn();

  @ParameterizedTest
  @CsvSource({
    "gpt-4o-mini-2024-07-18, gpt-4o-mini",
    "gpt-5.6-sol-20260709, gpt-5.6-sol",
    "GPT-5.6, gpt-5.6-sol",
    "gpt-5.5-2026-04-23, gpt-5.5",
    "gpt-4o-2024-08-06, gpt-4o",
    "gpt-4o-2024-05-13, gpt-4o-2024-05-13",
    "gpt-4o-mini-search-preview-2025-03-11, gpt-4o-mini",
    "gpt-4o-realtime-preview-2024-12-17, gpt-4o-realtime-preview",
    "gpt-image-2-2026-04-21, gpt-image-2",
    "text-embedding-ada-002-v2, text-embedding-ada-002",
    "ft:gpt-4o-mini-2024-07-18:acme::abc, ft:gpt-4o-mini",
    "omni-moderation-latest, omni-moderation",
    "ft:gpt-4.1-mini-2025-04-14:acme:support:BxY12, ft:gpt-4.1-mini",
    "ft:gpt-4.1-nano-2025-04-14:acme::x:ckpt-step-90, ft:gpt-4.1-nano",
    "openai/ft:gpt-4.1-2025-04-14:acme::x, ft:gpt-4.1",
    "ft:o4-mini-2025-04-16:acme::x, ft:o4-mini",
    "ft:gpt-4o-2024-11-20:acme::x, ft:gpt-4o",
    "ft:gpt-3.5-turbo-0125:acme::x, ft:gpt-3.5-turbo",
    "gpt-4o-mini-2024-07-18.ft-0e208cf33a6a466994aff31a08aba678, ft:gpt-4o-mini",
    "openai/gpt-5.5, gpt-5.5",
    "azure/gpt-4o-2024-08-06, gpt-4o",
    "models/gpt-4o, gpt-4o",
    "models/openai/GPT-5.6, gpt-5.6-sol",
    "gpt-4o@2024-08-06, gpt-4o",
    "openai/gpt-4o@20240513, gpt-4o",
    "gpt-4o@2024-05-13, gpt-4o-2024-05-13",
  })
  void datedAndAliasedNamesResolveToTheirModel(String name, String model) {
    assertThat(CATALOGUE.find(name, DAY).map(Price::model)).hasValue(model);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt-4o-turbo",
        "gpt-7",
        "gpt-5.1-codex-maximum",
        "o1-2024",
        "",
        "gpt-5x",
        "ft:gpt-5:acme::x",
        "openai/",
        "other/gpt-4o",
        "gpt-4o@latest",
        "@2024-08-06"
      })
  void anUnknownNameHasNoPrice(String name) {
    assertThat(CATALOGUE.find(name, DAY)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-5.6-luna, 2026-07-29, INPUT, 0.000001",
    "gpt-5.6-luna, 2026-07-30, INPUT, 0.0000002",
    "gpt-5.6-sol, 2026-08-20, OUTPUT, 0.00003",
    "gpt-5.6-sol, 2026-08-21, OUTPUT, 0.00002",
    "o3, 2025-06-09, OUTPUT, 0.00004",
    "o3, 2025-06-10, OUTPUT, 0.000008",
    "whisper-1, 2026-11-20, SECONDS, 0.0001",
    "tts-1, 2026-11-20, CHARACTERS, 0.000015",
    "web-search, 2026-11-20, CALLS, 0.01",
    "vector-store, 2026-11-20, GIB_HOURS, 0.004166666666666667",
    "gpt-realtime, 2026-11-20, CACHED_AUDIO_INPUT, 0.0000004",
    "omni-moderation-latest, 2026-11-20, INPUT, 0",
  })
  void thePriceInForceOnADayIsFound(String model, LocalDate day, Meter meter, BigDecimal usd) {
    assertThat(CATALOGUE.find(model, day).flatMap(price -> price.of(meter))).hasValue(usd);
  }

  @Test
  void everyPriceNamesItsSourceAndItsDate() {
    assertThat(CATALOGUE.prices())
        .hasSizeGreaterThan(90)
        .allSatisfy(price -> {
          assertThat(price.source()).isNotBlank();
          assertThat(price.asOf()).isBetween("2026-01-01", "2026-12-31");
          assertThat(price.perUnit()).isNotEmpty();
        });
  }

  @Test
  void thePriceOfATierSaysAllThatTheBasePriceSaysAndChangesWithIt() {
    List<Price> tiers =
        CATALOGUE.prices().stream().filter(price -> price.tier().isPresent()).toList();

    assertThat(tiers)
        .hasSizeGreaterThan(20)
        .allSatisfy(price -> {
          Price base = CATALOGUE.find(price.model(), price.from()).orElseThrow();
          assertThat(base.model()).isEqualTo(price.model());
          assertThat(price.from()).as(price.model()).isEqualTo(base.from());
          assertThat(price.perUnit().keySet()).as(price.model()).isEqualTo(base.perUnit().keySet());
          price
              .perUnit()
              .forEach((meter, usd) ->
                  assertThat(usd)
                      .as("%s of %s", meter, price.model())
                      .isBetween(
                          base.of(meter).orElseThrow(),
                          base.of(meter).orElseThrow().multiply(new BigDecimal("2.5"))));
        });
    for (Price base : CATALOGUE.prices()) {
      boolean laterThanATier =
          tiers.stream()
              .anyMatch(
                  tier -> tier.model().equals(base.model()) && tier.from().isBefore(base.from()));
      if (laterThanATier) {
        assertThat(CATALOGUE.listed(base.model(), Optional.of("priority"), base.from()))
            .as(base.model())
            .hasValueSatisfying(tier -> assertThat(tier.from()).isEqualTo(base.from()));
      }
    }
  }

  @Test
  void batchAndFlexAreHalfAndNoOtherTierIsAShare() {
    for (String tier : List.of("batch", "flex")) {
      assertThat(CATALOGUE.listed("gpt-5.5", Optional.of(tier), DAY))
          .hasValueSatisfying(price -> {
            assertThat(price.of(Meter.CACHED_INPUT)).hasValue(new BigDecimal("2.5E-7"));
            assertThat(price.source()).isNotBlank();
          });
    }
    assertThat(CATALOGUE.listed("gpt-5-pro", Optional.of("priority"), DAY)).isEmpty();
    assertThat(CATALOGUE.listed("gpt-5.5", Optional.of("ultrafast"), DAY)).isEmpty();
  }

  @Test
  void everyModelThatDrawsOnAPoolHasAPrice() {
    assertThat(ModelGroups.builtIn().groups())
        .flatExtracting(ModelGroup::patterns)
        .hasSizeGreaterThan(30)
        .allSatisfy(model -> assertThat(CATALOGUE.find(model, DAY)).as(model).isPresent());
  }

  @Test
  void cacheWritesCostAQuarterMoreThanInputSinceGpt56() {
    assertThat(CATALOGUE.prices())
        .filteredOn(price -> price.model().matches("gpt-(5\\.6|6).*"))
        .hasSizeGreaterThan(8)
        .allSatisfy(price ->
            assertThat(price.of(Meter.CACHE_WRITE).orElseThrow())
                .isEqualByComparingTo(
                    price.of(Meter.INPUT).orElseThrow().multiply(new BigDecimal("1.25"))));
  }

  @Test
  void anOverrideHoldsFromItsDayOnForTheMetersItNames() {
    Price own = price("gpt-4o", "2026-11-20", Map.of(Meter.INPUT, new BigDecimal("0.000002")));
    Catalogue catalogue = CATALOGUE.with(List.of(own));

    assertThat(catalogue.find("gpt-4o-2024-08-06", DAY.minusDays(1)))
        .isEqualTo(CATALOGUE.find("gpt-4o", DAY.minusDays(1)));
    Price found = catalogue.find("gpt-4o-2024-08-06", DAY).orElseThrow();
    assertThat(found.of(Meter.INPUT)).hasValue(new BigDecimal("0.000002"));
    assertThat(found.of(Meter.OUTPUT)).hasValue(new BigDecimal("0.00001"));
    assertThat(found.source()).isEqualTo("settings");
    assertThat(found.from()).isEqualTo(DAY);
  }

  @Test
  void anOverrideIsFoundUnderTheNameThatAnAliasStandsFor() {
    Price own = price("gpt-5.6-sol", "2026-01-01", Map.of(Meter.INPUT, BigDecimal.ONE));

    assertThat(CATALOGUE.with(List.of(own)).find("gpt-5.6", DAY).flatMap(p -> p.of(Meter.INPUT)))
        .hasValue(BigDecimal.ONE);
  }

  @Test
  void anOverridePricesAModelThatTheCatalogueLacks() {
    Price own = price("llama*", "2026-01-01", Map.of(Meter.INPUT, BigDecimal.ONE));

    assertThat(CATALOGUE.with(List.of(own)).find("llama-4-70b", DAY)).hasValue(own);
  }

  @Test
  void theVersionChangesWithEveryOverride() {
    Catalogue one =
        CATALOGUE.with(List.of(price("x", "2026-01-01", Map.of(Meter.INPUT, BigDecimal.ONE))));
    Catalogue ten =
        CATALOGUE.with(List.of(price("x", "2026-01-01", Map.of(Meter.INPUT, BigDecimal.TEN))));

    assertThat(List.of(CATALOGUE.version(), one.version(), ten.version()))
        .doesNotHaveDuplicates()
        .allMatch(version -> version.matches("2026-\\d\\d-\\d\\d-[0-9a-f]{8}"));
    assertThat(CATALOGUE.with(List.of()).version()).isEqualTo(CATALOGUE.version());
  }

  @Test
  void aBrokenLineIsNamed() {
    assertThatThrownBy(
            () -> Catalogue.parse("# head\nprice, a, 2026-01-01, 2026-01-01, s, input=1"))
        .hasMessageStartingWith("line 2 of the prices");
    assertThatThrownBy(() ->
            Catalogue.parse(
                "source, s, here\ntier, a, priority, 2026-01-01, 2026-01-01, s, input=1"))
        .hasMessageStartingWith("line 2 of the prices");
  }

  private static Price price(String model, String from, Map<Meter, BigDecimal> perUnit) {
    return new Price(model, LocalDate.parse(from), perUnit, "settings", LocalDate.parse(from));
  }
}

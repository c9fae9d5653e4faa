package dev.tallyman.core.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.CostRow;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RatesTest {
  private static final LocalDate DAY = LocalDate.parse("2026-11-18");
  private static final Optional<String> BASE = Optional.empty();
  private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);

  @ParameterizedTest
  @CsvSource({
    "'gpt-4o, input',           2.5,   1000000, tokens,           gpt-4o,     INPUT,     "
        + " 0.0000025",
    "'gpt-4o, output',          3,     300,     1000_tokens,      gpt-4o,     OUTPUT,     0.00001",
    "'gpt-4o, input',           0.0001,30.0,    ,                 gpt-4o,     INPUT,     "
        + " 0.000003333333333333",
    "whisper,                   0.6,   100,     duration_minutes, whisper-1,  SECONDS,    0.0001",
    "whisper,                   0.36,  1,       duration_hours,   whisper-1,  SECONDS,    0.0001",
    "'gpt-4o-transcribe, input',0.1,   1000,    duration_seconds, gpt-4o-transcribe, SECONDS,"
        + " 0.0001",
    "tts-1,                     15,    1000000, characters,       tts-1,      CHARACTERS, 0.000015",
    "web search tool calls,     0.1,   10,      ,                 web-search, CALLS,      0.01",
    "file search storage,       0.24,  57.6,    gibibyte_hours,   vector-store, GIB_HOURS,"
        + " 0.004166666666666667",
    "'openai/GPT-4o@2024-08-06, input', 1, 10,  tokens,           gpt-4o-2024-08-06, INPUT, 0.1",
    "'ft:gpt-4o-2024-08-06:acme::id, input', 1, 10, tokens,       ft:gpt-4o-2024-08-06, INPUT, 0.1",
  })
  void aRateIsTheAmountByTheQuantityInOneUnit(
      String item,
      BigDecimal amount,
      BigDecimal quantity,
      @Nullable String unit,
      String model,
      Meter meter,
      BigDecimal rate) {
    Rates rates = Rates.NONE.learn(day(DAY, row("p", item, amount, quantity, unit)));

    assertThat(rates.of(model, BASE, meter)).hasValue(rate);
    assertThat(rates.all()).hasSize(1).first().extracting(Rates.Rate::day).isEqualTo(DAY);
  }

  @ParameterizedTest
  @CsvSource({
    "'gpt-5.6-sol, output, long context', 1,  10, tokens",
    "'gpt-4o, input',                     1,  0,  tokens",
    "'gpt-4o, input',                     -1, 10, tokens",
    "'gpt-4o, input',                     -1, 0,  tokens",
    "'gpt-4o, input',                     0,  10, tokens",
    "'omni-moderation, input',            0,  500, tokens",
    "'gpt-4o, input',                     1,  10, images",
    "'gpt-4o, input',                     1,  10, fortnights",
    "Image models,                        1,  10, images",
    "'gpt-4o, fine-tuning training',      1,  10, tokens",
    "whisper,                             1,  10, ",
  })
  void whatSaysNothingOfABaseRateIsLeftOut(
      String item, BigDecimal amount, BigDecimal quantity, @Nullable String unit) {
    assertThat(Rates.NONE.learn(day(DAY, row("p", item, amount, quantity, unit))))
        .isSameAs(Rates.NONE);
  }

  @Test
  void creditsAndWhatWasFreeDoNotLowerTheRate() {
    Rates rates =
        Rates.NONE.learn(
            day(
                DAY,
                row("p", "gpt-4o, input", new BigDecimal("2.5"), MILLION, "tokens"),
                row("p", "gpt-4o, input", new BigDecimal("-2.4"), BigDecimal.ZERO, "tokens"),
                row("q", "gpt-4o, input", new BigDecimal("-0.1"), BigDecimal.TEN, "tokens"),
                row("free", "gpt-4o, input", BigDecimal.ZERO, MILLION, "tokens")));

    assertThat(rates.of("gpt-4o", BASE, Meter.INPUT)).hasValue(new BigDecimal("0.0000025"));
  }

  @Test
  void aTierIsTheSameUnderEachOfItsNames() {
    Rates rates =
        Rates.NONE.learn(
            day(
                DAY,
                row("p", "Fast | gpt-4o, input", BigDecimal.TWO, BigDecimal.TEN, "tokens"),
                row("p", "standard | gpt-4o, input", BigDecimal.ONE, BigDecimal.TEN, "tokens")));

    assertThat(rates.of("gpt-4o", Optional.of("priority"), Meter.INPUT))
        .isEqualTo(rates.of("gpt-4o", Optional.of("fast"), Meter.INPUT))
        .hasValue(new BigDecimal("0.2"));
    assertThat(rates.of("gpt-4o", BASE, Meter.INPUT)).hasValue(new BigDecimal("0.1"));
  }

  @Test
  void tiersAreKeptApart() {
    Rates rates =
        Rates.NONE.learn(
            day(
                DAY,
                row("p", "gpt-4o, input", BigDecimal.ONE, BigDecimal.TEN, "tokens"),
                row("p", "Batch | gpt-4o, input", BigDecimal.ONE, BigDecimal.TWO, "tokens")));

    assertThat(rates.of("GPT-4o", BASE, Meter.INPUT)).hasValue(new BigDecimal("0.1"));
    assertThat(rates.of("gpt-4o", Optional.of("batch"), Meter.INPUT))
        .hasValue(new BigDecimal("0.5"));
    assertThat(rates.of("gpt-4o", Optional.of("flex"), Meter.INPUT)).isEmpty();
  }

  @Test
  void projectsOfOneItemAreAddedUp() {
    Rates rates =
        Rates.NONE.learn(
            day(
                DAY,
                row("p", "gpt-4o, input", BigDecimal.ONE, BigDecimal.TEN, "tokens"),
                row("q", "gpt-4o, input", BigDecimal.valueOf(3), BigDecimal.TEN, "tokens")));

    assertThat(rates.of("gpt-4o", BASE, Meter.INPUT)).hasValue(new BigDecimal("0.2"));
  }

  @Test
  void theSameDayReplacesAndAnEarlierDayDoesNot() {
    CostRow one = row("p", "gpt-4o, input", BigDecimal.ONE, BigDecimal.TEN, "tokens");
    CostRow two = row("p", "gpt-4o, input", BigDecimal.TWO, BigDecimal.TEN, "tokens");
    Rates rates = Rates.NONE.learn(day(DAY, one));

    assertThat(rates.learn(day(DAY, two)).of("gpt-4o", BASE, Meter.INPUT))
        .hasValue(new BigDecimal("0.2"));
    assertThat(rates.learn(day(DAY, one))).isSameAs(rates);
    assertThat(rates.learn(day(DAY.minusDays(1), two)).all()).isEqualTo(rates.all());
  }

  @Test
  void whatTheVersionBeforeStoredIsRead() {
    Rates rates =
        Rates.parse(
            """
            gpt-4o\t\tinput\t2026-11-18\t0.0000025
            gpt-4o\tfast\tinput\t2026-11-18\t0.00000425
            openai/gpt-5.1\tbatch\toutput\t2026-11-17\t0
            """);

    assertThat(rates.of("gpt-4o", BASE, Meter.INPUT)).hasValue(new BigDecimal("0.0000025"));
    assertThat(rates.of("gpt-4o", Optional.of("priority"), Meter.INPUT))
        .hasValue(new BigDecimal("0.00000425"));
    assertThat(rates.of("gpt-5.1", Optional.of("batch"), Meter.OUTPUT)).hasValue(BigDecimal.ZERO);
  }

  @Test
  void onlyTheLatestThreeBillsAreKept() {
    Rates rates = Rates.NONE;
    for (int i = 0; i < 5; i++) {
      BigDecimal amount = BigDecimal.valueOf(i + 1);
      rates =
          rates.learn(
              day(DAY.plusDays(i), row("p", "gpt-4o, input", amount, BigDecimal.TEN, "tokens")));
    }

    assertThat(rates.latest("gpt-4o", BASE, Meter.INPUT))
        .extracting(Rates.Rate::day)
        .containsExactly(DAY.plusDays(4), DAY.plusDays(3), DAY.plusDays(2));
    assertThat(rates.all()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void theOrderOfDaysDoesNotMatterAndTheTextLosesNothing(long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    var days = new ArrayList<CostDay>();
    for (int i = 0; i < 20; i++) {
      var rows = new ArrayList<CostRow>();
      for (int n = random.nextInt(6); n > 0; n--) {
        rows.add(
            row(
                "p" + random.nextInt(2),
                (random.nextBoolean() ? "batch | " : "")
                    + "gpt-"
                    + random.nextInt(3)
                    + ", "
                    + (random.nextBoolean() ? "input" : "cached input"),
                BigDecimal.valueOf(random.nextInt(1000), random.nextInt(20)),
                BigDecimal.valueOf(random.nextInt(3)),
                "tokens"));
      }
      days.add(CostDay.of(DAY.plusDays(i), rows));
    }
    Rates inOrder = learn(days);
    Collections.shuffle(days, new Random(seed));
    Rates shuffled = learn(days);

    assertThat(shuffled).as("seed %s", seed).isEqualTo(inOrder);
    assertThat(Rates.parse(inOrder.toText())).as("seed %s", seed).isEqualTo(inOrder);
    assertThat(shuffled.version()).as("seed %s", seed).isEqualTo(inOrder.version());
  }

  @Test
  void theVersionTellsWhatWasLearntApart() {
    Rates one =
        Rates.NONE.learn(
            day(DAY, row("p", "gpt-4o, input", BigDecimal.ONE, BigDecimal.TEN, "tokens")));

    assertThat(Rates.NONE.version()).isEqualTo("none");
    assertThat(one.version()).matches("[0-9a-f]{8}");
    assertThat(Rates.parse("").version()).isEqualTo("none");
  }

  @Test
  void theVersionIsTheSameWhetherOrNotEarlierBillsSaidTheSame() {
    CostRow same = row("p", "gpt-4o, input", BigDecimal.ONE, BigDecimal.TEN, "tokens");
    CostRow other = row("p", "gpt-4o, input", BigDecimal.TWO, BigDecimal.TEN, "tokens");
    Rates latest = Rates.NONE.learn(day(DAY, same));

    assertThat(latest.learn(day(DAY.minusDays(1), same)).version()).isEqualTo(latest.version());
    assertThat(latest.learn(day(DAY.minusDays(1), other)).version()).isNotEqualTo(latest.version());
    assertThat(latest.learn(day(DAY.plusDays(1), same)).version()).isNotEqualTo(latest.version());
  }

  @Test
  void aTextThatIsNoneIsRefused() {
    assertThatThrownBy(() -> Rates.parse("gpt-4o\t\tinput\tyesterday\t1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("yesterday");
  }

  private static Rates learn(List<CostDay> days) {
    Rates rates = Rates.NONE;
    for (CostDay day : days) {
      rates = rates.learn(day);
    }
    return rates;
  }

  static CostDay day(LocalDate day, CostRow... rows) {
    return CostDay.of(day, List.of(rows));
  }

  static CostRow row(
      String project, String item, BigDecimal amount, BigDecimal quantity, @Nullable String unit) {
    return new CostRow(project, item, null, amount, "usd", quantity, unit);
  }
}

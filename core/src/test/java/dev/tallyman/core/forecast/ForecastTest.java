package dev.tallyman.core.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ForecastTest {
  // A Monday.
  private static final Instant FROM = Instant.parse("2026-09-07T00:00:00Z");
  private static final int DAYS = 56;

  /** Working hours of working days, in which 1,000 are used an hour, give or take. */
  static long[] office(long seed, int days, int scatter) {
    var random = new SplittableRandom(seed);
    long[] amounts = new long[days * 24];
    for (int i = 0; i < amounts.length; i++) {
      boolean works = i / 24 % 7 < 5 && i % 24 >= 8 && i % 24 < 18;
      amounts[i] = works ? 1000 - scatter + random.nextInt(2 * scatter + 1) : 0;
    }
    return amounts;
  }

  private static Instant at(int day, int hour) {
    return FROM.plus(Duration.ofHours(day * 24L + hour));
  }

  private static Forecast forecast(
      Rhythm rhythm, Instant end, Instant asOf, long used, long limit) {
    return Forecast.of(
            rhythm,
            at(DAYS, 0),
            end,
            asOf,
            used,
            OptionalLong.empty(),
            limit == 0 ? OptionalLong.empty() : OptionalLong.of(limit))
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void goesByTheHoursInWhichPeopleWork(long seed) {
    Rhythm rhythm = Rhythm.of(FROM, office(seed, DAYS, 100)).orElseThrow();
    // Monday noon: 4 of 10 hours are over, and half of the day.
    Forecast day = forecast(rhythm, at(DAYS + 1, 0), at(DAYS, 12), 4000, 0);
    assertThat(day.expected()).as("seed %d", seed).isBetween(9800L, 10_200L);
    assertThat(day.low()).as("seed %d", seed).isLessThan(day.expected()).isGreaterThan(9000);
    assertThat(day.high()).as("seed %d", seed).isGreaterThan(day.expected()).isLessThan(11_000);
    Forecast week = forecast(rhythm, at(DAYS + 7, 0), at(DAYS + 5, 0), 50_000, 0);
    assertThat(week.expected()).as("seed %d: nothing at the weekend", seed).isEqualTo(50_000);
  }

  @Test
  void expectsMoreOfADayThatBeganHigh() {
    long[] amounts = office(1, DAYS, 50);
    for (int day = 0; day < DAYS; day++) {
      for (int hour = 0; hour < 24; hour++) {
        amounts[day * 24 + hour] = amounts[day * 24 + hour] * (day % 3 + 4) / 5;
      }
    }
    Rhythm rhythm = Rhythm.of(FROM, amounts).orElseThrow();
    long usual = rhythm.usual(at(DAYS, 0), at(DAYS, 12));
    long low = forecast(rhythm, at(DAYS + 1, 0), at(DAYS, 12), usual * 8 / 10, 0).expected();
    long high = forecast(rhythm, at(DAYS + 1, 0), at(DAYS, 12), usual * 12 / 10, 0).expected();
    assertThat(high - usual * 12 / 10).isGreaterThan((low - usual * 8 / 10) * 5 / 4);
  }

  @Test
  void followsALevelThatChangedDaysAgo() {
    long[] amounts = office(1, DAYS, 100);
    for (int i = (DAYS - 11) * 24; i < amounts.length; i++) {
      amounts[i] *= 2;
    }
    Rhythm rhythm = Rhythm.of(FROM, amounts).orElseThrow();
    assertThat(rhythm.usual(at(DAYS, 0), at(DAYS + 7, 0))).isBetween(90_000L, 110_000L);
  }

  @Test
  void forgetsOneDayOnWhichEverythingWentWrong() {
    long[] amounts = office(1, DAYS, 100);
    for (int i = (DAYS - 4) * 24; i < (DAYS - 3) * 24; i++) {
      amounts[i] *= 40;
    }
    Rhythm rhythm = Rhythm.of(FROM, amounts).orElseThrow();
    assertThat(rhythm.usual(at(DAYS, 0), at(DAYS + 7, 0))).isBetween(45_000L, 60_000L);
  }

  @Test
  void saysWhenALimitWillBeUsedUp() {
    Rhythm rhythm = Rhythm.of(FROM, office(1, DAYS, 100)).orElseThrow();
    // 10,000 a day: 30,500 are used up on Thursday morning.
    Forecast forecast = forecast(rhythm, at(DAYS + 7, 0), at(DAYS, 12), 4000, 30_500);
    assertThat(forecast.exhausted().orElseThrow()).isBetween(at(DAYS + 3, 8), at(DAYS + 3, 9));
    assertThat(forecast.earliest().orElseThrow())
        .isBefore(forecast.exhausted().orElseThrow())
        .isAfter(at(DAYS + 2, 8));
    assertThat(forecast.latest().orElseThrow())
        .isAfter(forecast.exhausted().orElseThrow())
        .isBefore(at(DAYS + 4, 8));
    assertThat(forecast(rhythm, at(DAYS + 7, 0), at(DAYS, 12), 4000, 90_000).exhausted()).isEmpty();
    assertThat(forecast(rhythm, at(DAYS + 7, 0), at(DAYS, 12), 4000, 90_000).earliest()).isEmpty();
    assertThat(forecast(rhythm, at(DAYS + 7, 0), at(DAYS, 12), 4000, 3000).exhausted())
        .contains(at(DAYS, 12));
  }

  @Test
  void aWindowThatIsOverEndsAsItEnded() {
    Rhythm rhythm = Rhythm.of(FROM, office(1, DAYS, 100)).orElseThrow();
    Forecast forecast = forecast(rhythm, at(DAYS + 1, 0), at(DAYS + 1, 3), 9_876, 0);
    assertThat(forecast.expected()).isEqualTo(9_876);
    assertThat(forecast.low()).isEqualTo(9_876);
    assertThat(forecast.high()).isEqualTo(9_876);
  }

  @Test
  void nothingIsSaidOfAWindowThatHasJustBegun() {
    Rhythm rhythm = Rhythm.of(FROM, office(1, DAYS, 100)).orElseThrow();
    Instant end = at(DAYS + 100, 0);
    Optional<Forecast> early =
        Forecast.of(
            rhythm,
            at(DAYS, 0),
            end,
            at(DAYS + 2, 23),
            1,
            OptionalLong.empty(),
            OptionalLong.empty());
    assertThat(early).isEmpty();
    assertThat(forecast(rhythm, end, at(DAYS + 3, 0), 1, 0).expected()).isPositive();
    assertThat(Pacing.of(Optional.of(rhythm), at(DAYS, 0), end, at(DAYS + 2, 23), 1, 10)).isEmpty();
  }

  @Test
  void nothingIsUsualAfterLessThanThreeDays() {
    assertThat(Rhythm.of(FROM, office(1, 3, 100))).isPresent();
    long[] amounts = office(1, 3, 100);
    amounts[30] = -1;
    assertThat(Rhythm.of(FROM, amounts)).as("an hour is unknown").isEmpty();
    assertThat(Rhythm.of(FROM, Arrays.copyOf(amounts, 70))).isEmpty();
    assertThat(Rhythm.of(FROM, new long[0])).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void withstandsAnyHistory(long seed) {
    var random = new SplittableRandom(seed);
    long[] amounts = new long[random.nextInt(72, 80 * 24)];
    long most = 1L << random.nextInt(1, 53);
    for (int i = 0; i < amounts.length; i++) {
      amounts[i] = random.nextInt(9) == 0 ? random.nextLong(most) : 0;
    }
    Instant end = FROM.plus(Duration.ofHours(amounts.length));
    Rhythm rhythm = Rhythm.of(FROM, amounts).orElseThrow();
    for (int hours : new int[] {1, 5, 30, 200, 2200}) {
      Forecast forecast =
          Forecast.of(
                  rhythm,
                  end.minusSeconds(7200),
                  end.plus(Duration.ofHours(hours)),
                  end.plusSeconds(hours * 360L),
                  most,
                  OptionalLong.of(most),
                  OptionalLong.of(2 * most))
              .orElseThrow();
      assertThat(forecast.low()).as("seed %d", seed).isBetween(most, forecast.expected());
      assertThat(forecast.high()).as("seed %d", seed).isGreaterThanOrEqualTo(forecast.expected());
    }
    assertThat(Rhythm.decode(rhythm.encode()).orElseThrow().encode())
        .as("seed %d", seed)
        .isEqualTo(rhythm.encode())
        .hasSize(Rhythm.BYTES);
  }

  @Test
  void saysTheSameAfterItWasStored() {
    Rhythm rhythm = Rhythm.of(FROM, office(1, DAYS, 300)).orElseThrow();
    Rhythm read = Rhythm.decode(rhythm.encode()).orElseThrow();
    assertThat(forecast(read, at(DAYS + 30, 0), at(DAYS + 2, 7), 20_000, 100_000))
        .isEqualTo(forecast(rhythm, at(DAYS + 30, 0), at(DAYS + 2, 7), 20_000, 100_000));
    assertThat(read.days()).isEqualTo(DAYS);
    assertThat(read.until()).isEqualTo(at(DAYS, 0));
    byte[] other = rhythm.encode();
    other[0]++;
    assertThat(Rhythm.decode(other)).as("of another version").isEmpty();
  }

  @Test
  void paceIsThatOfTheUsualRhythm() {
    Optional<Rhythm> rhythm = Rhythm.of(FROM, office(1, DAYS, 100));
    Instant saturday = at(DAYS + 5, 0);
    Pacing usual =
        Pacing.of(rhythm, at(DAYS, 0), at(DAYS + 7, 0), saturday, 50_000, 50_000).orElseThrow();
    assertThat(usual.standing()).isEqualTo(Pacing.Standing.ON);
    assertThat(usual.due()).isEqualTo(50_000);
    Pacing even =
        Pacing.of(Optional.empty(), at(DAYS, 0), at(DAYS + 7, 0), saturday, 50_000, 50_000)
            .orElseThrow();
    assertThat(even.standing()).as("five of seven days").isEqualTo(Pacing.Standing.AHEAD);
    assertThat(even.percentage()).isBetween(28.5, 28.6);
    assertThat(
            Pacing.of(rhythm, at(DAYS, 0), at(DAYS + 7, 0), saturday, 40_000, 50_000)
                .orElseThrow()
                .standing())
        .isEqualTo(Pacing.Standing.BEHIND);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void numbersInTwoBytesAreRightToThreeDigits(long seed) {
    var random = new SplittableRandom(seed);
    for (int i = 0; i < 10_000; i++) {
      double number = random.nextDouble() * Math.pow(2, random.nextInt(-5, 52));
      double read = Coarse.weight(Coarse.of(number));
      assertThat(Math.abs(read - number))
          .as("seed %d, %s", seed, number)
          .isLessThanOrEqualTo(Math.max(number / 1000, 1.0 / 1000));
      assertThat(Coarse.of(read))
          .as("seed %d, %s again", seed, number)
          .isEqualTo(Coarse.of(number));
    }
    assertThat(Coarse.weight(Coarse.of(-1))).isZero();
    assertThat(Coarse.weight(Coarse.of(Double.NaN))).isZero();
    assertThat(Coarse.weight(Coarse.of(Double.MAX_VALUE))).isGreaterThan(4e15);
  }
}

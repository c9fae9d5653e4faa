package dev.tallyman.core.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.forecast.Driver.Part;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class AnomalyTest {
  // A Monday.
  private static final Instant FROM = Instant.parse("2026-09-07T00:00:00Z");
  private static final int DAYS = 56;
  private static final Instant NOW = FROM.plus(Duration.ofDays(DAYS));
  private static final Baseline BASELINE =
      Baseline.of(FROM, ForecastTest.office(1, DAYS, 100)).orElseThrow();

  /** The two days that follow. */
  private static long[] next() {
    return Arrays.copyOfRange(ForecastTest.office(2, DAYS + 2, 100), DAYS * 24, (DAYS + 2) * 24);
  }

  @Test
  void nothingIsOutOfTheOrdinaryInOrdinaryDays() {
    assertThat(Anomaly.find(BASELINE, NOW, next(), 0)).isEmpty();
  }

  @Test
  void hoursOfOneIncidentAreOne() {
    long[] amounts = next();
    amounts[10] = 9000;
    amounts[11] = 9000;
    amounts[14] = 9000;
    amounts[33] = 9000;
    List<Anomaly> found = Anomaly.find(BASELINE, NOW, amounts, 1000);
    assertThat(found).hasSize(1);
    assertThat(found.getFirst().start()).isEqualTo(NOW.plus(Duration.ofHours(10)));
    assertThat(found.getFirst().end()).isAfter(NOW.plus(Duration.ofHours(33)));
    assertThat(found.getFirst().excess()).isBetween(30_000L, 34_000L);
  }

  @Test
  void aNightIsJudgedByNights() {
    long[] amounts = next();
    amounts[3] = 1500;
    List<Anomaly> found = Anomaly.find(BASELINE, NOW, amounts, 1000);
    assertThat(found).as("half of three hours by day").hasSize(1);
    assertThat(found.getFirst().start()).isEqualTo(NOW.plus(Duration.ofHours(3)));
    assertThat(found.getFirst().usual()).isZero();
    assertThat(Anomaly.find(BASELINE, NOW, amounts, 100_000)).as("too little to matter").isEmpty();
  }

  @Test
  void anHourThatGoesOnCountsAsFarAsItIs() {
    long[] amounts = Arrays.copyOf(next(), 11);
    amounts[10] = 20;
    assertThat(Anomaly.find(BASELINE, NOW, amounts, 0)).isEmpty();
    amounts[10] = 9000;
    assertThat(Anomaly.find(BASELINE, NOW, amounts, 0)).hasSize(1);
    amounts[10] = -1;
    assertThat(Anomaly.find(BASELINE, NOW, amounts, 0)).isEmpty();
  }

  @Test
  void aDayIsFoundThatIsFarOffWhileNoneOfItsHoursIs() {
    var random = new Random(5);
    long[] restless = random.longs(DAYS * 24, 300, 1700).toArray();
    Baseline baseline = Baseline.of(FROM, restless).orElseThrow();
    long[] amounts = new Random(6).longs(48, 300, 1700).toArray();
    assertThat(Anomaly.find(baseline, NOW, amounts, 0)).isEmpty();
    for (int hour = 24; hour < 48; hour++) {
      amounts[hour] += 560;
    }
    assertThat(Anomaly.find(baseline, NOW, amounts, 0))
        .singleElement()
        .satisfies(found -> {
          assertThat(found.start()).isEqualTo(NOW.plus(Duration.ofDays(1)));
          assertThat(found.end()).isEqualTo(NOW.plus(Duration.ofDays(2)));
          assertThat(found.usual()).isBetween(22_000L, 26_000L);
          assertThat(found.excess()).isBetween(11_000L, 16_000L);
        });
    assertThat(Anomaly.find(baseline, NOW, amounts, 17_000)).as("too little to matter").isEmpty();
    long[] later = Arrays.copyOfRange(amounts, 25, 48);
    assertThat(Anomaly.find(baseline, NOW.plus(Duration.ofHours(25)), later, 0))
        .as("a day that is not known from its beginning")
        .isEmpty();
  }

  @Test
  void whatIsNewMattersByThePaceOfAWeek() {
    long[] amounts = {0, 0, 0, 100, 100, 100};
    assertThat(Anomaly.find(Baseline.NOTHING, NOW, amounts, 300 * 56)).hasSize(1);
    assertThat(Anomaly.find(Baseline.NOTHING, NOW, amounts, 300 * 56 + 1)).isEmpty();
  }

  @Test
  void whatSpendsNowAndThenIsNotAnAnomalyEachTime() {
    long[] amounts = new long[DAYS * 24];
    for (int week = 0; week < 8; week++) {
      amounts[week * 168 + week * 19] = 5000;
    }
    Baseline erratic = Baseline.of(FROM, amounts).orElseThrow();
    assertThat(Anomaly.find(erratic, NOW, new long[] {0, 0, 5000, 0}, 1000)).isEmpty();
    assertThat(Anomaly.find(erratic, NOW, new long[] {0, 0, 50_000, 0}, 1000)).hasSize(1);
  }

  @Test
  void nothingIsUsualAfterLessThanTwoWeeks() {
    assertThat(Baseline.of(FROM, ForecastTest.office(1, 13, 100))).isEmpty();
    assertThat(Baseline.of(FROM, ForecastTest.office(1, 14, 100))).isPresent();
  }

  @Test
  void saysTheSameAfterItWasStored() {
    Baseline read = Baseline.decode(BASELINE.encode()).orElseThrow();
    long[] amounts = next();
    amounts[10] = 9000;
    assertThat(Anomaly.find(read, NOW, amounts, 0))
        .isEqualTo(Anomaly.find(BASELINE, NOW, amounts, 0));
    assertThat(BASELINE.encode()).hasSize(Baseline.BYTES);
    assertThat(Baseline.decode(new byte[Baseline.BYTES])).as("of another version").isEmpty();
  }

  @Test
  void aDriverIsWhereMostOfTheExcessIs() {
    Part calm = new Part("chat", "c1", "mini", 500, 490);
    Part runaway = new Part("research", "r1", "large", 9000, 100);
    assertThat(Driver.of(List.of(calm, runaway)))
        .isEqualTo(
            new Driver(Optional.of("research"), Optional.of("r1"), Optional.of("large"), 8900));
  }

  @Test
  void aDriverOfManyKeysIsTheirProject() {
    assertThat(
            Driver.of(
                List.of(
                    new Part("code", "k1", "large", 200, 100),
                    new Part("code", "k2", "large", 200, 100),
                    new Part("code", "k3", "small", 120, 100),
                    new Part("chat", "c1", "small", 10, 100))))
        .isEqualTo(new Driver(Optional.of("code"), Optional.empty(), Optional.of("large"), 200));
  }

  @Test
  void aModelThatReplacesAnotherIsTheDriver() {
    assertThat(
            Driver.of(
                List.of(
                    new Part("docs", "d1", "cheap", 0, 100),
                    new Part("docs", "d1", "dear", 900, 0))))
        .isEqualTo(new Driver(Optional.of("docs"), Optional.of("d1"), Optional.of("dear"), 900));
    assertThat(Driver.of(List.of(new Part("docs", null, "cheap", 50, 100))))
        .isEqualTo(new Driver(Optional.empty(), Optional.empty(), Optional.empty(), -50));
  }
}

package dev.tallyman.core.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tallyman.core.metric.Granularity;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class TimelineTest {
  private static final ZoneId ROME = ZoneId.of("Europe/Rome");
  private static final ZoneId UTC = ZoneId.of("UTC");

  static Stream<ZoneId> zones() {
    return ZoneId.getAvailableZoneIds().stream().sorted().map(ZoneId::of);
  }

  @ParameterizedTest
  @MethodSource("zones")
  void bucketsOfAnyZoneAdjoinAndTogetherAreTheRange(ZoneId zone) {
    long seed = zone.getId().hashCode();
    var random = new Random(seed);
    for (Granularity granularity : Granularity.values()) {
      Instant at =
          Instant.parse("2015-01-01T00:00:00Z").plusSeconds(random.nextLong(12L * 365 * 86_400));
      Duration length =
          granularity.about().toDays() > 1000
              ? Duration.ofDays(random.nextInt(1, 4000))
              : granularity.about().multipliedBy(random.nextInt(1, 300));
      Instant from = Timeline.floor(at, granularity, zone);
      Instant to = Timeline.ceil(at.plus(length), granularity, zone);
      Timeline timeline = Timeline.of(from, to, granularity, zone);

      String told = "seed %d, %s, %s to %s".formatted(seed, granularity, from, to);
      assertThat(timeline.start(0)).as(told).isEqualTo(from);
      assertThat(timeline.end(timeline.size() - 1)).as(told).isEqualTo(to);
      for (int i = 0; i < timeline.size(); i++) {
        Instant start = timeline.start(i);
        Instant end = timeline.end(i);
        assertThat(start).as(told).isBefore(end);
        assertThat(timeline.indexOf(start)).as(told).isEqualTo(i);
        assertThat(timeline.indexOf(end.minusSeconds(1))).as(told).isEqualTo(i);
        if (i > 0) {
          assertBegins(start, granularity, zone, told);
        }
      }
      assertThat(timeline.indexOf(from.minusSeconds(1))).as(told).isEqualTo(-1);
      assertThat(timeline.indexOf(to)).as(told).isEqualTo(-1);
    }
  }

  private static void assertBegins(
      Instant start, Granularity granularity, ZoneId zone, String told) {
    LocalDate day = Timeline.day(start, zone);
    switch (granularity) {
      case MINUTE -> assertThat(start.getEpochSecond() % 60).as(told).isZero();
      case HOUR -> assertThat(start.getEpochSecond() % 3600).as(told).isZero();
      case DAY, WEEK, MONTH -> {
        assertThat(day.atStartOfDay(zone).toInstant()).as(told).isEqualTo(start);
        boolean skipped =
            !LocalDate.ofInstant(start.minusSeconds(1), zone).equals(day.minusDays(1));
        if (granularity == Granularity.WEEK && !skipped) {
          assertThat(day.getDayOfWeek()).as(told).isEqualTo(DayOfWeek.MONDAY);
        }
        if (granularity == Granularity.MONTH && !skipped) {
          assertThat(day.getDayOfMonth()).as(told).isEqualTo(1);
        }
      }
      case ALL -> assertThat(start).as(told).isNull();
    }
  }

  @Test
  void daysOfRomeHaveTwentyThreeTwentyFourAndTwentyFiveHours() {
    Timeline october =
        Timeline.of(
            Instant.parse("2026-10-23T22:00:00Z"),
            Instant.parse("2026-10-26T23:00:00Z"),
            Granularity.DAY,
            ROME);
    Timeline march =
        Timeline.of(
            Instant.parse("2026-03-28T23:00:00Z"),
            Instant.parse("2026-03-30T22:00:00Z"),
            Granularity.DAY,
            ROME);

    assertThat(hours(october)).containsExactly(24, 25, 24);
    assertThat(hours(march)).containsExactly(23, 24);
  }

  private static int[] hours(Timeline timeline) {
    return IntStream.range(0, timeline.size())
        .map(i -> (int) Duration.between(timeline.start(i), timeline.end(i)).toHours())
        .toArray();
  }

  @Test
  void weeksBeginOnMondayAndRangesCutThem() {
    Timeline weeks =
        Timeline.of(
            Instant.parse("2026-11-04T00:00:00Z"),
            Instant.parse("2026-11-18T00:00:00Z"),
            Granularity.WEEK,
            UTC);

    assertThat(weeks.starts())
        .containsExactly(
            Instant.parse("2026-11-04T00:00:00Z"),
            Instant.parse("2026-11-09T00:00:00Z"),
            Instant.parse("2026-11-16T00:00:00Z"));
  }

  @Test
  void aDayThatAZoneSkipsIsNoBucket() {
    // Samoa went from the 29th to the 31st of December 2011.
    ZoneId apia = ZoneId.of("Pacific/Apia");
    Timeline days =
        Timeline.of(
            Timeline.start(LocalDate.of(2011, 12, 29), apia),
            Timeline.start(LocalDate.of(2012, 1, 1), apia),
            Granularity.DAY,
            apia);

    assertThat(hours(days)).containsExactly(24, 24);
  }

  @Test
  void daysOfKolkataBeginAtHalfPast() {
    Instant midnight = Instant.parse("2026-11-19T18:30:00Z");

    assertThat(Timeline.floor(midnight, Granularity.DAY, ZoneId.of("Asia/Kolkata")))
        .isEqualTo(midnight);
    assertThat(Timeline.floor(midnight, Granularity.HOUR, ZoneId.of("Asia/Kolkata")))
        .isEqualTo(Instant.parse("2026-11-19T18:00:00Z"));
  }

  @Test
  void tooManyBucketsNameACoarserGranularity() {
    assertThatThrownBy(() ->
            Timeline.of(
                Instant.parse("2026-01-01T00:00:00Z"),
                Instant.parse("2026-02-02T00:00:00Z"),
                Granularity.HOUR,
                UTC))
        .isInstanceOfSatisfying(
            QueryException.class,
            e -> {
              assertThat(e.field()).isEqualTo("granularity");
              assertThat(e.allowed()).containsExactly("day", "week", "month", "all");
              assertThat(e).hasMessageContaining("750").hasMessageContaining("by day");
            });
  }
}

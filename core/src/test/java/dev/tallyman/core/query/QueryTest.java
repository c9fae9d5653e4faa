package dev.tallyman.core.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tallyman.core.metric.Granularity;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class QueryTest {
  private static final Instant FROM = Instant.parse("2026-11-01T00:00:00Z");
  private static final Instant TO = Instant.parse("2026-11-21T00:00:00Z");
  private static final ZoneId UTC = ZoneId.of("UTC");

  private static Query ask(Metric metric, Granularity granularity, ZoneId zone, GroupBy... by) {
    return new Query(metric, List.of(by), Map.of(), FROM, TO, granularity, zone, 12);
  }

  private static void refused(String field, String inMessage, ThrowingCallable question) {
    assertThatThrownBy(question)
        .isInstanceOfSatisfying(QueryException.class, e -> assertThat(e.field()).isEqualTo(field))
        .hasMessageContaining(inMessage);
  }

  @ParameterizedTest
  @EnumSource
  void whatAMetricIsNotKnownByIsRefusedWithWhatItIsKnownBy(Metric metric) {
    for (GroupBy by : GroupBy.BUILT_IN) {
      if (metric.dimensions().contains(by)) {
        assertThat(ask(metric, Granularity.DAY, UTC, by).groupBy()).containsExactly(by);
        continue;
      }
      assertThatThrownBy(() -> ask(metric, Granularity.DAY, UTC, by))
          .isInstanceOfSatisfying(
              QueryException.class,
              e ->
                  assertThat(e.allowed())
                      .containsExactlyElementsOf(
                          metric.dimensions().stream().map(GroupBy::id).toList()));
      refused(
          "filter",
          by.id(),
          () ->
              new Query(
                  metric, List.of(), Map.of(by, Set.of("x")), FROM, TO, Granularity.DAY, UTC, 12));
    }
  }

  @ParameterizedTest
  @EnumSource
  void namesAreReadBack(Metric metric) {
    assertThat(Metric.of(metric.id())).contains(metric);
    assertThat(metric.meaning()).isNotBlank().doesNotEndWith(".");
  }

  @ParameterizedTest
  @ValueSource(strings = {"client", "tag:team", "tag:cost-centre_1"})
  void aNamedDimensionIsOneThatNoReportedMetricHas(String name) {
    GroupBy named = GroupBy.of(name).orElseThrow();
    assertThat(named.id()).isEqualTo(name);
    assertThat(GroupBy.ORDER.compare(GroupBy.LINE_ITEM, named)).isNegative();
    for (Metric metric : Metric.values()) {
      refused("by", "project", () -> ask(metric, Granularity.DAY, UTC, named));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tag:", "tag:Team", "tag:a b", "tags", "clients", "tag"})
  void whatIsNoNameIsNone(String name) {
    assertThat(GroupBy.of(name)).isEmpty();
    assertThatThrownBy(() -> new GroupBy.Named(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aFormerNameIsStillUnderstood() {
    assertThat(Metric.of("calls")).contains(Metric.SEARCHES);
  }

  @Test
  void billsAreKnownByDaysOfUtcOnly() {
    refused("granularity", "estimated", () -> ask(Metric.COST, Granularity.HOUR, UTC));
    refused(
        "zone", "estimated", () -> ask(Metric.BILLED, Granularity.DAY, Query.zone("Asia/Tokyo")));
    assertThat(ask(Metric.BILLED, Granularity.DAY, Query.zone("Etc/Zulu")).zone()).isEqualTo(UTC);
    assertThat(ask(Metric.ESTIMATED, Granularity.HOUR, Query.zone("Asia/Tokyo")).zone())
        .isEqualTo(ZoneId.of("Asia/Tokyo"));
  }

  @Test
  void atMostTwoDifferentGroupings() {
    refused(
        "by",
        "two",
        () -> ask(Metric.COST, Granularity.DAY, UTC, GroupBy.KEY, GroupBy.MODEL, GroupBy.TIER));
    refused("by", "two", () -> ask(Metric.COST, Granularity.DAY, UTC, GroupBy.KEY, GroupBy.KEY));
  }

  @Test
  void rangesRunForwards() {
    refused(
        "until",
        "later",
        () -> new Query(Metric.COST, List.of(), Map.of(), TO, TO, Granularity.DAY, UTC, 12));
  }

  @Test
  void topIsBoundedByTheNumberOfBuckets() {
    refused("top", "1 to 3750", () -> topOf(Granularity.DAY, 3751));
    refused("top", "1 to", () -> topOf(Granularity.DAY, 0));
    assertThat(topOf(Granularity.ALL, 75_000).top()).isEqualTo(75_000);
  }

  private static Query topOf(Granularity granularity, int top) {
    return new Query(Metric.COST, List.of(), Map.of(), FROM, TO, granularity, UTC, top);
  }

  @Test
  void anUnknownZoneAndAnEmptyFilterAreRefused() {
    refused("zone", "Mars", () -> Query.zone("Mars/Olympus"));
    refused("filter", "no value", () -> topOf(Granularity.DAY, 1).with(GroupBy.KEY, Set.of()));
  }

  @Test
  void rangesAreWidenedToWholeHours() {
    var query =
        new Query(
            Metric.TOKENS,
            List.of(),
            Map.of(),
            Instant.parse("2026-11-20T09:14:15Z"),
            Instant.parse("2026-11-21T09:14:15Z"),
            Granularity.HOUR,
            UTC,
            12);

    assertThat(query.from()).isEqualTo("2026-11-20T09:00:00Z");
    assertThat(query.to()).isEqualTo("2026-11-21T10:00:00Z");
    assertThat(query.timeline().size()).isEqualTo(25);
  }
}

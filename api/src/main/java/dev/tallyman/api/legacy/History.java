package dev.tallyman.api.legacy;

import static java.util.stream.Collectors.joining;

import dev.tallyman.api.access.Tokens;
import dev.tallyman.api.site.Tenant;
import dev.tallyman.core.ledger.HourRows;
import dev.tallyman.core.ledger.Rollup;
import dev.tallyman.core.ledger.View;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.usage.Bucket;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.UsageRow;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The polled rows of hours by model, newest first, as if they were a list. Counts come from the
 * rollups of the days, which know in how many hours each of their rows occurs; the hours themselves
 * are read only for the days of the page that is asked for.
 */
final class History {
  private static final int DAYS = 90;
  private static final Instant FIRST = Instant.parse("2020-01-01T00:00:00Z");

  /** An id is the hour above these bits, and what the row is about in them: 53 bits together. */
  private static final int BITS = 35;

  private static final Comparator<Row> NEWEST_FIRST =
      Comparator.comparing(Row::hour)
          .reversed()
          .thenComparing(Row::endpoint, UsageEndpoint.BY_ID)
          .thenComparing(Row::usage);

  private final Tenant tenant;
  private final List<Day> days;
  private final long total;

  History(Tenant tenant, Instant now) {
    this.tenant = tenant;
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    // Rollups outlive their hours.
    int held = Math.min(DAYS, tenant.settings().usage().retention().hours() - 1);
    this.days =
        tenant
            .ledger()
            .rollups(View.MODELS, Rollup.UTC, today.minusDays(held - 1L), today.plusDays(1))
            .reversed()
            .stream()
            .map(History::count)
            .toList();
    this.total = days.stream().mapToLong(Day::rows).sum();
  }

  /** How many rows there are. */
  long total() {
    return total;
  }

  List<Row> page(int offset, int limit) {
    var page = new ArrayList<Row>();
    long skip = offset;
    for (Day day : days) {
      if (page.size() == limit) {
        break;
      }
      if (skip >= day.rows()) {
        skip -= day.rows();
        continue;
      }
      rows(day.date()).stream().skip(skip).limit(limit - page.size()).forEach(page::add);
      skip = 0;
    }
    return page;
  }

  private List<Row> rows(LocalDate day) {
    Instant from = day.atStartOfDay(ZoneOffset.UTC).toInstant();
    Instant to = day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    var rows = new ArrayList<Row>();
    for (UsageEndpoint endpoint : Metric.REQUESTS.endpoints()) {
      for (HourRows hour : tenant.ledger().hours(endpoint, from, to)) {
        var projected =
            hour.rows().stream().map(row -> row.project(View.MODELS.dimensions())).toList();
        for (UsageRow row : Bucket.merged(projected)) {
          rows.add(new Row(hour.hour(), endpoint, row));
        }
      }
    }
    rows.sort(NEWEST_FIRST);
    return rows;
  }

  private static Day count(Rollup rollup) {
    @Nullable String[] endpoints = rollup.endpoints();
    int[] occurrences = rollup.occurrences();
    long rows = 0;
    for (int i = 0; i < occurrences.length; i++) {
      rows += isOfModels(endpoints[i]) ? occurrences[i] : 0;
    }
    return new Day(rollup.day(), rows);
  }

  private static boolean isOfModels(@Nullable String endpoint) {
    return endpoint != null && Metric.REQUESTS.endpoints().contains(UsageEndpoint.of(endpoint));
  }

  private record Day(LocalDate date, long rows) {}

  /** What was used in one hour of one combination of endpoint, model, service tier and batch. */
  record Row(Instant hour, UsageEndpoint endpoint, UsageRow usage) {
    /** The same whenever and however it is asked for; below 2^53, so that JavaScript keeps it. */
    long id() {
      String about =
          Stream.of(Dimension.MODEL, Dimension.SERVICE_TIER, Dimension.BATCH)
              .map(dimension -> "\n" + usage.get(dimension))
              .collect(joining("", endpoint.id(), ""));
      long hash =
          ByteBuffer.wrap(Tokens.sha256(about.getBytes(StandardCharsets.UTF_8))).getLong()
              & ((1L << BITS) - 1);
      long hours = (hour.getEpochSecond() - FIRST.getEpochSecond()) / 3600;
      return (hours << BITS) | hash;
    }
  }
}

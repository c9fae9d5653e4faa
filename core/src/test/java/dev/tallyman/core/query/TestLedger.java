package dev.tallyman.core.query;

import dev.tallyman.core.ledger.HourReading;
import dev.tallyman.core.ledger.Ledger;
import dev.tallyman.core.ledger.LedgerWriter;
import dev.tallyman.core.metric.Granularity;
import dev.tallyman.core.metric.GroupBy;
import dev.tallyman.core.metric.Metric;
import dev.tallyman.core.poll.PollFixtures;
import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.price.Estimator;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.settings.SettingsResult;
import dev.tallyman.core.store.InMemoryStore;
import dev.tallyman.core.store.MovableClock;
import dev.tallyman.core.usage.Bucket;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.CostRow;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.UsageRow;
import dev.tallyman.core.usage.Width;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A ledger in memory that is written as a poller would, and asked. */
public final class TestLedger {
  public static final String ORGANIZATION = "acme";
  static final ZoneId UTC = ZoneId.of("UTC");

  public final MovableClock clock;
  public final InMemoryStore store;
  public final Settings settings;
  private final Ledger ledger;
  private final LedgerWriter writer;

  /** An empty one at an instant, with these reporting zones. */
  public TestLedger(String now, String... zones) {
    this(now, Map.of("zones", List.of(zones)));
  }

  /** An empty one at an instant, with these settings. */
  public TestLedger(String now, Map<String, ?> document) {
    clock = MovableClock.at(now);
    store = new InMemoryStore(clock);
    settings =
        switch (Settings.of(document)) {
          case SettingsResult.Valid(Settings valid) -> valid;
          case SettingsResult.Invalid(var mistakes) ->
              throw new IllegalArgumentException(mistakes.toString());
        };
    ledger = new Ledger(store, ORGANIZATION, settings.usage().retention());
    writer = ledger.writer(settings.usage().zones());
  }

  static UsageRow.Builder row(@Nullable String project, @Nullable String model) {
    return UsageRow.builder().set(Dimension.PROJECT, project).set(Dimension.MODEL, model);
  }

  public static UsageRow completion(String project, String model, long in, long out) {
    return row(project, model)
        .set(Dimension.API_KEY, "key_" + project)
        .set(Dimension.USER, "user_" + project)
        .set(Dimension.BATCH, "false")
        .set(Dimension.SERVICE_TIER, "default")
        .set(Quantity.INPUT_TOKENS, in)
        .set(Quantity.OUTPUT_TOKENS, out)
        .set(Quantity.MODEL_REQUESTS, 1)
        .build();
  }

  public static CostRow charge(@Nullable String project, String item, String amount) {
    return charge(project, item, amount, "usd");
  }

  /** A charge in a currency. */
  public static CostRow charge(
      @Nullable String project, String item, String amount, String currency) {
    return new CostRow(
        project, item, "key_" + project, new BigDecimal(amount), currency, null, null);
  }

  /** An hour as read. */
  public void hour(Known endpoint, String hour, UsageRow... rows) {
    hour(endpoint, Instant.parse(hour), Arrays.asList(rows));
  }

  public void hour(Known endpoint, Instant hour, List<UsageRow> rows) {
    writer.replace(
        HourReading.ofHour(Bucket.of(endpoint, hour, Width.HOUR, rows), clock.instant()));
  }

  /** The minutes of an hour as read. */
  public void minutes(Known endpoint, Instant hour, Map<Integer, List<UsageRow>> rows) {
    var buckets = new ArrayList<Bucket>();
    for (int minute = 0; minute < 60; minute++) {
      buckets.add(
          Bucket.of(
              endpoint,
              hour.plus(Duration.ofMinutes(minute)),
              Width.MINUTE,
              rows.getOrDefault(minute, List.of())));
    }
    writer.replace(HourReading.ofMinutes(buckets, true, clock.instant()));
  }

  /** A day's bill as read. */
  public void bill(String day, CostRow... rows) {
    bill(LocalDate.parse(day), Arrays.asList(rows));
  }

  public void bill(LocalDate day, List<CostRow> rows) {
    writer.replaceCosts(CostDay.of(day, rows), clock.instant());
  }

  /** Learns rates from a day's bill, as a poll does. */
  public void learn(String day, CostRow... rows) {
    CostDay bill = CostDay.of(LocalDate.parse(day), Arrays.asList(rows));
    ledger.putRates(ledger.rates().learn(bill));
  }

  /** A charge for some tokens. */
  public static CostRow tokens(String project, String item, String amount, long tokens) {
    return new CostRow(
        project,
        item,
        "key_" + project,
        new BigDecimal(amount),
        "usd",
        BigDecimal.valueOf(tokens),
        "tokens");
  }

  /** Rolls a month up. */
  public void close(String month) {
    writer.close(YearMonth.parse(month));
  }

  /** Ends the writing, with everything read between an instant and now. */
  public TestLedger readSince(String since) {
    return readSince(since, everything());
  }

  /** Ends the writing, with these endpoints read between an instant and now. */
  TestLedger readSince(String since, List<String> endpoints) {
    finish();
    var reached = new TreeMap<String, Instant>();
    for (String id : endpoints) {
      reached.put(id, Instant.parse(since));
    }
    PollFixtures.reached(store, ORGANIZATION, reached, clock.instant());
    PollFixtures.cycle(store, ORGANIZATION, clock.instant(), false, endpoints);
    return this;
  }

  public void finish() {
    writer.finish(new Estimator(settings.usage().catalogue(), ledger.rates()), clock.instant());
  }

  static List<String> everything() {
    var ids = new ArrayList<>(Arrays.stream(Known.values()).map(Known::id).toList());
    ids.add(CycleRecord.COSTS);
    return ids;
  }

  public Queries queries() {
    return new Queries(store, settings.usage(), clock);
  }

  public Answer ask(Query query) {
    return queries().answer(ORGANIZATION, query);
  }

  Answer ask(Metric metric, String from, String to, Granularity granularity, GroupBy... groupBy) {
    return ask(query(metric, from, to, granularity, groupBy));
  }

  static Query query(
      Metric metric, String from, String to, Granularity granularity, GroupBy... groupBy) {
    return inZone(UTC, metric, from, to, granularity, groupBy);
  }

  static Query inZone(
      ZoneId zone,
      Metric metric,
      String from,
      String to,
      Granularity granularity,
      GroupBy... groupBy) {
    return new Query(
        metric,
        List.of(groupBy),
        Map.of(),
        instant(from),
        instant(to),
        granularity,
        zone,
        Query.DEFAULT_TOP);
  }

  private static Instant instant(String text) {
    return Instant.parse(text.contains("T") ? text : text + "T00:00:00Z");
  }

  /** The values of a line as text, {@code -} for the unknown. */
  static String valuesOf(Series series) {
    return String.join(
        " ",
        series.values().stream()
            .map(value -> value.map(BigDecimal::toPlainString).orElse("-"))
            .toList());
  }

  static String total(Series series) {
    return series.total().map(BigDecimal::toPlainString).orElse("-");
  }

  /** Series by their keys, joined. */
  static Map<String, String> totals(Answer answer) {
    var totals = new TreeMap<String, String>();
    for (Series series : answer.series()) {
      totals.put(
          String.join("/", series.keys().stream().map(key -> key.orElse("-")).toList()),
          total(series));
    }
    return totals;
  }

  static Set<String> only(String... values) {
    return Set.of(values);
  }
}

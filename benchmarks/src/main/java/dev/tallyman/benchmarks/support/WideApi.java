package dev.tallyman.benchmarks.support;

import dev.tallyman.core.poll.UsageApi;
import dev.tallyman.core.poll.records.ReadOutcome;
import dev.tallyman.core.poll.records.ReadOutcome.Complete;
import dev.tallyman.core.poll.records.ReadOutcome.Origin;
import dev.tallyman.core.usage.Bucket;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.CostRow;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Name;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.UsageRow;
import dev.tallyman.core.usage.Width;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An organization of 1,000 projects that use 20 models each, all of them every day: 20,000 rows in
 * one hour of the day, a few in the others.
 */
public final class WideApi implements UsageApi {
  public static final int PROJECTS = 1_000;
  public static final int MODELS = 20;
  private static final int FULL_HOUR = 9;
  private static final Origin ORIGIN = new Origin(Optional.of("org-wide"), true);

  private final long more;

  /**
   * Answers for ever the same.
   *
   * @param more tokens than another would say of the last hour
   */
  public WideApi(long more) {
    this.more = more;
  }

  public static String model(int number) {
    List<String> known = List.of("gpt-4o", "gpt-4o-mini", "o3", "gpt-4.1", "gpt-4.1-mini");
    return number < known.size() ? known.get(number) : "gpt-4o-2026-01-%02d".formatted(number);
  }

  @Override
  public ReadOutcome readUsage(
      UsageEndpoint endpoint,
      Width width,
      Instant from,
      Instant to,
      Instant deadline,
      BiConsumer<Origin, Bucket> sink) {
    for (Instant hour = from; hour.isBefore(to); hour = hour.plus(width.duration())) {
      boolean last = !hour.plus(width.duration()).isBefore(to);
      sink.accept(
          ORIGIN,
          Bucket.of(
              endpoint, hour, width, endpoint == Known.COMPLETIONS ? rows(hour, last) : List.of()));
    }
    return new Complete(ORIGIN, 0);
  }

  private List<UsageRow> rows(Instant hour, boolean last) {
    var rows = new ArrayList<UsageRow>();
    boolean full = hour.atOffset(ZoneOffset.UTC).getHour() == FULL_HOUR;
    for (int project = 0; project < (full ? PROJECTS : 5); project++) {
      for (int model = 0; model < MODELS; model++) {
        long seed = hour.getEpochSecond() / 3600 * 31 + project * 7L + model;
        rows.add(
            UsageRow.builder()
                .set(Dimension.PROJECT, "proj_" + project)
                .set(Dimension.API_KEY, "key_" + project)
                .set(Dimension.USER, "user_" + project % 300)
                .set(Dimension.MODEL, model(model))
                .set(Quantity.INPUT_TOKENS, 10_000 + seed * 7919 % 100_000 + (last ? more : 0))
                .set(Quantity.OUTPUT_TOKENS, 1_000 + seed * 104_729 % 10_000)
                .set(Quantity.MODEL_REQUESTS, 10)
                .build());
      }
    }
    return rows;
  }

  @Override
  public ReadOutcome readCosts(
      LocalDate from, LocalDate to, Instant deadline, BiConsumer<Origin, CostDay> sink) {
    for (LocalDate day = from; day.isBefore(to); day = day.plusDays(1)) {
      var rows = new ArrayList<CostRow>();
      for (int project = 0; project < PROJECTS; project++) {
        for (int item = 0; item < 4; item++) {
          rows.add(
              new CostRow(
                  "proj_" + project,
                  model(item) + ", input",
                  "key_" + project,
                  BigDecimal.valueOf(day.toEpochDay() * 13 + project * 17L + item, 5),
                  "usd",
                  null,
                  null));
        }
      }
      sink.accept(ORIGIN, CostDay.of(day, rows));
    }
    return new Complete(ORIGIN, 0);
  }

  @Override
  public NamePage readNames(
      Name.Kind kind, @Nullable String project, @Nullable String after, Instant deadline) {
    return new NamePage(new Complete(ORIGIN, 0), List.of(), null);
  }

  @Override
  public NamePage readName(Name.Kind kind, @Nullable String project, String id, Instant deadline) {
    return new NamePage(new Complete(ORIGIN, 0), List.of(), null);
  }
}

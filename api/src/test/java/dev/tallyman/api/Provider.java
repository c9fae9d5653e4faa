package dev.tallyman.api;

import dev.tallyman.core.poll.UsageApi;
import dev.tallyman.core.poll.records.ReadOutcome;
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
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A provider that says the same of every day: at 01:00, 02:00 and 08:00 UTC three models are used
 * by two projects, and each day is charged for.
 */
final class Provider implements UsageApi {
  static final List<Integer> HOURS = List.of(1, 2, 8);

  private final boolean simulated;

  /** What every read fails with, if it shall. */
  Optional<ReadOutcome.Kind> failing = Optional.empty();

  /** How many tokens more each row has, to be restated. */
  long more;

  /** A day that is not charged for, if there shall be one. */
  @Nullable LocalDate uncharged;

  /** What is charged each day beside the usual. */
  List<CostRow> charges = List.of();

  /** How many projects more there are, each with a key, a model and a charge of its own. */
  int crowd;

  Provider(boolean simulated) {
    this.simulated = simulated;
  }

  @Override
  public ReadOutcome readUsage(
      UsageEndpoint endpoint,
      Width width,
      Instant from,
      Instant to,
      Instant deadline,
      BiConsumer<Origin, Bucket> sink) {
    if (failing.isPresent()) {
      return failed();
    }
    for (Instant start = from; start.isBefore(to); start = start.plus(width.duration())) {
      var time = start.atOffset(ZoneOffset.UTC);
      boolean used = HOURS.contains(time.getHour()) && time.getMinute() == 0;
      sink.accept(origin(), Bucket.of(endpoint, start, width, used ? rows(endpoint) : List.of()));
    }
    return new ReadOutcome.Complete(origin(), 1000);
  }

  private List<UsageRow> rows(UsageEndpoint endpoint) {
    return switch (endpoint) {
      case Known.COMPLETIONS -> {
        var rows = new ArrayList<UsageRow>();
        for (int i = 0; i < crowd; i++) {
          rows.add(tokens("proj_" + i, "key_" + i, "gpt-5:of-" + i, 1000 + i, 100));
        }
        rows.addAll(completions());
        yield rows;
      }
      case Known.EMBEDDINGS ->
          List.of(tokens("proj_search", "key_a", "text-embedding-3-small", 900, 0));
      default -> List.of();
    };
  }

  private List<UsageRow> completions() {
    return List.of(
        tokens("proj_search", "key_a", "gpt-5-2025-08-07", 1000 + more, 200),
        tokens("proj_search", "key_a", "gpt-5-mini-2025-08-07", 4000, 100),
        tokens("proj_chat", "key_b", "gpt-5-2025-08-07", 500, 50),
        tokens("proj_chat", "key_b", "ft:gpt-4o-mini:acme::x", 70, 7),
        tokens("proj_chat", "key_b", null, 30, 3));
  }

  private static UsageRow tokens(
      String project, String key, @Nullable String model, long in, long out) {
    return UsageRow.builder()
        .set(Dimension.PROJECT, project)
        .set(Dimension.API_KEY, key)
        .set(Dimension.USER, "user_1")
        .set(Dimension.MODEL, model)
        .set(Dimension.BATCH, "false")
        .set(Dimension.SERVICE_TIER, "default")
        .set(Quantity.INPUT_TOKENS, in)
        .set(Quantity.INPUT_CACHED_TOKENS, in / 10)
        .set(Quantity.OUTPUT_TOKENS, out)
        .set(Quantity.MODEL_REQUESTS, 2)
        .build();
  }

  @Override
  public ReadOutcome readCosts(
      LocalDate from, LocalDate to, Instant deadline, BiConsumer<Origin, CostDay> sink) {
    if (failing.isPresent()) {
      return failed();
    }
    for (LocalDate day = from; day.isBefore(to); day = day.plusDays(1)) {
      var rows = new ArrayList<CostRow>();
      rows.add(cost("proj_search", "key_a", "gpt-5-2025-08-07, input", "1.25"));
      rows.add(cost("proj_chat", "key_b", "=gpt-5-2025-08-07, output", "0.5"));
      for (int i = 0; i < crowd; i++) {
        rows.add(cost("proj_" + i, "key_" + i, "gpt-5:of-" + i + ", input", "0.0" + (i + 10)));
      }
      rows.addAll(charges);
      sink.accept(origin(), CostDay.of(day, day.equals(uncharged) ? List.of() : rows));
    }
    return new ReadOutcome.Complete(origin(), 1000);
  }

  private static CostRow cost(String project, String key, String item, String amount) {
    return new CostRow(project, item, key, new BigDecimal(amount), "usd", null, null);
  }

  @Override
  public NamePage readNames(
      Name.Kind kind, @Nullable String project, @Nullable String after, Instant deadline) {
    var names = new ArrayList<Name>();
    switch (kind) {
      case PROJECT -> {
        names.add(new Name(kind, "proj_search", "Search", Map.of("status", "active")));
        names.add(new Name(kind, "proj_chat", "=Chat", Map.of("status", "active")));
      }
      case USER -> names.add(new Name(kind, "user_1", "Ada", Map.of("email", "ada@example.com")));
      case API_KEY -> {
        if ("proj_search".equals(project)) {
          names.add(
              new Name(
                  kind,
                  "key_a",
                  "crawler",
                  Map.of("project", "proj_search", "redacted", "sk-abc***xyz", "owner", "user_1")));
        } else {
          names.add(
              new Name(
                  kind,
                  "key_b",
                  "",
                  Map.of("project", "proj_chat", "redacted", "sk-shown-whole-by-mistake")));
        }
      }
      case SERVICE_ACCOUNT -> {}
    }
    return new NamePage(new ReadOutcome.Complete(origin(), 100), names, null);
  }

  @Override
  public NamePage readName(Name.Kind kind, @Nullable String project, String id, Instant deadline) {
    return new NamePage(new ReadOutcome.Complete(origin(), 100), List.of(), null);
  }

  private Origin origin() {
    return new Origin(Optional.of("org-1"), simulated);
  }

  private ReadOutcome failed() {
    return new ReadOutcome.Failed(
        origin(), failing.orElseThrow(), "The provider is away; wait a little.", Optional.empty());
  }
}

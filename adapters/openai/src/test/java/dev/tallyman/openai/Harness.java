package dev.tallyman.openai;

import dev.tallyman.core.poll.records.ReadOutcome;
import dev.tallyman.core.poll.records.ReadOutcome.Origin;
import dev.tallyman.core.store.MovableClock;
import dev.tallyman.core.usage.Bucket;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.Width;
import dev.tallyman.openai.call.OpenAiConfig;
import dev.tallyman.openai.call.Time;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/** The API against a scripted provider, on a clock that only pauses move. */
final class Harness implements AutoCloseable {
  static final String KEY = "sk-admin-S3cr3tS3cr3tS3cr3t";
  static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
  static final Instant FROM = Instant.parse("2026-11-20T06:00:00Z");

  final ScriptedProvider provider;
  final MovableClock clock = new MovableClock(NOW);
  final List<Duration> pauses = new ArrayList<>();
  final List<Bucket> buckets = new ArrayList<>();
  final List<CostDay> days = new ArrayList<>();
  final List<Origin> origins = new ArrayList<>();
  final OpenAiUsageApi api;
  Instant deadline = NOW.plus(Duration.ofMinutes(4));

  Harness(ScriptedProvider.Reply... script) {
    this(config -> config, script);
  }

  Harness(UnaryOperator<OpenAiConfig> configure, ScriptedProvider.Reply... script) {
    provider = new ScriptedProvider(script);
    api =
        new OpenAiUsageApi(
            configure.apply(OpenAiConfig.of(provider.baseUrl())),
            KEY,
            Map.of(),
            new Time(
                clock,
                duration -> {
                  pauses.add(duration);
                  clock.advance(duration);
                }),
            new SplittableRandom(1));
  }

  /** Reads so many hours of completions from {@link #FROM} on. */
  ReadOutcome hours(int count) {
    return usage(UsageEndpoint.Known.COMPLETIONS, Width.HOUR, count);
  }

  ReadOutcome usage(UsageEndpoint endpoint, Width width, int count) {
    return api.readUsage(
        endpoint,
        width,
        FROM,
        FROM.plus(width.duration().multipliedBy(count)),
        deadline,
        (origin, bucket) -> {
          origins.add(origin);
          buckets.add(bucket);
        });
  }

  ReadOutcome costs(String from, String to) {
    return api.readCosts(
        LocalDate.parse(from),
        LocalDate.parse(to),
        deadline,
        (origin, day) -> {
          origins.add(origin);
          days.add(day);
        });
  }

  @Override
  public void close() {
    api.close();
    provider.close();
  }

  /** A page of buckets. */
  static String page(String... buckets) {
    return """
    {"object":"page","data":[%s],"has_more":false,"next_page":null}\
    """
        .formatted(String.join(",", buckets));
  }

  /** The hour that begins so many hours after {@link #FROM}, with these rows. */
  static String hour(int index, String... rows) {
    long start = FROM.plus(Duration.ofHours(index)).getEpochSecond();
    return """
    {"object":"bucket","start_time":%d,"end_time":%d,"results":[%s]}\
    """
        .formatted(start, start + 3600, String.join(",", rows));
  }

  /** A row of completions with every grouping. */
  static String row(String model, long input) {
    return """
    {"object":"organization.usage.completions.result","input_tokens":%d,"output_tokens":7,\
    "num_model_requests":1,"project_id":"proj_a","user_id":"user-a","api_key_id":"key_a",\
    "model":"%s","batch":false,"service_tier":"default"}\
    """
        .formatted(input, model);
  }

  /** An error body of the provider. */
  static String error(String code, String type, String message) {
    return """
    {"error":{"message":"%s","type":"%s","param":null,"code":%s}}\
    """
        .formatted(message, type, code.isEmpty() ? "null" : '"' + code + '"');
  }
}

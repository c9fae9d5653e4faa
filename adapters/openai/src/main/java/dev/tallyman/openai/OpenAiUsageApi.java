package dev.tallyman.openai;

import dev.tallyman.core.poll.KeyExpiry;
import dev.tallyman.core.poll.UsageApi;
import dev.tallyman.core.poll.records.ReadOutcome;
import dev.tallyman.core.poll.records.ReadOutcome.Kind;
import dev.tallyman.core.poll.records.ReadOutcome.Origin;
import dev.tallyman.core.usage.Bucket;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Name;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.Width;
import dev.tallyman.http.EnvironmentProxies;
import dev.tallyman.openai.call.Attempts;
import dev.tallyman.openai.call.OpenAiConfig;
import dev.tallyman.openai.call.Secret;
import dev.tallyman.openai.call.Time;
import dev.tallyman.openai.call.Transport;
import dev.tallyman.openai.read.CostRows;
import dev.tallyman.openai.read.Groupings;
import dev.tallyman.openai.read.ListReading;
import dev.tallyman.openai.read.Names;
import dev.tallyman.openai.read.SpanReading;
import dev.tallyman.openai.read.UsageRows;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The Usage, Costs and Admin APIs of OpenAI, or of a provider compatible with it (openapi
 * specification of August 2026, and what the live API has been seen to do). For one organization;
 * may be used by several threads.
 */
public final class OpenAiUsageApi implements UsageApi, AutoCloseable {
  /** The most days that one page of costs may hold. */
  private static final int MAX_COST_DAYS = 180;

  private final Urls urls;
  private final Time time;
  private final Transport transport;
  private final Attempts attempts;
  private final OwnKey ownKey;

  /**
   * The API behind a base URL; connects when it is first asked.
   *
   * @param adminKey never shown again, in no log, message or exception
   * @param environment where {@code HTTPS_PROXY} and {@code NO_PROXY} are looked up
   * @param clock what deadlines are told by; waits run at its speed
   * @throws IllegalArgumentException if the key cannot be one or the proxy is none; the message
   *     says what to do
   */
  public OpenAiUsageApi(
      OpenAiConfig config, String adminKey, Map<String, String> environment, InstantSource clock) {
    this(config, adminKey, environment, Time.real(clock), new Random());
  }

  OpenAiUsageApi(
      OpenAiConfig config,
      String adminKey,
      Map<String, String> environment,
      Time time,
      RandomGenerator random) {
    Secret key = new Secret(adminKey);
    this.urls = new Urls(config.baseUrl());
    this.time = time;
    this.transport = new Transport(config, key, new EnvironmentProxies(environment));
    this.attempts = new Attempts(config, transport, time, random);
    this.ownKey = new OwnKey(urls, attempts, key);
  }

  /**
   * {@inheritDoc}
   *
   * <p>What is left after a failure is asked for anew; a bucket that has been handed over is not.
   *
   * @throws IllegalArgumentException if the span is not aligned to the width, empty or too long
   */
  @Override
  public ReadOutcome readUsage(
      UsageEndpoint endpoint,
      Width width,
      Instant from,
      Instant to,
      Instant deadline,
      BiConsumer<Origin, Bucket> sink) {
    checkSpan(width, from, to, width.maxBuckets());
    List<Dimension> dimensions = groupings(endpoint);
    return attempts.ask(
        new SpanReading<>(
            (start, end, open) -> urls.usage(endpoint, dimensions, width, start, end, open),
            width,
            from,
            to,
            new UsageRows(endpoint, width, dimensions),
            new Groupings(dimensions.stream().map(Dimension::field).toList()),
            sink,
            time.clock().instant()),
        deadline);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the span is empty or longer than 180 days
   */
  @Override
  public ReadOutcome readCosts(
      LocalDate from, LocalDate to, Instant deadline, BiConsumer<Origin, CostDay> sink) {
    Instant start = from.atStartOfDay(ZoneOffset.UTC).toInstant();
    Instant end = to.atStartOfDay(ZoneOffset.UTC).toInstant();
    checkSpan(Width.DAY, start, end, MAX_COST_DAYS);
    return attempts.ask(
        new SpanReading<>(
            (first, last, open) -> urls.costs(CostRows.GROUPINGS, first, last, open),
            Width.DAY,
            start,
            end,
            new CostRows(),
            new Groupings(CostRows.GROUPINGS),
            sink,
            time.clock().instant()),
        deadline);
  }

  @Override
  public NamePage readNames(
      Name.Kind kind, @Nullable String project, @Nullable String after, Instant deadline) {
    if (lacksProject(kind, project)) {
      return withoutProject(kind);
    }
    return names(kind, project, ListReading.page(urls.names(kind, project, after)), deadline);
  }

  @Override
  public NamePage readName(Name.Kind kind, @Nullable String project, String id, Instant deadline) {
    if (lacksProject(kind, project)) {
      return withoutProject(kind);
    }
    return names(kind, project, ListReading.single(urls.name(kind, project, id)), deadline);
  }

  /**
   * When the admin key itself expires, if it may read the list of admin keys.
   *
   * @param deadline when to give up
   */
  @Override
  public KeyExpiry adminKeyExpiry(Instant deadline) {
    return ownKey.expiry(deadline);
  }

  /** What the provider's clock said in its latest answer, to the second; empty if none told. */
  @Override
  public Optional<Instant> providerTime() {
    return transport.told();
  }

  /** Ends what is under way, which then fails; nothing can be read afterwards. */
  @Override
  public void close() {
    transport.close();
  }

  /** Names the organization's address only. */
  @Override
  public String toString() {
    return "OpenAiUsageApi[" + urls.base() + "]";
  }

  private NamePage names(
      Name.Kind kind, @Nullable String project, ListReading reading, Instant deadline) {
    ReadOutcome outcome = attempts.ask(reading, deadline);
    if (!(outcome instanceof ReadOutcome.Complete)) {
      return new NamePage(outcome, List.of(), null);
    }
    return new NamePage(
        outcome,
        reading.items().stream().map(item -> Names.of(kind, project, item)).toList(),
        reading.next());
  }

  private static boolean lacksProject(Name.Kind kind, @Nullable String project) {
    return switch (kind) {
      case PROJECT, USER -> false;
      case API_KEY, SERVICE_ACCOUNT -> project == null;
    };
  }

  private static NamePage withoutProject(Name.Kind kind) {
    return new NamePage(
        new ReadOutcome.Failed(
            Origin.UNKNOWN,
            Kind.REFUSED,
            "The provider lists names of this kind by project only: " + kind + ".",
            Optional.empty()),
        List.of(),
        null);
  }

  /** The widest grouping; every endpoint that is known groups by project. */
  private static List<Dimension> groupings(UsageEndpoint endpoint) {
    return switch (endpoint) {
      case UsageEndpoint.Known known -> known.groupings();
      case UsageEndpoint.Other _ -> List.of(Dimension.PROJECT);
    };
  }

  private static void checkSpan(Width width, Instant from, Instant to, int maxBuckets) {
    if (!width.floor(from).equals(from) || !width.floor(to).equals(to)) {
      throw new IllegalArgumentException(
          "a span in widths of " + width.parameter() + " cannot go from " + from + " to " + to);
    }
    long buckets = Duration.between(from, to).dividedBy(width.duration());
    if (buckets < 1 || buckets > maxBuckets) {
      throw new IllegalArgumentException(
          "a page holds 1 to " + maxBuckets + " buckets, not " + buckets);
    }
  }
}

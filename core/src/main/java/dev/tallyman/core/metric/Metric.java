package dev.tallyman.core.metric;

import static dev.tallyman.core.metric.GroupBy.ENDPOINT;
import static dev.tallyman.core.metric.GroupBy.GROUP;
import static dev.tallyman.core.metric.GroupBy.KEY;
import static dev.tallyman.core.metric.GroupBy.LINE_ITEM;
import static dev.tallyman.core.metric.GroupBy.MODEL;
import static dev.tallyman.core.metric.GroupBy.PROJECT;
import static dev.tallyman.core.metric.GroupBy.TIER;
import static dev.tallyman.core.metric.GroupBy.USER;
import static dev.tallyman.core.usage.UsageEndpoint.Known.AUDIO_SPEECHES;
import static dev.tallyman.core.usage.UsageEndpoint.Known.AUDIO_TRANSCRIPTIONS;
import static dev.tallyman.core.usage.UsageEndpoint.Known.CODE_INTERPRETER_SESSIONS;
import static dev.tallyman.core.usage.UsageEndpoint.Known.COMPLETIONS;
import static dev.tallyman.core.usage.UsageEndpoint.Known.EMBEDDINGS;
import static dev.tallyman.core.usage.UsageEndpoint.Known.FILE_SEARCH_CALLS;
import static dev.tallyman.core.usage.UsageEndpoint.Known.IMAGES;
import static dev.tallyman.core.usage.UsageEndpoint.Known.MODERATIONS;
import static dev.tallyman.core.usage.UsageEndpoint.Known.VECTOR_STORES;
import static dev.tallyman.core.usage.UsageEndpoint.Known.WEB_SEARCH_CALLS;

import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What can be asked for, with what each can be grouped and filtered by: the one table of that.
 *
 * <p>Sums of tokens leave nothing out: {@code tokens_in} = {@code tokens_uncached} + {@code
 * tokens_cached} + {@code tokens_cache_write}, {@code tokens} = {@code tokens_in} + {@code
 * tokens_out}.
 */
@SuppressWarnings("ImmutableEnumChecker") // Unmodifiable collections; the checker wants Guava's.
public enum Metric {
  COST(
      "cost",
      "What was spent: per UTC day and project what is billed, once the day ended 48 hours ago,"
          + " before that the larger of billed and estimated",
      Unit.MONEY,
      Set.of(PROJECT, KEY, MODEL, GROUP, TIER),
      Sources.ALL,
      Sources.NONE,
      Sources.NONE),
  BILLED(
      "billed",
      "What the Costs API says, by UTC days",
      Unit.MONEY,
      Set.of(PROJECT, KEY, MODEL, GROUP, TIER, LINE_ITEM),
      EnumSet.noneOf(Known.class),
      Sources.NONE,
      Sources.NONE),
  ESTIMATED(
      "estimated",
      "Usage × price",
      Unit.MONEY,
      Sources.EVERYTHING,
      Sources.ALL,
      Sources.NONE,
      Sources.NONE),
  TOKENS(
      "tokens",
      "Input and output tokens",
      Unit.TOKENS,
      Sources.EVERYTHING,
      EnumSet.of(COMPLETIONS, EMBEDDINGS, MODERATIONS),
      EnumSet.of(Quantity.INPUT_TOKENS, Quantity.OUTPUT_TOKENS),
      Sources.NONE),
  TOKENS_IN(
      "tokens_in",
      "Input tokens, with those read from and written to the cache",
      Unit.TOKENS,
      Sources.EVERYTHING,
      EnumSet.of(COMPLETIONS, EMBEDDINGS, MODERATIONS),
      EnumSet.of(Quantity.INPUT_TOKENS),
      Sources.NONE),
  TOKENS_UNCACHED(
      "tokens_uncached",
      "Input tokens that were neither read from nor written to the cache",
      Unit.TOKENS,
      Sources.EVERYTHING,
      EnumSet.of(COMPLETIONS, EMBEDDINGS, MODERATIONS),
      EnumSet.of(Quantity.INPUT_TOKENS),
      EnumSet.of(Quantity.INPUT_CACHED_TOKENS, Quantity.INPUT_CACHE_WRITE_TOKENS)),
  TOKENS_CACHED(
      "tokens_cached",
      "Input tokens read from the cache",
      Unit.TOKENS,
      Sources.EVERYTHING,
      EnumSet.of(COMPLETIONS),
      EnumSet.of(Quantity.INPUT_CACHED_TOKENS),
      Sources.NONE),
  TOKENS_CACHE_WRITE(
      "tokens_cache_write",
      "Input tokens written to the cache",
      Unit.TOKENS,
      Sources.EVERYTHING,
      EnumSet.of(COMPLETIONS),
      EnumSet.of(Quantity.INPUT_CACHE_WRITE_TOKENS),
      Sources.NONE),
  TOKENS_OUT(
      "tokens_out",
      "Output tokens",
      Unit.TOKENS,
      Sources.EVERYTHING,
      EnumSet.of(COMPLETIONS),
      EnumSet.of(Quantity.OUTPUT_TOKENS),
      Sources.NONE),
  TOKENS_AUDIO(
      "tokens_audio",
      "Audio tokens, in and out",
      Unit.TOKENS,
      Sources.EVERYTHING,
      EnumSet.of(COMPLETIONS),
      EnumSet.of(
          Quantity.INPUT_AUDIO_TOKENS,
          Quantity.INPUT_CACHED_AUDIO_TOKENS,
          Quantity.OUTPUT_AUDIO_TOKENS),
      Sources.NONE),
  TOKENS_IMAGE(
      "tokens_image",
      "Image tokens, in and out",
      Unit.TOKENS,
      Sources.EVERYTHING,
      EnumSet.of(COMPLETIONS),
      EnumSet.of(
          Quantity.INPUT_IMAGE_TOKENS,
          Quantity.INPUT_CACHED_IMAGE_TOKENS,
          Quantity.OUTPUT_IMAGE_TOKENS),
      Sources.NONE),
  REQUESTS(
      "requests",
      "Requests to models; those of web searches count as searches",
      Unit.REQUESTS,
      Sources.EVERYTHING,
      EnumSet.of(
          COMPLETIONS, EMBEDDINGS, MODERATIONS, IMAGES, AUDIO_SPEECHES, AUDIO_TRANSCRIPTIONS),
      EnumSet.of(Quantity.MODEL_REQUESTS),
      Sources.NONE),
  SEARCHES(
      "searches",
      "Searches in files and in the web",
      Unit.SEARCHES,
      Set.of(ENDPOINT, PROJECT, KEY, USER, MODEL),
      EnumSet.of(FILE_SEARCH_CALLS, WEB_SEARCH_CALLS),
      EnumSet.of(Quantity.REQUESTS),
      Sources.NONE),
  IMAGES_MADE(
      "images",
      "Images processed",
      Unit.IMAGES,
      Set.of(ENDPOINT, PROJECT, KEY, USER, MODEL),
      EnumSet.of(IMAGES),
      EnumSet.of(Quantity.IMAGES),
      Sources.NONE),
  CHARACTERS(
      "characters",
      "Characters spoken",
      Unit.CHARACTERS,
      Set.of(ENDPOINT, PROJECT, KEY, USER, MODEL),
      EnumSet.of(AUDIO_SPEECHES),
      EnumSet.of(Quantity.CHARACTERS),
      Sources.NONE),
  SECONDS(
      "seconds",
      "Seconds of audio transcribed",
      Unit.SECONDS,
      Set.of(ENDPOINT, PROJECT, KEY, USER, MODEL),
      EnumSet.of(AUDIO_TRANSCRIPTIONS),
      EnumSet.of(Quantity.SECONDS),
      Sources.NONE),
  SESSIONS(
      "sessions",
      "Sessions of the code interpreter",
      Unit.SESSIONS,
      Set.of(ENDPOINT, PROJECT),
      EnumSet.of(CODE_INTERPRETER_SESSIONS),
      EnumSet.of(Quantity.SESSIONS),
      Sources.NONE),
  BYTES(
      "bytes",
      "Bytes held in vector stores, averaged over time",
      Unit.BYTES,
      Set.of(ENDPOINT, PROJECT),
      EnumSet.of(VECTOR_STORES),
      EnumSet.of(Quantity.BYTES),
      Sources.NONE);

  /** Names that metrics had, still understood in queries and settings. */
  private static final Map<String, String> FORMER = Map.of("calls", "searches");

  private final String id;
  private final String meaning;
  private final Unit unit;
  private final Set<GroupBy> dimensions;
  private final Set<Known> endpoints;
  private final Set<Quantity> added;
  private final Set<Quantity> subtracted;

  Metric(
      String id,
      String meaning,
      Unit unit,
      Collection<GroupBy> dimensions,
      EnumSet<Known> endpoints,
      EnumSet<Quantity> added,
      EnumSet<Quantity> subtracted) {
    this.id = id;
    this.meaning = meaning;
    this.unit = unit;
    this.dimensions = Collections.unmodifiableSet(GroupBy.sorted(dimensions));
    this.endpoints = Collections.unmodifiableSet(EnumSet.copyOf(endpoints));
    this.added = Collections.unmodifiableSet(EnumSet.copyOf(added));
    this.subtracted = Collections.unmodifiableSet(EnumSet.copyOf(subtracted));
  }

  /** The name in the API, on the command line and in exports. */
  public String id() {
    return id;
  }

  /** What it means, in one sentence without a full stop. */
  public String meaning() {
    return meaning;
  }

  /** What its values count. */
  public Unit unit() {
    return unit;
  }

  /** All that it can be grouped and filtered by, in the order of {@link GroupBy#ORDER}. */
  public Set<GroupBy> dimensions() {
    return dimensions;
  }

  /** Whether it can be asked for at this granularity. */
  public boolean knows(Granularity granularity) {
    return !billed() || granularity.daily();
  }

  /** Whether it comes from bills, which know only UTC days. */
  public boolean billed() {
    return this == COST || this == BILLED;
  }

  /** The metric of this name, which may be a former one, or empty. */
  public static Optional<Metric> of(String id) {
    String current = FORMER.getOrDefault(id, id);
    for (Metric metric : values()) {
      if (metric.id.equals(current)) {
        return Optional.of(metric);
      }
    }
    return Optional.empty();
  }

  /** Whether values are amounts of money. */
  public boolean money() {
    return unit == Unit.MONEY;
  }

  /** Whether it is a level rather than a flow: averaged over time, not added up. */
  public boolean gauge() {
    return this == BYTES;
  }

  /** The known endpoints that report it. */
  public Set<Known> endpoints() {
    return endpoints;
  }

  /** Whether usage of this endpoint counts. */
  public boolean counts(UsageEndpoint endpoint) {
    return switch (this) {
      case REQUESTS -> endpoint.countsRequests();
      case SEARCHES -> endpoint instanceof UsageEndpoint.Other || endpoints.contains(endpoint);
      default -> true;
    };
  }

  /** The counters that are added up to it. */
  public List<Quantity> added() {
    return List.copyOf(added);
  }

  /** The counters that are taken off again. */
  public List<Quantity> subtracted() {
    return List.copyOf(subtracted);
  }

  /** Constants of the table above, which an enum's own fields come too late for. */
  private static final class Sources {
    static final EnumSet<Quantity> NONE = EnumSet.noneOf(Quantity.class);
    static final EnumSet<Known> ALL = EnumSet.allOf(Known.class);
    static final List<GroupBy> EVERYTHING =
        GroupBy.BUILT_IN.stream().filter(by -> !by.equals(LINE_ITEM)).toList();

    private Sources() {}
  }
}

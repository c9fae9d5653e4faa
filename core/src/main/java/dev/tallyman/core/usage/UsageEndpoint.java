package dev.tallyman.core.usage;

import static dev.tallyman.core.usage.Dimension.API_KEY;
import static dev.tallyman.core.usage.Dimension.BATCH;
import static dev.tallyman.core.usage.Dimension.CONTEXT_LEVEL;
import static dev.tallyman.core.usage.Dimension.MODEL;
import static dev.tallyman.core.usage.Dimension.PROJECT;
import static dev.tallyman.core.usage.Dimension.SERVICE_TIER;
import static dev.tallyman.core.usage.Dimension.SIZE;
import static dev.tallyman.core.usage.Dimension.SOURCE;
import static dev.tallyman.core.usage.Dimension.USER;
import static dev.tallyman.core.usage.Dimension.VECTOR_STORE;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One endpoint of the provider's Usage API: one of the known ten, or another by its name. */
public sealed interface UsageEndpoint {
  /** The last part of the endpoint's path, for instance {@code completions}. */
  String id();

  /** Whether it reports a level: averaged over time, not added up. */
  boolean gauge();

  /** Whether its requests to models count as requests; those of searches count as searches. */
  boolean countsRequests();

  /**
   * The endpoint with this id; never fails, so that an id read from the store is never lost.
   *
   * @param id the last part of the path
   */
  static UsageEndpoint of(String id) {
    for (Known known : Known.values()) {
      if (known.id().equals(id)) {
        return known;
      }
    }
    return new Other(id);
  }

  /** Whether requests to models of the endpoint with this id count as requests; null counts. */
  static boolean countsRequests(@Nullable String id) {
    return id == null || of(id).countsRequests();
  }

  /** Orders by id, so that stored and shown order never depends on how an endpoint became known. */
  Comparator<UsageEndpoint> BY_ID = Comparator.comparing(UsageEndpoint::id);

  /** What an endpoint counts, beside tokens. */
  enum Counts {
    REQUESTS,
    SEARCHES,
    SESSIONS,
    /** What is held at a time. */
    LEVEL
  }

  /**
   * The ten endpoints of OpenAI's Usage API with what each counts, the word for it in the
   * provider's answers, and the widest grouping that it supports (openapi specification of August
   * 2026). To add one, add a line; the compiler then names every place that has to choose for it.
   */
  enum Known implements UsageEndpoint {
    COMPLETIONS("completions", Counts.REQUESTS, PROJECT, USER, API_KEY, MODEL, BATCH, SERVICE_TIER),
    EMBEDDINGS("embeddings", Counts.REQUESTS, PROJECT, USER, API_KEY, MODEL),
    MODERATIONS("moderations", Counts.REQUESTS, PROJECT, USER, API_KEY, MODEL),
    IMAGES("images", Counts.REQUESTS, PROJECT, USER, API_KEY, MODEL, SIZE, SOURCE),
    AUDIO_SPEECHES("audio_speeches", Counts.REQUESTS, PROJECT, USER, API_KEY, MODEL),
    AUDIO_TRANSCRIPTIONS("audio_transcriptions", Counts.REQUESTS, PROJECT, USER, API_KEY, MODEL),
    VECTOR_STORES("vector_stores", Counts.LEVEL, PROJECT),
    CODE_INTERPRETER_SESSIONS("code_interpreter_sessions", Counts.SESSIONS, PROJECT),
    FILE_SEARCH_CALLS(
        "file_search_calls",
        "file_searches",
        Counts.SEARCHES,
        PROJECT,
        USER,
        API_KEY,
        VECTOR_STORE),
    WEB_SEARCH_CALLS(
        "web_search_calls",
        "web_searches",
        Counts.SEARCHES,
        PROJECT,
        USER,
        API_KEY,
        MODEL,
        CONTEXT_LEVEL);

    private final String id;
    private final String result;
    private final Counts counts;

    @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable; the checker wants Guava's.
    private final List<Dimension> groupings;

    Known(String id, Counts counts, Dimension... groupings) {
      this(id, id, counts, groupings);
    }

    Known(String id, String result, Counts counts, Dimension... groupings) {
      this.id = id;
      this.result = result;
      this.counts = counts;
      this.groupings = List.of(groupings);
    }

    @Override
    public String id() {
      return id;
    }

    /** What the provider calls a row: {@code organization.usage.<this>.result}. */
    public String result() {
      return result;
    }

    @Override
    public boolean gauge() {
      return counts == Counts.LEVEL;
    }

    @Override
    public boolean countsRequests() {
      return counts != Counts.SEARCHES;
    }

    /** All dimensions that this endpoint can be grouped by. */
    public List<Dimension> groupings() {
      return groupings;
    }
  }

  /** An endpoint that this version does not know. */
  record Other(String id) implements UsageEndpoint {
    public Other {
      if (id.isBlank()) {
        throw new IllegalArgumentException("a usage endpoint needs an id");
      }
    }

    @Override
    public boolean gauge() {
      return false;
    }

    @Override
    public boolean countsRequests() {
      return true;
    }
  }
}

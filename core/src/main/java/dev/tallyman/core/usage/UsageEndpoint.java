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

/** One endpoint of the provider's Usage API: one of the known ten, or another by its name. */
public sealed interface UsageEndpoint {
  /** The last part of the endpoint's path, for instance {@code completions}. */
  String id();

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

  /** Orders by id, so that stored and shown order never depends on how an endpoint became known. */
  Comparator<UsageEndpoint> BY_ID = Comparator.comparing(UsageEndpoint::id);

  /**
   * The ten endpoints of OpenAI's Usage API with the widest grouping that each supports (openapi
   * specification of August 2026).
   */
  enum Known implements UsageEndpoint {
    COMPLETIONS("completions", PROJECT, USER, API_KEY, MODEL, BATCH, SERVICE_TIER),
    EMBEDDINGS("embeddings", PROJECT, USER, API_KEY, MODEL),
    MODERATIONS("moderations", PROJECT, USER, API_KEY, MODEL),
    IMAGES("images", PROJECT, USER, API_KEY, MODEL, SIZE, SOURCE),
    AUDIO_SPEECHES("audio_speeches", PROJECT, USER, API_KEY, MODEL),
    AUDIO_TRANSCRIPTIONS("audio_transcriptions", PROJECT, USER, API_KEY, MODEL),
    VECTOR_STORES("vector_stores", PROJECT),
    CODE_INTERPRETER_SESSIONS("code_interpreter_sessions", PROJECT),
    FILE_SEARCH_CALLS("file_search_calls", PROJECT, USER, API_KEY, VECTOR_STORE),
    WEB_SEARCH_CALLS("web_search_calls", PROJECT, USER, API_KEY, MODEL, CONTEXT_LEVEL);

    private final String id;

    @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable; the checker wants Guava's.
    private final List<Dimension> groupings;

    Known(String id, Dimension... groupings) {
      this.id = id;
      this.groupings = List.of(groupings);
    }

    @Override
    public String id() {
      return id;
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
  }
}

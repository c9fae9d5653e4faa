package dev.tallyman.core.usage;

import java.util.Optional;

/** What the provider counts; the names are those of its Usage API, the order is that of storage. */
public enum Quantity {
  /** Includes cached and cache-write tokens. */
  INPUT_TOKENS("input_tokens"),
  INPUT_CACHED_TOKENS("input_cached_tokens"),
  INPUT_CACHE_WRITE_TOKENS("input_cache_write_tokens"),
  INPUT_UNCACHED_TOKENS("input_uncached_tokens"),
  OUTPUT_TOKENS("output_tokens"),
  /** Uncached only, as are the other input counters by modality. */
  INPUT_TEXT_TOKENS("input_text_tokens"),
  OUTPUT_TEXT_TOKENS("output_text_tokens"),
  INPUT_CACHED_TEXT_TOKENS("input_cached_text_tokens"),
  INPUT_AUDIO_TOKENS("input_audio_tokens"),
  INPUT_CACHED_AUDIO_TOKENS("input_cached_audio_tokens"),
  OUTPUT_AUDIO_TOKENS("output_audio_tokens"),
  INPUT_IMAGE_TOKENS("input_image_tokens"),
  INPUT_CACHED_IMAGE_TOKENS("input_cached_image_tokens"),
  OUTPUT_IMAGE_TOKENS("output_image_tokens"),
  MODEL_REQUESTS("num_model_requests"),
  /** Calls of a tool: searches in files or in the web. */
  REQUESTS("num_requests"),
  IMAGES("images"),
  CHARACTERS("characters"),
  SECONDS("seconds"),
  /** A gauge: bytes held, not bytes moved. */
  BYTES("usage_bytes"),
  SESSIONS("num_sessions");

  /**
   * The most that one hour of one endpoint may count: far beyond what there is, and so small that
   * the hours of a year cannot exceed a long together.
   */
  public static final long MOST = 1_000_000_000_000_000L;

  private final String field;

  Quantity(String field) {
    this.field = field;
  }

  /** The field's name in the provider's JSON. */
  public String field() {
    return field;
  }

  /** The quantity with this field name, or empty. */
  public static Optional<Quantity> ofField(String field) {
    for (Quantity quantity : values()) {
      if (quantity.field.equals(field)) {
        return Optional.of(quantity);
      }
    }
    return Optional.empty();
  }
}

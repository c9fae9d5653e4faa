package dev.tallyman.simulator;

import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import java.util.Arrays;

/**
 * The independent counters that traffic is generated and split in; what the provider says is
 * derived from them, so that its sums hold whatever the split.
 */
final class Slots {
  /** Requests, calls, sessions; for vector stores, bytes. */
  static final int COUNT = 0;

  static final int TEXT_IN = 1;
  static final int CACHED_TEXT = 2;
  static final int CACHE_WRITE = 3;
  static final int TEXT_OUT = 4;
  static final int AUDIO_IN = 5;
  static final int CACHED_AUDIO = 6;
  static final int AUDIO_OUT = 7;
  static final int IMAGE_IN = 8;
  static final int CACHED_IMAGE = 9;
  static final int IMAGE_OUT = 10;
  static final int SIZE = 11;

  /** Tokens of an embedding, images, characters, seconds, searches: what is not a request. */
  static final int AMOUNT = 1;

  /** Marks a quantity that is not told. */
  static final long ABSENT = -1;

  private static final int QUANTITIES = Quantity.values().length;

  private Slots() {}

  /** All tokens of a request: what the complimentary pools count. */
  static long tokens(long[] slots) {
    long sum = 0;
    for (int i = TEXT_IN; i < SIZE; i++) {
      sum += slots[i];
    }
    return sum;
  }

  /** An array with room for every quantity. */
  static long[] quantities() {
    return new long[QUANTITIES];
  }

  /**
   * Derives what the provider tells.
   *
   * @param early whether only the counters of 2024 are told
   * @param out by ordinal of {@link Quantity}; {@link #ABSENT} where nothing is told
   */
  static void derive(Known endpoint, long[] slots, boolean early, long[] out) {
    Arrays.fill(out, ABSENT);
    switch (endpoint) {
      case COMPLETIONS -> completions(slots, early, out);
      case EMBEDDINGS, MODERATIONS -> two(slots, out, Quantity.INPUT_TOKENS);
      case IMAGES -> two(slots, out, Quantity.IMAGES);
      case AUDIO_SPEECHES -> two(slots, out, Quantity.CHARACTERS);
      case AUDIO_TRANSCRIPTIONS -> two(slots, out, Quantity.SECONDS);
      case WEB_SEARCH_CALLS -> two(slots, out, Quantity.REQUESTS);
      case VECTOR_STORES -> put(out, Quantity.BYTES, slots[COUNT]);
      case CODE_INTERPRETER_SESSIONS -> put(out, Quantity.SESSIONS, slots[COUNT]);
      case FILE_SEARCH_CALLS -> put(out, Quantity.REQUESTS, slots[COUNT]);
    }
  }

  private static void two(long[] slots, long[] out, Quantity amount) {
    put(out, Quantity.MODEL_REQUESTS, slots[COUNT]);
    put(out, amount, slots[AMOUNT]);
  }

  private static void completions(long[] slots, boolean early, long[] out) {
    long uncached = slots[TEXT_IN] + slots[AUDIO_IN] + slots[IMAGE_IN];
    long cached = slots[CACHED_TEXT] + slots[CACHED_AUDIO] + slots[CACHED_IMAGE];
    put(out, Quantity.INPUT_TOKENS, uncached + cached + slots[CACHE_WRITE]);
    put(out, Quantity.INPUT_CACHED_TOKENS, cached);
    put(out, Quantity.OUTPUT_TOKENS, slots[TEXT_OUT] + slots[AUDIO_OUT] + slots[IMAGE_OUT]);
    put(out, Quantity.INPUT_AUDIO_TOKENS, slots[AUDIO_IN]);
    put(out, Quantity.OUTPUT_AUDIO_TOKENS, slots[AUDIO_OUT]);
    put(out, Quantity.MODEL_REQUESTS, slots[COUNT]);
    if (early) {
      return;
    }
    put(out, Quantity.INPUT_CACHE_WRITE_TOKENS, slots[CACHE_WRITE]);
    put(out, Quantity.INPUT_UNCACHED_TOKENS, uncached);
    put(out, Quantity.INPUT_TEXT_TOKENS, slots[TEXT_IN]);
    put(out, Quantity.OUTPUT_TEXT_TOKENS, slots[TEXT_OUT]);
    put(out, Quantity.INPUT_CACHED_TEXT_TOKENS, slots[CACHED_TEXT]);
    put(out, Quantity.INPUT_CACHED_AUDIO_TOKENS, slots[CACHED_AUDIO]);
    put(out, Quantity.INPUT_IMAGE_TOKENS, slots[IMAGE_IN]);
    put(out, Quantity.INPUT_CACHED_IMAGE_TOKENS, slots[CACHED_IMAGE]);
    put(out, Quantity.OUTPUT_IMAGE_TOKENS, slots[IMAGE_OUT]);
  }

  @SuppressWarnings("EnumOrdinal") // An array of quantities in memory, on the hottest path.
  private static void put(long[] out, Quantity quantity, long value) {
    out[quantity.ordinal()] = value;
  }
}

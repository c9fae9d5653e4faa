package dev.tallyman.api.provider;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/**
 * The provider's cursor, in the form that its own tokens have: {@code page_} and the base64 of
 * three big-endian numbers of 8, 4 and 8 bytes (decoded from tokens of 2024 to 2026).
 *
 * @param issued in seconds
 * @param question a hash of what was asked, which the next question must have too
 * @param next the start of the next bucket
 */
record PageToken(Instant issued, int question, Instant next) {
  private static final String PREFIX = "page_";
  private static final int BYTES = 20;

  String text() {
    byte[] bytes =
        ByteBuffer.allocate(BYTES)
            .putLong(issued.getEpochSecond())
            .putInt(question)
            .putLong(next.getEpochSecond())
            .array();
    return PREFIX + Base64.getEncoder().encodeToString(bytes);
  }

  /** Where the page goes on that a token of the same question names; empty if it is none. */
  static Optional<Instant> next(String text, int question) {
    if (!text.startsWith(PREFIX)) {
      return Optional.empty();
    }
    try {
      var bytes = ByteBuffer.wrap(Base64.getDecoder().decode(text.substring(PREFIX.length())));
      return bytes.remaining() == BYTES && bytes.getInt(Long.BYTES) == question
          ? Optional.of(Instant.ofEpochSecond(bytes.getLong(Long.BYTES + Integer.BYTES)))
          : Optional.empty();
    } catch (IllegalArgumentException | java.time.DateTimeException _) {
      return Optional.empty();
    }
  }
}

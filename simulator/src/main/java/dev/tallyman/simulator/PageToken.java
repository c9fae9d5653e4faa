package dev.tallyman.simulator;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/**
 * The provider's cursor: when it was given, what was asked, and where to go on. Its form was
 * decoded from tokens of 2024 to 2026: {@code page_} and the base64 of three big-endian numbers of
 * 8, 4 and 8 bytes.
 *
 * @param issued in seconds
 * @param question a hash of the parameters, that the next question must have too
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

  /** The token that a text is, or empty. */
  static Optional<PageToken> parse(String text) {
    if (!text.startsWith(PREFIX)) {
      return Optional.empty();
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(text.substring(PREFIX.length()));
      if (bytes.length != BYTES) {
        return Optional.empty();
      }
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      return Optional.of(
          new PageToken(
              Instant.ofEpochSecond(buffer.getLong()),
              buffer.getInt(),
              Instant.ofEpochSecond(buffer.getLong())));
    } catch (IllegalArgumentException | BufferUnderflowException _) {
      return Optional.empty();
    }
  }
}

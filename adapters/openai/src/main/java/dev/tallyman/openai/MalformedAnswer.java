package dev.tallyman.openai;

import java.io.IOException;
import java.io.Serial;

/** The answer is JSON, but not what the contract says; asking again would not help. */
final class MalformedAnswer extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  /**
   * Says what is wrong.
   *
   * @param message for a person; names fields and positions, never quotes the answer
   */
  MalformedAnswer(String message) {
    super(message);
  }
}

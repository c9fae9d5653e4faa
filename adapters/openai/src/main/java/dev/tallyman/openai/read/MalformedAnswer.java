package dev.tallyman.openai.read;

import java.io.IOException;
import java.io.Serial;

/** The answer is JSON, but not what the contract says; asking again would not help. */
public final class MalformedAnswer extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final String what;

  /**
   * Says what is wrong.
   *
   * @param message for a person; names fields and positions, never quotes the answer
   */
  public MalformedAnswer(String message) {
    this(message, "");
  }

  /**
   * Says what is wrong and where.
   *
   * @param what a clause that names a field, never quotes the answer
   * @param where the position in the answer, which is another one in every answer
   */
  public MalformedAnswer(String what, String where) {
    super(what + where);
    this.what = what;
  }

  /** What is wrong, without its position. */
  String what() {
    return what;
  }
}
